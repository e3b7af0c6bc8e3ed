"""Records on disk: what is changed is stored in time, what cannot be read costs only itself.

`Store.async_delay_save` of Home Assistant begins its delay anew with each call, so that frequent
changes put a save off for ever, and `Store.async_load` raises whatever the form of a file makes it
raise.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, CoreState, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import LOGGER

# What data of another form than expected raises when it is read.
_UNREADABLE: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

# In the first and the last year of datetime, local times overflow.
_YEARS: Final = range(1970, 9999)

# Sums stay exact, and within what JSON can carry.
_MOST: Final = 2**50

# One takes up to 0.3 ms, with a long history.
MOST_IN_LOOP: Final = 50

type Stored = dict[str, Any]


class _FileUnreadable(Exception):
    """A file in storage is JSON of another form than expected, or of a later version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRecords[RecordT]:
    """What a file in storage holds.

    Attributes:
        records: The records by their keys.
        unreadable: The keys of records that could not be read.
        unreadable_file: Where the file now is when none of it could be read, else None.
    """

    records: dict[str, RecordT] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    unreadable_file: str | None = None

    @property
    def complete(self) -> bool:
        return not self.unreadable and self.unreadable_file is None


def read_records[RecordT](
    stored: Mapping[str, Any], from_storage: Callable[[Any], RecordT]
) -> tuple[dict[str, RecordT], tuple[str, ...]]:
    """Return the records by their keys, and the keys of those that from_storage cannot read."""
    records: dict[str, RecordT] = {}
    unreadable: list[str] = []
    for key, data in stored.items():
        try:
            records[key] = from_storage(data)
        except _UNREADABLE as error:
            LOGGER.debug("The record %s in storage is not readable: %r", key, error)
            unreadable.append(key)
    return records, tuple(unreadable)


def of_type[ValueT](value: object, *types: type[ValueT]) -> ValueT:
    """Return a stored value if it is of one of these types; raise TypeError if not.

    As JSON knows them: a bool is no int.
    """
    if type(value) not in types:
        raise TypeError(f"{type(value).__name__} in place of {types}")
    return value  # type: ignore[return-value]  # a type in a tuple does not narrow


def storable_text(text: str) -> str:
    """Return a text with question marks for half surrogate pairs, which JSON cannot carry."""
    return text.encode(errors="replace").decode()


def require_times(times: Iterable[datetime | None]) -> None:
    """Raise ValueError for a time without a zone, or out of range."""
    for time in times:
        if time is not None and (time.tzinfo is None or time.year not in _YEARS):
            raise ValueError(f"{time} is no time of a record")


def stored_time(stored: object) -> datetime:
    """Return a stored time in UTC.

    Raises:
        TypeError: It is no text.
        ValueError: It is no time, has no zone, or is out of range.
    """
    time = datetime.fromisoformat(of_type(stored, str))
    require_times((time,))
    return dt_util.as_utc(time)


def stored_amount[NumberT: (int, float)](stored: NumberT) -> NumberT:
    """Return a stored count, or seconds; raise ValueError for what no run can have reached."""
    if not 0 <= stored <= _MOST:
        raise ValueError(f"{stored} is no amount")
    return stored


async def _async_load(store: Store[Stored]) -> Stored:
    """Return what a file in storage holds, an empty dict without one; raise _FileUnreadable.

    A file that is no JSON is moved by Home Assistant, which raises an issue and reads it as empty.
    """
    try:
        stored = await store.async_load()
    except (HomeAssistantError, NotImplementedError, OSError, *_UNREADABLE) as error:
        raise _FileUnreadable(repr(error)) from error
    if stored is None:
        return {}
    if not isinstance(stored, dict):
        raise _FileUnreadable(f"{type(stored).__name__} in place of an object")
    return stored


def _move_away(path: str) -> str:
    """Move a file as Home Assistant does, so that saving does not destroy it.

    Returns:
        Where it now is: where it was if it cannot be moved.
    """
    moved_to = f"{path}.corrupt.{dt_util.utcnow().isoformat()}"
    try:
        Path(path).rename(moved_to)
    except OSError as error:
        LOGGER.warning("%s is not readable and could not be moved: %s", path, error)
        return path
    LOGGER.warning("%s is not readable and was moved to %s", path, moved_to)
    return moved_to


