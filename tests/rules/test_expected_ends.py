"""When hours and schedules end, to which a condition looks that is true."""

from datetime import UTC, datetime, time
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.rules.expected_ends import async_expected_end

# A Monday in Berlin, half past nine, in the week after which the clocks are set back.
NOW = datetime(2026, 10, 19, 7, 30, tzinfo=UTC)
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SCHEDULE = {"condition": "state", "entity_id": ["schedule.office"], "state": ["on"]}


@pytest.fixture(autouse=True)
async def _in_berlin(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    hass.states.async_set("input_datetime.end", "x", {"hour": 12, "minute": 30, "second": 5})
    hass.states.async_set(
        "schedule.office", "on", {"next_event": datetime.fromisoformat("2026-10-19T18:00+02:00")}
    )
    hass.states.async_set("schedule.text", "on", {"next_event": "2026-10-19T18:00+02:00"})
    hass.states.async_set("schedule.none", "on")
    hass.states.async_set("binary_sensor.office", "on", {"next_event": NOW})


@pytest.mark.parametrize(
    ("config", "end"),
    [
        ({"after": time(8), "before": time(17)}, "2026-10-19T17:00+02:00"),
        ({"before": time(17)}, "2026-10-19T17:00+02:00"),
        ({"before": time(9)}, "2026-10-20T09:00+02:00"),
        ({"before": "input_datetime.end"}, "2026-10-19T12:30:05+02:00"),
        ({"after": time(8)}, "2026-10-20T00:00+02:00"),
        ({"after": "input_datetime.gone"}, None),
        ({}, None),
        ({"weekday": "mon"}, "2026-10-20T00:00+02:00"),
        ({"weekday": ["mon", "tue"]}, "2026-10-21T00:00+02:00"),
        ({"weekday": ["mon", "wed"]}, "2026-10-20T00:00+02:00"),
        ({"weekday": DAYS[:6]}, "2026-10-25T00:00+02:00"),
        ({"weekday": DAYS}, None),
        ({"weekday": DAYS[1:]}, None),
        ({"weekday": "mon", "before": time(17)}, "2026-10-19T17:00+02:00"),
        ({"weekday": "mon", "after": time(8), "before": time(1)}, "2026-10-20T00:00+02:00"),
        ({"weekday": DAYS, "before": time(17)}, "2026-10-19T17:00+02:00"),
    ],
)
async def test_hours_and_days(hass: HomeAssistant, config: dict[str, Any], end: str | None) -> None:
    found = async_expected_end(hass, {"condition": "time", **config}, NOW)
    assert found == (datetime.fromisoformat(end) if end else None)


async def test_a_day_after_the_clocks_were_set_back(hass: HomeAssistant) -> None:
    sunday = datetime(2026, 10, 24, 23, tzinfo=UTC)
    found = async_expected_end(hass, {"condition": "time", "weekday": "sun"}, sunday)
    assert found == datetime.fromisoformat("2026-10-26T00:00+01:00")
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("config", "end"),
    [
        (SCHEDULE, "2026-10-19T18:00+02:00"),
        ({**SCHEDULE, "attribute": "next_event"}, None),
        ({**SCHEDULE, "entity_id": ["schedule.text"]}, None),
        ({**SCHEDULE, "entity_id": ["schedule.none"]}, None),
        ({**SCHEDULE, "entity_id": ["schedule.gone"]}, None),
        ({**SCHEDULE, "entity_id": ["binary_sensor.office"]}, None),
        ({"condition": "sun", "before": time(17), "entity_id": ["schedule.office"]}, None),
    ],
)
async def test_schedules(hass: HomeAssistant, config: dict[str, Any], end: str | None) -> None:
    found = async_expected_end(hass, config, NOW)
    assert found == (datetime.fromisoformat(end) if end else None)
    assert found is None or found.utcoffset() == UTC.utcoffset(None)
