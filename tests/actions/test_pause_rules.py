"""Who may pause which rules: who controls their switches, or the people."""

from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.rules import written

ANNA = "sensor.anna_presence"
RULES = [written("Desk", id="desk"), written("Lunch", id="lunch")]


@pytest.fixture(autouse=True)
async def _two_rules(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: {"rules": RULES}})
    await hass.async_block_till_done()
    for rule in ("desk", "lunch"):
        assert hass.states.get(f"switch.rule_{rule}")


async def pause(hass: HomeAssistant, controlled: str, **data: Any) -> None:
    """Pause rules as a user who may control this entity and nothing else."""
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": {"entity_ids": {controlled: {POLICY_CONTROL: True}}}})
    context = Context(user_id=user.id)
    await hass.services.async_call(DOMAIN, "pause_rules", data, blocking=True, context=context)


def is_paused(hass: HomeAssistant, rule_id: str) -> bool:
    status = async_rule_engine(hass).status_of(rule_id)
    assert status
    return status.pause is not None


async def test_a_rule_is_paused_by_who_controls_its_switch(hass: HomeAssistant) -> None:
    await pause(hass, "switch.rule_desk", rule="Desk")
    assert is_paused(hass, "desk")
    for data in ({}, {"rule": "Lunch"}, {"rule": ["Desk", "Lunch"]}):
        with pytest.raises(Unauthorized):
            await pause(hass, "switch.rule_desk", **data)
    assert not is_paused(hass, "lunch")


async def test_a_rule_without_a_switch_is_paused_by_administrators(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    """As one that finds no place below Home Assistant's limit of entities."""
    er.async_get(hass).async_remove("switch.rule_lunch")
    with pytest.raises(Unauthorized):
        await pause(hass, "switch.rule_desk", rule="Lunch")
    assert not is_paused(hass, "lunch")
    data, context = {"rule": "Lunch"}, Context(user_id=hass_admin_user.id)
    await hass.services.async_call(DOMAIN, "pause_rules", data, blocking=True, context=context)
    assert is_paused(hass, "lunch")


async def test_rules_are_paused_for_a_person_by_who_controls_the_person(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    await pause(hass, ANNA, entity_id=ANNA)
    pauses = async_rule_engine(hass).pauses
    assert pauses.gate_of((loaded.entry_id, "anna@example.com")).pause is not None
    with pytest.raises(Unauthorized):
        await pause(hass, "switch.rule_desk", entity_id=ANNA)
    with pytest.raises(Unauthorized):
        await pause(hass, ANNA)
