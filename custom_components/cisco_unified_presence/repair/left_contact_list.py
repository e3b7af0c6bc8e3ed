"""Repairs people who are no longer on the contact list: they are kept, or removed at once."""

from typing import Any, override

from homeassistant.components.repairs import RepairsFlowResult

from ..background import async_detached
from ..people import Person
from .named_people import NamedPeopleRepairFlow


class LeftContactListRepairFlow(NamedPeopleRepairFlow):
    """Asks whether people stay who are no longer on the list."""

    menu = ["keep", "remove"]

    async def async_step_keep(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        """Let the people named stay, as if the user had added them."""
        if not self._is_loaded:
            return self.async_abort(reason="not_connected")
        contact_list = self._entry.runtime_data.roster.contact_list
        stay = contact_list.async_let_stay(self._still_concerned)
        await async_detached(self.hass, stay, "let people stay")
        return self.async_create_entry(data={})

    async def async_step_remove(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        """Remove the people named, except those who are on the list again."""
        if not self._is_loaded:
            return self.async_abort(reason="not_connected")
        contact_list = self._entry.runtime_data.roster.contact_list
        remove = contact_list.async_remove(self._still_concerned)
        await async_detached(self.hass, remove, "remove people")
        return self.async_create_entry(data={})

    @override
    def _concerned(self) -> list[Person]:
        return self._entry.runtime_data.roster.contact_list.leaving
