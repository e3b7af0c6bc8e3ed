"""Repairs a rule that asks for an entity that has another name now."""

from collections.abc import Mapping
import re
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
import voluptuous as vol

from ..runtime import CupConfigEntry
from .flow import named_in


class RenamedEntityRepairFlow(RepairsFlow):
    """Writes the new name into the rule, in conditions and templates alike."""

    def __init__(self, entry: CupConfigEntry) -> None:
        self._entry = entry

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        named = named_in(self.data)
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", data_schema=vol.Schema({}), description_placeholders=named
            )
        if subentry := self._entry.subentries.get(named["subentry_id"]):
            data = with_entity_renamed(subentry.data, named["entity"], named["renamed"])
            self.hass.config_entries.async_update_subentry(self._entry, subentry, data=data)
        return self.async_create_entry(data={})


def with_entity_renamed(value: Any, before: str, now: str) -> Any:  # noqa: ANN401 (any JSON)
    """Return data with another name of an entity, wherever they name it."""
    match value:
        case str():
            return re.sub(rf"(?<![\w.]){re.escape(before)}(?![\w.])", now, value)
        case Mapping():
            return {
                with_entity_renamed(key, before, now): with_entity_renamed(each, before, now)
                for key, each in value.items()
            }
        case list():
            return [with_entity_renamed(each, before, now) for each in value]
        case _:
            return value
