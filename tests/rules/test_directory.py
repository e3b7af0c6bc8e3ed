"""Whom a rule is about: words and targets, resolved in their order whenever that may change."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers import label_registry as lr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.rules import RuleEngine
from custom_components.cisco_unified_presence.rules.directory import (
    PeopleDirectory,
    PeopleSelection,
    ResolvedPeople,
)
from custom_components.cisco_unified_presence.rules.directory_watch import (
    RESOLVED_AT_ONCE,
    RESOLVED_EACH,
)
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.targets import RuleTargets
from tests.common.entry import add_person, person
from tests.common.rules import open_engine, rule, settled

ANNA = "anna@example.com"
BEN = "ben@example.com"


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Add an entry in which Anna and Ben are controlled and Clara is only watched."""
    added = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[
            person("anna", controlled=True),
            person("ben", controlled=True),
            person("clara"),
        ],
    )
    added.add_to_hass(hass)
    for subentry in added.subentries.values():
        register(hass, added, subentry)
    return added


def register(hass: HomeAssistant, entry: MockConfigEntry, subentry: ConfigSubentry) -> None:
    """Give a person a device and a sensor."""
    user = subentry.data["user"]
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, user)},
        name=subentry.title,
    )
    er.async_get(hass).async_get_or_create(
        "sensor",
        DOMAIN,
        user,
        config_entry=entry,
        config_subentry_id=subentry.subentry_id,
        device_id=device.id,
        suggested_object_id=f"{user}_presence",
    )


def device_of(hass: HomeAssistant, entry: MockConfigEntry, user: str) -> str:
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, user), entry.entry_id)
    assert device is not None
    return device.id


def find(
    hass: HomeAssistant,
    references: Iterable[str | Mapping[str, Any]],
    *loaded: MockConfigEntry,
) -> ResolvedPeople:
    people = {each.entry_id: people_of(each) for each in loaded}
    return PeopleSelection.of(references).resolve(PeopleDirectory(hass, people))


def keys(found: ResolvedPeople) -> list[str]:
    return sorted(key for _, key in found.people)


@pytest.mark.parametrize(
    "word", ["anna", "ANNA", "anna@example.com", "Anna@Example.COM", "sensor.anna_presence"]
)
async def test_a_person_has_several_names(
    hass: HomeAssistant, entry: MockConfigEntry, word: str
) -> None:
    assert find(hass, [word], entry) == ResolvedPeople(frozenset({(entry.entry_id, ANNA)}))


