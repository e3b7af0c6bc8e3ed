"""Flows of the interface, walked as a person walks them; every text that is shown must be there."""

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
from custom_components.cisco_unified_presence.issues import Issue

from .server import PASSWORD, Cup
from .texts import TEXTS, check_fields


def suggested_in(schema: vol.Schema) -> dict[str, Any]:
    """Return what a form is filled in with."""
    found: dict[str, Any] = {}
    for key, each in schema.schema.items():
        if isinstance(each, section):
            if within := suggested_in(each.schema):
                found[str(key)] = within
        elif key.description and "suggested_value" in key.description:
            found[str(key)] = key.description["suggested_value"]
    return found


def server_form(cup: Cup, security: SecurityMode, **others: object) -> dict[str, Any]:
    """Return the form of the server, filled in rightly but for the others."""
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
        """Take whose flow it is and where its texts stand."""
        self._manager = manager
        self._texts = texts
        self.result: dict[str, Any] = {}

    @classmethod
    async def config(cls, hass: HomeAssistant) -> Self:
        """Begin to add a server."""
        walk = cls(hass.config_entries.flow, TEXTS["config"])
        return await walk.begin(DOMAIN, {"source": SOURCE_USER})

    @classmethod
    def going_on(cls, hass: HomeAssistant, result: Mapping[str, Any]) -> Self:
        """Go on with a flow that somebody else began."""
        walk = cls(hass.config_entries.flow, TEXTS["config"])
        walk._take(result)
        return walk

    @classmethod
    async def options(cls, hass: HomeAssistant, entry_id: str) -> Self:
        """Begin to change the options."""
        walk = cls(hass.config_entries.options, TEXTS["options"])
        return await walk.begin(entry_id, None)

    @classmethod
    async def people(cls, hass: HomeAssistant, entry_id: str) -> Self:
        """Begin to add people."""
        walk = cls(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_PERSON])
        return await walk.begin((entry_id, SUBENTRY_PERSON), {"source": SOURCE_USER})

    @classmethod
    def person(cls, hass: HomeAssistant, result: Mapping[str, Any]) -> Self:
        """Go on with changing a person."""
        walk = cls(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_PERSON])
        walk._take(result)
        return walk

    @classmethod
    async def repair(cls, hass: HomeAssistant, entry_id: str, issue: Issue) -> Self:
        """Begin to repair an issue."""
        if (manager := repairs_flow_manager(hass)) is None:
            # Without its views, for which a running web server has no room.
            hass.data["repairs"] = {}
            issue_handler.async_setup(hass)
            manager = hass.data["repairs"]["flow_manager"]
        walk = cls(manager, TEXTS["issues"][issue]["fix_flow"])
        walk._take(await manager.async_init(DOMAIN, context={"issue_id": f"{issue}_{entry_id}"}))
        return walk

    async def begin(self, handler: str | tuple[str, str], context: dict[str, str] | None) -> Self:
        """Open the first form."""
        self._take(await self._manager.async_init(handler, context=context))
        return self

    async def fill_in(self, step: str, **fields: object) -> Self:
        """Fill in the form of this step."""
        assert (self.result["type"], self.result["step_id"]) == (FlowResultType.FORM, step)
        self._take(await self._manager.async_configure(self.result["flow_id"], fields))
        return self

    async def choose(self, step: str, option: str) -> Self:
        """Choose from the menu of this step."""
        assert (self.result["type"], self.result["step_id"]) == (FlowResultType.MENU, step)
        choice = {"next_step_id": option}
        self._take(await self._manager.async_configure(self.result["flow_id"], choice))
        return self

    def abandon(self) -> None:
        """Close the dialog."""
        self._manager.async_abort(self.result["flow_id"])

    @property
    def step(self) -> str:
        """Return which form or menu is shown."""
        return str(self.result.get("step_id"))

    @property
    def error(self) -> str | None:
        """Return which error is shown above the form."""
        return (self.result.get("errors") or {}).get("base")

    @property
    def aborted(self) -> str | None:
        """Return why the flow has ended without an entry."""
        return self.result.get("reason")

    @property
    def created(self) -> dict[str, Any]:
        """Return the data of the entry that was made."""
        assert self.result["type"] is FlowResultType.CREATE_ENTRY, self.result
        return dict(self.result["data"])

    @property
    def suggested(self) -> dict[str, Any]:
        """Return what the form is filled in with."""
        return suggested_in(self.result["data_schema"])

    @property
    def sentence(self) -> str:
        """Return what the form says, or the error above it."""
        if self.error:
            return self._said(self._texts["error"][self.error])
        return self._said(self._texts["step"][self.step]["description"])

    def _take(self, result: Mapping[str, Any]) -> None:
        self.result = dict(result)
        match result["type"]:
            case FlowResultType.FORM:
                self._check_form(self._texts["step"][result["step_id"]])
            case FlowResultType.MENU:
                texts = self._texts["step"][result["step_id"]]
                assert texts["menu_options"].keys() == set(result["menu_options"])
                self._check_head(texts)
            case FlowResultType.ABORT if result.get("translation_domain") != "homeassistant":
                self._said(self._texts["abort"][result["reason"]])

    def _check_form(self, texts: Mapping[str, Any]) -> None:
        self._check_head(texts)
        check_fields(self.result["data_schema"] or vol.Schema({}), texts)
        for error in (self.result["errors"] or {}).values():
            self._said(self._texts["error"][error])

    def _check_head(self, texts: Mapping[str, Any]) -> None:
        self._said(texts["title"])
        self._said(texts["description"])

    def _said(self, text: str) -> str:
        return text.format(**(self.result.get("description_placeholders") or {}))


async def nobody_is_logged_in(cup: Cup) -> bool:
    """Return whether a check has left nothing behind."""
    state = await cup.state()
    return not (state["sessions"] or state["endpoints"] or state["subscriptions"])
