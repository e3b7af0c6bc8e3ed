"""Rules that read what they set: docs/rules.md."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import RuleEngine
from custom_components.cisco_unified_presence.rules.loop_origins import LoopOrigins
from custom_components.cisco_unified_presence.rules.loops import (
    FOREIGN,
    Call,
    LoopGuard,
    Origin,
    WinnerChange,
    looping,
)
from tests.common.conditions import set_state
from tests.common.rules import ANNA, DESK, issues, names, open_engine, pass_by, rule

pytestmark = pytest.mark.usefixtures("at_noon")


SECOND = timedelta(seconds=1)


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


PERSON = ("entry", ANNA)


OTHER = ("entry", "ben@example.com")


ITSELF = Origin(people=frozenset({PERSON}), reads=frozenset({("desk", "sensor.anna_presence")}))


OF_ANOTHER = Origin(people=frozenset({OTHER}), reads=frozenset({("desk", "sensor.ben_presence")}))


ROUND_ABOUT = replace(OF_ANOTHER, people=frozenset({OTHER, PERSON}))


BY_TIME = Origin(by_time=True)


def change(seconds: int, *holding: str, by: Origin = ITSELF) -> WinnerChange:
    return WinnerChange(NOW + seconds * SECOND, frozenset(holding), by)


def changes(*origins: Origin) -> list[WinnerChange]:
    """Return changes of the winner every 20 seconds with these origins."""
    holding = (("desk",), ())
    return [change(20 * number, *holding[number % 2], by=by) for number, by in enumerate(origins)]


@pytest.mark.parametrize(
    ("noted", "read"),
    [
        (changes(FOREIGN, ITSELF, ITSELF, ITSELF), {"sensor.anna_presence"}),
        (changes(FOREIGN, ITSELF, BY_TIME, ITSELF), {"sensor.anna_presence"}),
        (changes(FOREIGN, ROUND_ABOUT, ROUND_ABOUT, ROUND_ABOUT), {"sensor.ben_presence"}),
        (changes(FOREIGN, FOREIGN, ITSELF, ITSELF), None),
        (changes(FOREIGN, ITSELF, FOREIGN, ITSELF), None),
        (changes(FOREIGN, OF_ANOTHER, OF_ANOTHER, OF_ANOTHER), None),
        (changes(FOREIGN, BY_TIME, BY_TIME, BY_TIME), None),
        (changes(ITSELF, ITSELF, ITSELF), None),
        ([change(-61, "desk"), *changes(ITSELF, ITSELF, ITSELF)[1:], change(60)], None),
        (
            [change(-61, "desk"), *changes(FOREIGN, ITSELF, ITSELF, ITSELF)],
            {"sensor.anna_presence"},
        ),
        (
            [change(-60, "desk"), *changes(FOREIGN, ITSELF, ITSELF, ITSELF)[1:]],
            {"sensor.anna_presence"},
        ),
        # The same rules hold all the time: somebody sets the presence by hand.
        ([change(each, "desk") for each in (0, 20, 40, 60)], None),
        # It does so in between.
        (
            [*changes(FOREIGN), change(10, "desk"), *changes(FOREIGN, ITSELF, ITSELF, ITSELF)[1:]],
            {"sensor.anna_presence"},
        ),
    ],
)
def test_when_it_is_a_loop(noted: list[WinnerChange], read: set[str] | None) -> None:
    loop = looping(noted, PERSON, NOW + 60 * SECOND)
    assert loop == ({"desk": read} if read else {})


@pytest.fixture
def sensor(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return Anna's presence sensor, without a platform behind it."""
    return (
        er.async_get(hass)
        .async_get_or_create(
            "sensor",
            DOMAIN,
            f"{entry.entry_id}_{ANNA}_presence",
            config_entry=entry,
            config_subentry_id=next(iter(entry.subentries)),
            suggested_object_id="anna_presence",
        )
        .entity_id
    )


async def blink(hass: HomeAssistant, engine: RuleEngine, entry: MockConfigEntry, of: str) -> None:
    """Let the server show what is requested, and the reconciler decide, until nothing changes."""
    for _ in range(8):
        held = names(engine, entry)
        engine.async_set_winner(entry.entry_id, ANNA, "desk" if held else None)
        await set_state(hass, of, "busy" if held else "available")


