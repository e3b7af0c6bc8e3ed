"""What entities have subscribed to ends with them."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.rules import add_rule
from tests.common.server import Cup
from tests.common.waiting import settled


def listeners(hass: HomeAssistant) -> int:
    """Return how many listen to the rule engine."""
    held = async_rule_engine(hass)._listeners
    by_key = (held._requests_listeners, held._explanation_listeners, held._rule_listeners)
    return len(held._rules_listeners) + sum(
        len(each) for listening in by_key for each in listening.values()
    )


async def test_an_entry_that_is_unloaded_leaves_no_listener(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    add_rule(hass, loaded, people=["anna"])
    await hass.async_block_till_done()
    await settled(cup)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    left = listeners(hass)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    await settled(cup)
    assert listeners(hass) > left
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert listeners(hass) == left
