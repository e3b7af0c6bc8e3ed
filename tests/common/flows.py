"""Flows of the interface, walked as a user walks them.

Each step asserts that it has its texts, and that a page which is loaded anew shows it again.
"""

from collections.abc import Mapping
from typing import Any, Self

from homeassistant.components.repairs import issue_handler, repairs_flow_manager
from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowManager, FlowResultType, section
import voluptuous as vol

from custom_components.cisco_unified_presence.const import (
    CONF_APPLICATION_USER,
    CONF_SECURITY,
    DOMAIN,
    SUBENTRY_PERSON,
    SecurityMode,
)
from custom_components.cisco_unified_presence.issues import Issue, VoiceIssue

from .server import PASSWORD, Cup
from .texts import TEXTS, check_fields


def suggested_in(schema: vol.Schema) -> dict[str, Any]:
    """Return the suggested values of a form, those of sections included."""
    found: dict[str, Any] = {}
    for key, each in schema.schema.items():
        if isinstance(each, section):
            if within := suggested_in(each.schema):
                found[str(key)] = within
        elif key.description and "suggested_value" in key.description:
            found[str(key)] = key.description["suggested_value"]
    return found


def server_form(cup: Cup, security: SecurityMode, **others: object) -> dict[str, Any]:
    """Return the form of the server, filled in correctly except for the others."""
    ports = cup.simulator.ports
    return {
        CONF_HOST: "127.0.0.1",
        CONF_SECURITY: security.value,
        CONF_PORT: ports.http if security is SecurityMode.HTTP else ports.https,
        CONF_APPLICATION_USER: "hass",
        CONF_PASSWORD: PASSWORD,
        **others,
    }


