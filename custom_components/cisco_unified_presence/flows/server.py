"""The config flow: the server, its application user and its watcher, each tried before stored."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, override

from homeassistant.components import webhook
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_WEBHOOK_ID
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
import voluptuous as vol

from ..background import async_schedule_reload
from ..const import (
    CONF_APPLICATION_USER,
    CONF_MANUAL_END,
    CONF_PRESENCE_DOMAIN,
    CONF_WATCHER,
    DOMAIN,
    MINOR_VERSION,
    SUBENTRY_GROUP,
    SUBENTRY_PERSON,
    SUBENTRY_RULE,
    ManualEndMode,
)
from ..error_messages import explain
from ..pws import CertificateChanged, Presence, PresenceServiceError, UntrustedCertificate
from ..runtime import CupConfigEntry
from ..settings import shows_board
from ..trust import trusted_at
from .addresses import MisspelledScheme
from .certificate_steps import CertificateSteps
from .checks import async_check_login, async_check_new_server, async_check_watcher
from .groups import GroupFlow
from .options import CupOptionsFlow
from .people import PersonFlow
from .rules import RuleFlow
from .server_draft import ServerDraft
from .server_form import (
    ACCOUNT_SCHEMA,
    RECONFIGURE_SCHEMA,
    SERVER_SCHEMA,
    WATCHER_SCHEMA,
    as_typed,
    read_account,
    read_server,
    read_watcher,
)


class ServerFlow(CertificateSteps):
    """Adds a server, changes it, and renews its password."""

    VERSION = 1
    MINOR_VERSION = MINOR_VERSION

    def __init__(self) -> None:
        self._draft = ServerDraft()
        self._typed: dict[str, Any] = {}

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: CupConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return {
            SUBENTRY_PERSON: PersonFlow,
            SUBENTRY_RULE: RuleFlow,
            SUBENTRY_GROUP: GroupFlow,
        }

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: CupConfigEntry) -> OptionsFlow:
        return CupOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return await self._async_step_server("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        if user_input is None:
            self._draft = ServerDraft.of_entry(self._entry.data)
        return await self._async_step_server("reconfigure", user_input)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        self._draft = ServerDraft.of_entry(entry_data)
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the application user again."""
        if user_input is None:
            return self._form("reauth_confirm", ACCOUNT_SCHEMA, as_typed(self._draft.data))
        self._typed = user_input
        self._draft = self._draft.updated(read_account(user_input))
        return await self._async_try_login()

    async def async_step_watcher(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the end user who reads everyone's presence."""
        if user_input is None:
            return self._form("watcher", WATCHER_SCHEMA, self._draft.suggested_watcher)
        entered = read_watcher(user_input)
        if not entered[CONF_PRESENCE_DOMAIN]:
            errors = {CONF_PRESENCE_DOMAIN: "domain_missing"}
            return self._form("watcher", WATCHER_SCHEMA, user_input, errors=errors)
        self._draft = draft = self._draft.updated(entered)
        self._abort_if_account_is_taken()
        try:
            seen = await async_check_watcher(
                self.hass, draft.access, draft.data[CONF_WATCHER], draft.contact
            )
        except (UntrustedCertificate, CertificateChanged) as error:
            return await self._async_ask_about(error)
        except PresenceServiceError as error:
            return self._form("watcher", WATCHER_SCHEMA, entered, error)
        if seen is Presence.UNKNOWN:
            return await self.async_step_domain()
        return await self.async_step_finish()

    async def async_step_domain(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (a menu has none)
    ) -> ConfigFlowResult:
        """Ask whether the presence domain is right although the server shows no presence there."""
        return self.async_show_menu(
            step_id="domain",
            menu_options=["watcher", "finish"],
            description_placeholders={"contact": self._draft.contact},
        )

    async def async_step_finish(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> ConfigFlowResult:
        """Create the entry, or update it."""
        self._abort_if_account_is_taken()
        if self.source != SOURCE_USER:
            return self._async_update()
        # Only now: a flow that was left open elsewhere must not stand in the way.
        await self.async_set_unique_id(self._draft.unique_id)
        data = self._draft.data
        return self.async_create_entry(
            title=self._title(),
            data={**data, CONF_WEBHOOK_ID: webhook.async_generate_id()},
            options={CONF_MANUAL_END: ManualEndMode.END_OF_DAY.value},
            description=self._whether_to_reload(),
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Continue with adding people, unless the server is not connected yet."""
        entry = result["result"]
        if entry.state is not ConfigEntryState.LOADED:
            return result
        flow = await self.hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_PERSON), context=SubentryFlowContext(source=SOURCE_USER)
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"])
        return result

    def _title(self) -> str:
        """Return the presence domain, with the host where another entry is called like it."""
        data = self._draft.data
        domain, host = data[CONF_PRESENCE_DOMAIN], data[CONF_HOST]
        others = {each.title for each in self._async_current_entries(include_ignore=False)}
        return f"{domain} ({host})" if domain in others else str(domain)

    def _whether_to_reload(self) -> str | None:
        """Return the text about the board, None where open pages have loaded its module.

        A page loads the module when it is opened, if there is an entry by then.
        """
        others = self._async_current_entries(include_ignore=False)
        is_loaded = any(shows_board(each.options) for each in others if not each.disabled_by)
        return None if is_loaded else "reload_page"

    async def _async_step_server(
        self, step: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        schema = SERVER_SCHEMA if step == "user" else RECONFIGURE_SCHEMA
        if user_input is None:
            return self._form(step, schema, as_typed(self._draft.data))
        self._typed = user_input
        try:
            entered = read_server(user_input)
        except MisspelledScheme:
            errors = {CONF_HOST: "misspelled_scheme"}
            return self._form(step, schema, user_input, errors=errors)
        except ValueError:
            return self._form(step, schema, user_input, errors={CONF_HOST: "invalid_host"})
        if step == "user":
            entered.setdefault(CONF_PASSWORD, "")
        elif CONF_PASSWORD not in entered and not self._draft.is_at(entered):
            # The one that is stored must not go to another server.
            errors = {CONF_PASSWORD: "password_of_other_server"}
            return self._form(step, schema, user_input, errors=errors)
        self._draft = self._draft.with_server(entered)
        if step == "user":
            self._async_abort_entries_match(
                {key: entered[key] for key in (CONF_HOST, CONF_APPLICATION_USER)}
            )
        return await self._async_try_login()

    async def _async_try_login(self) -> ConfigFlowResult:
        try:
            await self._async_check_login()
        except (UntrustedCertificate, CertificateChanged) as error:
            return await self._async_ask_about(error)
        except PresenceServiceError as error:
            return self._first_form(error)
        if self.source == SOURCE_REAUTH:
            return await self.async_step_finish()
        return await self.async_step_watcher()

    async def _async_check_login(self) -> None:
        draft = self._draft
        if draft.has_watcher:
            await async_check_login(self.hass, draft.access)
        else:
            told = await async_check_new_server(self.hass, draft.access)
            self._draft = replace(draft, told_domain=told)

    @override
    async def _async_trust(self, host: str, port: int, *sha256: str) -> ConfigFlowResult:
        self._draft = self._draft.trusting(host, port, *sha256)
        return await self._async_try_login()

    @override
    def _trusted_at(self, host: str, port: int) -> tuple[str, ...]:
        return trusted_at(self._draft.data, host, port)

    @override
    def _async_certificate_unreadable(self, error: PresenceServiceError) -> ConfigFlowResult:
        return self._first_form(error)

    def _first_form(self, error: PresenceServiceError) -> ConfigFlowResult:
        """Show the form from which the login was tried."""
        if self.source == SOURCE_REAUTH:
            return self._form("reauth_confirm", ACCOUNT_SCHEMA, self._typed, error)
        if self.source == SOURCE_RECONFIGURE:
            return self._form("reconfigure", RECONFIGURE_SCHEMA, self._typed, error)
        return self._form("user", SERVER_SCHEMA, self._typed, error)

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
        named = self._server_named if self.source == SOURCE_REAUTH else {}
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors={"base": explanation.key} if explanation else errors,
            description_placeholders=named | (explanation.placeholders if explanation else {}),
        )

    def _abort_if_account_is_taken(self) -> None:
        """Abort when another entry already uses this account in this presence domain."""
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, self._draft.unique_id
        )
        if entry and (self.source == SOURCE_USER or entry is not self._entry):
            raise AbortFlow("already_configured")

    def _async_update(self) -> ConfigFlowResult:
        entry = self._entry
        # Earlier versions named entries after the host.
        named_after = next(
            (key for key in (CONF_HOST, CONF_PRESENCE_DOMAIN) if entry.title == entry.data[key]),
            None,
        )
        result = self.async_update_and_abort(
            entry,
            unique_id=self._draft.unique_id,
            title=self._draft.data[named_after] if named_after else entry.title,
            data=self._draft.data,
        )
        # Also when nothing has changed: the server may have changed its mind. A reload begins at
        # once, so the entry, which reloads itself as well when its data change, finds it done.
        async_schedule_reload(self.hass, entry)
        return result

    @property
    def _server_named(self) -> dict[str, str]:
        """What tells the server of an entry from others."""
        return {"title": self._entry.title, "host": self._entry.data[CONF_HOST]}

    @property
    def _entry(self) -> CupConfigEntry:
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        return self._get_reconfigure_entry()
