"""Configuration in the interface: the server, the trust in it, its accounts, and the options."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, override

from homeassistant.components import webhook
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_WEBHOOK_ID
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.util.network import is_ip_address
import voluptuous as vol

from ..const import (
    CONF_APPLICATION_USER,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
    DOMAIN,
    MINOR_VERSION,
    SUBENTRY_PERSON,
    SUBENTRY_RULE,
)
from ..error_messages import explain
from ..pws import (
    Certificate,
    CertificateChanged,
    Distrust,
    Presence,
    PresenceServiceError,
    UntrustedCertificate,
    read_certificate,
)
from ..settings import read_dialect
from ..trust import (
    certificate_placeholders,
    fingerprint_text,
    host_and_port,
    security_at,
    server_in,
    with_pin,
    with_pins,
    without_pins,
)
from .checks import Access, async_check_login, async_check_new_server, async_check_watcher
from .forms import (
    ACCOUNT_SCHEMA,
    SERVER_SCHEMA,
    WATCHER_SCHEMA,
    as_typed,
    read_account,
    read_server,
    read_watcher,
)
from .options import CupOptionsFlow
from .people import PersonFlow
from .rules import RuleFlow

CERTIFICATE_SECONDS = 10.0


class ServerFlow(ConfigFlow):
    """Asks for a server, and believes nothing that it has not tried."""

    VERSION = 1
    MINOR_VERSION = MINOR_VERSION

    def __init__(self) -> None:
        """Start with nothing entered."""
        self._data: dict[str, Any] = {}
        self._typed: dict[str, Any] = {}
        self._certificate: Certificate | None = None
        self._shown_by = ("", 0)
        self._distrust = ""
        self._trusted = ""
        self._told_domain: str | None = None

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_PERSON: PersonFlow, SUBENTRY_RULE: RuleFlow}

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
            self._data = with_pins(self._get_reconfigure_entry().data)
        return await self._async_step_server("reconfigure", user_input)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Take up that the server has refused the password."""
        self._data = with_pins(entry_data)
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the application user again."""
        if user_input is None:
            return self._form("reauth_confirm", ACCOUNT_SCHEMA, as_typed(self._data))
        self._typed = user_input
        self._data |= read_account(user_input)
        return await self._async_try_login()

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show a certificate that the system does not trust, and ask whether to trust just it."""
        return await self._async_step_trust("certificate", user_input, why=self._distrust)

    async def async_step_certificate_changed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that the server has another certificate than the one that was trusted."""
        return await self._async_step_trust(
            "certificate_changed", user_input, trusted=fingerprint_text(self._trusted)
        )

    async def async_step_watcher(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask through whose eyes to look."""
        if user_input is None:
            return self._form("watcher", WATCHER_SCHEMA, self._suggested_watcher())
        self._data |= read_watcher(user_input)
        self._abort_if_account_is_taken()
        try:
            seen = await async_check_watcher(
                self.hass, self._access, self._data[CONF_WATCHER], self._contact
            )
        except (UntrustedCertificate, CertificateChanged) as error:
            return await self._async_show_certificate(error)
        except PresenceServiceError as error:
            return self._form("watcher", WATCHER_SCHEMA, user_input, error)
        if seen is Presence.UNKNOWN:
            return await self.async_step_domain()
        return await self.async_step_finish()

    async def async_step_domain(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (a menu has none)
    ) -> ConfigFlowResult:
        """Ask whether the presence domain is right although the server shows nobody there."""
        return self.async_show_menu(
            step_id="domain",
            menu_options=["watcher", "finish"],
            description_placeholders={"contact": self._contact},
        )

    async def async_step_finish(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> ConfigFlowResult:
        """Make the entry, or change it."""
        self._abort_if_account_is_taken()
        if self.source != SOURCE_USER:
            return self._async_update()
        # Only now: a flow that somebody left open elsewhere must not stand in the way.
        await self.async_set_unique_id(self._unique_id)
        return self.async_create_entry(
            title=self._data[CONF_HOST],
            data={**self._data, CONF_WEBHOOK_ID: webhook.async_generate_id()},
        )

    async def _async_step_server(
        self, step: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        if user_input is None:
            return self._form(step, SERVER_SCHEMA, as_typed(self._data))
        self._typed = user_input
        try:
            entered = read_server(user_input)
        except ValueError:
            return self._form(step, SERVER_SCHEMA, user_input, errors={CONF_HOST: "invalid_host"})
        self._data = self._without_trust_in_another(entered) | entered
        if step == "user":
            self._async_abort_entries_match(
                {key: entered[key] for key in (CONF_HOST, CONF_APPLICATION_USER)}
            )
        return await self._async_try_login()

    def _without_trust_in_another(self, entered: dict[str, Any]) -> dict[str, Any]:
        """Return the data without certificates that were trusted at another address."""
        address = (CONF_HOST, CONF_PORT, CONF_SECURITY)
        same = all(self._data.get(key) == entered[key] for key in address)
        return self._data if same else without_pins(self._data)

    async def _async_try_login(self) -> ConfigFlowResult:
        try:
            await self._async_check_login()
        except (UntrustedCertificate, CertificateChanged) as error:
            return await self._async_show_certificate(error)
        except PresenceServiceError as error:
            return self._first_form(error)
        if self.source == SOURCE_REAUTH:
            return await self.async_step_finish()
        return await self.async_step_watcher()

    async def _async_check_login(self) -> None:
        if CONF_PRESENCE_DOMAIN in self._data:
            await async_check_login(self.hass, self._access)
        else:
            self._told_domain = await async_check_new_server(self.hass, self._access)

    async def _async_show_certificate(self, distrust: Distrust) -> ConfigFlowResult:
        """Show the certificate of the node in question: this, or one that serves the watcher."""
        self._shown_by = host_and_port(distrust.address)
        try:
            self._certificate = await read_certificate(*self._shown_by, timeout=CERTIFICATE_SECONDS)
        except PresenceServiceError as error:
            return self._first_form(error)
        if isinstance(distrust, CertificateChanged):
            self._trusted = distrust.expected
            return await self.async_step_certificate_changed()
        self._distrust = distrust.why
        return await self.async_step_certificate()

    async def _async_step_trust(
        self, step: str, user_input: dict[str, Any] | None, **placeholders: str
    ) -> ConfigFlowResult:
        if TYPE_CHECKING:
            assert self._certificate is not None
        if user_input is None:
            return self.async_show_form(
                step_id=step,
                description_placeholders={
                    **certificate_placeholders(self._certificate),
                    **placeholders,
                },
            )
        self._data = with_pin(self._data, *self._shown_by, self._certificate.sha256)
        return await self._async_try_login()

    def _first_form(self, error: PresenceServiceError) -> ConfigFlowResult:
        """Show the form again with which the login was tried."""
        if self.source == SOURCE_REAUTH:
            return self._form("reauth_confirm", ACCOUNT_SCHEMA, self._typed, error)
        step = "reconfigure" if self.source == SOURCE_RECONFIGURE else "user"
        return self._form(step, SERVER_SCHEMA, self._typed, error)

    def _form(
        self,
        step: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any],
        error: PresenceServiceError | None = None,
        *,
        errors: dict[str, str] | None = None,
    ) -> ConfigFlowResult:
        explanation = explain(error) if error else None
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors={"base": explanation.key} if explanation else errors,
            description_placeholders=explanation.placeholders if explanation else None,
        )

    def _suggested_watcher(self) -> Mapping[str, Any]:
        if CONF_WATCHER in self._data:
            return self._data
        if self._told_domain:
            return {CONF_PRESENCE_DOMAIN: self._told_domain}
        host: str = self._data[CONF_HOST]
        return {} if is_ip_address(host) else {CONF_PRESENCE_DOMAIN: host.partition(".")[2]}

    def _abort_if_account_is_taken(self) -> None:
        """Abort when another entry already looks at this presence domain with this account."""
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, self._unique_id)
        if entry and (self.source == SOURCE_USER or entry is not self._entry):
            raise AbortFlow("already_configured")

    def _async_update(self) -> ConfigFlowResult:
        entry = self._entry
        named_after_host = entry.title == entry.data[CONF_HOST]
        result = self.async_update_and_abort(
            entry,
            unique_id=self._unique_id,
            title=self._data[CONF_HOST] if named_after_host else entry.title,
            data=self._data,
        )
        # Also when nothing has changed: the server may have changed its mind. A reload begins at
        # once, so the entry, which reloads itself as well when its data change, finds it done.
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    @property
    def _entry(self) -> ConfigEntry:
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        return self._get_reconfigure_entry()

    @property
    def _unique_id(self) -> str:
        account = f"{self._data[CONF_PRESENCE_DOMAIN]}/{self._data[CONF_APPLICATION_USER]}"
        return account.casefold()

    @property
    def _access(self) -> Access:
        return Access(
            server=server_in(self._data),
            trust_of=partial(security_at, self._data),
            user=self._data[CONF_APPLICATION_USER],
            password=self._data[CONF_PASSWORD],
            dialect=read_dialect(self._data),
        )

    @property
    def _contact(self) -> str:
        return f"{self._data[CONF_WATCHER]}@{self._data[CONF_PRESENCE_DOMAIN]}"