async def test_places_are_called_by_id_or_name(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    floor = fr.async_get(hass).async_create("First Floor")
    area = ar.async_get(hass).async_create("Big Office", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Support Team")
    registry = dr.async_get(hass)
    registry.async_update_device(device_of(hass, entry, "anna"), area_id=area.id)
    registry.async_update_device(device_of(hass, entry, "ben"), labels={label.label_id})
    registry.async_update_device(
        device_of(hass, entry, "clara"), area_id=area.id, labels={label.label_id}
    )
    for word in (area.id, area.name, "big office", floor.floor_id, floor.name):
        assert find(hass, [word], entry) == ResolvedPeople(frozenset({(entry.entry_id, ANNA)})), (
            word
        )
    for word in (label.label_id, label.name):
        assert find(hass, [word], entry) == ResolvedPeople(frozenset({(entry.entry_id, BEN)})), word
    targets = [{"area_id": [area.id]}, {"label_id": [label.label_id]}]
    assert find(hass, targets, entry) == find(hass, ["anna", "ben"], entry)
    assert keys(find(hass, [{"floor_id": [floor.floor_id]}], entry)) == [ANNA]


async def test_a_word_is_looked_up_in_order(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    areas, labels, floors = ar.async_get(hass), lr.async_get(hass), fr.async_get(hass)
    registry = dr.async_get(hass)
    # A user's name stands before an area's.
    area = areas.async_create("Anna")
    registry.async_update_device(device_of(hass, entry, "ben"), area_id=area.id)
    assert keys(find(hass, ["anna"], entry)) == [ANNA]
    # An area's stands before a floor's, and that before a label's; empty ones count too.
    label = labels.async_create("Team")
    registry.async_update_device(device_of(hass, entry, "anna"), labels={label.label_id})
    assert keys(find(hass, ["team"], entry)) == [ANNA]
    floor = floors.async_create("Team")
    areas.async_update(area.id, floor_id=floor.floor_id)
    assert keys(find(hass, ["team"], entry)) == [BEN]
    areas.async_create("Team")
    assert find(hass, ["team"], entry) == ResolvedPeople(frozenset())


@pytest.mark.parametrize("word", ["Gone {}", "gone{}@example.com", "sensor.gone{}", "{:032x}"])
async def test_words_that_can_mean_nothing_are_searched_for_in_no_registry(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """A rule may name tens of thousands, who are resolved again whenever a registry changes."""
    area, label = ar.async_get(hass).async_create("Office"), lr.async_get(hass).async_create("Team")
    searched: list[str] = []

    def search(_registry: object, name: str) -> None:
        searched.append(name)

    def extract(_hass: HomeAssistant, _selection: object, **_options: bool) -> None:
        raise AssertionError("An unknown word is resolved as a target")

    monkeypatch.setattr(ar.AreaRegistry, "async_get_area_by_name", search)
    monkeypatch.setattr(fr.FloorRegistry, "async_get_floor_by_name", search)
    monkeypatch.setattr(lr.LabelRegistry, "async_get_label_by_name", search)
    monkeypatch.setattr("homeassistant.helpers.target.async_extract_referenced_entity_ids", extract)
    words = [word.format(number) for number in range(1000)]
    assert find(hass, words, entry) == ResolvedPeople(frozenset(), tuple(words))
    assert searched == []

    monkeypatch.undo()
    assert find(hass, [area.id, "office", "TE AM", label.label_id, words[0]], entry) == (
        ResolvedPeople(frozenset(), (words[0],))
    )


async def test_targets_are_taken_as_actions_take_them(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    sensor = er.async_get(hass).async_get("sensor.anna_presence")
    assert sensor is not None
    for target in (
        {"entity_id": ["sensor.anna_presence"]},
        {"entity_id": [sensor.id]},
        {"device_id": [device_of(hass, entry, "anna")]},
    ):
        assert keys(find(hass, [target], entry)) == [ANNA]
    both: Mapping[str, Any] = {
        "entity_id": ["sensor.anna_presence"],
        "device_id": [device_of(hass, entry, "ben")],
    }
    assert keys(find(hass, [both], entry)) == [ANNA, BEN]


async def test_group_of_home_assistant_is_no_people(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Who is in such a group may change without a word to the rules."""
    assert await async_setup_component(
        hass, "group", {"group": {"team": {"entities": ["sensor.anna_presence"]}}}
    )
    await hass.async_block_till_done()
    found = find(hass, [{"entity_id": ["group.team"]}], entry)
    assert found.people == frozenset()


async def test_what_stands_for_nobody_is_said(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    er.async_get(hass).async_get_or_create(
        "sensor", "other", "x", suggested_object_id="other_thing"
    )
    server = er.async_get(hass).async_get_or_create(
        "sensor", DOMAIN, "channel", config_entry=entry, suggested_object_id="channel"
    )
    clara = device_of(hass, entry, "clara")
    references: list[str | Mapping[str, Any]] = [
        "anna",
        "zoe",
        # Only watched.
        "clara",
        "sensor.clara_presence",
        "sensor.other_thing",
        server.entity_id,
        {"device_id": [clara], "area_id": ["nowhere"], "entity_id": ["sensor.nothing"]},
        {"floor_id": ["heaven"], "label_id": ["nothing"]},
    ]
    found = find(hass, references, entry)
    assert keys(found) == [ANNA]
    assert found.unmatched == (
        "zoe",
        "clara",
        "sensor.clara_presence",
        "sensor.other_thing",
        "sensor.channel",
        clara,
        "nowhere",
        "sensor.nothing",
        "heaven",
        "nothing",
    )


async def test_an_empty_place_is_no_mistake(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    area = ar.async_get(hass).async_create("Office")
    assert find(hass, ["Office", {"area_id": [area.id]}], entry) == ResolvedPeople(frozenset())


async def test_people_of_an_entry_that_is_not_loaded_are_known_but_not_reached(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert find(hass, ["anna"]) == ResolvedPeople(frozenset())


async def test_the_same_user_on_two_servers_is_meant_on_both(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    other = MockConfigEntry(domain=DOMAIN, subentries_data=[person("anna", controlled=True)])
    other.add_to_hass(hass)
    found = find(hass, ["anna"], entry, other)
    assert found.people == {(entry.entry_id, ANNA), (other.entry_id, ANNA)}
    assert find(hass, ["anna"], other).people == {(other.entry_id, ANNA)}


# At every moment


@pytest.fixture
def notified() -> list[frozenset[str]]:
    """Return the people of whom the listener was notified."""
    return []


async def engine_for(
    hass: HomeAssistant, entry: MockConfigEntry, notified: list[frozenset[str]], *people: Any
) -> RuleEngine:
    engine = await open_engine(hass, rule(people=list(people), when="{{ true }}"), entry=entry)
    engine.async_subscribe_requests(entry.entry_id, notified.append)
    return engine


def about(engine: RuleEngine, entry: MockConfigEntry) -> list[str]:
    return [key for key in (ANNA, BEN) if engine.requests_for(entry.entry_id, key)]


async def test_a_person_enters_an_area_and_leaves_it(
    hass: HomeAssistant, entry: MockConfigEntry, notified: list[frozenset[str]]
) -> None:
    area = ar.async_get(hass).async_create("Office")
    engine = await engine_for(hass, entry, notified, {"area_id": area.id})
    assert about(engine, entry) == []
    registry, anna = dr.async_get(hass), device_of(hass, entry, "anna")
    registry.async_update_device(anna, area_id=area.id)
    await settled(hass)
    assert about(engine, entry) == [ANNA]
    assert notified == [{ANNA}]
    registry.async_update_device(anna, area_id=None)
    await settled(hass)
    assert about(engine, entry) == []
    assert notified == [{ANNA}, {ANNA}]


async def test_entities_areas_floors_and_labels_that_change_count(
    hass: HomeAssistant, entry: MockConfigEntry, notified: list[frozenset[str]]
) -> None:
    engine = await engine_for(hass, entry, notified, "Upstairs", "Team", "sensor.boss")
    entities, areas = er.async_get(hass), ar.async_get(hass)
    area = areas.async_create("Office")
    floor = fr.async_get(hass).async_create("Upstairs")
    label = lr.async_get(hass).async_create("Crew")
    await settled(hass)
    assert about(engine, entry) == []

    entities.async_update_entity("sensor.anna_presence", name="Boss", area_id=area.id)
    areas.async_update(area.id, floor_id=floor.floor_id)
    await settled(hass)
    assert about(engine, entry) == [ANNA]

    entities.async_update_entity("sensor.ben_presence", labels={label.label_id})
    await settled(hass)
    assert about(engine, entry) == [ANNA]
    lr.async_get(hass).async_update(label.label_id, name="Team")
    await settled(hass)
    assert about(engine, entry) == [ANNA, BEN]

    lr.async_get(hass).async_delete(label.label_id)
    fr.async_get(hass).async_delete(floor.floor_id)
    await settled(hass)
    assert about(engine, entry) == []
    entities.async_update_entity("sensor.ben_presence", new_entity_id="sensor.boss")
    await settled(hass)
    assert about(engine, entry) == [BEN]
    entities.async_remove("sensor.boss")
    await settled(hass)
    assert about(engine, entry) == []


async def test_entities_of_other_integrations_are_ignored(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    notified: list[frozenset[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await engine_for(hass, entry, notified, "anna")
    resolved: list[str] = []

    def resolve_none(_targets: RuleTargets, _rules: Sequence[Rule]) -> dict[str, frozenset[str]]:
        resolved.append("resolved")
        return {}

    monkeypatch.setattr(RuleTargets, "async_resolve", resolve_none)
    er.async_get(hass).async_get_or_create("sensor", "other", "x")
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    hass.config_entries.async_update_entry(other, title="Other")
    await settled(hass)
    assert resolved == []
    er.async_get(hass).async_update_entity("sensor.anna_presence", name="Anna")
    dr.async_get(hass).async_update_device(device_of(hass, entry, "anna"), name_by_user="Anna")
    await settled(hass)
    assert resolved == ["resolved"]


async def test_people_whose_entry_is_being_set_up_are_looked_for_when_it_is(
    hass: HomeAssistant, entry: MockConfigEntry, notified: list[frozenset[str]]
) -> None:
    """Thousands of entities are registered meanwhile; each burst would resolve all rules."""
    engine = await engine_for(hass, entry, notified, "sensor.boss")
    entry.mock_state(hass, ConfigEntryState.SETUP_IN_PROGRESS)
    await settled(hass)
    registry = er.async_get(hass)
    registry.async_update_entity("sensor.ben_presence", new_entity_id="sensor.boss")
    await settled(hass)
    assert about(engine, entry) == []
    entry.mock_state(hass, ConfigEntryState.LOADED)
    await settled(hass)
    assert about(engine, entry) == [BEN]


async def test_people_become_known_and_unknown_with_their_entry(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    other = MockConfigEntry(domain=DOMAIN, subentries_data=[person("dora", controlled=True)])
    other.add_to_hass(hass)
    await open_engine(hass, rule(people=["anna", "dora"]), entry=entry)
    issues = ir.async_get(hass).issues
    assert not issues
    await hass.config_entries.async_remove(other.entry_id)
    await settled(hass)
    issue = issues[DOMAIN, "rule_people_desk"]
    assert issue.translation_placeholders == {"rule": "Desk", "words": "dora"}
    add_person(hass, entry, "dora")
    await settled(hass)
    # Still only watched.
    assert issues[DOMAIN, "rule_people_desk"].active
    dora = next(each for each in entry.subentries.values() if each.title == "Dora")
    hass.config_entries.async_update_subentry(entry, dora, data={**dora.data, "controlled": True})
    await settled(hass)
    assert not issues


async def test_people_who_get_a_label_one_by_one_are_resolved_together(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resolving takes all people and rules, so once for each of them would be quadratic."""
    people = [person(f"user{number}", controlled=True) for number in range(100)]
    entry = MockConfigEntry(domain=DOMAIN, subentries_data=people)
    entry.add_to_hass(hass)
    for subentry in entry.subentries.values():
        register(hass, entry, subentry)
    label = lr.async_get(hass).async_create("Team").label_id
    engine = await open_engine(hass, rule("Desk", people=[{"label_id": [label]}]), entry=entry)
    runs: list[None] = []
    resolve = RuleTargets.async_resolve

    def counted(targets: RuleTargets, rules: Sequence[Rule]) -> Any:
        runs.append(None)
        return resolve(targets, rules)

    monkeypatch.setattr(RuleTargets, "async_resolve", counted)
    registry = er.async_get(hass)
    for number in range(100):
        registry.async_update_entity(f"sensor.user{number}_presence", labels={label})
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        # The first ones are taken at once.
        status = engine.status_of("desk")
        assert status
        assert number > 5 or len(status.people) == number + 1
    freezer.tick(RESOLVED_EACH + 0.1)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert len(runs) <= RESOLVED_AT_ONCE + 2
    status = engine.status_of("desk")
    assert status
    assert len(status.people) == 100
