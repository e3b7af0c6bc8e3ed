"""Events of calendars: as they are answered, which are meant, and when they are read."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
import pytest

from custom_components.cisco_unified_presence.rules import calendars as module
from custom_components.cisco_unified_presence.rules.calendars import (
    READ_EACH,
    CalendarEvent,
    Calendars,
    CalendarsInUse,
    EventFilter,
    async_calendars,
    async_events_between,
    event_now,
    next_boundary,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # four in the morning, local time
HOUR = timedelta(hours=1)
ROOM, OTHER = "calendar.room", "calendar.other"


def event(summary: str = "Review", begin: float = 0, end: float = 1, **more: Any) -> CalendarEvent:
    usual: dict[str, Any] = {"all_day": False, **more}
    return CalendarEvent(summary=summary, start=NOON + begin * HOUR, end=NOON + end * HOUR, **usual)


def answered(summary: str = "Review", **more: Any) -> dict[str, Any]:
    return {
        "summary": summary,
        "start": "2026-11-23T04:00:00-08:00",
        "end": "2026-11-23T05:00:00-08:00",
        **more,
    }


class Service:
    """Answers `calendar.get_events`, once it may."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.events: dict[str, Any] = {ROOM: [answered()], OTHER: []}
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def async_answer(self, call: ServiceCall) -> dict[str, Any]:
        self.asked.append(dict(call.data))
        await self.may_answer.wait()
        return {each: {"events": events} for each, events in self.events.items()}

    @property
    def asked_for(self) -> list[str]:
        return [each["entity_id"] for each in self.asked]


@pytest.fixture
async def service(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> AsyncGenerator[Service]:
    freezer.move_to(NOON)
    made = Service()
    hass.services.async_register(
        "calendar", "get_events", made.async_answer, supports_response=SupportsResponse.ONLY
    )
    yield made
    made.may_answer.set()
    await hass.async_block_till_done()


# Events


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (answered(), event()),
        (
            answered(location="Room 1", description="Of plans"),
            event(location="Room 1", description="Of plans"),
        ),
        (answered(location=None, description=None), event()),
        ({**answered(), "summary": None}, event("")),
        ({"start": NOON.isoformat(), "end": (NOON + HOUR).isoformat()}, event("")),
        (
            {"summary": "Fair", "start": "2026-11-23", "end": "2026-11-24"},
            event("Fair", -4, 20, all_day=True),
        ),
        ({"summary": "Review", "start": NOON.isoformat()}, None),
        ({"summary": "Review", "end": NOON.isoformat()}, None),
        (answered(end="soon"), None),
        (answered(start=None), None),
    ],
)
async def test_an_event_as_it_is_answered(
    hass: HomeAssistant, told: dict[str, Any], expected: CalendarEvent | None
) -> None:
    assert CalendarEvent.of(told) == expected


async def test_what_templates_know_of_an_event(hass: HomeAssistant) -> None:
    made = event("Fair", all_day=True, location="Hall", description="All")
    known = made.variables
    assert known == {
        "summary": "Fair",
        "start": NOON,
        "end": NOON + HOUR,
        "all_day": True,
        "location": "Hall",
        "description": "All",
    }
    assert (known["start"].hour, known["end"].hour) == (4, 5)


FAIR = event("Fair of Toys", all_day=True, location=" Hall 1", description="All who come")


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (EventFilter(), True),
        (EventFilter(title="fair of TOYS "), True),
        (EventFilter(title="fair"), False),
        (EventFilter(title="*toys"), True),
        (EventFilter(title="fair?of*"), True),
        (EventFilter(title=["call", "FAIR*"]), True),
        (EventFilter(title=["call", "review"]), False),
        (EventFilter(title=[]), False),
        (EventFilter(title=""), False),
        (EventFilter(location="hall 1"), True),
        (EventFilter(location="hall"), False),
        (EventFilter(description="all *"), True),
        (EventFilter(description="none"), False),
        (EventFilter(all_day=True), True),
        (EventFilter(all_day=False), False),
        (EventFilter(title="fair*", location="hall 1", description="all*", all_day=True), True),
        (EventFilter(title="x", location="hall 1", description="all*", all_day=True), False),
    ],
)
def test_which_events_are_meant(wanted: EventFilter, *, fits: bool) -> None:
    assert wanted.matches(FAIR) is fits