class Walk:
    """One flow, step by step."""

    def __init__(self, manager: FlowManager[Any, Any, Any], texts: Mapping[str, Any]) -> None:
        self._manager = manager
        self._texts = texts
        self.result: dict[str, Any] = {}

    @classmethod
    async def config(cls, hass: HomeAssistant) -> Self:
        """Start the flow that adds a server."""
        walk = cls(hass.config_entries.flow, TEXTS["config"])
        return await walk.begin(DOMAIN, {"source": SOURCE_USER})

    @classmethod
    def going_on(cls, hass: HomeAssistant, result: Mapping[str, Any]) -> Self:
        """Continue a config flow that is already in progress."""
        walk = cls(hass.config_entries.flow, TEXTS["config"])
        walk._take(result)
        return walk

    @classmethod
    async def options(cls, hass: HomeAssistant, entry_id: str) -> Self:
        """Start the options flow."""
        walk = cls(hass.config_entries.options, TEXTS["options"])
        return await walk.begin(entry_id, None)

    @classmethod
    async def people(cls, hass: HomeAssistant, entry_id: str) -> Self:
        """Start the flow that adds people."""
        walk = cls(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_PERSON])
        return await walk.begin((entry_id, SUBENTRY_PERSON), {"source": SOURCE_USER})

    @classmethod
    def person(cls, hass: HomeAssistant, result: Mapping[str, Any]) -> Self:
        """Continue the flow that changes a person."""
        walk = cls(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_PERSON])
        walk._take(result)
        return walk

    @classmethod
    async def repair(
        cls, hass: HomeAssistant, entry_id: str | None, issue: Issue | VoiceIssue
    ) -> Self:
        """Start the fix flow of an issue, one of no entry with None."""
        return await cls.repair_of(hass, issue, f"{issue}_{entry_id}" if entry_id else str(issue))

    @classmethod
    async def repair_of(cls, hass: HomeAssistant, issue: str, issue_id: str) -> Self:
        """Start the fix flow of an issue by its key and its id."""
        if (manager := repairs_flow_manager(hass)) is None:
            # Only the manager: its views cannot be registered once the web server runs.
            hass.data["repairs"] = {}
            issue_handler.async_setup(hass)
            manager = hass.data["repairs"]["flow_manager"]
        walk = cls(manager, TEXTS["issues"][issue]["fix_flow"])
        await walk._async_take(await manager.async_init(DOMAIN, context={"issue_id": issue_id}))
        return walk

    async def begin(self, handler: str | tuple[str, str], context: dict[str, str] | None) -> Self:
        await self._async_take(await self._manager.async_init(handler, context=context))
        return self

    async def fill_in(self, step: str, **fields: object) -> Self:
        assert (self.result["type"], self.result["step_id"]) == (FlowResultType.FORM, step)
        await self._async_take(await self._manager.async_configure(self.result["flow_id"], fields))
        return self

    async def choose(self, step: str, option: str) -> Self:
        assert (self.result["type"], self.result["step_id"]) == (FlowResultType.MENU, step)
        choice = {"next_step_id": option}
        await self._async_take(await self._manager.async_configure(self.result["flow_id"], choice))
        return self

    async def reopen(self) -> Self:
        """Ask for the current step again, as a page does that is loaded anew."""
        self._take(await self._manager.async_configure(self.result["flow_id"]))
        return self

    def abandon(self) -> None:
        self._manager.async_abort(self.result["flow_id"])

    @property
    def step(self) -> str:
        return str(self.result.get("step_id"))

    @property
    def error(self) -> str | None:
        """Return the key of the error of the form, wherever it stands."""
        return next(iter(self.errors.values()), None)

    @property
    def errors(self) -> dict[str, str]:
        """Return the keys of the errors, by the fields and sections at which they stand."""
        return dict(self.result.get("errors") or {})

    @property
    def aborted(self) -> str | None:
        """Return the reason of an abort."""
        return self.result.get("reason")

    @property
    def created(self) -> dict[str, Any]:
        assert self.result["type"] is FlowResultType.CREATE_ENTRY, self.result
        return dict(self.result["data"])

    @property
    def message(self) -> str:
        """Return what the last page says once something was created."""
        return self._formatted(self._texts["create_entry"][self.result["description"]])

    @property
    def suggested(self) -> dict[str, Any]:
        return suggested_in(self.result["data_schema"] or vol.Schema({}))

    @property
    def sentence(self) -> str:
        """Return the error above the form, or the form's description."""
        if self.error:
            return self._formatted(self._texts["error"][self.error])
        return self._formatted(self._texts["step"][self.step]["description"])

    async def _async_take(self, result: Mapping[str, Any]) -> None:
        """Take a result; a form or a menu without an error is shown again when asked for anew."""
        self._take(result)
        if result["type"] not in (FlowResultType.FORM, FlowResultType.MENU) or self.errors:
            return
        shown = self._shown
        await self.reopen()
        assert self._shown == shown

    @property
    def _shown(self) -> dict[str, Any]:
        """Return what is shown, without the people of a preview: its times may have moved."""
        placeholders = dict(self.result.get("description_placeholders") or {})
        placeholders.pop("people", None)
        return {
            "step": self.step,
            "menu": self.result.get("menu_options"),
            "suggested": self.suggested if self.result["type"] is FlowResultType.FORM else None,
            "placeholders": placeholders,
        }

    def _take(self, result: Mapping[str, Any]) -> None:
        self.result = dict(result)
        match result["type"]:
            case FlowResultType.FORM:
                self._check_form(self._texts["step"][result["step_id"]])
            case FlowResultType.MENU:
                texts = self._texts["step"][result["step_id"]]
                assert texts["menu_options"].keys() >= set(result["menu_options"])
                self._check_head(texts)
            case FlowResultType.ABORT if result.get("translation_domain") != "homeassistant":
                self._formatted(self._texts["abort"][result["reason"]])

    def _check_form(self, texts: Mapping[str, Any]) -> None:
        self._check_head(texts)
        check_fields(self.result["data_schema"] or vol.Schema({}), texts)
        for error in (self.result["errors"] or {}).values():
            self._formatted(self._texts["error"][error])

    def _check_head(self, texts: Mapping[str, Any]) -> None:
        self._formatted(texts["title"])
        self._formatted(texts["description"])

    def _formatted(self, text: str) -> str:
        return text.format(**(self.result.get("description_placeholders") or {}))


async def left_nothing_behind(cup: Cup) -> bool:
    """Return whether no session, endpoint or subscription is left on the server."""
    state = await cup.state()
    return not (state["sessions"] or state["endpoints"] or state["subscriptions"])
