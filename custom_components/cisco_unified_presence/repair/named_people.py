"""The base of the flows that name people, and act for those whom the issue still concerns."""

from abc import abstractmethod
from typing import Any, ClassVar

from homeassistant.components.repairs import RepairsFlowResult

from ..issues import Issue
from ..people import Person, names_of
from ..runtime import CupConfigEntry
from .flow import EntryRepairFlow


class NamedPeopleRepairFlow(EntryRepairFlow):
    """Names people in a menu of what can be done."""

    menu: ClassVar[list[str]]

    def __init__(self, entry: CupConfigEntry, issue: Issue) -> None:
        super().__init__(entry, issue)
        self._named: list[Person] = []

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        """Name the people whom it concerns now."""
        if not self._is_loaded:
            return self.async_abort(reason="not_connected")
        self._named = self._concerned()
        return self.async_show_menu(
            step_id="init",
            menu_options=self.menu,
            description_placeholders={**self._placeholders, "people": names_of(self._named)},
        )

    @abstractmethod
    def _concerned(self) -> list[Person]:
        """Return the people of the running entry whom the issue concerns now."""

    @property
    def _still_concerned(self) -> list[Person]:
        """Those named whom the issue concerns now."""
        concerned = {each.subentry_id for each in self._concerned()}
        return [person for person in self._named if person.subentry_id in concerned]
