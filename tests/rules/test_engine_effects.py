"""What follows in the rule engine when rules, winners, people and time change."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import OwnPresence, RulesPause
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.rules import Scope
from custom_components.cisco_unified_presence.rules import engine as engine_module
from custom_components.cisco_unified_presence.rules.loop_watch import LoopWatch
from custom_components.cisco_unified_presence.rules.loops import LoopGuard
from custom_components.cisco_unified_presence.rules.statistics import Count
from tests.common.engine_listener import OF_ANNA, Told
from tests.common.entry import person
from tests.common.rules import (
    ANNA,
    BEN,
    DESK,
    NOON,
    add_rule,
    desk,
    issues,
    names,
    open_engine,
    pass_by,
    rule,
    settled,
)

pytestmark = pytest.mark.usefixtures("at_the_desk_at_noon")

FIVE_MINUTES = timedelta(minutes=5)
EACH = {"note": "{{ person.name }}"}


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person("anna", controlled=True), person("ben", controlled=True)]


# Rules that rest


async def test_a_rule_that_rests_from_now_on_is_told_of(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[Any] = []

    def chases(_watch: LoopWatch, who: Any, holding: Iterable[str]) -> frozenset[str]:
        noted.append((who, list(holding)))
        return frozenset({"desk"})

    engine = await open_engine(hass, rule(), rule("Other"), entry=entry)
    told = Told(engine, entry)
    monkeypatch.setattr(LoopWatch, "async_note_winner", chases)
    engine.async_set_winner(entry.entry_id, ANNA, "other")
    assert noted == [((entry.entry_id, ANNA), ["desk", "other"])]
    assert await told.heard(hass) == [OF_ANNA, "rule"]
    told.end()


async def test_a_rule_that_is_changed_rests_no_more(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    released: list[str] = []

    def release(_watch: LoopWatch, rule_id: str) -> bool:
        released.append(rule_id)
        return True

    three = [rule(), rule("Other"), rule("Gone")]
    engine = await open_engine(hass, *three, entry=entry)
    told = Told(engine, entry)
    monkeypatch.setattr(LoopWatch, "async_release", release)
    await engine.async_set_yaml_rules(three)
    assert released == []
    await told.heard(hass)
    await engine.async_set_yaml_rules([rule(), rule("Other", priority=1), rule("New")])
    assert sorted(released) == ["gone", "other"]
    await told.heard(hass)
    await engine.async_set_enabled("desk", enabled=True)
    assert await told.heard(hass) == [OF_ANNA]
    told.end()


async def test_a_rule_that_has_chased_itself_is_told_of(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It requests nothing more though its own request stays the same."""
    changed: list[str] = []

    def note(_watch: LoopWatch, rule_id: str) -> bool:
        changed.append(rule_id)
        return True

    off = rule(when="{{ states('binary_sensor.desk') == 'away' }}", hold={"minutes": 1})
    engine = await open_engine(hass, off, entry=entry)
    told = Told(engine, entry)
    monkeypatch.setattr(LoopWatch, "async_note_change", note)
    await desk(hass, "away")
    await told.heard(hass)
    await desk(hass, "off")
    # In its hold it requests the same.
    assert changed == ["desk", "desk"]
    assert await told.heard(hass) == ["evaluations", OF_ANNA, "rule"]
    told.end()


@pytest.mark.parametrize("follows", [True, False])
async def test_own_presence_that_follows_from_what_is_set_is_not_noted(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch, *, follows: bool
) -> None:
    noted: list[Any] = []
    monkeypatch.setattr(LoopGuard, "note_own", lambda _guard, who, _now: noted.append(who))
    engine = await open_engine(hass, rule(), rule("Each", **EACH), entry=entry)
    engine.async_own_changed(entry.entry_id, ANNA, follows=follows)
    assert noted == ([] if follows else [(entry.entry_id, ANNA)])


# What is stored


