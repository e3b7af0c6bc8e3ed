"""The records of controlled people, stored for the next run."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..people import Person
from ..storage import LoadedRecords, RecordStore, Stored, of_type
from .record import Addressee, FormerPerson, PersonRecord

# What must not be lost is awaited; the rest is on disk after so many seconds.
SAVE_WITHIN: Final = 1.0

EMPTY: Final = PersonRecord()


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it is stored, with the person's user and contact.

    Attributes:
        addressee: None in files of earlier versions.
    """

    record: PersonRecord
    addressee: FormerPerson | None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        record = PersonRecord.from_storage(stored)
        if "user" not in stored:
            return cls(record, None)
        user, contact = of_type(stored["user"], str), of_type(stored["contact"], str)
        return cls(record, FormerPerson(user, contact))


class ControlStore:
    """The records of an entry's people by their keys; iterates over those that are not empty."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = RecordStore(hass, storage_key(entry_id), self._as_storage, within=SAVE_WITHIN)
        self._records: dict[str, PersonRecord] = {}
        self._addressees: dict[str, Addressee] = {}
        # Changes are numbered, so that a person's are not saved again because of another's.
        self._change = 0
        self._changes: dict[str, int] = {}
        self._on_disk = 0
        self._together = 0
        self._no_more_to_come = asyncio.Event()
        self._no_more_to_come.set()

    async def async_load(self, people: Mapping[str, Person]) -> LoadedRecords[StoredRecord]:
        """Load the records of these people, and of others for whom something may be published.

        Of a person whose record cannot be read it is not known what is published.
        """
        loaded = await self._store.async_load(StoredRecord.from_storage)
        self._addressees.update(people)
        now = dt_util.utcnow()
        for key, stored in loaded.records.items():
            if key in people:
                self._records[key] = stored.record.without_future(now)
            elif stored.addressee and stored.record.may_be_published:
                self._records[key] = EMPTY.with_published_of(stored.record)
                self._addressees[key] = stored.addressee
        for key in people.keys() & set(loaded.unreadable):
            self._records[key] = EMPTY.doubtful()
        if loaded.unreadable or self._records.keys() != loaded.records.keys():
            await self._store.async_save()
        return loaded

    def record_of(self, key: str) -> PersonRecord:
        return self._records.get(key, EMPTY)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._records))

    def published_people(self) -> dict[str, Addressee]:
        """Return for whom something may be published, those included who are being dismissed."""
        return {
            key: self._addressees[key]
            for key, record in self._records.items()
            if record.may_be_published
        }

    @callback
    def async_note_logged_out(self) -> None:
        """Note that nothing is published any more."""
        for key in self.published_people():
            self.async_confirm(key, self.record_of(key).with_published(None))

    @callback
    def async_add_people(self, people: Mapping[str, Person]) -> None:
        """Know these people, whose records may be set from now on."""
        self._addressees.update(people)

    @callback
    def async_set(self, key: str, record: PersonRecord) -> None:
        """Change a record; it is stored soon, and awaited with async_stored."""
        if record == self.record_of(key):
            return
        self._change += 1
        self._changes[key] = self._change
        self._replace(key, record)

    @callback
    def async_confirm(self, key: str, record: PersonRecord) -> None:
        """Change a record by what the server has answered; nothing has to wait for that."""
        if record != self.record_of(key):
            self._replace(key, record)

    async def async_stored(self, *keys: str) -> None:
        """Return once these records are on disk as they were set, without their confirmations."""
        if all(self._changes.get(key, 0) <= self._on_disk for key in keys):
            return
        await self._no_more_to_come.wait()
        change = self._change
        await self._store.async_stored()
        self._on_disk = max(self._on_disk, change)

    @contextmanager
    def saving_together(self) -> Iterator[None]:
        """Let all who await a save in this context wait for its end, and for one save."""
        self._together += 1
        self._no_more_to_come.clear()
        try:
            yield
        finally:
            self._together -= 1
            if not self._together:
                self._no_more_to_come.set()

    async def async_save(self) -> None:
        """Save what has changed, and return once it is on disk."""
        await self._store.async_stored()

    def _replace(self, key: str, record: PersonRecord) -> None:
        if record == EMPTY:
            self._records.pop(key, None)
        else:
            self._records[key] = record
        self._store.async_note_change()

    def _as_storage(self) -> Stored:
        return {key: self._stored(key, record) for key, record in self._records.items()}

    def _stored(self, key: str, record: PersonRecord) -> Stored:
        addressee = self._addressees.get(key)
        if addressee is None:
            return record.as_storage()
        return {"user": addressee.user, "contact": addressee.contact, **record.as_storage()}


def storage_key(entry_id: str) -> str:
    return f"{DOMAIN}.{entry_id}.kept"
