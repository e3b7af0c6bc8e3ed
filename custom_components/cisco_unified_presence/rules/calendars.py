"""The events of calendars around now.

The state of a calendar shows one event; others that overlap it are hidden.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final, Protocol, Self

from homeassistant.const import ATTR_ENTITY_ID, EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event, async_track_time_interval
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..listeners import add_listener
from .ends import end_of

READ_EACH: Final = timedelta(minutes=15)

# How far ahead is read; it has to be longer than the interval.
AHEAD: Final = timedelta(days=1)

# The user waits for a form.
PATIENCE_SECONDS: Final = 5.0

CALENDARS: HassKey[CalendarSource] = HassKey(f"{DOMAIN}.calendars")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One event of a calendar; it lasts from its start up to, but not including, its end."""

    summary: str
    start: datetime
    end: datetime
    all_day: bool
    location: str = ""
    description: str = ""

    @classmethod
    def of(cls, answered: Mapping[str, Any]) -> Self | None:
        """Return an event as `calendar.get_events` answers it, None without its times."""
        now = dt_util.utcnow()
        start, end = (end_of(answered.get(key), now) for key in ("start", "end"))
        if start is None or end is None:
            return None
        return cls(
            summary=str(answered.get("summary") or ""),
            start=start,
            end=end,
            all_day=dt_util.parse_date(str(answered["start"])) is not None,
            location=str(answered.get("location") or ""),
            description=str(answered.get("description") or ""),
        )

    def is_on(self, now: datetime) -> bool:
        return self.start <= now < self.end

    @property
    def variables(self) -> dict[str, Any]:
        """Return what templates may know of it."""
        return {
            "summary": self.summary,
            "start": dt_util.as_local(self.start),
            "end": dt_util.as_local(self.end),
            "all_day": self.all_day,
            "location": self.location,
            "description": self.description,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events are meant; patterns know `*` and `?`, and no case. Of several one must fit."""

    title: str | Sequence[str] | None = None
    location: str | Sequence[str] | None = None
    description: str | Sequence[str] | None = None
    all_day: bool | None = None

    def matches(self, event: CalendarEvent) -> bool:
        return (
            _fits(self.title, event.summary)
            and _fits(self.location, event.location)
            and _fits(self.description, event.description)
            and self.all_day in (None, event.all_day)
        )


def _fits(patterns: str | Sequence[str] | None, text: str) -> bool:
    if patterns is None:
        return True
    told = text.casefold().strip()
    each = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatchcase(told, pattern.casefold().strip()) for pattern in each)


def event_now(
    events: tuple[CalendarEvent, ...], wanted: EventFilter, now: datetime
) -> CalendarEvent | None:
    """Return the event that is on now; of several the one that ends last."""
    found = (event for event in events if event.is_on(now) and wanted.matches(event))
    return max(found, key=lambda event: (event.end, event.start, event.summary), default=None)


def next_boundary(events: tuple[CalendarEvent, ...], now: datetime) -> datetime | None:
    """Return when an event begins or ends next."""
    moments = (moment for event in events for moment in (event.start, event.end))
    return min((moment for moment in moments if moment > now), default=None)


class CalendarSource(Protocol):
    """Knows the events of calendars."""

    def events_of(self, entity_id: str) -> tuple[CalendarEvent, ...] | None:
        """Return the events that are not over yet, None while they are not known."""

    @callback
    def async_subscribe(self, entity_id: str, listener: Callable[[], None]) -> CALLBACK_TYPE: ...

    async def async_read(self, entity_id: str) -> None: ...


class Calendars:
    """Reads the events of calendars that someone is interested in."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._events: dict[str, tuple[CalendarEvent, ...] | None] = {}
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._untrack: dict[str, list[CALLBACK_TYPE]] = {}

    def events_of(self, entity_id: str) -> tuple[CalendarEvent, ...] | None:
        """Return the events that are not over yet, None while they are not known."""
        return self._events.get(entity_id)

    @callback
    def async_subscribe(self, entity_id: str, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Read a calendar from now on, and call the listener when its events are others."""
        listeners = self._listeners.setdefault(entity_id, [])
        remove = add_listener(listeners, listener)
        if entity_id not in self._untrack:
            self._start(entity_id)

        @callback
        def unsubscribe() -> None:
            remove()
            if not listeners:
                for untrack in self._untrack.pop(entity_id):
                    untrack()
                self._events.pop(entity_id, None)

        return unsubscribe

    def _start(self, entity_id: str) -> None:
        @callback
        def changed(_event: Event[Any] | datetime) -> None:
            self._read_soon(entity_id)

        self._untrack[entity_id] = [
            async_track_state_change_event(self._hass, entity_id, changed),
            async_track_time_interval(self._hass, changed, READ_EACH, cancel_on_shutdown=True),
            # In another time zone days begin at another time.
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, changed),
        ]
        self._read_soon(entity_id)

    @callback
    def _read_soon(self, entity_id: str) -> None:
        # Not at once: the subscriber is in the middle of an evaluation.
        self._hass.async_create_task(
            self.async_read(entity_id), f"{DOMAIN} read {entity_id}", eager_start=False
        )

    async def async_read(self, entity_id: str) -> None:
        """Read a calendar now, and call its listeners when its events are others."""
        events = await self._async_events(entity_id)
        if entity_id not in self._untrack or events == self._events.get(entity_id):
            return
        self._events[entity_id] = events
        for listener in tuple(self._listeners[entity_id]):
            listener()

    async def _async_events(self, entity_id: str) -> tuple[CalendarEvent, ...] | None:
        now = dt_util.utcnow()
        return await async_events_between(self._hass, entity_id, now, now + AHEAD)


class CalendarsInUse:
    """Calendars that an evaluation uses, whose events stay known until it is over."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._calendars = async_calendars(hass)
        self._unsubscribe: dict[str, CALLBACK_TYPE] = {}
        self._is_slow = False

    async def async_read(self, entity_ids: Iterable[str]) -> None:
        """Read the calendars that were not read yet, until one of them takes too long."""
        for entity_id in sorted(entity_ids):
            if self._is_slow or entity_id in self._unsubscribe:
                continue
            self._unsubscribe[entity_id] = self._calendars.async_subscribe(entity_id, _ignore)
            if self._calendars.events_of(entity_id) is None:
                await self._async_read_in_time(entity_id)

    async def _async_read_in_time(self, entity_id: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._calendars.async_read(entity_id)
        except TimeoutError:
            self._is_slow = True

    @callback
    def async_release(self) -> None:
        while self._unsubscribe:
            self._unsubscribe.popitem()[1]()


def _ignore() -> None:
    """Do nothing about other events: the conditions have listeners of their own."""


async def async_events_between(
    hass: HomeAssistant, entity_id: str, begin: datetime, end: datetime
) -> tuple[CalendarEvent, ...] | None:
    """Return the events of a calendar in a period, None when it does not tell."""
    asked = {
        ATTR_ENTITY_ID: entity_id,
        "start_date_time": dt_util.as_local(begin).isoformat(),
        "end_date_time": dt_util.as_local(end).isoformat(),
    }
    try:
        answer: Any = await hass.services.async_call(
            "calendar", "get_events", asked, blocking=True, return_response=True
        )
        found = map(CalendarEvent.of, answer[entity_id]["events"])
        return tuple(event for event in found if event)
    except Exception as error:  # noqa: BLE001 (any integration's code)
        LOGGER.debug("The events of %s could not be read: %r", entity_id, error)
        return None


@callback
def async_calendars(hass: HomeAssistant) -> CalendarSource:
    if CALENDARS not in hass.data:
        hass.data[CALENDARS] = Calendars(hass)
    return hass.data[CALENDARS]