async def test_what_rules_request_is_on_disk_once_it_is_stored(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    engine.pauses.async_pause(Scope(), None)
    await engine.async_stored()
    stored = hass_storage[f"{DOMAIN}.rules"]["data"]["desk"]
    assert (stored["enabled"], stored["stretch"]["holds_since"]) == (True, NOON.isoformat())
    assert len(hass_storage[f"{DOMAIN}.pauses"]["data"]) == 1
    await engine.async_set_enabled("desk", enabled=False)
    assert not hass_storage[f"{DOMAIN}.rules"]["data"]["desk"]["enabled"]


async def test_people_who_are_gone_are_forgotten(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    retained: list[Any] = []
    monkeypatch.setattr(
        LoopGuard, "retain_people", lambda _guard, entry_id, keys: retained.append((entry_id, keys))
    )
    engine = await open_engine(hass, rule(), entry=entry)
    anna, ben = (entry.entry_id, ANNA), (entry.entry_id, BEN)
    for each in (anna, ben):
        engine.pauses.async_pause(Scope(people=frozenset({each})), None)
    subentry = next(each for each in entry.subentries.values() if each.title == "Ben")
    hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
    await engine.async_people_changed(entry)
    assert retained == [(entry.entry_id, {ANNA, BEN}), (entry.entry_id, {ANNA})]
    assert engine.pauses.of(ben, "desk") is None
    assert engine.pauses.of(anna, "desk") == RulesPause()


async def test_a_rule_that_requests_something_else_is_told_of(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    told = Told(engine, entry)
    await engine.async_set_yaml_rules([rule(priority=1)])
    assert await told.heard(hass) == ["evaluations", OF_ANNA, "rule", "rules"]
    told.end()


# Rules for each person


async def test_a_rule_for_each_person_changes_for_one(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    own = {ANNA: OwnPresence("away"), BEN: OwnPresence("away")}
    engine = await open_engine(
        hass, rule(people=["anna", "ben"], when="{{ person.own == 'busy' }}")
    )
    await engine.async_add_entry(entry, lambda: people_of(entry), own.__getitem__)
    told = Told(engine, entry)
    await told.heard(hass)
    own[BEN] = OwnPresence("busy")
    engine.async_own_changed(entry.entry_id, BEN, follows=True)
    assert await told.heard(hass) == [f"requests of ['{BEN}']", "rule"]
    assert names(engine, entry, BEN) == ["Desk"]
    assert names(engine, entry) == []
    told.end()


async def test_people_who_join_are_evaluated_at_once(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    made = rule(people=["sensor.boss"], **EACH)
    engine = await open_engine(hass, made, entry=entry)
    assert engine.readings_of("desk") == ()
    ben = next(each for each in entry.subentries.values() if each.title == "Ben")
    data = {**ben.data, "link_person": "sensor.boss"}
    hass.config_entries.async_update_subentry(entry, ben, data=data)
    await settled(hass)
    assert names(engine, entry, BEN) == ["Desk"]
    assert [each.person for each in engine.readings_of("desk")] == [(entry.entry_id, BEN)]


async def test_what_templates_know_of_a_person_is_read_again_when_registries_change(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    engine = await open_engine(hass, rule(when="{{ person.name == 'Ann' }}"), entry=entry)
    assert names(engine, entry) == []
    anna = next(each for each in entry.subentries.values() if each.title == "Anna")
    hass.config_entries.async_update_subentry(entry, anna, title="Ann")
    await settled(hass)
    assert names(engine, entry) == ["Desk"]


# Time


async def test_the_time_of_a_rule_that_wins_goes_on(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    told = Told(engine, entry)
    await told.heard(hass)
    await pass_by(hass, freezer, FIVE_MINUTES)
    assert "rule" in await told.heard(hass)
    assert engine.wins_by_name("desk") == {"Anna": Count(1, 300)}
    told.end()


async def test_what_was_counted_goes_on_after_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    hass.bus.async_fire("homeassistant_final_write")
    await hass.async_block_till_done()
    again = await open_engine(hass, rule(), entry=entry)
    assert again.statistics.wins_of("desk") == 1
    # It has won when the run ended, so this is no other win.
    again.async_set_winner(entry.entry_id, ANNA, "desk")
    assert again.statistics.wins_of("desk") == 1


async def test_a_clock_that_jumps_ends_rules_and_pauses(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jumps: list[Callable[[timedelta], None]] = []
    monkeypatch.setattr(
        engine_module, "async_track_clock_jumps", lambda _hass, on_jump: jumps.append(on_jump)
    )
    # It is four in the morning, local time.
    early = rule(when={"condition": "time", "before": "05:00"})
    engine = await open_engine(hass, early, rule("Ben", people=["ben"]), entry=entry)
    engine.pauses.async_pause(Scope(rules=frozenset({"ben"})), NOON + timedelta(minutes=1))
    assert (names(engine, entry), names(engine, entry, BEN)) == (["Desk"], [])
    told = Told(engine, entry)
    await told.heard(hass)
    # No timer fires: they run by the monotonic clock.
    freezer.move_to(NOON + timedelta(hours=2))
    (on_jump,) = jumps
    on_jump(timedelta(hours=2))
    of_both = f"requests of ['{ANNA}', '{BEN}']"
    assert await told.heard(hass) == ["evaluations", of_both, "rule"]
    assert (names(engine, entry), names(engine, entry, BEN)) == ([], ["Ben"])
    told.end()


# What is found in rules


async def test_what_is_found_in_a_rule_goes_when_it_is_switched_off(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    higher = rule("Higher", priority=1)
    engine = await open_engine(hass, rule(), higher, entry=entry)
    assert "rule_never_wins_desk" in issues(hass)
    await engine.async_set_enabled("higher", enabled=False)
    assert "rule_never_wins_desk" not in issues(hass)
    await engine.async_set_enabled("higher", enabled=True)
    assert "rule_never_wins_desk" in issues(hass)
    await engine.async_set_yaml_rules([rule()])
    assert "rule_never_wins_desk" not in issues(hass)


async def test_rules_of_equal_priority_are_found_where_one_wins(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    here = {"condition": "state", "entity_id": "light.here", "state": "on"}
    hass.states.async_set("light.here", "on")
    away = rule("Away", presence="away", when=[here])
    engine = await open_engine(hass, rule(), away, entry=entry)
    engine.async_set_winner(entry.entry_id, ANNA, None)
    await pass_by(hass, freezer, FIVE_MINUTES)
    assert issues(hass) == {}
    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    await pass_by(hass, freezer, FIVE_MINUTES)
    assert issues(hass)["rule_equal_priority_away"] == {
        "rule": "Away",
        "other": "Desk",
        "person": "Anna",
    }
    # A rule that was changed is seen anew.
    await engine.async_set_enabled("desk", enabled=True)
    await pass_by(hass, freezer, FIVE_MINUTES)
    assert issues(hass) == {}


async def test_a_rule_that_flickers_for_all_its_people_is_found(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    sensor = {"device_class": "occupancy", "friendly_name": "At the desk"}
    hass.states.async_set(DESK, "off", sensor)
    shared, each = rule(), rule("Each", **EACH)
    await open_engine(hass, shared, each, entry=entry)
    for state in ("on", "off") * 5:
        hass.states.async_set(DESK, state, sensor)
        await settled(hass)
    await pass_by(hass, freezer, FIVE_MINUTES)
    # Of a rule for each person it says nothing that one of them comes and goes.
    found = {key: value for key, value in issues(hass).items() if "without_hold" in key}
    assert found == {"rule_without_hold_desk": {"rule": "Desk", "entity": "At the desk"}}


async def test_rules_of_an_entry_keep_their_records_while_it_is_there(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    first, second = (add_rule(hass, entry, name, people=["anna"]) for name in ("One", "Two"))
    engine = await open_engine(hass, entry=entry)
    await engine.async_set_enabled(first.subentry_id, enabled=False)
    await engine.async_set_enabled(second.subentry_id, enabled=False)
    hass.config_entries.async_remove_subentry(entry, second.subentry_id)
    await engine.async_people_changed(entry)
    hass.config_entries.async_add_subentry(entry, second)
    await engine.async_people_changed(entry)
    one, two = (engine.status_of(each.subentry_id) for each in (first, second))
    assert one
    assert two
    assert (one.enabled, two.enabled) == (False, True)
