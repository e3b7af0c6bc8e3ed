"""Since when each person's presence is what it is, over restarts and outages.

A person who is found as last seen, after an outage or a restart, has been so all the while. One who
is found otherwise has changed when the server's document says, else when it is noticed.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .pws import ContactPresence, Presence
from .storage import HintStore, RecordStore, Stored, stored_time

# What a kill may cost: who has changed since then has changed, as far as is known, at the start.
# Home Assistant saves the states that it restores as often; in a company something changes each
# second, and all of its people are saved.
_SAVE_WITHIN_SECONDS: Final = 15 * 60.0

# A document that says an earlier time has a wrong clock.
_EARLIEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class PresenceTime:
    """A presence, and since when it is shown."""

    presence: Presence
    since: datetime

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Raises LookupError, TypeError or ValueError for what cannot be read."""
        return cls(Presence(stored["presence"]), stored_time(stored["since"]))

    def as_storage(self) -> Stored:
        return {"presence": self.presence.value, "since": self.since.isoformat()}


class PresenceTimes:
    """Since when each person is shown as they are, by the key of the contact URI."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._times: dict[str, PresenceTime] = {}

    def __iter__(self) -> Iterator[tuple[str, PresenceTime]]:
        return iter(self._times.items())

    def since(self, key: str) -> datetime | None:
        time = self._times.get(key)
        return time.since if time else None

    @callback
    def async_restore(self, times: dict[str, PresenceTime]) -> None:
        self._times = {**times, **self._times}

    @callback
    def async_note(self, key: str, seen: ContactPresence) -> None:
        """Note what the server shows; while that is unknown, the last presence is remembered."""
        if seen.presence is Presence.UNKNOWN:
            return
        now, before = dt_util.utcnow(), self._times.get(key)
        if before and before.presence is seen.presence and before.since <= now:
            return
        told = seen.rich.since if seen.rich else None
        earliest = max(now - _EARLIEST, before.since) if before else now - _EARLIEST
        since = dt_util.as_utc(min(told, now)) if told is not None and told > earliest else now
        self._times[key] = PresenceTime(seen.presence, since)
        self.on_change()

    @callback
    def async_keep_only(self, keys: Collection[str]) -> None:
        if gone := self._times.keys() - keys:
            for key in gone:
                del self._times[key]
            self.on_change()


class PresenceTimeStore:
    """Stores the times of an entry's people."""

    def __init__(self, hass: HomeAssistant, entry_id: str, times: PresenceTimes) -> None:
        self._times = times
        self._store = RecordStore(
            hass,
            _store_key(entry_id),
            self._snapshot,
            within=_SAVE_WITHIN_SECONDS,
            encode=_as_storage,
        )

    async def async_load(self, keys: Collection[str]) -> None:
        """Load the times of these people, and store what changes from now on."""
        loaded = await self._store.async_load(PresenceTime.from_storage)
        self._times.async_restore(loaded.records)
        self._times.on_change = self._store.async_note_change
        self._times.async_keep_only(keys)

    async def async_save(self) -> None:
        await self._store.async_stored()

    def _snapshot(self) -> dict[str, PresenceTime]:
        return dict(self._times)


def _as_storage(times: dict[str, PresenceTime]) -> Stored:
    return {key: time.as_storage() for key, time in times.items()}


async def async_forget_presence_times(hass: HomeAssistant, entry_id: str) -> None:
    """Delete what is stored for an entry."""
    await HintStore(hass, _store_key(entry_id)).async_remove()


def _store_key(entry_id: str) -> str:
    return f"{DOMAIN}.{entry_id}.since"