class HintStore:
    """Stores what is of use but can be done without: whatever fails is only logged."""

    def __init__(self, hass: HomeAssistant, key: str, *, version: int = 1) -> None:
        self._hass = hass
        self._store: Store[Stored] = Store(hass, version, key, private=True)

    async def async_load(self) -> Stored:
        """Return what was saved, an empty dict if nothing was or it cannot be read."""
        try:
            return await _async_load(self._store)
        except _FileUnreadable as error:
            LOGGER.debug("%s in storage is not readable: %s", self._store.key, error)
            return {}

    async def async_save(self, data: Stored) -> None:
        """Save data, also when the caller is cancelled: a later save waits for the end of it."""
        saving = self._hass.async_create_task(self._async_save(data), f"save {self._store.key}")
        await asyncio.shield(saving)

    async def _async_save(self, data: Stored) -> None:
        try:
            await self._store.async_save(data)
        except OSError as error:
            LOGGER.warning("%s was not saved: %s", self._store.key, error)

    async def async_remove(self) -> None:
        try:
            await self._store.async_remove()
        except OSError as error:
            LOGGER.warning("%s was not removed: %s", self._store.key, error)


class RecordStore:
    """Saves records in time: at once, or at the latest after a bound, however many changes follow.

    Of concurrent saves one runs and one waits, with all changes until it begins. While Home
    Assistant stops, it lets no store write before the final write; all that has changed until then
    is written by it, and what changes during the final write is saved at once.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        key: str,
        as_storage: Callable[[], Stored],
        *,
        within: float,
        version: int = 1,
        encode: Callable[[dict[str, Any]], Stored] | None = None,
    ) -> None:
        """Initialize.

        Args:
            hass: Home Assistant.
            key: The name of the file.
            as_storage: Returns what is to be saved; it is called when a save begins.
            within: The bound in seconds.
            version: The version of the stored form.
            encode: Makes what is saved of what as_storage returns, in the executor, for a store
                that is too large for the event loop. It must not meet what changes meanwhile.
        """
        self._hass = hass
        self._encode = encode
        self._store: Store[Stored] = Store(
            hass, version, key, private=True, serialize_in_event_loop=encode is None
        )
        self._as_storage = as_storage
        self._within = within
        self._lock = asyncio.Lock()
        self._changed = False
        self._waiting: asyncio.Task[None] | None = None
        self._running: asyncio.Task[None] | None = None
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._cancel_final_write: CALLBACK_TYPE | None = None

    async def async_load[RecordT](
        self, from_storage: Callable[[Any], RecordT]
    ) -> LoadedRecords[RecordT]:
        """Return what is stored; many records are read in the executor by a pure from_storage."""
        try:
            stored = await _async_load(self._store)
        except _FileUnreadable as error:
            LOGGER.debug("%s in storage is not readable: %s", self._store.key, error)
            path = await self._hass.async_add_executor_job(_move_away, self._store.path)
            return LoadedRecords(unreadable_file=path)
        if len(stored) <= MOST_IN_LOOP:
            records, unreadable = read_records(stored, from_storage)
        else:
            records, unreadable = await self._hass.async_add_executor_job(
                read_records, stored, from_storage
            )
        return LoadedRecords(records=records, unreadable=unreadable)

    @callback
    def async_note_change(self) -> None:
        """Save within the bound what has changed."""
        self._note_change()
        if self._hass.state is CoreState.final_write:
            self._wait_for_save()
        elif self._cancel_timer is None:
            self._cancel_timer = async_call_later(self._hass, self._within, self._save_is_due)

    async def async_save(self) -> None:
        """Save now, and return once all that has changed before is on disk.

        While Home Assistant stops, it is on disk only after the final write.
        """
        self._note_change()
        await asyncio.shield(self._wait_for_save())

    async def async_stored(self) -> None:
        """Return once all that has changed before is on disk: at once if it is."""
        if self._changed:
            await self.async_save()
        elif self._running is not None:
            await asyncio.shield(self._running)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self.async_stored()
        async with self._lock:
            await self._store.async_remove()

    def _note_change(self) -> None:
        self._changed = True
        if self._cancel_final_write is None:
            self._cancel_final_write = self._hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_final_write
            )

    def _wait_for_save(self) -> asyncio.Task[None]:
        if self._waiting is None or self._waiting.done():
            # Not eager: what changes in the same turn of the loop is saved together.
            self._waiting = self._hass.async_create_task(
                self._async_write(), f"save {self._store.key}", eager_start=False
            )
        return self._waiting

    async def _async_write(self) -> None:
        async with self._lock:
            self._running, self._waiting = self._waiting, None
            self._changed = False
            self._forget_deadlines()
            try:
                stored = self._as_storage()
                if self._encode is not None:
                    stored = await self._hass.async_add_executor_job(self._encode, stored)
                await self._store.async_save(stored)
            except OSError as error:
                # As Home Assistant does when the disk is full.
                LOGGER.error("%s was not saved: %s", self._store.key, error)
            finally:
                self._running = None

    @callback
    def _save_is_due(self, _now: datetime) -> None:
        self._cancel_timer = None
        self._wait_for_save()

    async def _async_final_write(self, _event: Event) -> None:
        self._cancel_final_write = None
        await self.async_stored()

    def _forget_deadlines(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if self._cancel_final_write is not None:
            self._cancel_final_write()
            self._cancel_final_write = None
