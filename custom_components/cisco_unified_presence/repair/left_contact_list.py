"""Repairs people who are no longer on the contact list: they are kept, or removed at once."""

from typing import Any

from homeassistant.components.repairs import RepairsFlowResult

from ..issues import Issue
from ..people import Person, names_of
from ..runtime import CupConfigEntry
from .flow import EntryRepairFlow


class LeftContactListRepairFlow(EntryRepairFlow):
    """Asks whether people stay who are no longer on the list."""

    def __init__(self, entry: CupConfigEntry, issue: Issue) -> None:
        super().__init__(entry, issue)
        self._named: list[Person] = []

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        """Name the people who are not on the list now."""
        if not self._is_loaded:
            return self.async_abort(reason="not_connected")
        self._named = self._entry.runtime_data.roster.contact_list.leaving
        return self.async_show_menu(
            step_id="init",
            menu_options=["keep", "remove"],
            description_placeholders={**self._placeholders, "people": names_of(self._named)},
        )

    async def async_step_keep(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        """Let the people named stay, as if the user had added them."""
        if not self._is_loaded:
            return self.async_abort(reason="not_connected")
        await self._entry.runtime_data.roster.contact_list.async_let_stay(self._still_leaving)
        return self.async_create_entry(data={})

    async def async_step_remove(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        """Remove the people named, except those who are on the list again."""
        if not self._is_loaded:
            return self.async_abort(reason="not_connected")
        await self._entry.runtime_data.roster.contact_list.async_remove(self._still_leaving)
        return self.async_create_entry(data={})

    @property
    def _still_leaving(self) -> list[Person]:
        leaving = {
            each.subentry_id for each in self._entry.runtime_data.roster.contact_list.leaving
        }
        return [person for person in self._named if person.subentry_id in leaving]
