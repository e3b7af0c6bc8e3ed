"""The entities of rules: a switch and sensors each, of a rule in an entry or in YAML."""

import asyncio
from datetime import UTC, datetime, timedelta
import gc
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import Rule, async_rule_engine
from tests.common.cancelling import cancel_at
from tests.common.rules import DESK, add_rule, rule, written
from tests.common.states import shown

SWITCH = "switch.desk_enabled"
HOLDS = "binary_sensor.desk_active"
YAML_SWITCH = "switch.rule_desk"
YAML_HOLDS = "binary_sensor.rule_desk_active"
SENSORS = {"sensor.desk_status", "sensor.desk_wins", "sensor.desk_time_won"}
YAML_SENSORS = {
    "sensor.rule_desk_status",
    "sensor.rule_desk_wins",
    "sensor.rule_desk_time_won",
}
YAML_ENTITIES = {YAML_SWITCH, YAML_HOLDS} | YAML_SENSORS
ANNA = "anna@example.com"


def attributes(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    state = hass.states.get(entity_id)
    assert state is not None
    return dict(state.attributes)


async def switch(hass: HomeAssistant, entity_id: str, action: str) -> None:
    await hass.services.async_call("switch", action, {"entity_id": entity_id}, blocking=True)
    await hass.async_block_till_done()


async def desk(hass: HomeAssistant, state: str) -> None:
    hass.states.async_set(DESK, state)
    await hass.async_block_till_done()


# Rules of an entry


async def test_a_rule_of_an_entry_has_a_device_with_a_switch_and_a_sensor(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    added = add_rule(hass, loaded, people=["anna"])
    await hass.async_block_till_done()
    entities = er.async_get(hass)
    found = er.async_entries_for_config_entry(entities, loaded.entry_id)
    own = {each.entity_id: each for each in found if each.config_subentry_id == added.subentry_id}
    assert own.keys() == {SWITCH, HOLDS} | SENSORS
    assert {each.unique_id for each in own.values()} == {
        f"rule_{added.subentry_id}{suffix}" for suffix in ("", "_status", "_wins", "_time_won")
    }
    assert own[SWITCH].entity_category is EntityCategory.CONFIG
    assert own[HOLDS].entity_category is None
    (device_id,) = {each.device_id for each in own.values()}
    assert device_id is not None
    device = dr.async_get(hass).async_get(device_id)
    assert isinstance(device, dr.DeviceEntry)
    assert (device.name, device.entry_type) == ("Desk", dr.DeviceEntryType.SERVICE)
    assert device.config_subentry_id == added.subentry_id
    assert attributes(hass, SWITCH)["friendly_name"] == "Desk Enabled"


async def test_rule_may_be_removed_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    for turns in range(12):
        added = add_rule(hass, loaded, people=["anna"])
        for _ in range(turns):
            await asyncio.sleep(0)
        hass.config_entries.async_remove_subentry(loaded, added.subentry_id)
        await hass.async_block_till_done()
    gc.collect()

    assert "unknown subentry" not in caplog.text
    assert hass.states.get(SWITCH) is None


async def test_the_sensor_shows_whether_the_rule_holds_and_for_whom_it_wins(
    hass: HomeAssistant, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    added = add_rule(hass, loaded, people=["anna"], at_most={"hours": 1})
    await desk(hass, "off")
    assert shown(hass, HOLDS) == STATE_OFF
    off = {"presence": "busy", "people": ["Anna"], "wins_for": [], "since": None, "until": None}
    assert off.items() <= attributes(hass, HOLDS).items()

    now = datetime(2126, 1, 1, 12, tzinfo=UTC)
    freezer.move_to(now)
    await desk(hass, "on")
    async_rule_engine(hass).async_set_winner(loaded.entry_id, ANNA, added.subentry_id)
    await hass.async_block_till_done()
    assert shown(hass, HOLDS) == STATE_ON
    on = {"wins_for": ["Anna"], "since": now, "until": now + timedelta(hours=1)}
    assert on.items() <= attributes(hass, HOLDS).items()


async def test_the_switch_switches_the_rule(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    add_rule(hass, loaded, people=["anna"])
    await desk(hass, "on")
    assert (shown(hass, SWITCH), shown(hass, HOLDS)) == (STATE_ON, STATE_ON)
    await switch(hass, SWITCH, "turn_off")
    assert (shown(hass, SWITCH), shown(hass, HOLDS)) == (STATE_OFF, STATE_OFF)
    assert async_rule_engine(hass).requests_for(loaded.entry_id, ANNA) == ()
    await switch(hass, SWITCH, "turn_on")
    assert (shown(hass, SWITCH), shown(hass, HOLDS)) == (STATE_ON, STATE_ON)


async def test_rules_come_change_and_go_without_a_reload(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    runtime = loaded.runtime_data
    first = add_rule(hass, loaded, "First", people=["anna"])
    add_rule(hass, loaded, people=["anna"])
    await desk(hass, "on")
    hass.config_entries.async_update_subentry(
        loaded, first, title="Renamed", data={**first.data, "priority": 9}
    )
    await hass.async_block_till_done()
    requests = async_rule_engine(hass).requests_for(loaded.entry_id, ANNA)
    assert [(each.name, each.priority) for each in requests] == [("Renamed", 9), ("Desk", 0)]
    assert attributes(hass, "binary_sensor.first_active")["friendly_name"] == "Renamed Active"

    hass.config_entries.async_remove_subentry(loaded, first.subentry_id)
    await hass.async_block_till_done()
    assert hass.states.get("binary_sensor.first_active") is None
    assert er.async_get(hass).async_get("switch.first_enabled") is None
    assert shown(hass, HOLDS) == STATE_ON
    assert loaded.state is ConfigEntryState.LOADED
    assert loaded.runtime_data is runtime


async def test_an_entry_that_is_reloaded_has_its_rules_again(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    add_rule(hass, loaded, people=["anna"])
    await desk(hass, "on")
    await switch(hass, SWITCH, "turn_off")
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert (shown(hass, SWITCH), shown(hass, HOLDS)) == (STATE_OFF, STATE_OFF)
    await hass.config_entries.async_remove(loaded.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(SWITCH) is None


async def test_a_switch_whose_request_is_cancelled_is_switched(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """As by a script that is restarted."""
    add_rule(hass, loaded, people=["anna"])
    await desk(hass, "on")
    entity: Any = hass.data[DATA_INSTANCES]["switch"].get_entity(SWITCH)
    number, goes_on = 0, True
    while goes_on:
        await switch(hass, SWITCH, "turn_off")
        goes_on = await cancel_at(number, entity.async_turn_on())
        await hass.async_block_till_done()
        assert (shown(hass, SWITCH), shown(hass, HOLDS)) == (STATE_ON, STATE_ON)
        number += 1


# Rules in YAML


@pytest.fixture
def storage(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Let nothing reach the disk."""
    return hass_storage


async def set_up(hass: HomeAssistant, *rules: dict[str, Any]) -> None:
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: {"rules": list(rules)}})
    await hass.async_block_till_done()


async def take(hass: HomeAssistant, *rules: Rule) -> None:
    await async_rule_engine(hass).async_set_yaml_rules(rules)
    await hass.async_block_till_done()
    await hass.async_block_till_done()


def own_entities(hass: HomeAssistant) -> set[str]:
    registered = er.async_get(hass).entities.values()
    found = {each.entity_id for each in registered if each.platform == DOMAIN}
    assert found == set(hass.states.async_entity_ids(("switch", "binary_sensor", "sensor"))) - {
        DESK
    }
    return found


async def test_a_rule_in_yaml_has_entities_with_its_name(
    hass: HomeAssistant, storage: dict[str, Any]
) -> None:
    await desk(hass, "on")
    await set_up(hass, written(id="own_id"))
    assert own_entities(hass) == YAML_ENTITIES
    entity = er.async_get(hass).async_get(YAML_SWITCH)
    assert entity is not None
    assert (entity.unique_id, entity.device_id) == ("rule_own_id", None)
    assert attributes(hass, YAML_SWITCH)["friendly_name"] == "Rule Desk"
    assert attributes(hass, YAML_HOLDS)["friendly_name"] == "Rule Desk active"
    assert shown(hass, YAML_HOLDS) == STATE_ON
    await switch(hass, YAML_SWITCH, "turn_off")
    assert shown(hass, YAML_HOLDS) == STATE_OFF


async def test_nothing_is_loaded_before_there_is_a_rule(
    hass: HomeAssistant, storage: dict[str, Any]
) -> None:
    platforms = {"binary_sensor", "sensor", "switch"}
    await set_up(hass)
    assert platforms.isdisjoint(hass.config.components)
    await take(hass, rule())
    assert platforms <= hass.config.components


async def test_entities_appear_and_disappear_with_a_reload(
    hass: HomeAssistant, storage: dict[str, Any]
) -> None:
    await set_up(hass)
    assert own_entities(hass) == set()
    await take(hass, rule(), rule("Lunch"))
    lunch = {"switch.rule_lunch", "binary_sensor.rule_lunch_active"}
    lunch |= {
        "sensor.rule_lunch_status",
        "sensor.rule_lunch_wins",
        "sensor.rule_lunch_time_won",
    }
    assert own_entities(hass) == YAML_ENTITIES | lunch
    await take(hass, rule("Lunch"))
    assert own_entities(hass) == lunch
    await take(hass)
    assert own_entities(hass) == set()
    await take(hass, rule())
    assert own_entities(hass) == YAML_ENTITIES


async def test_a_renamed_rule_with_the_same_id_has_the_same_entities(
    hass: HomeAssistant, storage: dict[str, Any]
) -> None:
    await set_up(hass, written(id="own_id"))
    await switch(hass, YAML_SWITCH, "turn_off")
    await take(hass, rule("At work", id="own_id"))
    assert own_entities(hass) == YAML_ENTITIES
    assert attributes(hass, YAML_SWITCH)["friendly_name"] == "Rule At work"
    assert shown(hass, YAML_SWITCH) == STATE_OFF


async def test_entities_of_removed_rules_are_removed_at_start(
    hass: HomeAssistant, storage: dict[str, Any]
) -> None:
    entities = er.async_get(hass)
    entities.async_get_or_create("switch", DOMAIN, "rule_old", suggested_object_id="old")
    entities.async_get_or_create("switch", "other", "rule_old", suggested_object_id="other")
    await set_up(hass, written())
    assert entities.async_get("switch.old") is None
    assert entities.async_get("switch.other")


async def test_entities_of_an_invalid_rule_stay(
    hass: HomeAssistant, storage: dict[str, Any]
) -> None:
    entities = er.async_get(hass)
    entities.async_get_or_create("switch", DOMAIN, "rule_lunch", suggested_object_id="lunch")
    await set_up(hass, written(), written("Lunch", presence="gone"))
    assert entities.async_get("switch.lunch")
    assert shown(hass, YAML_SWITCH) == STATE_ON


async def test_entities_of_a_rule_that_is_not_read_any_more_are_not_shown(
    hass: HomeAssistant, storage: dict[str, Any]
) -> None:
    await set_up(hass, written())
    assert shown(hass, YAML_SWITCH) == STATE_ON
    await async_rule_engine(hass).async_set_yaml_rules([], complete=False)
    await hass.async_block_till_done()
    await hass.async_block_till_done()
    assert hass.states.get(YAML_SWITCH) is None
    assert er.async_get(hass).async_get(YAML_SWITCH)


async def test_a_platform_in_yaml_is_not_ours(hass: HomeAssistant, storage: dict[str, Any]) -> None:
    await set_up(hass)
    for domain in ("switch", "binary_sensor"):
        assert await async_setup_component(hass, domain, {domain: {"platform": DOMAIN}})
    await take(hass, rule())
    assert own_entities(hass) == YAML_ENTITIES
