"""The machine's clock jumps, or the machine sleeps: docs/rules.md, "Times"."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import event
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.clock import async_track_clock_jumps
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.rule_requests import SetRequests, rule_request
from tests.common.rules import NOON, rule
from tests.common.server import Cup
from tests.common.setting_presence import ANNA, RENEWAL, WRITES, set_presence
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

SOURCE = "sensor.anna_presence_source"
MINUTE = 60
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AFTERNOON = {"condition": "time", "after": "13:00:00", "before": "17:00:00"}

type Correct = Callable[[timedelta], None]


@pytest.fixture
def correct(monkeypatch: pytest.MonkeyPatch) -> Correct:
    """Set the machine's clock forward or back; timers, and the server, run as before."""

    def correct(by: timedelta) -> None:
        def later(read: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *args: read(*args) + by

        monkeypatch.setattr(dt_util, "utcnow", later(dt_util.utcnow))
        monkeypatch.setattr(dt_util, "now", later(dt_util.now))
        monkeypatch.setattr(event, "time_tracker_utcnow", later(event.time_tracker_utcnow))
        seconds, read_time = by.total_seconds(), time.time
        monkeypatch.setattr(time, "time", lambda: read_time() + seconds)
        stamp = event.time_tracker_timestamp
        monkeypatch.setattr(event, "time_tracker_timestamp", lambda: stamp() + seconds)

    return correct


@pytest.fixture(autouse=True)
async def _noon(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Begin at noon."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)


def sleep(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    by: timedelta,
) -> None:
    """Let the machine sleep: its timers stand still, and the server does not."""
    counted, seconds = hass.loop.time, by.total_seconds()
    monkeypatch.setattr(hass.loop, "time", lambda: counted() - seconds)
    freezer.tick(by)


async def test_set_back_by_an_hour_nothing_lapses_and_no_manual_change_is_detected(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    cup: Cup,
    correct: Correct,
) -> None:
    rules(rule_request())
    await settled(cup)
    await pass_time(freezer, cup, RENEWAL - 10 * MINUTE)
    correct(-HOUR)

    for _ in range(60):
        await pass_time(freezer, cup, MINUTE)
        assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"


async def test_set_back_by_an_hour_a_manual_setting_ends_at_its_time(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    correct: Correct,
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})
    await pass_time(freezer, cup, 10 * MINUTE)
    correct(-HOUR)
    await pass_time(freezer, cup, 19 * MINUTE)
    assert shown(hass, SOURCE) == "manual"

    await pass_time(freezer, cup, MINUTE)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert shown(hass, SOURCE) == "own"


async def test_manual_setting_after_the_clock_was_set_back_ends_at_its_time(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    correct: Correct,
) -> None:
    await pass_time(freezer, cup, 10)
    correct(-HOUR)
    await set_presence(hass, "busy", duration={"minutes": 30})

    await pass_time(freezer, cup, 2 * MINUTE)
    assert await cup.presence_of("anna") == "BUSY"
    await pass_time(freezer, cup, 27 * MINUTE)
    assert await cup.presence_of("anna") == "BUSY"
    await pass_time(freezer, cup, MINUTE)

    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_set_back_while_stopped_a_manual_setting_lasts_no_longer(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    correct: Correct,
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})
    await loaded.runtime_data.async_leave(keep_published=True)
    correct(-DAY)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await pass_time(freezer, cup, 10)
    assert await cup.presence_of("anna") == "BUSY"

    await pass_time(freezer, cup, 30 * MINUTE)

    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_time_zone_that_changes_is_decided_by_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await async_rule_engine(hass).async_set_yaml_rules([rule(when=AFTERNOON)])
    await settled(cup)
    assert await cup.presence_of("anna") == "AVAILABLE"

    await hass.config.async_update(time_zone="Europe/Helsinki")
    await settled(cup)

    assert await cup.presence_of("anna") == "BUSY"
    await hass.config.async_update(time_zone="UTC")
    await settled(cup)
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_set_forward_by_a_day_a_manual_hold_ends_within_a_minute(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    correct: Correct,
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})
    correct(DAY)

    await pass_time(freezer, cup, MINUTE)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert shown(hass, SOURCE) == "own"


@pytest.mark.parametrize(("by", "presence"), [(2 * HOUR, "BUSY"), (-2 * HOUR, "AVAILABLE")])
async def test_rule_that_depends_on_time_is_evaluated_anew(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    correct: Correct,
    by: timedelta,
    presence: str,
) -> None:
    await async_rule_engine(hass).async_set_yaml_rules([rule(when=AFTERNOON)])
    if by < timedelta(0):
        await pass_time(freezer, cup, HOUR.total_seconds())
        assert await cup.presence_of("anna") == "BUSY"
    correct(by)

    await pass_time(freezer, cup, MINUTE)

    assert await cup.presence_of("anna") == presence


async def test_the_next_moment_comes_at_its_time_after_a_jump(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    correct: Correct,
) -> None:
    await async_rule_engine(hass).async_set_yaml_rules([rule(when=AFTERNOON)])
    correct(HOUR / 2)
    await pass_time(freezer, cup, MINUTE)
    assert await cup.presence_of("anna") == "AVAILABLE"

    await pass_time(freezer, cup, 29 * MINUTE)

    assert await cup.presence_of("anna") == "BUSY"


async def test_hold_that_expires_while_the_machine_sleeps_is_written_anew(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules(rule_request())
    await settled(cup)
    sleep(hass, freezer, monkeypatch, 3 * HOUR)
    assert await cup.presence_of("anna") == "AVAILABLE"

    await pass_time(freezer, cup, MINUTE)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"
    assert shown(hass, ANNA) == "busy"


@pytest.mark.parametrize(
    ("seconds", "jumps"), [(2, [2]), (-2, [-2]), (1.9, []), (-1.9, []), (3600, [3600])]
)
async def test_a_jump_is_told_of_once_within_a_minute(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    correct: Correct,
    seconds: float,
    jumps: list[float],
) -> None:
    told: list[timedelta] = []
    end = async_track_clock_jumps(hass, told.append)

    async def after(elapsed: float) -> list[float]:
        freezer.tick(timedelta(seconds=elapsed))
        async_fire_time_changed(hass, dt_util.utcnow())
        await hass.async_block_till_done()
        return [round(each.total_seconds(), 1) for each in told]

    assert await after(61) == []
    correct(timedelta(seconds=seconds))
    assert await after(61) == jumps
    assert await after(61) == jumps
    told.clear()
    # The end is a last check.
    correct(HOUR)
    end()
    assert [round(each.total_seconds()) for each in told] == [3600]
    correct(HOUR)
    assert await after(120) == [3600]


async def test_home_assistant_that_stops_watches_the_clock_no_longer(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, correct: Correct
) -> None:
    told: list[timedelta] = []
    async_track_clock_jumps(hass, told.append)
    await hass.async_stop()
    correct(HOUR)
    freezer.tick(61)
    async_fire_time_changed(hass, dt_util.utcnow())
    await asyncio.sleep(0)
    assert told == []


async def test_small_corrections_are_no_jump(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    cup: Cup,
    correct: Correct,
) -> None:
    rules(rule_request())
    await settled(cup)
    asked = cup.asked("PUT", WRITES)

    for _ in range(10):
        correct(timedelta(seconds=1))
        await pass_time(freezer, cup, MINUTE)

    assert cup.asked("PUT", WRITES) == asked
