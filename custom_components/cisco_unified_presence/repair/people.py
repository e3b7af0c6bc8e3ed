"""Repairs people whom the server does not know: removes them, or ignores the issue."""

from typing import Any

from homeassistant.components.repairs import RepairsFlowResult

from ..channel import unknown_among
from ..issues import Issue, async_ignore_issue
from ..people import Person, names_of
from ..runtime import CupConfigEntry
from .flow import EntryRepairFlow


class UnknownPeopleRepairFlow(EntryRepairFlow):
    """Offers to remove the people whom it names."""

    def __init__(self, entry: CupConfigEntry, issue: Issue) -> None:
        super().__init__(entry, issue)
        self._named: list[Person] = []

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        """Name the people whom the server does not know now."""
        if not self._is_loaded:
            return self.async_abort(reason="not_connected")
        self._named = unknown_among(self._entry.runtime_data.coordinator)
        return self.async_show_menu(
            step_id="init",
            menu_options=["remove", "ignore"],
            description_placeholders={**self._placeholders, "people": names_of(self._named)},
        )

    async def async_step_remove(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        """Remove the people named, except those whom the server has come to know meanwhile."""
        if not self._is_loaded:
            return self.async_abort(reason="not_connected")
        unknown = {each.subentry_id for each in unknown_among(self._entry.runtime_data.coordinator)}
        for person in self._named:
            if person.subentry_id in unknown:
                self.hass.config_entries.async_remove_subentry(self._entry, person.subentry_id)
        return self.async_create_entry(data={})

    async def async_step_ignore(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        async_ignore_issue(self.hass, self._entry, self._issue, ignore=True)
        return self.async_abort(reason="issue_ignored")
