"""What is known ahead of calendars, schedules and the sun."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, State, SupportsResponse
import pytest

from custom_components.cisco_unified_presence.rules.calendars import CalendarEvent
from custom_components.cisco_unified_presence.rules.simulated.courses import (
    SUN,
    EventsCourse,
    SimulatedCalendars,
    SunCourse,
    async_read_courses,
    calendar_attributes,
    event_of,
)
from custom_components.cisco_unified_presence.rules.simulated.world import World

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROOM, SCHEDULE = "calendar.room", "schedule.office"


@pytest.fixture(autouse=True)
async def _in_berlin(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    hass.config.latitude, hass.config.longitude = 52.5, 13.4


def event(summary: str, start: datetime, end: datetime, **more: Any) -> CalendarEvent:
    return CalendarEvent(summary=summary, start=start, end=end, **{"all_day": False, **more})


SHORT = event("Short", NINE + HOUR, NINE + 2 * HOUR)
LONG = event("Long", NINE + HOUR, NINE + 3 * HOUR)
LATE = event("Late", NINE + 2 * HOUR, NINE + 4 * HOUR)
COURSE = EventsCourse(
    ROOM, (LATE, LONG, SHORT), lambda each: {"message": each.summary}, frozenset({"message"})
)
NOW = State(
    ROOM, "on", {"message": "Before", "friendly_name": "Room"}, last_changed=NINE - 2 * HOUR
)


@pytest.mark.parametrize(
    ("at", "message", "changed"),
    [
        (NINE, None, NINE - 2 * HOUR),
        # Of several that begin together, the one that ends first.
        (NINE + HOUR, "Short", NINE + HOUR),
        (NINE + 1.5 * HOUR, "Short", NINE + HOUR),
        # Of several, the one that began first.
        (NINE + 2 * HOUR, "Long", NINE + 2 * HOUR),
        (NINE + 3 * HOUR, "Late", NINE + 3 * HOUR),
        (NINE + 4 * HOUR, None, NINE + 4 * HOUR),
        (NINE + 5 * HOUR, None, NINE + 4 * HOUR),
    ],
)
def test_the_state_of_events(at: datetime, message: str | None, changed: datetime) -> None:
    state = COURSE.state_at(at, NOW)
    assert state
    assert (state.entity_id, state.state) == (ROOM, "on" if message else "off")
    of_event = {"message": message} if message else {}
    assert dict(state.attributes) == {"friendly_name": "Room", **of_event}
    assert state.last_changed == changed


def test_an_entity_that_is_not_there_has_no_course() -> None:
    assert COURSE.state_at(NINE, None) is None


def test_changes_of_events() -> None:
    moments = [NINE]
    while later := COURSE.next_change(moments[-1]):
        moments.append(later)
    assert moments == [NINE + each * HOUR for each in range(5)]


async def test_the_attributes_of_an_event() -> None:
    party = event("Party", NINE, NINE + HOUR, all_day=True, location="Roof", description="Cake")
    assert calendar_attributes(party) == {
        "message": "Party",
        "all_day": True,
        "start_time": "2026-11-23 10:00:00",
        "end_time": "2026-11-23 11:00:00",
        "location": "Roof",
        "description": "Cake",
    }


async def test_an_event_is_read_from_a_state() -> None:
    party = event("Party", NINE, NINE + HOUR, all_day=True, location="Roof", description="Cake")
    state = State(ROOM, "on", calendar_attributes(party))
    assert event_of(state, NINE) == party
    # It has begun already, whatever the state says.
    assert event_of(state, NINE - HOUR) == event(
        "Party", NINE - HOUR, NINE + HOUR, all_day=True, location="Roof", description="Cake"
    )
    assert event_of(State(ROOM, "off", state.attributes), NINE) is None
    assert event_of(State(ROOM, "on"), NINE) == event("", NINE, NINE + HOUR)


def serve_schedule(hass: HomeAssistant, week: dict[str, Any]) -> None:
    async def answer(_call: ServiceCall) -> dict[str, Any]:
        return {SCHEDULE: week}

    hass.services.async_register(
        "schedule",
        "get_schedule",
        answer,
        supports_response=SupportsResponse.ONLY,
    )


async def schedule(hass: HomeAssistant, hours: int) -> EventsCourse:
    world = World(NINE, NINE)
    end = NINE + hours * HOUR
    await async_read_courses(hass, world, SimulatedCalendars(), frozenset({SCHEDULE}), end)
    course = world.courses[SCHEDULE]
    assert isinstance(course, EventsCourse)
    return course


async def test_a_schedule_is_known_ahead(hass: HomeAssistant) -> None:
    week = {
        "monday": [
            {"from": "08:00:00", "to": "12:00:00", "data": {"who": "Anna"}},
            {"from": time(13), "to": time.max},
        ],
        "tuesday": [{"from": "00:00:00", "to": "24:00:00", "data": {"where": "Home"}}],
    }
    serve_schedule(hass, week)
    now = State(SCHEDULE, "on", {"who": "Anna", "next_event": "soon", "icon": "mdi:clock"})
    course = await schedule(hass, 24)
    told = [NINE - 24 * HOUR]
    while later := course.next_change(told[-1]):
        told.append(later)
    # In Berlin it is an hour later than in UTC.
    assert [(each - NINE) / HOUR for each in told[1:]] == [-2, 2, 3, 14, 38]

    states = [course.state_at(NINE + hour * HOUR, now) for hour in (0, 2, 3, 14, 38)]
    assert [each and each.state for each in states] == ["on", "off", "on", "on", "off"]
    lasting = {"icon": "mdi:clock"}
    assert [each and dict(each.attributes) for each in states] == [
        {**lasting, "who": "Anna"},
        lasting,
        lasting,
        {**lasting, "where": "Home"},
        lasting,
    ]


@pytest.mark.parametrize("block", [{"from": "never", "to": "12:00:00"}, {"from": "08:00:00"}])
async def test_a_schedule_that_cannot_be_read_has_no_course(
    hass: HomeAssistant, block: dict[str, str]
) -> None:
    serve_schedule(hass, {"monday": [block]})
    world = World(NINE, NINE)
    read = frozenset({SCHEDULE, "light.lamp"})
    await async_read_courses(hass, world, SimulatedCalendars(), read, NINE + HOUR)
    assert world.courses == {}


async def test_what_is_given_or_known_is_not_read(hass: HomeAssistant) -> None:
    world = World(NINE, NINE, given={SCHEDULE: NOW}, courses={SUN: COURSE})
    read = frozenset({SCHEDULE, SUN})
    await async_read_courses(hass, world, SimulatedCalendars(), read, NINE + HOUR)
    assert world.courses == {SUN: COURSE}


async def test_the_sun_is_known_ahead(hass: HomeAssistant) -> None:
    course = SunCourse(hass)
    assert course.state_at(NINE, None) is None
    now = State(SUN, "above_horizon", {"elevation": 12})
    sunset = course.next_change(NINE)
    assert sunset
    sunrise = course.next_change(sunset)
    assert sunrise
    # In Berlin in November.
    assert NINE + 5 * HOUR < sunset < NINE + 7 * HOUR
    assert NINE + 21 * HOUR < sunrise < NINE + 23 * HOUR
    for at, word, changed in (
        (sunset, "below_horizon", sunset),
        (sunset + HOUR, "below_horizon", sunset),
        (sunrise + HOUR, "above_horizon", sunrise),
    ):
        state = course.state_at(at, now)
        assert state
        assert (state.state, dict(state.attributes)) == (word, {})
        assert abs(state.last_changed - changed) < timedelta(seconds=1)
    # On Spitsbergen it stays below the horizon for months.
    hass.config.latitude = 78.2
    night = course.state_at(NINE, now)
    assert night
    assert (night.state, night.last_changed) == ("below_horizon", NINE)
