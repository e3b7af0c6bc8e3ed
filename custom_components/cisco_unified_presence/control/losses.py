"""Repair issues about what was stored of people and cannot be read."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..people import people_of
from ..storage import LoadedRecords

MAX_NAMES: Final = 10


class LossIssue(StrEnum):
    """The kinds of issues; the value is the translation key."""

    SETTINGS_LOST = "settings_lost"
    SETTINGS_FILE_LOST = "settings_file_lost"


@callback
def async_report_losses[RecordT](
    hass: HomeAssistant, entry: ConfigEntry, loaded: LoadedRecords[RecordT]
) -> None:
    """Say of whom the records could not be read, or where the file now is that could not be."""
    if loaded.unreadable_file is not None:
        _raise(hass, entry, LossIssue.SETTINGS_FILE_LOST, path=loaded.unreadable_file)
    if loaded.unreadable:
        people = people_of(entry)
        names = [people[key].name if key in people else key for key in loaded.unreadable]
        _raise(hass, entry, LossIssue.SETTINGS_LOST, people=_in_words(names))


def _in_words(names: Sequence[str]) -> str:
    more = f", … (+{len(names) - MAX_NAMES})" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more


def _raise(hass: HomeAssistant, entry: ConfigEntry, issue: LossIssue, **placeholders: str) -> None:
    """Raise an issue that stays until it is confirmed; each loss has its own."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{issue}_{entry.entry_id}_{dt_util.utcnow().isoformat()}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue,
        translation_placeholders={"title": entry.title, **placeholders},
    )
