"""Rules from the condition to the server and back to their own entities."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.rules import DESK, add_rule, rule
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled


async def test_a_rule_of_the_interface_reaches_the_server_and_lets_go(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    add_rule(hass, loaded, people=["anna"])
    hass.states.async_set(DESK, "on")
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"
    state = hass.states.get("binary_sensor.desk_active")
    assert state is not None
    assert (state.state, state.attributes["wins_for"]) == ("on", ["Anna"])
    assert shown(hass, "sensor.anna_presence_source") == "rule"

    hass.states.async_set(DESK, "off")
    await settled(cup)
    assert await cup.presence_of("anna") == "AVAILABLE"
    state = hass.states.get("binary_sensor.desk_active")
    assert state is not None
    assert (state.state, state.attributes["wins_for"]) == ("off", [])


async def test_rules_in_yaml_reach_the_server(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    hass.states.async_set(DESK, "on")
    await async_rule_engine(hass).async_set_yaml_rules([rule(presence="away")])
    await settled(cup)
    assert await cup.presence_of("anna") == "AWAY"
    await async_rule_engine(hass).async_set_yaml_rules([])
    await settled(cup)
    assert await cup.presence_of("anna") == "AVAILABLE"
