"""Whom a rule is about: words and targets, resolved in their order."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import label_registry as lr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.rules.directory import (
    PeopleDirectory,
    PeopleSelection,
    ResolvedPeople,
)
from tests.common.entry import person
from tests.rules.directory_people import add_entry, device_of

ANNA = "anna@example.com"
BEN = "ben@example.com"


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    return add_entry(hass)


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
