"""Remembering controlled people: what is known of each, and stored for the next run."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from .record import PersonRecord, PublishedPresence

STORAGE_VERSION = 1

# What changes together is stored together.
SAVE_SECONDS = 1.0

NOTHING = PersonRecord()


class ControlStore:
    """What is remembered of the people of an entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Remember nothing yet."""
        self._store = control_store(hass, entry_id)
        self._records: dict[str, PersonRecord] = {}
        self._loaded = False

    async def async_load(self, keys: Collection[str]) -> None:
        """Recall people by their keys, and nobody else."""
        stored = await self._store.async_load() or {}
        self._records = {
            key: PersonRecord.from_storage(stored[key]) for key in keys if key in stored
        }
        self._loaded = True
        if self._records.keys() != stored.keys():
            # Nothing stays behind of somebody who was removed while nobody was looking.
            await self.async_save()

    def record_of(self, key: str) -> PersonRecord:
        """Return what is remembered of a person."""
        return self._records.get(key, NOTHING)

    def __iter__(self) -> Iterator[str]:
        """Return the keys of those of whom anything is remembered now."""
        return iter(tuple(self._records))

    @callback
    def async_note(self, key: str, record: PersonRecord) -> None:
        """Remember this of a person from now on."""
        if record == self.record_of(key):
            return
        if record == NOTHING:
            del self._records[key]
        else:
            self._records[key] = record
        self._store.async_delay_save(self._as_storage, SAVE_SECONDS)

    @callback
    def async_note_published(self, key: str, written: PublishedPresence | None) -> None:
        """Remember what stands at the server, None for nothing."""
        self.async_note(key, replace(self.record_of(key), published=written, unsure=False))

    @callback
    def async_note_unsure(self, key: str) -> None:
        """Remember that nobody knows what stands at the server."""
        self.async_note(key, replace(self.record_of(key), published=None, unsure=True))

    @callback
    def async_clock_jumped(self, by: timedelta) -> None:
        """Remember every write with the time that it has by the clock that has jumped."""
        for key, record in tuple(self._records.items()):
            if record.published:
                self.async_note(key, replace(record, published=record.published.after_jump(by)))

    async def async_save(self) -> None:
        """Store it now; what was never recalled is left as it is."""
        if not self._loaded:
            return
        await self._store.async_save(self._as_storage())

    def _as_storage(self) -> dict[str, Any]:
        return {key: record.as_storage() for key, record in self._records.items()}


def control_store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    """Return where it is stored for an entry."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.kept", private=True)
