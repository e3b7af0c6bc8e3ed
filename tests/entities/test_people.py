"""Entities of people who are added, removed, moved to another subentry, or changed."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence import async_remove_config_entry_device
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from custom_components.cisco_unified_presence.issues import (
    PersonIssue,
    async_raise_issue_of_person,
)
from custom_components.cisco_unified_presence.people import Person
from tests.common.entry import person
from tests.common.recorder import recorded
from tests.common.rules import add_rule
from tests.common.server import Cup
from tests.common.setting_presence import ANNA, anna_of, logged_in, set_presence, stored_records
from tests.common.states import shown
from tests.common.waiting import settled, until

pytestmark = pytest.mark.usefixtures("all_rich_entities")

KEY = "anna@example.com"
CONTROLS = {
    ("select", "select.anna_set_presence", "presence"),
    ("select", "select.anna_presence_duration", "presence_duration"),
    ("sensor", "sensor.anna_presence_source", "presence_source"),
    ("sensor", "sensor.anna_reason", "reason"),
    ("switch", "switch.anna_do_not_disturb", "do_not_disturb"),
    ("switch", "switch.anna_follow_rules", "follow_rules"),
    ("text", "text.anna_status_message", "status_message"),
}
WATCHED = {("sensor", ANNA, "presence")}
RICH = {
    ("binary_sensor", "binary_sensor.anna_in_a_meeting", "in_a_meeting"),
    ("binary_sensor", "binary_sensor.anna_on_the_phone", "on_the_phone"),
    ("sensor", "sensor.anna_status_message", "status_message"),
}


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Any, enable_custom_integrations: None) -> None:
    """Set the recorder up before Home Assistant."""


def of_anna(hass: HomeAssistant, entry: MockConfigEntry) -> set[tuple[str, str, str]]:
    """Return platform, entity id and key of Anna's entities in the registry."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    start = f"{entry.entry_id}_{KEY}_"
    return {
        (each.domain, each.entity_id, each.unique_id.removeprefix(start))
        for each in entities
        if each.unique_id.startswith(start)
    }


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> dr.DeviceEntry | None:
    identifier = (DOMAIN, f"{entry.entry_id}_{KEY}")
    return dr.async_get(hass).async_get_device_by_identifier(identifier, entry.entry_id)


def issues_of(hass: HomeAssistant, entry: MockConfigEntry) -> list[str]:
    return [issue for _, issue in ir.async_get(hass).issues if issue.endswith(f"_{KEY}")]