async def test_a_rule_that_reads_what_it_sets_is_put_to_rest(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    sensor: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_state(hass, sensor, "available")
    chasing = rule(when={"condition": "state", "entity_id": sensor, "state": "available"})
    engine = await open_engine(hass, chasing, entry=entry)
    assert f"The rule Desk reads {sensor}, which it changes itself" in caplog.text

    await blink(hass, engine, entry, sensor)

    await set_state(hass, sensor, "available")
    assert names(engine, entry) == []
    assert issues(hass)["rule_loop_desk"] == {"rule": "Desk", "person": "Anna", "entities": sensor}
    status = engine.status_of("desk")
    assert status
    assert status.rests_for == ("Anna",)
    (evaluation,) = engine.evaluations_for(entry.entry_id, "anna@example.com")
    assert evaluation.rests
    assert not evaluation.holds
    assert evaluation.failing == ("it rests, since it chased itself",)

    await engine.async_set_enabled("desk", enabled=False)
    await engine.async_set_enabled("desk", enabled=True)
    assert names(engine, entry) == ["Desk"]
    assert "rule_loop_desk" not in issues(hass)


@pytest.mark.parametrize(("attribute", "is_named"), [("own", False), ("reason", True)])
async def test_a_rule_that_reads_the_own_presence_is_not_named(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    attribute: str,
    *,
    is_named: bool,
) -> None:
    unique_id = f"{entry.entry_id}_{ANNA}_presence_source"
    source = er.async_get(hass).async_get_or_create("sensor", DOMAIN, unique_id).entity_id
    hass.states.async_set(source, "own", {attribute: "available"})
    reading = {"condition": "state", "entity_id": source, "attribute": attribute}
    await open_engine(hass, rule(when={**reading, "state": "available"}), entry=entry)
    assert (f"The rule Desk reads {source}" in caplog.text) == is_named


async def test_a_rule_whose_other_input_flaps_goes_on(
    hass: HomeAssistant, entry: MockConfigEntry, sensor: str, freezer: FrozenDateTimeFactory
) -> None:
    flapping = [
        {"condition": "state", "entity_id": DESK, "state": "on"},
        {"condition": "not", "conditions": [f"{{{{ is_state('{sensor}', 'vacation') }}}}"]},
    ]
    engine = await open_engine(hass, rule(when=flapping), entry=entry)
    for state in ("on", "off") * 4:
        await pass_by(hass, freezer, SECOND)
        await set_state(hass, DESK, state)
        engine.async_set_winner(entry.entry_id, ANNA, "desk" if names(engine, entry) else None)
    await set_state(hass, DESK, "on")
    assert names(engine, entry) == ["Desk"]
    assert "rule_loop_desk" not in issues(hass)


async def test_a_change_of_a_person_whose_entry_was_removed_since_is_no_origin(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    engine.async_set_winner("removed", ANNA, "desk")
    for state in ("on", "off"):
        await set_state(hass, DESK, state)
        engine.async_set_winner(entry.entry_id, ANNA, "desk" if state == "on" else None)
    assert names(engine, entry) == []
    assert issues(hass) == {}


async def test_a_rule_may_rest_for_someone_whose_entry_is_unloaded(
    hass: HomeAssistant, entry: MockConfigEntry, sensor: str
) -> None:
    await set_state(hass, sensor, "available")
    chasing = rule(when={"condition": "state", "entity_id": sensor, "state": "available"})
    engine = await open_engine(hass, chasing, entry=entry)
    await blink(hass, engine, entry, sensor)
    await engine.async_remove_entry(entry)
    status = engine.status_of("desk")
    assert status
    assert status.rests_for == ()


async def test_a_rule_does_not_rest_for_someone_who_is_added_again(
    hass: HomeAssistant, entry: MockConfigEntry, sensor: str
) -> None:
    await set_state(hass, sensor, "available")
    chasing = rule(when={"condition": "state", "entity_id": sensor, "state": "available"})
    engine = await open_engine(hass, chasing, entry=entry)
    await blink(hass, engine, entry, sensor)
    status = engine.status_of("desk")
    assert status
    assert status.rests_for
    subentry = next(each for each in entry.subentries.values() if each.data.get("contact") == ANNA)
    hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
    await engine.async_people_changed(entry)

    hass.config_entries.async_add_subentry(entry, subentry)
    await engine.async_people_changed(entry)

    status = engine.status_of("desk")
    assert status
    assert status.people
    assert status.rests_for == ()


def test_what_the_guard_remembers() -> None:
    guard = LoopGuard()
    first = WinnerChange(NOW, frozenset({"desk"}))
    second = WinnerChange(NOW + SECOND, frozenset())
    assert guard.last(PERSON, NOW) is None
    assert guard.note(PERSON, first) == [first]
    assert guard.note(OTHER, first) == [first]
    assert guard.note(PERSON, second) == [first, second]
    assert guard.last(PERSON, second.at) == second
    assert guard.last(PERSON, second.at + timedelta(hours=1)) is None
    # Who changed last comes last.
    assert guard.changed_last(5) == [OTHER, PERSON]
    assert guard.changed_last(1) == [PERSON]

    guard.put_to_rest("desk", PERSON)
    assert guard.rests("desk", PERSON)
    assert guard.resting_for("desk") == {PERSON}
    assert not guard.rests("desk", OTHER)
    assert not guard.rests("room", PERSON)
    # It begins anew.
    assert guard.last(PERSON, second.at) is None
    assert guard.changed_last(5) == [OTHER]
    assert guard.release("desk")
    assert not guard.release("desk")
    assert not guard.rests("desk", PERSON)

    assert guard.own_changed_at(PERSON) is None
    guard.note_own(PERSON, NOW)
    assert guard.own_changed_at(PERSON) == NOW


def test_an_action_is_remembered_for_two_minutes() -> None:
    guard, third = LoopGuard(), ("entry", "clara@example.com")
    guard.note_call(PERSON, Call(NOW))
    later = NOW + 120 * SECOND
    assert guard.call(PERSON, later) == Call(NOW)
    assert guard.call(PERSON, later + SECOND) is None
    guard.note_call(OTHER, Call(later))
    assert guard.changed_last(5) == [PERSON, OTHER]
    guard.note_call(PERSON, Call(later))
    assert guard.changed_last(5) == [OTHER, PERSON]
    guard.note_call(third, Call(later + 121 * SECOND))
    assert guard.changed_last(5) == [third]


def test_a_rule_without_people_rests_until_it_is_released() -> None:
    guard = LoopGuard()
    guard.put_to_rest("desk")
    assert guard.resting_for("desk") == frozenset()
    assert guard.release("desk")
    assert not guard.release("desk")


def test_people_who_are_gone_are_forgotten() -> None:
    guard = LoopGuard()
    first = WinnerChange(NOW, frozenset({"desk"}))
    elsewhere = ("another", PERSON[1])
    for person in (PERSON, OTHER, elsewhere):
        guard.note(person, first)
        guard.note_own(person, NOW)
        guard.put_to_rest("desk", person)
        guard.note(person, first)
        guard.note_call(person, Call(NOW))

    guard.retain_people(PERSON[0], {PERSON[1]})

    assert guard.resting_for("desk") == {PERSON, elsewhere}
    assert guard.changed_last(5) == [PERSON, elsewhere, PERSON, elsewhere]
    assert guard.call(OTHER, NOW) is None
    assert guard.own_changed_at(OTHER) is None
    assert guard.own_changed_at(PERSON) == guard.own_changed_at(elsewhere) == NOW


def origins_of(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, change: RuleChange | None
) -> LoopOrigins:
    """Return origins of rules each of which follows from another one, endlessly."""

    def runner(rule_id: str) -> Any:
        return SimpleNamespace(rule=SimpleNamespace(id=rule_id), change_of=lambda _: change)

    numbers = count()
    unused: Any = None
    origins = LoopOrigins(hass, unused, LoopGuard(), runner)
    monkeypatch.setattr(origins, "_source_of", lambda change: change.entity_id)
    monkeypatch.setattr(origins, "_rule_shown_by", lambda _: runner(f"rule_{next(numbers)}"))
    return origins


def test_a_rule_that_has_not_changed_has_no_origin(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    origins = origins_of(hass, monkeypatch, None)
    assert origins.async_origin(PERSON, ["desk"], NOW) == FOREIGN


def test_rules_that_follow_from_ever_others_are_followed_for_some_steps(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = RuleChange(at=NOW, entity_id="binary_sensor.rule")
    origins = origins_of(hass, monkeypatch, change)
    assert origins.async_origin(PERSON, ["desk"], NOW) == FOREIGN
