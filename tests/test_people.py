"""People as their subentries name them, and how texts and answers name people."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import (
    Person,
    Placement,
    Watcher,
    answer_keys,
    async_presence_sensor,
    contact_key,
    controlled_keys,
    listed,
    names_of,
    new_person,
    people_of,
    person_device_identifier,
    person_unique_id,
)

from .common.entry import group, person

NAMES = [f"N{number}" for number in range(1, 22)]


def subentry(title: str = "Anna", **data: Any) -> ConfigSubentry:
    known = {"user": "anna", "contact": "Anna@Example.com", "controlled": False}
    return ConfigSubentry(
        data=MappingProxyType({**known, **data}),
        subentry_type="person",
        title=title,
        unique_id="person_anna@example.com",
    )


def named(*names: str) -> list[Person]:
    return [
        Person(subentry_id=name, name=name, user=name, contact=f"{name}@x", controlled=False)
        for name in names
    ]


def test_the_watcher_of_an_entry() -> None:
    assert Watcher.of({"watcher": "desk", "presence_domain": "example.com"}) == Watcher(
        user="desk", contact="desk@example.com"
    )


def test_a_person_of_whom_little_is_stored() -> None:
    stored = subentry()
    found = Person.from_subentry(stored)
    assert found == Person(
        subentry_id=stored.subentry_id,
        name="Anna",
        user="anna",
        contact="Anna@Example.com",
        controlled=False,
    )
    assert not found.is_from_list
    assert found.key == "anna@example.com"
    assert found.links == {}
    assert not found.is_named_by_server


def test_a_person_of_whom_all_is_stored() -> None:
    stored = subentry(
        controlled=True,
        told_name="Anna",
        from_contact_list=True,
        link_calendar="calendar.anna",
        link_desk="",
        other="x",
    )
    found = Person.from_subentry(stored)
    assert found == Person(
        subentry_id=stored.subentry_id,
        name="Anna",
        user="anna",
        contact="Anna@Example.com",
        controlled=True,
        told_name="Anna",
        is_from_list=True,
        linked=(("calendar", "calendar.anna"),),
    )
    assert found.links == {"calendar": "calendar.anna"}
    assert found.is_named_by_server
    renamed = Person.from_subentry(subentry("Annie", told_name="Anna"))
    assert not renamed.is_named_by_server


def test_the_people_of_an_entry() -> None:
    entry = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[
            person("anna", controlled=True),
            person("ben"),
            group("Sales", "anna"),
        ],
    )
    assert {key: each.name for key, each in people_of(entry).items()} == {
        "anna@example.com": "Anna",
        "ben@example.com": "Ben",
    }
    assert controlled_keys(entry) == {"anna@example.com"}


def test_what_identifies_a_person() -> None:
    assert contact_key(" sip:Anna@Example.com;transport=tls ") == "anna@example.com"
    assert person_device_identifier("e", "anna@x") == ("cisco_unified_presence", "e_anna@x")
    assert person_unique_id("e", "anna@x", "presence") == "e_anna@x_presence"


def test_the_sensor_of_a_person(hass: HomeAssistant) -> None:
    entities = er.async_get(hass)
    assert async_presence_sensor(hass, "e", "anna@x") is None
    entities.async_get_or_create("sensor", DOMAIN, "e_anna@x_reason")
    made = entities.async_get_or_create("sensor", DOMAIN, "e_anna@x_presence")
    assert async_presence_sensor(hass, "e", "anna@x") == made.entity_id


@pytest.fixture
def device(hass: HomeAssistant) -> dr.DeviceEntry:
    """A device in the kitchen, with the label `device`."""
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    devices = dr.async_get(hass)
    made = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "e_anna@x")}
    )
    changed = devices.async_update_device(made.id, area_id="kitchen", labels={"device"})
    assert changed is not None
    return changed


@pytest.mark.parametrize(("area", "expected"), [("office", "office"), (None, "kitchen")])
def test_where_a_person_belongs(
    hass: HomeAssistant, device: dr.DeviceEntry, area: str | None, expected: str
) -> None:
    entities = er.async_get(hass)
    made = entities.async_get_or_create("sensor", DOMAIN, "e_anna@x_presence")
    sensor = entities.async_update_entity(made.entity_id, area_id=area, labels={"sensor"})
    assert Placement.of(sensor, device) == Placement(
        area_id=expected, labels=frozenset({"sensor", "device"})
    )
    assert Placement.of(sensor, None) == Placement(area_id=area, labels=frozenset({"sensor"}))
    assert Placement.of(None, device) == Placement(area_id="kitchen", labels=frozenset({"device"}))
    assert Placement.of(None, None) == Placement(area_id=None, labels=frozenset())


def test_a_person_whom_several_entries_have_is_told_with_the_entry(hass: HomeAssistant) -> None:
    for entry_id, title in (("a", "Head office"), ("b", "Branch"), ("c", "Branch")):
        MockConfigEntry(domain=DOMAIN, entry_id=entry_id, title=title).add_to_hass(hass)
    anna, ben, clara = named("anna", "ben", "clara")
    people = [("a", anna), ("b", anna), ("b", ben), ("b", clara), ("c", clara)]
    assert answer_keys(hass, people) == {
        ("a", "anna@x"): "anna@x (Head office)",
        ("b", "anna@x"): "anna@x (Branch)",
        ("b", "ben@x"): "ben@x",
        ("b", "clara@x"): "clara@x (b)",
        ("c", "clara@x"): "clara@x (c)",
    }


def test_names_in_a_text() -> None:
    assert names_of(named("Ben", "Anna")) == "Ben, Anna"
    assert listed([]) == ""
    assert listed(NAMES[:20]) == ", ".join(NAMES[:20])
    assert listed(NAMES) == f"{', '.join(NAMES[:20])}, …"


@pytest.mark.parametrize(
    ("names", "title", "data"),
    [
        ({}, "anna", {"told_name": "anna"}),
        ({"told_name": "Anna B."}, "Anna B.", {"told_name": "Anna B."}),
        ({"given_name": "Annie", "told_name": "Anna B."}, "Annie", {}),
        ({"is_from_list": True}, "anna", {"told_name": "anna", "from_contact_list": True}),
    ],
)
def test_a_person_to_add(names: dict[str, Any], title: str, data: dict[str, Any]) -> None:
    added = new_person("anna", "SIP:Anna@x", controlled=True, **names)
    assert added.title == title
    assert added.subentry_type == "person"
    assert added.unique_id == "person_anna@x"
    assert added.data == {"user": "anna", "contact": "SIP:Anna@x", "controlled": True, **data}