def raise_issue(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    anna = Person.from_subentry(anna_of(entry))
    async_raise_issue_of_person(hass, entry, anna, PersonIssue.PRESENCE_NOT_SET, reason="No.")
    assert issues_of(hass, entry)


def add_anna(hass: HomeAssistant, entry: MockConfigEntry, *, controlled: bool = True) -> None:
    added = person("anna", controlled=controlled)
    hass.config_entries.async_add_subentry(
        entry, ConfigSubentry(**{**added, "data": MappingProxyType(added["data"])})
    )


def remove_anna(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_remove_subentry(entry, anna_of(entry).subentry_id)


async def taken_up(hass: HomeAssistant, cup: Cup) -> None:
    """Wait until a change of the entry has been applied."""
    await hass.async_block_till_done()
    await settled(cup)
    await hass.async_block_till_done()


async def history(hass: HomeAssistant, entity_id: str, since: datetime) -> list[str]:
    return [state.state for state in await recorded(hass, entity_id, since)]


async def test_renamed_person_keeps_entities_and_history(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    since = dt_util.utcnow()
    await set_presence(hass, "busy")
    await taken_up(hass, cup)
    before = of_anna(hass, loaded)
    assert before == WATCHED | CONTROLS

    hass.config_entries.async_update_subentry(loaded, anna_of(loaded), title="Anna Example")
    await taken_up(hass, cup)
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")

    device = device_of(hass, loaded)
    assert device is not None
    assert device.name == "Anna Example"
    assert of_anna(hass, loaded) == before
    assert await history(hass, ANNA, since) == ["busy", "do_not_disturb"]


async def test_removed_person_leaves_nothing_behind(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    raise_issue(hass, loaded)
    assert stored_records(hass_storage, loaded).keys() == {KEY}

    remove_anna(hass, loaded)
    await taken_up(hass, cup)

    assert of_anna(hass, loaded) == set()
    assert device_of(hass, loaded) is None
    assert issues_of(hass, loaded) == []
    assert stored_records(hass_storage, loaded) == {}
    assert [each for each in hass.states.async_entity_ids() if "anna" in each] == []
    assert "anna" not in await logged_in(cup)
    assert shown(hass, "sensor.ben_presence") == "busy"


async def test_person_removed_while_unloaded_leaves_nothing_behind(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    raise_issue(hass, loaded)

    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert issues_of(hass, loaded) == []
    assert stored_records(hass_storage, loaded).keys() == {KEY}
    remove_anna(hass, loaded)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await taken_up(hass, cup)

    assert of_anna(hass, loaded) == set()
    assert device_of(hass, loaded) is None
    assert stored_records(hass_storage, loaded) == {}


async def test_person_who_comes_back_has_the_same_entities_and_history(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    since = dt_util.utcnow()
    before = of_anna(hass, loaded)
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    remove_anna(hass, loaded)
    await taken_up(hass, cup)
    await cup.choose("anna", "AWAY")

    add_anna(hass, loaded)
    await taken_up(hass, cup)
    await until(lambda: shown(hass, ANNA) == "away")

    assert of_anna(hass, loaded) == before
    states = await history(hass, ANNA, since)
    assert (states[0], states[-1]) == ("do_not_disturb", "away")


async def test_person_who_comes_back_in_the_same_subentry_is_shown(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    before, anna = of_anna(hass, loaded), anna_of(loaded)
    remove_anna(hass, loaded)
    await taken_up(hass, cup)
    hass.config_entries.async_add_subentry(loaded, anna)
    await taken_up(hass, cup)
    assert of_anna(hass, loaded) == before
    assert shown(hass, ANNA) == "available"


async def test_person_who_moves_to_another_subentry_keeps_everything(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    since = dt_util.utcnow()
    device = device_of(hass, loaded)
    assert device is not None
    device_registry.async_update_device(device.id, name_by_user="The boss")
    entity_registry.async_update_entity(ANNA, new_entity_id="sensor.boss")
    await hass.async_block_till_done()
    await hass.services.async_call(
        DOMAIN, "set_presence", {"entity_id": "sensor.boss", "presence": "busy"}, blocking=True
    )
    await taken_up(hass, cup)
    before = of_anna(hass, loaded)
    gone = anna_of(loaded).subentry_id

    remove_anna(hass, loaded)
    add_anna(hass, loaded)
    await taken_up(hass, cup)

    assert anna_of(loaded).subentry_id != gone
    assert of_anna(hass, loaded) == before
    assert shown(hass, "sensor.boss") == "busy"
    assert shown(hass, "select.anna_set_presence") == "busy"
    assert await cup.presence_of("anna") == "BUSY"
    states = await history(hass, "sensor.boss", since)
    assert states[-1] == "busy"
    assert "busy" in states[:-1], "The history from before is gone."
    entities = er.async_entries_for_config_entry(entity_registry, loaded.entry_id)
    devices = dr.async_entries_for_config_entry(device_registry, loaded.entry_id)
    places = {each.config_subentry_id for each in entities}
    assert places | {each.config_subentry_id for each in devices} == {None, *loaded.subentries}
    device = device_of(hass, loaded)
    assert device is not None
    assert device.name_by_user == "The boss"

    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, "sensor.boss") == "do_not_disturb")


async def test_person_who_moves_and_is_no_longer_controlled_loses_the_controls(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    raise_issue(hass, loaded)

    remove_anna(hass, loaded)
    add_anna(hass, loaded, controlled=False)
    await taken_up(hass, cup)

    assert of_anna(hass, loaded) == WATCHED
    assert issues_of(hass, loaded) == []
    assert stored_records(hass_storage, loaded) == {}
    assert await cup.presence_of("anna") == "AVAILABLE"


def control(hass: HomeAssistant, entry: MockConfigEntry, *, on: bool) -> None:
    anna = anna_of(entry)
    hass.config_entries.async_update_subentry(entry, anna, data={**anna.data, "controlled": on})


async def test_controls_go_and_come_with_the_setting(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    for on, there in ((False, WATCHED), (True, WATCHED | CONTROLS)):
        control(hass, loaded, on=on)
        await taken_up(hass, cup)
        assert of_anna(hass, loaded) == there


async def test_controls_go_and_come_while_unloaded(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    for on, there in ((False, WATCHED), (True, WATCHED | CONTROLS)):
        assert await hass.config_entries.async_unload(loaded.entry_id)
        control(hass, loaded, on=on)
        assert await hass.config_entries.async_setup(loaded.entry_id)
        await taken_up(hass, cup)
        assert of_anna(hass, loaded) == there


async def test_what_needs_rich_presence_goes_and_comes_with_the_option(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    for rich, there in ((True, WATCHED | CONTROLS | RICH), (False, WATCHED | CONTROLS)):
        assert await hass.config_entries.async_unload(loaded.entry_id)
        hass.config_entries.async_update_entry(loaded, options={CONF_RICH_PRESENCE: rich})
        assert await hass.config_entries.async_setup(loaded.entry_id)
        await taken_up(hass, cup)
        assert of_anna(hass, loaded) == there


async def test_only_devices_without_a_person_or_rule_can_be_deleted(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry, loaded: MockConfigEntry
) -> None:
    add_rule(hass, loaded, people=["anna"])
    await hass.async_block_till_done()
    devices = dr.async_entries_for_config_entry(device_registry, loaded.entry_id)
    assert {device.name for device in devices} == {"CUP", "Anna", "Ben", "Clara", "Desk"}
    for device in devices:
        assert not await async_remove_config_entry_device(hass, loaded, device)

    for gone in (f"{loaded.entry_id}_dora@example.com", "rule_gone"):
        device = device_registry.async_get_or_create(
            config_entry_id=loaded.entry_id, identifiers={(DOMAIN, gone)}
        )
        assert await async_remove_config_entry_device(hass, loaded, device)
