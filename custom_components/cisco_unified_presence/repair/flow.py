"""The base of the flows that fix an issue of an entry."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
import voluptuous as vol

from ..background import async_reload
from ..issues import FixData, Issue
from ..runtime import CupConfigEntry


def named_in(data: FixData | None) -> dict[str, str]:
    """Return what an issue names, as texts, of the data that its fix flow gets."""
    return {key: str(value) for key, value in (data or {}).items()}


class EntryRepairFlow(RepairsFlow):
    """Fixes an issue of an entry."""

    def __init__(self, entry: CupConfigEntry, issue: Issue) -> None:
        self._entry = entry
        self._issue = issue

    @property
    def _placeholders(self) -> dict[str, str]:
        """Return what the issue's text names."""
        return named_in(self.data)

    @property
    def _is_loaded(self) -> bool:
        return self._entry.state is ConfigEntryState.LOADED

    async def _async_reload(self) -> None:
        await async_reload(self.hass, self._entry)

    def _ask_to_confirm(self, error: str | None = None, **placeholders: str) -> RepairsFlowResult:
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors={"base": error} if error else {},
            description_placeholders={**self._placeholders, **placeholders},
        )
