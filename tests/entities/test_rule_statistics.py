"""How often and how long a rule has won: for each person, in sum, and over restarts."""

from datetime import UTC, datetime, timedelta
import threading
from types import SimpleNamespace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.entities import RuleTimeWonSensor, RuleWinsSensor
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.rules import RuleEngine, async_rule_engine
from custom_components.cisco_unified_presence.rules.statistics import (
    SAVE_WITHIN,
    Count,
    RuleWins,
)
from tests.common.rules import (
    ANNA,
    BEN,
    DESK,
    add_rule,
    desk,
    open_engine,
    rule,
    shut,
)
from tests.common.states import shown

WINS = "sensor.desk_wins"
TIME_WON = "sensor.desk_time_won"
# Later than the start of the engine, whose timers are to fire.
NOON = datetime(2027, 1, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEY = f"{DOMAIN}.rule_statistics"


def win(engine: RuleEngine, entry: MockConfigEntry, person: str, rule_id: str | None) -> None:
    engine.async_set_winner(entry.entry_id, person, rule_id)


def counted(engine: RuleEngine, rule_id: str = "desk") -> tuple[int, float]:
    return engine.statistics.wins_of(rule_id), engine.statistics.seconds_of(rule_id)


async def test_wins_and_times_are_counted_for_each_person_and_in_sum(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    freezer.move_to(NOON)
    engine = await open_engine(
        hass, rule("Desk", people=["anna", "ben"]), rule("Lamp"), entry=entry
    )
    assert counted(engine) == (0, 0)
    win(engine, entry, ANNA, "desk")
    freezer.tick(MINUTE)
    win(engine, entry, BEN, "desk")
    freezer.tick(MINUTE)
    win(engine, entry, ANNA, "lamp")
    assert counted(engine) == (2, 180)
    freezer.tick(MINUTE)
    win(engine, entry, ANNA, "desk")
    win(engine, entry, BEN, None)
    assert counted(engine) == (3, 240)
    assert counted(engine, "lamp") == (1, 60)
    people = [(entry.entry_id, ANNA), (entry.entry_id, BEN), (entry.entry_id, "zoe")]
    found = engine.statistics.by_person("desk", people)
    assert {person[1]: (each.wins, each.seconds) for person, each in found.items()} == {
        ANNA: (2, 120),
        BEN: (1, 120),
    }


async def test_a_clock_that_is_set_back_takes_nothing_away(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    freezer.move_to(NOON)
    engine = await open_engine(hass, rule("Desk"), entry=entry)
    win(engine, entry, ANNA, "desk")
    freezer.move_to(NOON - MINUTE)
    assert counted(engine) == (1, 0)
    win(engine, entry, ANNA, None)
    assert counted(engine) == (1, 0)


async def test_a_win_that_goes_on_over_a_restart_is_one(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
) -> None:
    freezer.move_to(NOON)
    engine = await open_engine(hass, rule("Desk", people=["anna", "ben"]), entry=entry)
    win(engine, entry, ANNA, "desk")
    win(engine, entry, BEN, "desk")
    freezer.tick(MINUTE)
    await shut(hass)
    assert hass_storage[KEY]["data"]["desk"]["total"] == [2, 120]
    freezer.tick(10 * MINUTE)

    engine = await open_engine(hass, rule("Desk", people=["anna", "ben"]), entry=entry)
    # Home Assistant did not run meanwhile.
    assert counted(engine) == (2, 120)
    win(engine, entry, ANNA, "desk")
    win(engine, entry, BEN, None)
    win(engine, entry, BEN, "desk")
    assert counted(engine) == (3, 120)


async def test_a_win_that_goes_on_over_a_reload_is_one(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    freezer.move_to(NOON)
    engine = await open_engine(hass, rule("Desk"), entry=entry)
    win(engine, entry, ANNA, "desk")
    freezer.tick(MINUTE)
    await engine.async_remove_entry(entry)
    freezer.tick(MINUTE)
    assert counted(engine) == (1, 60)
    await engine.async_add_entry(entry, lambda: people_of(entry))
    win(engine, entry, ANNA, "desk")
    assert counted(engine) == (1, 60)


@pytest.mark.parametrize(
    "stored",
    [{}, {"total": [1]}, {"total": ["x", 1], "people": {}, "open": []}, 5, None],
    ids=str,
)
async def test_what_cannot_be_read_begins_anew(
    hass: HomeAssistant, hass_storage: dict[str, Any], entry: MockConfigEntry, stored: Any
) -> None:
    good = {"entry_id": None, "total": [2, 60.5], "people": {"a/b": [2, 60.5]}, "open": []}
    hass_storage[KEY] = {"version": 1, "key": KEY, "data": {"desk": stored, "lamp": good}}
    engine = await open_engine(hass, rule("Desk"), rule("Lamp"), entry=entry)
    assert (counted(engine), counted(engine, "lamp")) == ((0, 0), (2, 60.5))
    win(engine, entry, ANNA, "desk")
    assert counted(engine)[0] == 1


async def test_it_is_encoded_in_the_executor_as_it_was_when_the_save_began(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began, may_go_on = threading.Event(), threading.Event()
    as_storage = RuleWins.as_storage

    def waits(wins: RuleWins, now: datetime) -> dict[str, Any]:
        assert threading.get_ident() != hass.loop_thread_id
        began.set()
        assert may_go_on.wait(10)
        return as_storage(wins, now)

    monkeypatch.setattr(RuleWins, "as_storage", waits)
    freezer.move_to(NOON)
    engine = await open_engine(hass, rule("Desk", people=["anna", "ben"]), entry=entry)
    win(engine, entry, ANNA, "desk")
    freezer.tick(SAVE_WITHIN + 1)
    async_fire_time_changed(hass)
    await hass.async_add_executor_job(began.wait, 10)
    win(engine, entry, BEN, "desk")
    may_go_on.set()
    await hass.async_block_till_done()
    stored = hass_storage[KEY]["data"]["desk"]
    assert stored["total"][0] == 1
    assert stored["open"] == list(stored["people"]) == [f"{entry.entry_id}/{ANNA}"]


async def test_a_rule_that_is_deleted_is_forgotten(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    freezer.move_to(NOON)
    engine = await open_engine(hass, rule("Desk"), rule("Lamp"), entry=entry)
    win(engine, entry, ANNA, "desk")
    await engine.async_set_yaml_rules([rule("Lamp")])
    assert counted(engine) == (0, 0)
    await engine.async_set_yaml_rules([rule("Desk")], complete=False)
    win(engine, entry, ANNA, None)
    assert counted(engine) == (0, 0)


async def test_sensors_tell_it_and_not_each_second(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry
) -> None:
    freezer.move_to(NOON)
    add_rule(hass, loaded, people=["anna"])
    await desk(hass, "on")
    await hass.async_block_till_done()
    assert (shown(hass, WINS), shown(hass, TIME_WON)) == ("1", "0.0")
    changes = async_capture_events(hass, "state_changed")
    freezer.tick(MINUTE)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert TIME_WON not in {each.data["entity_id"] for each in changes}
    freezer.tick(29 * MINUTE)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert shown(hass, TIME_WON) == "0.5"
    state = hass.states.get(TIME_WON)
    assert state
    assert state.attributes["people"] == {"Anna": 0.5}
    assert (state.attributes["device_class"], state.attributes["state_class"]) == (
        "duration",
        "total_increasing",
    )
    assert state.attributes["unit_of_measurement"] == "h"
    assert er.async_get(hass).async_get(WINS)
    hass.states.async_set(DESK, "off")
    await hass.async_block_till_done()
    assert shown(hass, WINS) == "1"


def test_those_for_whom_a_rule_has_won_most_are_told_first() -> None:
    counts = {f"User {number:02}": Count(1, 3600) for number in reversed(range(20))}
    counts |= {"Zoe": Count(3, 4000), "Ben": Count(2, 360_000), "Anna": Count(2, 7200)}
    engine: Any = SimpleNamespace(wins_by_name=lambda _: counts)
    wins, hours = (
        each(engine, rule(), None).extra_state_attributes["people"]
        for each in (RuleWinsSensor, RuleTimeWonSensor)
    )
    others = [f"User {number:02}" for number in range(17)]
    assert list(wins.items()) == [
        ("Zoe", 3),
        ("Anna", 2),
        ("Ben", 2),
        *((each, 1) for each in others),
    ]
    assert list(hours.items()) == [
        ("Ben", 100),
        ("Anna", 2),
        ("Zoe", 1.11),
        *((each, 1) for each in others),
    ]


def test_the_time_that_a_rule_has_won_is_shown_in_tenths_of_an_hour() -> None:
    engine: Any = SimpleNamespace()
    assert RuleTimeWonSensor(engine, rule(), None).suggested_display_precision == 1


async def test_rules_in_yaml_have_them_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry
) -> None:
    engine = async_rule_engine(hass)
    await engine.async_set_yaml_rules([rule("Desk")])
    await hass.async_block_till_done()
    await desk(hass, "on")
    await hass.async_block_till_done()
    assert shown(hass, "sensor.rule_desk_wins") == "1"
    await engine.async_set_yaml_rules([])
    await hass.async_block_till_done()
    assert hass.states.get("sensor.rule_desk_wins") is None
    assert not er.async_get(hass).async_get("sensor.rule_desk_time_won")
