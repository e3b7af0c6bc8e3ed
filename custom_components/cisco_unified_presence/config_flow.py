"""Configuration in the interface: the server, the trust in it, its accounts, and the options."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components import webhook
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_WEBHOOK_ID
from homeassistant.core import callback
import voluptuous as vol

from .certificate_text import certificate_placeholders
from .checks import Account, async_check_login, async_check_watcher
from .const import (
    CONF_APPLICATION_USER,
    CONF_FINGERPRINT,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
    DOMAIN,
    SUBENTRY_PERSON,
    SecurityMode,
)
from .data import security_of
from .explanations import explain
from .forms import ACCOUNT_SCHEMA, SERVER_SCHEMA, WATCHER_SCHEMA, read_address
from .options_flow import CupOptionsFlow
from .person_flow import PersonFlow
from .pws import (
    DEFAULT_HTTP_PORT,
    DEFAULT_HTTPS_PORT,
    Certificate,
    CertificateChanged,
    Presence,
    PresenceServiceError,
    Server,
    UntrustedCertificate,
    read_certificate,
)

CERTIFICATE_SECONDS = 10.0


class CupConfigFlow(ConfigFlow, domain=DOMAIN):
    """Asks for a server, and believes nothing that it has not tried."""

    VERSION = 1

    def __init__(self) -> None:
        """Start with nothing entered."""
        self._data: dict[str, Any] = {}
        self._certificate: Certificate | None = None

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_PERSON: PersonFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        return CupOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the server and the application user."""
        return await self._async_step_server("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the server again: it has moved, or shows another certificate."""
        if user_input is None:
            self._data = dict(self._get_reconfigure_entry().data)
        return await self._async_step_server("reconfigure", user_input)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Take up that the server has refused the password."""
        self._data = dict(entry_data)
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the application user again."""
        if user_input is None:
            return self._form("reauth_confirm", ACCOUNT_SCHEMA, {})
        self._data |= user_input
        return await self._async_try_login("reauth_confirm", ACCOUNT_SCHEMA)

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show a certificate that the system does not trust, and ask whether to trust just it."""
        if self._certificate is None:
            return self.async_abort(reason="certificate_gone")
        if user_input is None:
            return self.async_show_form(
                step_id="certificate",
                description_placeholders=certificate_placeholders(self._certificate),
            )
        self._data[CONF_FINGERPRINT] = self._certificate.sha256
        return await self._async_try_login(*self._form_of_source())

    async def async_step_watcher(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask through whose eyes to look."""
        if user_input is None:
            domain = {CONF_PRESENCE_DOMAIN: self._data[CONF_HOST].partition(".")[2]}
            return self._form("watcher", WATCHER_SCHEMA, domain)
        self._data |= user_input
        await self.async_set_unique_id(
            f"{self._data[CONF_PRESENCE_DOMAIN]}/{self._data[CONF_APPLICATION_USER]}".casefold()
        )
        self._abort_if_unique_id_configured()
        try:
            seen = await async_check_watcher(
                self.hass, self._server, self._account, self._data[CONF_WATCHER], self._contact
            )
        except PresenceServiceError as error:
            return self._form("watcher", WATCHER_SCHEMA, user_input, error)
        if seen is Presence.UNKNOWN:
            return await self.async_step_domain()
        return self._async_create()

    async def async_step_domain(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether the presence domain is right although the server shows nobody there."""
        if user_input is None:
            return self.async_show_form(
                step_id="domain", description_placeholders={"contact": self._contact}
            )
        return self._async_create()

    async def _async_step_server(
        self, step: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        if user_input is None:
            return self._form(step, SERVER_SCHEMA, self._data)
        host, port = read_address(user_input[CONF_HOST])
        standard = (
            DEFAULT_HTTP_PORT
            if user_input[CONF_SECURITY] == SecurityMode.HTTP
            else DEFAULT_HTTPS_PORT
        )
        entered = {
            **user_input,
            CONF_HOST: host,
            CONF_PORT: int(user_input.get(CONF_PORT) or port or standard),
        }
        self._forget_trust_in_another(entered)
        self._data |= entered
        if step == "user":
            self._async_abort_entries_match(
                {CONF_HOST: host, CONF_APPLICATION_USER: user_input[CONF_APPLICATION_USER]}
            )
        return await self._async_try_login(step, SERVER_SCHEMA)

    def _forget_trust_in_another(self, entered: dict[str, Any]) -> None:
        """Drop the fingerprint when it was trusted at another address."""
        address = (CONF_HOST, CONF_PORT, CONF_SECURITY)
        if any(self._data.get(key) != entered[key] for key in address):
            self._data.pop(CONF_FINGERPRINT, None)

    async def _async_try_login(self, step: str, schema: vol.Schema) -> ConfigFlowResult:
        try:
            await async_check_login(self.hass, self._server, self._account)
        except UntrustedCertificate, CertificateChanged:
            return await self._async_show_certificate(step, schema)
        except ValueError:
            return self._form(step, schema, self._data, key="invalid_host")
        except PresenceServiceError as error:
            return self._form(step, schema, self._data, error)
        if self.source == SOURCE_USER:
            return await self.async_step_watcher()
        return self._async_update()

    async def _async_show_certificate(self, step: str, schema: vol.Schema) -> ConfigFlowResult:
        try:
            self._certificate = await read_certificate(
                self._data[CONF_HOST], self._data[CONF_PORT], timeout=CERTIFICATE_SECONDS
            )
        except PresenceServiceError as error:
            return self._form(step, schema, self._data, error)
        return await self.async_step_certificate()

    def _form(
        self,
        step: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any],
        error: PresenceServiceError | None = None,
        *,
        key: str | None = None,
    ) -> ConfigFlowResult:
        explanation = explain(error) if error else None
        base = explanation.key if explanation else key
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                schema, {name: value for name, value in suggested.items() if name != CONF_PASSWORD}
            ),
            errors={"base": base} if base else {},
            description_placeholders=explanation.placeholders if explanation else {},
        )

    def _form_of_source(self) -> tuple[str, vol.Schema]:
        if self.source == SOURCE_REAUTH:
            return "reauth_confirm", ACCOUNT_SCHEMA
        return ("reconfigure" if self.source == SOURCE_RECONFIGURE else "user"), SERVER_SCHEMA

    def _async_create(self) -> ConfigFlowResult:
        return self.async_create_entry(
            title=self._data[CONF_HOST],
            data={**self._data, CONF_WEBHOOK_ID: webhook.async_generate_id()},
        )

    def _async_update(self) -> ConfigFlowResult:
        reauth = self.source == SOURCE_REAUTH
        entry = self._get_reauth_entry() if reauth else self._get_reconfigure_entry()
        # A loaded entry reloads itself when its data change; one that failed does not listen.
        if entry.state is not ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_update_and_abort(
            entry,
            data=self._data,
            reason="reauth_successful" if reauth else "reconfigure_successful",
        )

    @property
    def _server(self) -> Server:
        return Server(
            host=self._data[CONF_HOST],
            port=self._data[CONF_PORT],
            security=security_of(self._data[CONF_SECURITY], self._data.get(CONF_FINGERPRINT)),
        )

    @property
    def _account(self) -> Account:
        return Account(user=self._data[CONF_APPLICATION_USER], password=self._data[CONF_PASSWORD])

    @property
    def _contact(self) -> str:
        return f"{self._data[CONF_WATCHER]}@{self._data[CONF_PRESENCE_DOMAIN]}"
