"""Repair issues about what was stored of people and cannot be read."""

from enum import StrEnum
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..issues import async_raise_loss, first_names
from ..people import people_of
from ..storage import LoadedRecords


class LossIssue(StrEnum):
    """The kinds of issues; the value is the translation key."""

    SETTINGS_LOST = "settings_lost"
    SETTINGS_FILE_LOST = "settings_file_lost"


@callback
def async_report_losses[RecordT](
    hass: HomeAssistant, entry: ConfigEntry, loaded: LoadedRecords[RecordT]
) -> None:
    """Say of whom the records could not be read, or where the file now is that could not be."""
    lost = partial(async_raise_loss, hass, of=entry.entry_id, title=entry.title)
    if loaded.unreadable_file is not None:
        lost(LossIssue.SETTINGS_FILE_LOST, path=loaded.unreadable_file)
    if loaded.unreadable:
        people = people_of(entry)
        names = [people[key].name if key in people else key for key in loaded.unreadable]
        lost(LossIssue.SETTINGS_LOST, people=first_names(names))
