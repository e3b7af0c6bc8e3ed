"""Requests that are cancelled in the middle, as those of a browser that is closed are."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.cancelling import cancel_at
from tests.common.server import Cup
from tests.common.server_state import NOTHING, left_at, set_busy
from tests.common.waiting import settled, until


async def test_a_reload_that_is_cancelled_comes_about(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    number = 0
    while await cancel_at(number, hass.config_entries.async_reload(loaded.entry_id)):
        await until(lambda: loaded.state is ConfigEntryState.LOADED)
        number += 1
    assert number


async def test_a_first_start_that_is_cancelled_comes_about(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    number, goes_on = 0, True
    while goes_on:
        assert await hass.config_entries.async_unload(loaded.entry_id)
        goes_on = await cancel_at(number, hass.config_entries.async_setup(loaded.entry_id))
        assert loaded.state is ConfigEntryState.LOADED
        number += 1


async def test_an_entry_whose_removal_is_cancelled_goes(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    number, goes_on = 0, True
    while goes_on:
        await set_busy(hass)
        goes_on = await cancel_at(number, hass.config_entries.async_remove(loaded.entry_id))
        assert loaded.entry_id not in hass.config_entries.async_entry_ids()
        assert not [key for key in hass_storage if key.startswith(DOMAIN)]
        assert await left_at(cup) == NOTHING
        number += 1
        await hass.config_entries.async_add(loaded)
