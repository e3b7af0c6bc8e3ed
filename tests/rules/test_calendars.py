"""The condition over all events of a calendar: docs/rules.md, "For each person"."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from hypothesis import given
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.rules import async_calendars
from custom_components.cisco_unified_presence.rules.calendars import (
    CalendarEvent,
    EventFilter,
    event_now,
    next_boundary,
)
from tests.common.calendars import ServedCalendars, meeting, serve_calendars, whole_day
from tests.common.conditions import FALSE, TRUE, UNKNOWN, move_to, watched
from tests.common.rules import ANNA, open_engine, rule, settled

EVENT = {
    "condition": "cisco_unified_presence.calendar_event",
    "target": {"entity_id": "calendar.room"},
}
START = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # half past nine, local time


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture(autouse=True)
def _morning(freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]) -> None:
    freezer.move_to(START)


@pytest.fixture
def calendars(hass: HomeAssistant) -> ServedCalendars:
    return serve_calendars(hass)


async def test_an_event_is_on_from_its_beginning_up_to_its_end(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, calendars: ServedCalendars
) -> None:
    calendars.put("calendar.room", [meeting("Review", 10, 11)])
    async with watched(hass, EVENT) as watch:
        await settled(hass)
        for moment in ("09:59:59", "10:00:00", "10:59:59", "11:00:00"):
            await move_to(hass, freezer, f"2026-11-23T{moment}")
        assert watch.seen == [UNKNOWN, FALSE, TRUE, FALSE]


async def test_an_event_that_others_hide_counts_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, calendars: ServedCalendars
) -> None:
    calendars.put(
        "calendar.room", [whole_day("Fair"), meeting("Review", 9, 12), meeting("Call", 9, 10)]
    )
    wanted = {"title": "*CALL*", "all_day": False}
    async with watched(hass, {**EVENT, "options": wanted}) as watch:
        await settled(hass)
        assert watch.evaluate().event
        await move_to(hass, freezer, "2026-11-23T10:00:00")
        assert watch.seen == [UNKNOWN, TRUE, FALSE]


@pytest.mark.parametrize("title", ["Fair", "Review"])
async def test_events_that_last_all_day_are_told_from_others(
    hass: HomeAssistant, calendars: ServedCalendars, title: str
) -> None:
    all_day = title == "Fair"
    calendars.put("calendar.room", [whole_day("Fair"), meeting("Review", 9, 12)])
    async with watched(hass, {**EVENT, "options": {"all_day": all_day}}) as watch:
        await settled(hass)
        event = watch.evaluate().event
    assert event
    assert (event["summary"], event["all_day"]) == (title, all_day)


async def test_of_several_events_the_one_that_ends_last_is_meant(
    hass: HomeAssistant, calendars: ServedCalendars
) -> None:
    calendars.put("calendar.room", [meeting("Short", 9, 10), meeting("Long", 9, 12)])
    async with watched(hass, EVENT) as watch:
        await settled(hass)
        event = watch.evaluate().event
    assert event
    assert event["summary"] == "Long"
    assert event["end"].hour == 12


async def test_a_calendar_that_cannot_be_read_is_unknown(
    hass: HomeAssistant, calendars: ServedCalendars
) -> None:
    async with watched(hass, EVENT) as watch:
        await settled(hass)
        assert watch.seen == [UNKNOWN]
        calendars.put("calendar.room", [meeting("Review", 9, 11)])
        await settled(hass)
        assert watch.seen == [UNKNOWN, TRUE]


async def test_a_calendar_is_read_every_quarter_of_an_hour_and_not_after_the_stop(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, calendars: ServedCalendars
) -> None:
    calendars.put("calendar.room", [])
    async with watched(hass, EVENT):
        await settled(hass)
        before = calendars.reads
        await move_to(hass, freezer, START + timedelta(minutes=15))
        assert calendars.reads > before
    await settled(hass)
    before = calendars.reads
    calendars.put("calendar.room", [meeting("Review", 9, 11)])
    await settled(hass)
    assert calendars.reads == before
    assert async_calendars(hass).events_of("calendar.room") is None


async def test_days_begin_at_another_time_in_another_time_zone(
    hass: HomeAssistant, calendars: ServedCalendars
) -> None:
    calendars.put("calendar.room", [whole_day("Fair")])
    async with watched(hass, EVENT) as watch:
        await settled(hass)
        # It is half past three on Tuesday there.
        await hass.config.async_update(time_zone="Australia/Brisbane")
        await settled(hass)
        assert watch.seen == [UNKNOWN, TRUE, FALSE]


async def test_two_calendars_of_which_one_is_silent(
    hass: HomeAssistant, calendars: ServedCalendars
) -> None:
    both = {**EVENT, "target": {"entity_id": ["calendar.room", "calendar.lost"]}}
    calendars.put("calendar.room", [meeting("Review", 9, 11)])
    async with watched(hass, both) as watch:
        await settled(hass)
        calendars.put("calendar.room", [])
        await settled(hass)
        assert watch.seen == [UNKNOWN, TRUE, UNKNOWN]


async def test_a_rule_with_an_end_goes_on_with_the_event_that_follows_at_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    calendars: ServedCalendars,
) -> None:
    calendars.put("calendar.room", [meeting("One", 9, 10), meeting("Two", 10, 11)])
    made = rule(when=[EVENT], until="{{ event.end }}", note="{{ event.summary }}")
    engine = await open_engine(hass, made, entry=entry)
    await settled(hass)

    def note() -> str | None:
        found = engine.requests_for(entry.entry_id, ANNA)
        return found[0].requested.note if found and found[0].requested else None

    assert note() == "One"
    await move_to(hass, freezer, "2026-11-23T10:00:00")
    assert note() == "Two"
    await move_to(hass, freezer, "2026-11-23T11:00:00")
    assert note() is None


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
moments = st.integers(-300, 300).map(lambda minutes: NOW + timedelta(minutes=minutes))
events = st.builds(
    lambda start, minutes, summary, all_day: CalendarEvent(
        summary=summary, start=start, end=start + timedelta(minutes=minutes), all_day=all_day
    ),
    moments,
    st.integers(0, 200),
    st.sampled_from(["Review", "review of plans", "Lunch"]),
    st.booleans(),
)


@given(st.lists(events, max_size=6).map(tuple), st.sampled_from([None, "*review*", "lunch"]))
def test_between_two_boundaries_the_event_stays_the_same(
    every: tuple[CalendarEvent, ...], title: str | None
) -> None:
    wanted = EventFilter(title=title)
    boundary = next_boundary(every, NOW) or NOW + timedelta(days=1)

    on = event_now(every, wanted, NOW)
    assert event_now(every, wanted, boundary - timedelta.resolution) == on

    matching = [each for each in every if each.start <= NOW < each.end and wanted.matches(each)]
    assert (on is None) is (not matching)
    assert all(on and each.end <= on.end for each in matching)
