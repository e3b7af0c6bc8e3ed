"""Whom single words and targets mean: people, groups, places, and what stands for them."""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.rules import people_in_groups
from custom_components.cisco_unified_presence.rules.directory import (
    PeopleDirectory,
    PeopleSelection,
    ResolvedPeople,
)
from custom_components.cisco_unified_presence.rules.directory_watch import async_track_registries
from tests.common.entry import add_group, group, person

CLARA = "clara@example.com"


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Add Anna and Ben, who are controlled, Clara, who is not, and groups; all have entities."""
    anna = person("anna", controlled=True)
    anna["data"]["link_person"] = "person.anna"
    added = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[
            anna,
            person("ben", controlled=True),
            person("clara"),
            group("Support", "ben"),
            group("Empty", "nobody"),
        ],
    )
    added.add_to_hass(hass)
    for subentry in added.subentries.values():
        name = subentry.title.lower()
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=added.entry_id,
            config_subentry_id=subentry.subentry_id,
            identifiers={(DOMAIN, name)},
        )
        er.async_get(hass).async_get_or_create(
            "sensor",
            DOMAIN,
            name,
            config_entry=added,
            config_subentry_id=subentry.subentry_id,
            device_id=device.id,
            suggested_object_id=name,
        )
    return added


@pytest.fixture
def other(hass: HomeAssistant) -> MockConfigEntry:
    """Add an Anna on another server, who shares the name and nothing else."""
    added = MockConfigEntry(domain=DOMAIN, subentries_data=[person("anna", controlled=True)])
    added.add_to_hass(hass)
    return added


def directory(
    hass: HomeAssistant, *loaded: MockConfigEntry, controlled_only: bool = True
) -> PeopleDirectory:
    people = {each.entry_id: people_of(each) for each in loaded}
    return PeopleDirectory(hass, people, controlled_only=controlled_only)


def users(found: Iterable[tuple[str, str]] | None) -> str | None:
    """Return who was found, None where the word matches nothing."""
    return None if found is None else " ".join(sorted(key.split("@")[0] for _, key in found))


def subentry_id(entry: MockConfigEntry, title: str) -> str:
    ids: dict[str, str] = {each.title: each.subentry_id for each in entry.subentries.values()}
    return ids[title]


def device_id(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> str:
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, name), entry.entry_id)
    assert device
    return device.id


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("anna", "anna"),
        ("Anna@example.com", "anna"),
        ("sip:anna@example.com", "anna"),
        ("sensor.anna", "anna"),
        ("person.anna", "anna"),
        ("person.ben", None),
        ("clara", None),
        ("sensor.clara", None),
        ("support", "ben"),
        ("SUPPORT", "ben"),
        ("sensor.support", "ben"),
        ("empty", ""),
        ("sensor.empty", None),
        ("all", "anna ben"),
        ("ALL", "anna ben"),
        ("everyone", None),
        ("zoe", None),
        ("1.5", "ben"),
    ],
)
async def test_a_word(
    hass: HomeAssistant, entry: MockConfigEntry, word: str, meant: str | None
) -> None:
    area = ar.async_get(hass).async_create("1.5")
    dr.async_get(hass).async_update_device(device_id(hass, entry, "ben"), area_id=area.id)
    assert users(directory(hass, entry).by_word(word)) == meant


async def test_ids_of_groups_and_devices_are_words(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    found = directory(hass, entry)
    assert users(found.by_word(subentry_id(entry, "Support"))) == "ben"
    assert users(found.by_word(subentry_id(entry, "Empty"))) == ""
    assert users(found.by_word(device_id(hass, entry, "anna"))) == "anna"
    assert users(found.by_word(device_id(hass, entry, "support"))) == "ben"
    assert users(found.by_word(device_id(hass, entry, "clara"))) is None
    assert users(found.by_word(subentry_id(entry, "Anna"))) is None
    sensor = er.async_get(hass).async_get("sensor.anna")
    assert sensor
    assert users(found.by_word(sensor.id)) is None
    assert users(found.by_id("entity_id", sensor.id)) == "anna"


async def test_names_of_groups_stand_between_people_and_places(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    area = ar.async_get(hass).async_create("Support")
    dr.async_get(hass).async_update_device(device_id(hass, entry, "anna"), area_id=area.id)
    assert users(directory(hass, entry).by_word("Support")) == "ben"
    add_group(hass, entry, "Anna", "ben")
    assert users(directory(hass, entry).by_word("anna")) == "anna"
    # Of the same name all count.
    add_group(hass, entry, "Straße", "anna")
    add_group(hass, entry, "STRASSE", "ben")
    assert users(directory(hass, entry).by_word("strasse")) == "anna ben"
    add_group(hass, entry, "All", "ben")
    assert users(directory(hass, entry).by_word("all")) == "ben"


async def test_a_group_may_name_others_and_itself(
    hass: HomeAssistant, entry: MockConfigEntry, other: MockConfigEntry
) -> None:
    first = add_group(hass, entry, "First", "second", {"entity_id": "sensor.support"})
    second = add_group(hass, entry, "Second", "first", "anna")
    found = directory(hass, entry, other)
    for _ in range(2):
        assert found.in_group(first) == {
            (entry.entry_id, "anna@example.com"),
            (entry.entry_id, "ben@example.com"),
        }
        assert users(found.in_group(second)) == "anna ben"


async def test_people_of_groups_may_be_only_watched(
    hass: HomeAssistant, entry: MockConfigEntry, other: MockConfigEntry
) -> None:
    everyone = add_group(hass, entry, "Everyone", "all")
    empty = add_group(hass, entry, "None")
    found = people_in_groups(hass, entry.entry_id, people_of(entry), [everyone, empty])
    assert {key: sorted(each) for key, each in found.items()} == {
        everyone.subentry_id: ["anna@example.com", "ben@example.com", CLARA],
        empty.subentry_id: [],
    }


@pytest.mark.parametrize(
    ("kind", "identifier", "meant"),
    [
        ("entity_id", "sensor.anna", "anna"),
        ("entity_id", "person.anna", "anna"),
        ("entity_id", "person.ben", None),
        ("entity_id", "sensor.clara", None),
        ("entity_id", "sensor.support", "ben"),
        ("entity_id", "sensor.empty", ""),
        ("entity_id", "sensor.foreign", None),
        ("area_id", "office", "anna ben"),
        ("area_id", "Office", None),
        ("area_id", "hall", ""),
        ("area_id", "none", None),
        ("floor_id", "ground", "anna ben"),
        ("floor_id", "attic", ""),
        ("floor_id", "Attic", None),
        ("label_id", "crew", "ben"),
        ("label_id", "office", None),
        ("label_id", "unused", ""),
    ],
)
async def test_a_part_of_a_target(
    hass: HomeAssistant, entry: MockConfigEntry, kind: str, identifier: str, meant: str | None
) -> None:
    areas, floors, labels = ar.async_get(hass), fr.async_get(hass), lr.async_get(hass)
    ground = floors.async_create("Ground").floor_id
    floors.async_create("Attic")
    office = areas.async_create("Office", floor_id=ground).id
    areas.async_create("Hall")
    crew = labels.async_create("Crew").label_id
    labels.async_create("Unused")
    foreign = er.async_get(hass).async_get_or_create(
        "sensor", "test", "foreign", suggested_object_id="foreign"
    )
    er.async_get(hass).async_update_entity(foreign.entity_id, area_id=office, labels={crew})
    devices = dr.async_get(hass)
    for name in ("anna", "support", "clara"):
        devices.async_update_device(device_id(hass, entry, name), area_id=office)
    er.async_get(hass).async_update_entity("sensor.ben", labels={crew})
    assert users(directory(hass, entry).by_id(kind, identifier)) == meant


async def test_a_device_of_a_group(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    found = directory(hass, entry)
    for name, meant in (("ben", "ben"), ("support", "ben"), ("empty", ""), ("clara", None)):
        assert users(found.by_id("device_id", device_id(hass, entry, name))) == meant


async def test_people_who_are_only_watched_may_be_meant(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    found = directory(hass, entry, controlled_only=False)
    assert users(found.by_word("clara")) == "clara"
    assert users(found.by_word("all")) == "anna ben clara"


async def test_people_of_a_loaded_entry_are_those_that_run(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    running = {key: each for key, each in people_of(entry).items() if each.user == "ben"}
    found = PeopleDirectory(hass, {entry.entry_id: running})
    assert users(found.by_word("all")) == "ben"
    assert found.by_word("anna") is None
    assert users(directory(hass).by_word("all")) == "anna ben"


async def test_entities_of_other_links_stand_for_nobody(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    anna = entry.subentries[subentry_id(entry, "Anna")]
    data = {**anna.data, "link_desk": "binary_sensor.desk"}
    hass.config_entries.async_update_subentry(entry, anna, data=data)
    assert directory(hass).by_word("binary_sensor.desk") is None
    assert users(directory(hass).by_word("person.anna")) == "anna"


# Words that stand for what is meant


async def test_names_of_all_who_can_be_chosen(
    hass: HomeAssistant, entry: MockConfigEntry, other: MockConfigEntry
) -> None:
    hass.config_entries.async_update_subentry(
        entry, entry.subentries[subentry_id(entry, "Ben")], title="Anna"
    )
    groups = {subentry_id(entry, each): each for each in ("Support", "Empty")}
    assert directory(hass).labels() == {
        "anna@example.com": "Anna (anna@example.com)",
        "ben@example.com": "Anna (ben@example.com)",
        **groups,
    }
    await hass.config_entries.async_remove(other.entry_id)
    hass.config_entries.async_update_subentry(
        entry, entry.subentries[subentry_id(entry, "Anna")], title="Ann"
    )
    labels = directory(hass).labels()
    assert "Anna" in labels.values()
    assert "Ann" in labels.values()


async def test_the_word_for_what_is_meant(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    office = ar.async_get(hass).async_create("Office").id
    dr.async_get(hass).async_update_device(device_id(hass, entry, "ben"), area_id=office)
    found = directory(hass)
    assert found.word_of("entity_id", "sensor.anna") == "anna@example.com"
    assert found.word_of("device_id", device_id(hass, entry, "anna")) == "anna@example.com"
    support = subentry_id(entry, "Support")
    assert found.word_of("entity_id", "sensor.support") == support
    assert found.word_of("device_id", device_id(hass, entry, "support")) == support
    assert found.word_of("entity_id", "sensor.clara") is None
    assert found.word_of("entity_id", "sensor.gone") is None
    assert found.word_of("area_id", office) is None


async def test_no_word_stands_for_one_of_two(
    hass: HomeAssistant, entry: MockConfigEntry, other: MockConfigEntry
) -> None:
    assert directory(hass).word_of("entity_id", "sensor.anna") is None
    assert directory(hass).word_of("entity_id", "sensor.ben") == "ben@example.com"
    assert directory(hass).word_of("device_id", device_id(hass, entry, "ben")) == "ben@example.com"
    er.async_get(hass).async_get_or_create(
        "sensor", DOMAIN, "x", config_entry=entry, device_id=device_id(hass, entry, "ben")
    )
    # An entity that stands for nobody says nothing.
    assert directory(hass).word_of("device_id", device_id(hass, entry, "ben")) == "ben@example.com"
    two = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "two")}
    )
    for name in ("ben", "support"):
        er.async_get(hass).async_update_entity(f"sensor.{name}", device_id=two.id)
    assert directory(hass).word_of("device_id", two.id) is None


# Selections


def test_what_a_rule_names() -> None:
    references: list[Any] = [
        "anna",
        {"area_id": "office", "label_id": ["a", "b"]},
        "ben",
        {"entity_id": []},
    ]
    assert PeopleSelection.of(iter(references)) == PeopleSelection(
        words=("anna", "ben"),
        ids=(("area_id", "office"), ("label_id", "a"), ("label_id", "b")),
    )
    assert PeopleSelection.of([]) == PeopleSelection()


def test_those_who_are_left_out() -> None:
    anna, ben = ("one", "anna"), ("one", "ben")
    all_of_them = ResolvedPeople(frozenset({anna, ben}), ("x",))
    assert all_of_them.without(ResolvedPeople(frozenset({ben, ("two", "anna")}), ("y",))) == (
        ResolvedPeople(frozenset({anna}), ("x", "y"))
    )


async def test_people_of_entries_that_are_not_loaded_are_found_and_not_reached(
    hass: HomeAssistant, entry: MockConfigEntry, other: MockConfigEntry
) -> None:
    selection = PeopleSelection.of(["anna", "zoe", {"entity_id": ["sensor.ben", "sensor.zoe"]}])
    found = directory(hass, other)
    both = {(entry.entry_id, "anna@example.com"), (other.entry_id, "anna@example.com")}
    ben = (entry.entry_id, "ben@example.com")
    assert selection.found_in(found) == {*both, ben}
    assert selection.resolve(found) == ResolvedPeople(
        frozenset({(other.entry_id, "anna@example.com")}), ("zoe", "sensor.zoe")
    )
    assert found.is_loaded((other.entry_id, "x"))
    assert not found.is_loaded((entry.entry_id, "x"))


# Changes


async def test_which_changes_of_registries_count(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    changes: list[str] = []
    stop = async_track_registries(hass, lambda: changes.append("changed"))

    async def counted() -> int:
        await hass.async_block_till_done()
        count = len(changes)
        changes.clear()
        return count

    entities = er.async_get(hass)
    entities.async_get_or_create("sensor", "test", "foreign", suggested_object_id="foreign")
    entities.async_update_entity("sensor.foreign", name="x")
    assert await counted() == 0
    entities.async_update_entity("sensor.anna", name="x")
    assert await counted() == 1
    # It may have been one of this integration.
    entities.async_remove("sensor.foreign")
    assert await counted() == 1
    area = ar.async_get(hass).async_create("Office")
    assert await counted() == 1
    fr.async_get(hass).async_create("Ground")
    assert await counted() == 1
    lr.async_get(hass).async_create("Crew")
    assert await counted() == 1
    dr.async_get(hass).async_update_device(device_id(hass, entry, "anna"), area_id=area.id)
    assert await counted() >= 1
    stop()
    ar.async_get(hass).async_create("Hall")
    entities.async_update_entity("sensor.anna", name="y")
    assert await counted() == 0
