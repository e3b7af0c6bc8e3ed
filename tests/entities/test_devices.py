"""Devices have the names that the entry, its people, groups and rules have."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.entities import (
    Preparation,
    async_update_group_devices,
    async_update_people_devices,
    async_update_rule_devices,
    async_update_server_device,
    device_identifiers,
    group_device_identifiers,
    rule_device_identifiers,
)
from custom_components.cisco_unified_presence.entities.base import server_device
from custom_components.cisco_unified_presence.entities.person_devices import async_person_devices
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.runtime import CupConfigEntry, Runtime
from tests.common.entry import group, person
from tests.common.rules import subentry
from tests.common.server import Cup
from tests.common.waiting import settled

UPDATES = (
    async_update_group_devices,
    async_update_people_devices,
    async_update_rule_devices,
    async_update_server_device,
)


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person("anna", controlled=True), subentry(), group("Team", "anna")]


def names(hass: HomeAssistant, entry: MockConfigEntry) -> set[str | None]:
    return {
        each.name for each in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    }


async def test_devices_are_renamed(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup) -> None:
    assert names(hass, loaded) == {"CUP", "Anna", "Desk", "Team"}
    hass.config_entries.async_update_entry(loaded, title="Main")
    for each in tuple(loaded.subentries.values()):
        hass.config_entries.async_update_subentry(loaded, each, title=f"Other {each.title}")
    await hass.async_block_till_done()
    await settled(cup)
    assert names(hass, loaded) == {"Main", "Other Anna", "Other Desk", "Other Team"}


async def test_a_device_that_is_gone_is_not_renamed(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    entry, registry = cast("CupConfigEntry", loaded), dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, loaded.entry_id):
        registry.async_update_device(device.id, name="Earlier")
    for update in UPDATES:
        update(hass, entry)
    assert names(hass, loaded) == {"CUP", "Anna", "Desk", "Team"}
    for device in dr.async_entries_for_config_entry(registry, loaded.entry_id):
        registry.async_remove_device(device.id)
    for update in UPDATES:
        update(hass, entry)
    assert names(hass, loaded) == set()


async def test_devices_with_the_right_names_are_left_alone(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking Home Assistant to rename thousands would block its loop."""
    renamed: list[str] = []
    monkeypatch.setattr(
        dr.async_get(hass), "async_update_device", lambda _, *, name: renamed.append(name)
    )
    for update in UPDATES:
        update(hass, cast("CupConfigEntry", loaded))
    assert renamed == []


async def test_each_device_belongs_to_its_subentry(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), loaded.entry_id)
    (server,) = (each.id for each in devices if each.name == "CUP")
    titles = {each.subentry_id: each.title for each in loaded.subentries.values()}
    assert {each.name: titles.get(each.config_subentry_id or "") for each in devices} == {
        "CUP": None,
        "Anna": "Anna",
        "Desk": "Desk",
        "Team": "Team",
    }
    assert {each.via_device_id for each in devices if each.id != server} == {server}


async def test_devices_of_people_are_prepared_while_the_server_is_waited_for(
    hass: HomeAssistant,
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, title="CUP", subentries_data=[person("anna"), person("ben")]
    )
    entry.add_to_hass(hass)
    anna, ben = people_of(entry).values()
    gone = replace(ben, subentry_id="gone", contact="gone@example.com")
    coordinator = SimpleNamespace(people={each.key: each for each in (anna, ben, gone)})
    runtime = cast("Runtime", SimpleNamespace(coordinator=coordinator))
    await Preparation(hass, cast("CupConfigEntry", entry), runtime).async_end()
    assert names(hass, entry) == set()

    preparation = Preparation(hass, cast("CupConfigEntry", entry), runtime)
    preparation.async_begin()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert names(hass, entry) == {"CUP", "Anna", "Ben"}
    await preparation.async_end()


async def test_a_preparation_can_be_broken_off(hass: HomeAssistant) -> None:
    users = [f"user{number}" for number in range(60)]
    entry = MockConfigEntry(domain=DOMAIN, title="CUP", subentries_data=map(person, users))
    entry.add_to_hass(hass)
    coordinator = SimpleNamespace(people=people_of(entry))
    runtime = cast("Runtime", SimpleNamespace(coordinator=coordinator))
    preparation = Preparation(hass, cast("CupConfigEntry", entry), runtime)
    preparation.async_begin()
    await asyncio.sleep(0)
    name = f"{DOMAIN} prepare devices"
    assert name in {each.get_name() for each in asyncio.all_tasks()}
    await preparation.async_end()
    assert name not in {each.get_name() for each in asyncio.all_tasks()}
    prepared = len(names(hass, entry))
    assert prepared < len(users)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(names(hass, entry)) == prepared


async def test_a_device_is_made_or_updated_once(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title="CUP", subentries_data=[person("anna")])
    entry.add_to_hass(hass)
    registry = dr.async_get(hass)
    known = cast("CupConfigEntry", entry)
    registry.async_get_or_create(config_entry_id=entry.entry_id, **server_device(known))
    (anna,) = people_of(entry).values()
    devices = async_person_devices(hass, known)
    assert async_person_devices(hass, known) is devices
    made = devices.async_device_of(anna)
    assert made.config_subentry_id == anna.subentry_id
    registry.async_update_device(made.id, name="Renamed")
    assert devices.async_device_of(anna).name == "Renamed"
    registry.async_remove_device(made.id)
    assert devices.async_device_of(anna).name == "Anna"
    # What was made is forgotten as the entry is unloaded.
    await entry._async_process_on_unload(hass)
    assert async_person_devices(hass, known) is not devices


async def test_others_get_a_turn_while_devices_are_made(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = [f"user{number}" for number in range(5 * 25)]
    entry = MockConfigEntry(domain=DOMAIN, title="CUP", subentries_data=map(person, users))
    entry.add_to_hass(hass)
    registry = dr.async_get(hass)
    known = cast("CupConfigEntry", entry)
    registry.async_get_or_create(config_entry_id=entry.entry_id, **server_device(known))
    pauses: list[tuple[float, int]] = []

    async def sleep(seconds: float) -> None:
        pauses.append((seconds, len(names(hass, entry))))

    devices = async_person_devices(hass, known)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await devices.async_prepare(people_of(entry).values())
    assert pauses == [(0.001, 26), (0, 51), (0, 76), (0, 101), (0.001, 126)]


async def test_what_identifies_devices(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    entry = cast("CupConfigEntry", loaded)
    rule, team = (
        next(each.subentry_id for each in loaded.subentries.values() if each.title == title)
        for title in ("Desk", "Team")
    )
    assert device_identifiers(entry) == {
        (DOMAIN, loaded.entry_id),
        (DOMAIN, f"{loaded.entry_id}_anna@example.com"),
    }
    assert rule_device_identifiers(entry) == {(DOMAIN, f"rule_{rule}")}
    assert group_device_identifiers(entry) == {(DOMAIN, f"group_{team}")}
    assert server_device(entry) == {
        "identifiers": {(DOMAIN, loaded.entry_id)},
        "entry_type": DeviceEntryType.SERVICE,
        "manufacturer": "Cisco",
        "model": "Unified Presence",
        "name": "CUP",
    }
