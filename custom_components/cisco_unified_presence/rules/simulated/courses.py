"""Entities whose states are known ahead: schedules, calendars and the sun."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from homeassistant.const import (
    ATTR_ENTITY_ID,
    STATE_OFF,
    STATE_ON,
    SUN_EVENT_SUNRISE,
    SUN_EVENT_SUNSET,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    HomeAssistant,
    State,
    callback,
    split_entity_id,
)
from homeassistant.helpers.sun import get_astral_event_next, is_up
from homeassistant.util import dt as dt_util

from ...const import LOGGER
from ..calendars import CalendarEvent, async_events_between, next_boundary
from ..ends import DAYS, end_of
from .world import World

SUN: Final = "sun.sun"
_A_DAY: Final = timedelta(days=1)
_OF_CALENDAR_EVENTS: Final = frozenset(
    {"message", "all_day", "start_time", "end_time", "location", "description"}
)


@dataclass(frozen=True, slots=True)
class SunCourse:
    """The state of the sun; its other attributes are not told ahead."""

    hass: HomeAssistant

    def state_at(self, moment: datetime, now: State | None) -> State | None:
        word = "above_horizon" if is_up(self.hass, moment) else "below_horizon"
        return now and State(SUN, word, {}, last_changed=self._last_change(moment))

    def next_change(self, after: datetime) -> datetime | None:
        events = (SUN_EVENT_SUNRISE, SUN_EVENT_SUNSET)
        return min(get_astral_event_next(self.hass, event, after) for event in events)

    def _last_change(self, moment: datetime) -> datetime:
        changed = self.next_change(moment - _A_DAY) or moment
        while (later := self.next_change(changed)) and later <= moment:
            changed = later
        return min(changed, moment)


@dataclass(frozen=True, slots=True)
class EventsCourse:
    """The state of an entity that is on from beginnings to ends.

    Attributes:
        attributes_of: Returns the attributes that it has while an event is on.
        of_events: The names of attributes that depend on the event.
    """

    entity_id: str
    events: tuple[CalendarEvent, ...]
    attributes_of: Callable[[CalendarEvent], Mapping[str, Any]]
    of_events: frozenset[str]

    def state_at(self, moment: datetime, now: State | None) -> State | None:
        if now is None:
            return None
        on = [event for event in self.events if event.is_on(moment)]
        event = min(on, key=lambda each: (each.start, each.end), default=None)
        bounds = {bound for each in self.events for bound in (each.start, each.end)}
        changed = max((bound for bound in bounds if bound <= moment), default=now.last_changed)
        attributes = dict(self.attributes_of(event)) if event else {}
        lasting = {key: each for key, each in now.attributes.items() if key not in self.of_events}
        return State(
            self.entity_id,
            STATE_ON if event else STATE_OFF,
            {**lasting, **attributes},
            last_changed=changed,
        )

    def next_change(self, after: datetime) -> datetime | None:
        return next_boundary(self.events, after)


class SimulatedCalendars:
    """The events of calendars in a simulation.

    Attributes:
        events: By calendar; None where they are not known.
    """

    def __init__(self) -> None:
        self.events: dict[str, tuple[CalendarEvent, ...] | None] = {}

    def events_of(self, entity_id: str) -> tuple[CalendarEvent, ...] | None:
        return self.events.get(entity_id)

    @callback
    def async_subscribe(self, entity_id: str, listener: Callable[[], None]) -> CALLBACK_TYPE:  # noqa: ARG002
        """Nothing changes in a simulation but its time."""
        return lambda: None

    async def async_read(self, entity_id: str) -> None:
        """All that is known has been read."""


async def async_read_courses(
    hass: HomeAssistant,
    world: World,
    calendars: SimulatedCalendars,
    entities: frozenset[str],
    end: datetime,
) -> None:
    """Read what is known ahead of these entities, up to an end."""
    for entity_id in sorted(entities - world.given.keys() - world.courses.keys()):
        domain = split_entity_id(entity_id)[0]
        if domain == "calendar":
            found = await async_events_between(hass, entity_id, world.began, end)
            calendars.events[entity_id] = found
            if found is not None:
                world.courses[entity_id] = EventsCourse(
                    entity_id, found, calendar_attributes, _OF_CALENDAR_EVENTS
                )
        elif domain == "schedule":
            if course := await _async_schedule(hass, entity_id, world.began, end):
                world.courses[entity_id] = course
        elif entity_id == SUN:
            world.courses[entity_id] = SunCourse(hass)


def event_of(state: State, now: datetime) -> CalendarEvent | None:
    """Return the event that the given state of a calendar stands for, None without one."""
    if state.state != STATE_ON:
        return None
    given = state.attributes
    start = end_of(given.get("start_time"), now) or now
    return CalendarEvent(
        summary=str(given.get("message") or ""),
        start=min(start, now),
        end=end_of(given.get("end_time"), now) or now + timedelta(hours=1),
        all_day=bool(given.get("all_day")),
        location=str(given.get("location") or ""),
        description=str(given.get("description") or ""),
    )


def calendar_attributes(event: CalendarEvent) -> dict[str, Any]:
    """Return the attributes that a calendar has while an event is on."""
    return {
        "message": event.summary,
        "all_day": event.all_day,
        "start_time": f"{dt_util.as_local(event.start):%Y-%m-%d %H:%M:%S}",
        "end_time": f"{dt_util.as_local(event.end):%Y-%m-%d %H:%M:%S}",
        "location": event.location,
        "description": event.description,
    }


async def _async_schedule(
    hass: HomeAssistant, entity_id: str, begin: datetime, end: datetime
) -> EventsCourse | None:
    """Return the course of a schedule, None when it does not tell."""
    try:
        answer: Any = await hass.services.async_call(
            "schedule",
            "get_schedule",
            {ATTR_ENTITY_ID: entity_id},
            blocking=True,
            return_response=True,
        )
        return _course_of(entity_id, answer[entity_id], begin, end)
    except Exception as error:  # noqa: BLE001 (another integration's code)
        LOGGER.debug("The schedule %s could not be read: %r", entity_id, error)
        return None


def _course_of(
    entity_id: str, week: Mapping[str, Sequence[Mapping[str, Any]]], begin: datetime, end: datetime
) -> EventsCourse:
    """Return the course of a schedule from its week: by day, when it is on and with which data."""
    data: dict[datetime, Mapping[str, Any]] = {}
    spans: list[tuple[datetime, datetime]] = []
    day, last = (dt_util.as_local(each).date() for each in (begin - _A_DAY, end + _A_DAY))
    while day <= last:
        for block in week.get(DAYS[day.weekday()], ()):
            start, stop = (_moment(day, _time(block[key])) for key in ("from", "to"))
            data[start] = block.get("data") or {}
            spans.append((start, stop))
        day += _A_DAY
    events = tuple(
        CalendarEvent(summary="", start=start, end=stop, all_day=False) for start, stop in spans
    )
    of_blocks = frozenset(key for each in data.values() for key in each) | {"next_event"}
    return EventsCourse(entity_id, events, lambda event: data[event.start], of_blocks)


def _time(value: time | str) -> time:
    if str(value).startswith("24:"):
        return time.max
    parsed = value if isinstance(value, time) else dt_util.parse_time(value)
    if parsed is None:
        raise ValueError(f"{value} is no time of day")
    return parsed


def _moment(day: date, at: time) -> datetime:
    """Return a local moment; the last one of a day stands for the next midnight."""
    if at == time.max:
        day, at = day + _A_DAY, time(0)
    local = datetime.combine(day, at, dt_util.get_default_time_zone())
    return dt_util.as_utc(local)
