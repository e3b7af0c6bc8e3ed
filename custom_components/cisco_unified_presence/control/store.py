"""The records of controlled people, stored for the next run."""

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

EMPTY = PersonRecord()


class ControlStore:
    """The records of an entry's people by their keys; iterates over those that are not empty."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = control_store(hass, entry_id)
        self._records: dict[str, PersonRecord] = {}
        self._loaded = False

    async def async_load(self, keys: Collection[str]) -> None:
        """Load the records of these people, and drop all others."""
        stored = await self._store.async_load() or {}
        self._records = {
            key: PersonRecord.from_storage(stored[key]) for key in keys if key in stored
        }
        self._loaded = True
        if self._records.keys() != stored.keys():
            await self.async_save()

    def record_of(self, key: str) -> PersonRecord:
        return self._records.get(key, EMPTY)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._records))

    @callback
    def async_set(self, key: str, record: PersonRecord) -> None:
        if record == self.record_of(key):
            return
        if record == EMPTY:
            del self._records[key]
        else:
            self._records[key] = record
        self._store.async_delay_save(self._as_storage, SAVE_SECONDS)

    @callback
    def async_set_published(self, key: str, published: PublishedPresence | None) -> None:
        """Record what is published, None for nothing."""
        self.async_set(key, replace(self.record_of(key), published=published, unsure=False))

    @callback
    def async_set_unsure(self, key: str) -> None:
        """Record that it is not known what is published."""
        self.async_set(key, replace(self.record_of(key), published=None, unsure=True))

    @callback
    def async_clock_jumped(self, by: timedelta) -> None:
        """Give every write the time that it has by the clock that has jumped."""
        for key, record in tuple(self._records.items()):
            if record.published:
                self.async_set(key, replace(record, published=record.published.after_jump(by)))

    async def async_save(self) -> None:
        """Store the records now, unless they were never loaded."""
        if not self._loaded:
            return
        await self._store.async_save(self._as_storage())

    def _as_storage(self) -> dict[str, Any]:
        return {key: record.as_storage() for key, record in self._records.items()}


def control_store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    """Return the storage of an entry's records."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.kept", private=True)
