"""Time decides at the exact second for `time` and for a state's `for`: docs/rules.md, rule 7."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.rules.condition_times import async_next_moment
from tests.common.conditions import (
    FALSE,
    ROOM,
    ROOM_IS_ON,
    TRUE,
    UNKNOWN,
    move_to,
    set_state,
    watched,
)


@pytest.fixture(autouse=True)
async def monday_morning(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Make it eight in the morning in Berlin."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-23T08:00:00+01:00")


def local(moment: str) -> datetime:
    parsed = datetime.fromisoformat(moment)
    zone = dt_util.get_default_time_zone()
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)


# `for`


async def test_for_is_over_to_the_second(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    async with watched(hass, {**ROOM_IS_ON, "for": {"seconds": 90}}) as watch:
        await move_to(hass, freezer, "2026-11-23T08:00:10")
        await set_state(hass, ROOM, "on")
        reports = watch.reports
        await move_to(hass, freezer, "2026-11-23T08:01:39")
        assert (watch.seen, watch.reports) == ([UNKNOWN, FALSE], reports)
        # Home Assistant requires more than the duration; not even then the moment is missed.
        await move_to(hass, freezer, "2026-11-23T08:01:40")
        await move_to(hass, freezer, local("2026-11-23T08:01:40") + timedelta.resolution)
        assert (watch.seen, watch.reports) == ([UNKNOWN, FALSE, TRUE], reports + 1)
        await move_to(hass, freezer, "2026-11-23T09:00:00")
        assert watch.reports == reports + 1


async def test_for_begins_anew_with_the_state(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_state(hass, ROOM, "on")
    async with watched(hass, {**ROOM_IS_ON, "for": "00:01:00"}) as watch:
        await move_to(hass, freezer, "2026-11-23T08:00:50")
        await set_state(hass, ROOM, "off")
        await set_state(hass, ROOM, "on")
        await move_to(hass, freezer, "2026-11-23T08:01:49")
        assert watch.seen == [FALSE]
        await move_to(hass, freezer, "2026-11-23T08:01:51")
        assert watch.seen == [FALSE, TRUE]


async def test_a_for_that_an_entity_says(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_state(hass, ROOM, "on")
    seconds = "{{ states('input_number.long') | int(0) }}"
    async with watched(hass, {**ROOM_IS_ON, "for": {"seconds": seconds}}) as watch:
        # Nothing is zero seconds, and that long it has been on by the next evaluation.
        assert watch.seen == [FALSE]
        await set_state(hass, "input_number.long", "30")
        await move_to(hass, freezer, "2026-11-23T08:00:29")
        assert watch.seen == [FALSE]
        await set_state(hass, "input_number.long", "40")
        await move_to(hass, freezer, "2026-11-23T08:00:39")
        assert watch.seen == [FALSE]
        await move_to(hass, freezer, "2026-11-23T08:00:41")
        assert watch.seen == [FALSE, TRUE]


async def test_a_for_that_is_no_duration_cannot_be_read(hass: HomeAssistant) -> None:
    await set_state(hass, ROOM, "on")
    async with watched(hass, {**ROOM_IS_ON, "for": "{{ 'long' }}"}) as watch:
        assert watch.seen == [UNKNOWN]


async def test_a_for_that_leads_out_of_the_calendar_never_ends(hass: HomeAssistant) -> None:
    async with watched(hass, {**ROOM_IS_ON, "for": {"days": 99999999}}) as watch:
        await set_state(hass, ROOM, "off")
        assert watch.seen == [UNKNOWN, FALSE]


async def test_for_of_a_condition_with_a_target_is_over_to_the_second(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    condition = {
        "condition": "light.is_on",
        "target": {"entity_id": "light.a"},
        "options": {"for": {"seconds": 30}},
    }
    await set_state(hass, "light.a", "on")
    async with watched(hass, condition) as watch:
        await move_to(hass, freezer, "2026-11-23T08:00:29")
        assert watch.seen == [FALSE]
        await move_to(hass, freezer, "2026-11-23T08:00:31")
        assert watch.seen == [FALSE, TRUE]


# `time`


async def test_time_to_the_second(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    condition = {"condition": "time", "after": "08:15:30", "before": "17:00:05"}
    async with watched(hass, condition) as watch:
        await move_to(hass, freezer, "2026-11-23T08:15:29")
        assert (watch.seen, watch.reports) == ([FALSE], 0)
        await move_to(hass, freezer, "2026-11-23T08:15:30")
        assert (watch.seen, watch.reports) == ([FALSE, TRUE], 1)
        await move_to(hass, freezer, "2026-11-23T17:00:04")
        assert (watch.seen, watch.reports) == ([FALSE, TRUE], 1)
        await move_to(hass, freezer, "2026-11-23T17:00:05")
        assert (watch.seen, watch.reports) == ([FALSE, TRUE, FALSE], 2)


async def test_time_over_midnight(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    condition = {"condition": "time", "after": "22:00:00", "before": "06:00:00"}
    async with watched(hass, condition) as watch:
        await move_to(hass, freezer, "2026-11-23T22:00:00")
        await move_to(hass, freezer, "2026-11-24T00:00:00")
        assert watch.seen == [FALSE, TRUE]
        await move_to(hass, freezer, "2026-11-24T06:00:00")
        assert watch.seen == [FALSE, TRUE, FALSE]


async def test_after_alone_ends_at_midnight(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    async with watched(hass, {"condition": "time", "after": "22:00:00"}) as watch:
        await move_to(hass, freezer, "2026-11-23T22:00:00")
        await move_to(hass, freezer, "2026-11-24T00:00:00")
        assert watch.seen == [FALSE, TRUE, FALSE]


async def test_weekdays_change_at_midnight(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    async with watched(hass, {"condition": "time", "weekday": ["tue"]}) as watch:
        await move_to(hass, freezer, "2026-11-23T23:59:59")
        assert watch.seen == [FALSE]
        await move_to(hass, freezer, "2026-11-24T00:00:00")
        await move_to(hass, freezer, "2026-11-25T00:00:00")
        assert watch.seen == [FALSE, TRUE, FALSE]


@pytest.mark.parametrize(
    ("entity_id", "early", "late"),
    [
        pytest.param(
            "input_datetime.end",
            ("08:10:20", {"hour": 8, "minute": 10, "second": 20}),
            ("08:30:20", {"hour": 8, "minute": 30, "second": 20}),
            id="input_datetime",
        ),
        pytest.param("time.end", ("08:10:20", {}), ("08:30:20", {}), id="time"),
        pytest.param(
            "sensor.end",
            ("2026-11-20T07:10:20+00:00", {"device_class": "timestamp"}),
            ("2026-11-20T07:30:20+00:00", {"device_class": "timestamp"}),
            id="sensor",
        ),
    ],
)
async def test_a_time_that_an_entity_says(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_id: str,
    early: tuple[str, dict[str, Any]],
    late: tuple[str, dict[str, Any]],
) -> None:
    async with watched(hass, {"condition": "time", "before": entity_id}) as watch:
        assert watch.seen == [UNKNOWN]
        await set_state(hass, entity_id, early[0], **early[1])
        await move_to(hass, freezer, "2026-11-23T08:10:19")
        assert watch.seen == [UNKNOWN, TRUE]
        await move_to(hass, freezer, "2026-11-23T08:10:20")
        assert watch.seen == [UNKNOWN, TRUE, FALSE]
        await set_state(hass, entity_id, late[0], **late[1])
        await move_to(hass, freezer, "2026-11-23T08:30:19")
        assert watch.seen == [UNKNOWN, TRUE, FALSE, TRUE]
        await move_to(hass, freezer, "2026-11-23T08:30:20")
        assert watch.seen == [UNKNOWN, TRUE, FALSE, TRUE, FALSE]
        await set_state(hass, entity_id, "unavailable")
        assert watch.seen[-1] is UNKNOWN


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes"),
    [
        ("time.end", "soon", {}),
        ("sensor.end", "soon", {"device_class": "timestamp"}),
        ("sensor.end", "08:10:20", {}),
    ],
)
async def test_a_time_entity_that_says_no_time_waits_for_another_state(
    hass: HomeAssistant, entity_id: str, state: str, attributes: dict[str, Any]
) -> None:
    await set_state(hass, entity_id, state, **attributes)
    async with watched(hass, {"condition": "time", "before": entity_id}) as watch:
        assert watch.seen == [FALSE]


async def test_a_time_entity_that_makes_no_sense_cannot_be_read(hass: HomeAssistant) -> None:
    await set_state(hass, "input_datetime.end", "25:00:00", hour=25, minute=0, second=0)
    async with watched(hass, {"condition": "time", "before": "input_datetime.end"}) as watch:
        await set_state(hass, "input_datetime.end", "23:00:00", hour=23, minute=0, second=0)
        assert watch.seen == [UNKNOWN, TRUE]


# Days on which clocks change


@pytest.mark.parametrize(
    ("start", "condition", "changes"),
    [
        pytest.param(
            "2026-03-29T01:00:00+01:00",
            {"after": "02:30:00"},
            ["2026-03-29T03:00:00+02:00", "2026-03-30T00:00:00+02:00"],
            id="a time that does not exist is passed when the clock is set forward",
        ),
        pytest.param(
            "2026-03-29T01:00:00+01:00",
            {"after": "01:30:00", "before": "03:30:00"},
            ["2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"],
            id="over the missing hour",
        ),
        pytest.param(
            "2026-10-25T01:00:00+02:00",
            {"after": "02:30:00"},
            [
                "2026-10-25T02:30:00+02:00",
                "2026-10-25T02:00:00+01:00",
                "2026-10-25T02:30:00+01:00",
                "2026-10-26T00:00:00+01:00",
            ],
            id="a time that comes twice",
        ),
        pytest.param(
            "2026-10-25T01:00:00+02:00",
            {"before": "02:30:00"},
            [
                "2026-10-25T02:30:00+02:00",
                "2026-10-25T02:00:00+01:00",
                "2026-10-25T02:30:00+01:00",
                "2026-10-26T00:00:00+01:00",
            ],
            id="an end that comes twice",
        ),
        pytest.param(
            "2026-10-24T23:00:00+02:00",
            {"weekday": ["sun"]},
            ["2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"],
            id="a day of 25 hours",
        ),
    ],
)
async def test_days_of_clock_changes(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    start: str,
    condition: dict[str, Any],
    changes: list[str],
) -> None:
    freezer.move_to(start)
    async with watched(hass, {"condition": "time", **condition}) as watch:
        for number, change in enumerate(changes, 1):
            await move_to(hass, freezer, local(change) - timedelta(seconds=1))
            assert len(watch.seen) == number
            await move_to(hass, freezer, change)
            assert len(watch.seen) == number + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "America/St_Johns", "UTC"]
    ),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 - UTC below
    at=st.times().map(lambda at: at.replace(microsecond=0)),
)
async def test_between_two_moments_nothing_changes(
    hass: HomeAssistant, zone: str, now: datetime, at: Any
) -> None:
    await hass.config.async_set_time_zone(zone)
    local_zone = dt_util.get_default_time_zone()
    begin = now.replace(microsecond=0, tzinfo=UTC)
    end = async_next_moment(hass, {"condition": "time", "after": at}, (), begin)
    assert end is not None
    assert begin < end <= begin + timedelta(hours=25)
    span = int((end - begin).total_seconds())
    moments = [begin + timedelta(seconds=second) for second in (*range(0, span, 600), span - 1)]
    days_and_sides = {
        (moment.astimezone(local_zone).date(), moment.astimezone(local_zone).time() >= at)
        for moment in moments
    }
    assert len(days_and_sides) == 1