def test_of_events_that_are_on_the_last_one_is_meant() -> None:
    every = (
        event("Long", -1, 2),
        event("Late", 0, 2),
        event("Lunch", 0, 2),
        event("Kept", -1, 1),
        event("Over", -1, 0),
        event("Later", 1, 9),
    )
    assert event_now(every, EventFilter(), NOON) == every[2]
    assert event_now(every[:2], EventFilter(), NOON) == every[1]
    assert event_now(every[:1] + every[3:], EventFilter(), NOON) == every[0]
    assert event_now(every[4:], EventFilter(), NOON) is None
    assert event_now(every, EventFilter(title="kept"), NOON) == every[3]


@pytest.mark.parametrize(("now", "moment"), [(-3, -2), (-2, 1), (0, 1), (1, 3), (3, 4), (4, None)])
def test_the_next_boundary(now: float, moment: float | None) -> None:
    every = (event("Now", -2, 1), event("Later", 3, 4))
    expected = None if moment is None else NOON + moment * HOUR
    assert next_boundary(every, NOON + now * HOUR) == expected


# How they are asked for


async def test_events_of_a_period_are_asked_for(hass: HomeAssistant, service: Service) -> None:
    service.events[ROOM] = [answered("One"), {"summary": "Timeless"}, answered("Two")]
    found = await async_events_between(hass, ROOM, NOON, NOON + HOUR)
    assert found == (event("One"), event("Two"))
    assert service.asked == [
        {
            "entity_id": ROOM,
            "start_date_time": "2026-11-23T04:00:00-08:00",
            "end_date_time": "2026-11-23T05:00:00-08:00",
        }
    ]


async def test_a_calendar_that_does_not_tell(hass: HomeAssistant, service: Service) -> None:
    assert await async_events_between(hass, "calendar.gone", NOON, NOON + HOUR) is None
    service.events[ROOM] = [None]
    assert await async_events_between(hass, ROOM, NOON, NOON + HOUR) is None
    hass.services.async_remove("calendar", "get_events")
    assert await async_events_between(hass, ROOM, NOON, NOON + HOUR) is None


# When they are read


def counted(calls: list[str], name: str) -> Callable[[], None]:
    return lambda: calls.append(name)


async def test_a_calendar_is_read_for_all_who_are_interested(
    hass: HomeAssistant, service: Service
) -> None:
    source = Calendars(hass)
    calls: list[str] = []
    ends = [source.async_subscribe(ROOM, counted(calls, name)) for name in ("first", "second")]
    # The subscriber is in the middle of an evaluation.
    assert service.asked == []
    assert source.events_of(ROOM) is None
    await hass.async_block_till_done()
    assert service.asked == [
        {
            "entity_id": ROOM,
            "start_date_time": "2026-11-23T04:00:00-08:00",
            "end_date_time": "2026-11-24T04:00:00-08:00",
        }
    ]
    assert source.events_of(ROOM) == (event(),)
    assert source.events_of(OTHER) is None
    assert calls == ["first", "second"]

    # The same events are no news.
    await source.async_read(ROOM)
    hass.states.async_set(ROOM, "on")
    hass.states.async_set(OTHER, "on")
    await hass.async_block_till_done()
    assert service.asked_for == [ROOM] * 3
    assert calls == ["first", "second"]

    ends[0]()
    service.events[ROOM] = []
    await source.async_read(ROOM)
    assert source.events_of(ROOM) == ()
    assert calls == ["first", "second", "second"]

    ends[1]()
    assert source.events_of(ROOM) is None
    hass.states.async_set(ROOM, "off")
    await hass.config.async_update(time_zone="UTC")
    await hass.async_block_till_done()
    assert len(service.asked) == 4

    # Another one who is interested begins anew.
    source.async_subscribe(ROOM, counted(calls, "third"))()
    end = source.async_subscribe(ROOM, counted(calls, "fourth"))
    await hass.async_block_till_done()
    assert source.events_of(ROOM) == ()
    assert calls[3:] == ["fourth"]
    end()


