"""Finds people who have never been seen other than offline, and hints at why that may be.

A person can block the watcher, and a server can have the sharing of presence switched off: both
look like a person who is offline. Only time during which the server was reachable counts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN
from ..coordinator import PresenceCoordinator
from ..issues import Issue, async_clear_issues, async_raise_issue
from ..people import Person, names_of
from ..pws import Presence
from ..storage import HintStore, RecordStore, Stored, of_type, stored_amount
from .following import FollowedPeople

OBSERVATION: Final = timedelta(days=7)
CHECK_INTERVAL: Final = timedelta(hours=1)

# What a kill may cost of the time that was observed.
_SAVE_WITHIN_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Observation:
    """How long a person was seen offline; ``is_seen`` is whether ever in another state."""

    offline: float = 0.0
    is_seen: bool = False

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Raises LookupError, TypeError or ValueError for what cannot be read."""
        return cls(
            offline=float(stored_amount(of_type(stored["offline"], int, float))),
            is_seen=of_type(stored["seen"], bool),
        )

    def as_storage(self) -> Stored:
        return {"offline": round(self.offline), "seen": self.is_seen}


_SEEN: Final = Observation(is_seen=True)
_NOT_SEEN: Final = (None, Presence.UNKNOWN, Presence.UNAVAILABLE)


class NeverSeen:
    """Observes people until they were seen other than offline once."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: PresenceCoordinator,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Initialize; ``clock`` is in seconds, and does not jump."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._clock = clock or hass.loop.time
        self._observations: dict[str, Observation] = {}
        self._since: dict[str, float] = {}
        self._followed = FollowedPeople(
            hass, coordinator, self._async_presence_changed, self._is_to_be_followed
        )
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._store = RecordStore(
            hass, store_key(entry.entry_id), self._as_storage, within=_SAVE_WITHIN_SECONDS
        )

    @property
    def people(self) -> list[Person]:
        """Those who have been offline for OBSERVATION and were never seen otherwise."""
        people = self._coordinator.people
        never_seen = (key for key, each in self._observations.items() if self._is_never_seen(each))
        return [people[key] for key in sorted(never_seen) if key in people]

    @staticmethod
    def _is_never_seen(observation: Observation) -> bool:
        return not observation.is_seen and observation.offline >= OBSERVATION.total_seconds()

    async def async_start(self) -> None:
        loaded = await self._store.async_load(Observation.from_storage)
        self._observations = dict(loaded.records)
        self._followed.async_start()
        self._unsubscribe = [
            self._coordinator.async_subscribe_people(self._async_follow),
            async_track_time_interval(self._hass, self._async_check, CHECK_INTERVAL),
        ]
        self._async_follow()
        self._async_report()

    async def async_stop(self) -> None:
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._followed.async_stop()
        if self._since:
            self._count()
            await self._store.async_save()
        self._since.clear()

    @callback
    def _async_follow(self) -> None:
        people = self._coordinator.people
        for key in self._observations.keys() - people.keys():
            del self._observations[key]
        for key in self._followed.keys - people.keys():
            self._unfollow(key)
        self._note_seen(people.keys() - self._observations.keys())
        self._followed.async_follow(tuple(filter(self._is_to_be_followed, people)))

    def _note_seen(self, new: Iterable[str]) -> None:
        """Note who is seen at once; most people are, and need not be followed."""
        if seen := [key for key in new if self._shown(key) not in _NOT_SEEN]:
            self._observations.update(dict.fromkeys(seen, _SEEN))
            self._store.async_note_change()

    def _is_to_be_followed(self, key: str) -> bool:
        observation = self._observations.get(key)
        is_seen = observation is not None and observation.is_seen
        return key in self._coordinator.people and not is_seen

    def _shown(self, key: str) -> Presence | None:
        seen = self._coordinator.presence_of(key)
        return seen.presence if seen and self._coordinator.reachable else None

    @callback
    def _async_presence_changed(self, key: str) -> None:
        shown = self._shown(key)
        if shown is Presence.UNAVAILABLE:
            self._since.setdefault(key, self._clock())
            return
        self._count_one(key)
        self._since.pop(key, None)
        if shown not in _NOT_SEEN:
            self._observations[key] = _SEEN
            self._unfollow(key)
            self._store.async_note_change()

    def _unfollow(self, key: str) -> None:
        self._followed.async_unfollow(key)
        self._since.pop(key, None)

    @callback
    def _async_check(self, _now: object) -> None:
        if self._since:
            self._count()
            self._store.async_note_change()
        self._async_report()

    def _count(self) -> None:
        for key in tuple(self._since):
            self._count_one(key)

    def _count_one(self, key: str) -> None:
        if (since := self._since.get(key)) is None:
            return
        self._since[key] = now = self._clock()
        offline = self._observations.get(key, Observation()).offline + now - since
        self._observations[key] = Observation(offline)

    @callback
    def _async_report(self) -> None:
        people = self.people
        if not people:
            async_clear_issues(self._hass, self._entry, Issue.PEOPLE_NEVER_SEEN)
            return
        async_raise_issue(self._hass, self._entry, Issue.PEOPLE_NEVER_SEEN, people=names_of(people))

    def _as_storage(self) -> Stored:
        return {key: each.as_storage() for key, each in self._observations.items()}


def store_key(entry_id: str) -> str:
    return f"{DOMAIN}.{entry_id}.seen"


async def async_forget_seen(hass: HomeAssistant, entry_id: str) -> None:
    """Delete what is stored for an entry."""
    await HintStore(hass, store_key(entry_id)).async_remove()
