"""What the rule engine answers about rules and people, and whom it tells of changes."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import OwnPresence, RulesPause
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.rules import Rule, Scope, async_rule_engine
from custom_components.cisco_unified_presence.rules.directory_watch import RESOLVED_AT_ONCE
from custom_components.cisco_unified_presence.rules.engine import RuleEngine
from custom_components.cisco_unified_presence.rules.statistics import Count
from custom_components.cisco_unified_presence.rules.status import RuleStatus
from custom_components.cisco_unified_presence.rules.targets import RuleTargets
from tests.common.engine_listener import OF_ANNA, Told
from tests.common.entry import person
from tests.common.rules import (
    ANNA,
    BEN,
    MINUTE,
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


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person("anna", controlled=True), person("ben", controlled=True)]


@pytest.fixture
def other(hass: HomeAssistant) -> MockConfigEntry:
    """Add another entry, with a controlled Anna."""
    added = MockConfigEntry(domain=DOMAIN, subentries_data=[person("anna", controlled=True)])
    added.add_to_hass(hass)
    return added


# Rules


async def test_rules_are_found_by_id_and_by_name(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    own = add_rule(hass, entry, "DESK", people=["anna"]).subentry_id
    engine = await open_engine(hass, rule("Other"), rule("Desk"), entry=entry)
    assert async_rule_engine(hass) is engine
    assert [each.id for each in engine.rules] == ["other", "desk", own]
    for word in ("desk", "Desk", "dESK"):
        assert [each.id for each in engine.rules_called(word)] == ["desk", own]
    assert [each.name for each in engine.rules_called(own)] == ["DESK"]
    assert engine.rules_called("des") == []
    assert [each.id for each in engine.rules_from(None)] == ["other", "desk"]
    assert [each.id for each in engine.rules_from(entry.entry_id)] == [own]
    assert engine.rules_from("another") == ()
    assert engine.has_rule("desk")
    assert not engine.has_rule("Desk")


async def test_whether_all_rules_of_yaml_are_known(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    engine = RuleEngine(hass)
    assert not engine.yaml_is_complete
    await engine.async_set_yaml_rules([])
    assert engine.yaml_is_complete
    await engine.async_set_yaml_rules([], complete=False)
    assert not engine.yaml_is_complete


async def test_the_status_of_a_rule(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    made = rule(people=["anna", "ben"], at_most={"hours": 1})
    engine = await open_engine(hass, made, rule("Other"), entry=entry)
    anna, ben = (entry.entry_id, ANNA), (entry.entry_id, BEN)
    engine.async_set_winner(*anna, "desk")
    engine.async_set_winner(*ben, "other")
    engine.pauses.async_pause(Scope(rules=frozenset({"desk"})), NOON + MINUTE)
    engine.pauses.async_pause(Scope(people=frozenset({anna})), NOON + 2 * MINUTE)
    status = engine.status_of("desk")
    assert status
    assert status == RuleStatus(
        rule=made,
        enabled=True,
        since=NOON,
        until=NOON + 60 * MINUTE,
        about=frozenset({anna, ben}),
        winning_for=frozenset({anna}),
        names_of=lambda _: (),
        pause=RulesPause(NOON + MINUTE),
    )
    assert (status.people, status.wins_for) == (("Anna", "Ben"), ("Anna",))
    await engine.async_set_enabled("desk", enabled=False)
    status = engine.status_of("desk")
    assert status
    assert (status.enabled, status.since, status.until) == (False, None, None)
    assert engine.status_of("none") is None
    await engine.async_set_enabled("none", enabled=False)


async def test_readings_evaluations_and_wins_of_a_rule(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    personal = rule("Each", people=["anna", "ben"], note="{{ person.name }}")
    engine = await open_engine(hass, rule(), personal, entry=entry)
    assert [each.person for each in engine.readings_of("desk")] == [None]
    assert {each.person for each in engine.readings_of("each")} == {
        (entry.entry_id, ANNA),
        (entry.entry_id, BEN),
    }
    assert engine.readings_of("none") == ()
    assert [each.rule_id for each in engine.evaluations_of("desk")] == ["desk"]
    assert [each.rule_id for each in engine.evaluations_of("each")] == ["each", "each"]

    assert engine.wins_by_name("each") == {}
    engine.async_set_winner(entry.entry_id, ANNA, "each")
    engine.async_set_winner("another", ANNA, "each")
    freezer.tick(30)
    assert engine.wins_by_name("each") == {"Anna": Count(1, 30)}
    anna = next(iter(entry.subentries))
    hass.config_entries.async_remove_subentry(entry, anna)
    assert engine.wins_by_name("each") == {}


async def test_what_templates_know_of_a_person(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    engine = await open_engine(hass, entry=entry)
    view = engine.view_of((entry.entry_id, ANNA))
    assert view
    assert view["name"] == "Anna"
    assert engine.view_of((entry.entry_id, "zoe@example.com")) is None
    assert engine.view_of(("another", ANNA)) is None


# Who is told


async def test_who_is_told_of_what(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    engine = await open_engine(hass, rule(), rule("Ben", people=["ben"]), entry=entry)
    told = Told(engine, entry)
    await desk(hass, "off")
    of_both = f"requests of ['{ANNA}', '{BEN}']"
    assert await told.heard(hass) == ["evaluations", of_both, "rule"]
    await engine.async_set_yaml_rules([rule(), rule("Ben", people=["ben"], priority=1)])
    assert await told.heard(hass) == ["rules"]
    await engine.async_set_yaml_rules([rule(priority=1)])
    of_ben = f"requests of ['{BEN}']"
    assert await told.heard(hass) == ["evaluations", of_ben, "rule", "rules"]
    ar.async_get(hass).async_create("Office")
    assert await told.heard(hass) == ["directory"]
    engine.async_own_changed(entry.entry_id, ANNA, follows=True)
    assert await told.heard(hass) == [OF_ANNA]
    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    assert await told.heard(hass) == ["rule"]
    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    assert await told.heard(hass) == []
    engine.async_set_winner(entry.entry_id, ANNA, None)
    assert await told.heard(hass) == ["rule"]
    await engine.async_set_enabled("desk", enabled=True)
    assert await told.heard(hass) == []
    told.end()
    await desk(hass, "on")
    await engine.async_set_yaml_rules([])
    ar.async_get(hass).async_create("Hall")
    assert await told.heard(hass) == []


@pytest.mark.parametrize(
    ("people", "rules", "expected"),
    [
        (None, None, [OF_ANNA, "rule"]),
        (None, {"desk"}, [OF_ANNA, "rule"]),
        (None, {"off"}, []),
        ({ANNA}, None, [OF_ANNA, "rule"]),
        ({BEN}, None, ["rule"]),
    ],
)
async def test_a_pause_is_told_to_those_for_whom_rules_hold(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    people: set[str] | None,
    rules: set[str] | None,
    expected: list[str],
) -> None:
    off = rule("Off", people=["ben"], when="{{ false }}")
    engine = await open_engine(hass, rule(), off, entry=entry)
    told = Told(engine, entry)
    scope = Scope(
        people=None if people is None else frozenset((entry.entry_id, each) for each in people),
        rules=None if rules is None else frozenset(rules),
    )
    engine.pauses.async_pause(scope, None)
    assert await told.heard(hass) == expected
    engine.pauses.async_resume(scope)
    assert await told.heard(hass) == expected
    told.end()


async def test_who_joins_and_leaves_a_rule_is_told(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    engine = await open_engine(hass, rule(people=["ben"]), entry=entry)
    told = Told(engine, entry)
    await engine.async_set_yaml_rules([rule(people=["anna"])])
    both = f"requests of ['{ANNA}', '{BEN}']"
    assert await told.heard(hass) == ["evaluations", both, "rule", "rules"]
    await engine.async_set_yaml_rules([])
    assert await told.heard(hass) == ["evaluations", OF_ANNA, "rule", "rules"]
    told.end()


# Entries that come and go


async def test_an_entry_takes_with_it_what_was_told_of_its_people(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    other: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    await engine.async_add_entry(other, lambda: people_of(other))
    for each in (entry, other):
        engine.async_set_winner(each.entry_id, ANNA, "desk")
    told = Told(engine, entry)
    await engine.async_remove_entry(entry)
    await told.heard(hass)
    status = engine.status_of("desk")
    assert status
    assert status.winning_for == {(other.entry_id, ANNA)}
    freezer.tick(60)
    # The time of the other one goes on.
    assert engine.statistics.seconds_of("desk") == 60

    await engine.async_add_entry(entry, lambda: people_of(entry))
    # No other win: it goes on.
    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    assert engine.statistics.wins_of("desk") == 2
    await told.heard(hass)
    await desk(hass, "off")
    # Its listener for requests has gone with it.
    assert await told.heard(hass) == ["evaluations", "rule"]


async def test_an_entry_that_is_removed_for_good_is_forgotten(
    hass: HomeAssistant, entry: MockConfigEntry, other: MockConfigEntry
) -> None:
    own = add_rule(hass, entry, "Own", people=["anna"]).subentry_id
    engine = await open_engine(hass, rule(), entry=entry)
    await engine.async_add_entry(other, lambda: people_of(other))
    engine.async_set_winner(entry.entry_id, ANNA, own)
    of_entry, of_other = ((each.entry_id, ANNA) for each in (entry, other))
    for each in (of_entry, of_other):
        engine.pauses.async_pause(Scope(people=frozenset({each})), None)
    await engine.async_remove_entry(entry)
    assert engine.statistics.wins_of(own) == 1
    engine.async_forget_entry(entry)
    assert engine.statistics.wins_of(own) == 0
    assert engine.pauses.of(of_entry, "desk") is None
    assert engine.pauses.of(of_other, "desk") == RulesPause()


async def test_own_presence_is_that_of_the_entry(
    hass: HomeAssistant, entry: MockConfigEntry, other: MockConfigEntry
) -> None:
    own = {ANNA: OwnPresence("away")}

    def own_of(key: str) -> OwnPresence:
        return own.get(key, OwnPresence())

    engine = await open_engine(hass, rule(when="{{ person.own == 'busy' }}"))
    for each in (entry, other):
        await engine.async_add_entry(each, partial(people_of, each), own_of)
    own[ANNA] = OwnPresence("busy")
    engine.async_own_changed(entry.entry_id, ANNA, follows=False)
    assert names(engine, entry) == ["Desk"]
    assert names(engine, other) == []


# While nothing runs


async def test_nothing_goes_on_after_home_assistant_stops(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = await open_engine(hass, rule(when="{{ now().minute < 3 }}"), entry=entry)
    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    engine.pauses.async_pause(Scope(), NOON + 2 * MINUTE)
    resolved: list[str] = []

    def resolve_none(_targets: RuleTargets, _rules: Sequence[Rule]) -> dict[str, frozenset[str]]:
        resolved.append("resolved")
        return {}

    monkeypatch.setattr(RuleTargets, "async_resolve", resolve_none)
    for number in range(RESOLVED_AT_ONCE + 5):
        lr.async_get(hass).async_create(f"{number}")
        await settled(hass)
    before = len(resolved)
    told = Told(engine, entry)
    await told.heard(hass)
    hass.bus.async_fire("homeassistant_stop")
    await pass_by(hass, freezer, 10 * MINUTE)
    assert len(resolved) == before
    assert await told.heard(hass) == []
    status = engine.status_of("desk")
    assert status
    assert status.since == NOON
    assert issues(hass) == {}
    told.end()