async def test_what_is_answered_after_the_last_one_has_left_is_dropped(
    hass: HomeAssistant, service: Service
) -> None:
    source = Calendars(hass)
    calls: list[str] = []
    end = source.async_subscribe(ROOM, counted(calls, "told"))
    service.may_answer.clear()
    reading = hass.async_create_task(source.async_read(ROOM))
    end()
    service.may_answer.set()
    await reading
    assert source.events_of(ROOM) is None
    assert calls == []


async def test_a_listener_that_leaves_does_not_keep_others_from_hearing(
    hass: HomeAssistant, service: Service
) -> None:
    source = Calendars(hass)
    calls: list[str] = []

    def leave() -> None:
        calls.append("left")
        end()

    end = source.async_subscribe(ROOM, leave)
    stop = source.async_subscribe(ROOM, counted(calls, "stays"))
    await hass.async_block_till_done()
    assert calls == ["left", "stays"]
    stop()


async def test_no_calendar_is_read_while_home_assistant_shuts_down(
    hass: HomeAssistant, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers: list[tuple[timedelta, dict[str, Any]]] = []

    def tracked(_hass: HomeAssistant, _action: Any, each: timedelta, **more: Any) -> Any:
        timers.append((each, more))
        return timers.clear

    monkeypatch.setattr(module, "async_track_time_interval", tracked)
    end = Calendars(hass).async_subscribe(ROOM, counted([], ""))
    assert timers == [(READ_EACH, {"cancel_on_shutdown": True})]
    end()
    assert timers == []


# While something is evaluated


async def test_calendars_in_use_are_read_once_and_stay_known(
    hass: HomeAssistant, service: Service
) -> None:
    used = CalendarsInUse(hass)
    await used.async_read([OTHER])
    await used.async_read([ROOM, OTHER])
    source = async_calendars(hass)
    assert (source.events_of(ROOM), source.events_of(OTHER)) == ((event(),), ())
    # In the order of their names; each is read again by its subscription.
    assert service.asked_for[0] == OTHER
    await hass.async_block_till_done()
    before = len(service.asked)
    await used.async_read([ROOM, OTHER])
    await CalendarsInUse(hass).async_read([])
    assert len(service.asked) == before
    service.events[ROOM] = []
    await source.async_read(ROOM)
    used.async_release()
    assert source.events_of(ROOM) is None
    used.async_release()


async def test_calendars_that_are_known_are_not_read_again(
    hass: HomeAssistant, service: Service
) -> None:
    end = async_calendars(hass).async_subscribe(ROOM, counted([], ""))
    await hass.async_block_till_done()
    used = CalendarsInUse(hass)
    await used.async_read([ROOM])
    assert service.asked_for == [ROOM]
    end()
    assert async_calendars(hass).events_of(ROOM) == (event(),)
    used.async_release()
    assert async_calendars(hass).events_of(ROOM) is None


async def test_after_a_calendar_that_takes_too_long_no_other_is_awaited(
    hass: HomeAssistant, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.PATIENCE_SECONDS == 5
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0)
    service.may_answer.clear()
    used = CalendarsInUse(hass)
    await used.async_read([OTHER, ROOM])
    service.may_answer.set()
    await hass.async_block_till_done()
    await used.async_read([ROOM])
    assert OTHER in service.asked_for
    assert ROOM not in service.asked_for
    assert async_calendars(hass).events_of(OTHER) == ()
    used.async_release()
    assert async_calendars(hass).events_of(OTHER) is None
