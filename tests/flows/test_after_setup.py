"""What follows when a server was added: its name, adding people, and the way to the board."""

from homeassistant.config_entries import FlowType
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import (
    CONF_BOARD,
    CONF_PRESENCE_DOMAIN,
    CONF_WATCHER,
    DOMAIN,
    SecurityMode,
)
from tests.common.flows import Walk, server_form
from tests.common.server import Cup

WATCHER = {CONF_WATCHER: "watcher", CONF_PRESENCE_DOMAIN: "example.com"}
HTTP = SecurityMode.HTTP


async def test_adding_people_and_the_board_come_next(
    hass: HomeAssistant, web_server: str, cup: Cup
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", **WATCHER)
    kind, flow_id = walk.result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW

    people = Walk.person(hass, await hass.config_entries.subentries.async_configure(flow_id))
    await people.fill_in("user", people="anna\nben", controlled=False)
    assert people.message.startswith("Added 2 people: Anna, Ben.")
    assert "(/config/lovelace/dashboards)" in people.message
    await hass.async_block_till_done()
    [entry] = hass.config_entries.async_entries(DOMAIN)
    assert hass.states.get("sensor.example_com_update_channel")
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("entry_people", [[]])
@pytest.mark.parametrize("entry_options", [{CONF_BOARD: False}])
async def test_without_the_board_nothing_leads_to_it(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    people = await Walk.people(hass, loaded.entry_id)
    await people.fill_in("user", people="anna", controlled=False)
    assert people.message == "Added Anna."
