"""Repairs people whom the server does not know: removes them, or ignores the issue."""

from typing import Any, override

from homeassistant.components.repairs import RepairsFlowResult

from ..channel import unknown_among
from ..issues import async_ignore_issue
from ..people import Person
from .named_people import NamedPeopleRepairFlow


class UnknownPeopleRepairFlow(NamedPeopleRepairFlow):
    """Offers to remove the people whom it names."""

    menu = ["remove", "ignore"]

    async def async_step_remove(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        """Remove the people named, except those whom the server has come to know meanwhile."""
        if not self._is_loaded:
            return self.async_abort(reason="not_connected")
        for person in self._still_concerned:
            self.hass.config_entries.async_remove_subentry(self._entry, person.subentry_id)
        return self.async_create_entry(data={})

    async def async_step_ignore(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        async_ignore_issue(self.hass, self._entry, self._issue, ignore=True)
        return self.async_abort(reason="issue_ignored")

    @override
    def _concerned(self) -> list[Person]:
        return unknown_among(self._entry.runtime_data.coordinator)
