"""Devices and entities of people who are gone while Home Assistant still has them registered."""

from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common.server import Cup

CLEAR = "async_clear_config_subentry"


def registered(hass: HomeAssistant, entry: MockConfigEntry) -> set[str | None]:
    """Return the subentries of all devices and entities."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {each.config_subentry_id for each in devices} | {
        each.config_subentry_id for each in entities
    }


async def test_who_was_removed_just_before_a_kill_leaves_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    """The entry was saved by then, and the registries were not."""
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    before = registered(hass, loaded)
    assert ben.subentry_id in before
    assert await hass.config_entries.async_unload(loaded.entry_id)
    with patch.object(er.EntityRegistry, CLEAR), patch.object(dr.DeviceRegistry, CLEAR):
        hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    assert registered(hass, loaded) == before

    await cup.inject("refuse_connections")
    assert not await hass.config_entries.async_setup(loaded.entry_id)

    assert registered(hass, loaded) == before - {ben.subentry_id}
    assert hass.states.get("sensor.ben_presence") is None
    assert hass.states.get("sensor.anna_presence")
