"""Setting an entry up, unloading, reloading and removing it, and what stays on the server."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Cup


async def test_everybody_is_shown_after_setup(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert loaded.state is ConfigEntryState.LOADED
    assert hass.states.get("sensor.anna_presence").state == "available"
    assert hass.states.get("sensor.ben_presence").state == "busy"
    assert hass.states.get("sensor.clara_presence").state == "offline"
    assert hass.states.get("sensor.cup_update_channel").state == "eventing"


async def test_unloading_leaves_nothing_on_the_server(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)
    state = await cup.state()
    assert (state["sessions"], state["endpoints"], state["subscriptions"]) == ([], [], [])
