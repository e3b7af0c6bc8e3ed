"""The office of the examples: people in places, and Home Assistant connected to their server."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.model import Presence, Status
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from tests.common.entry import person
from tests.common.server import PASSWORD, Cup
from tests.common.waiting import settled

from .house import furnish, reload_rules

MEETING_ROOM = {
    "name": "Meeting room",
    "people": ["anna", "ben"],
    "when": [{"condition": "state", "entity_id": "binary_sensor.meeting_room", "state": "on"}],
    "presence": "busy",
}


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Give Home Assistant a folder for its configuration that may be written to."""
    return str(tmp_path)


@pytest.fixture
def cup_configuration() -> Configuration:
    """Have the people of the examples at the server; Emma was not added to Home Assistant."""
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=(
            ConfiguredPerson("anna", "Anna", Status(Presence.AVAILABLE)),
            ConfiguredPerson("ben", "Ben", Status(Presence.BUSY)),
            ConfiguredPerson("clara", "Clara", Status(Presence.AWAY)),
            ConfiguredPerson("david", "David"),
            ConfiguredPerson("emma", "Emma", Status(Presence.VACATION)),
            ConfiguredPerson("watcher", "Watcher"),
        ),
    )


@pytest.fixture
def entry_options() -> dict[str, Any]:
    """Show more than the word, as some examples need it."""
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Let Anna, Ben and Clara be controlled, and David only watched."""
    return [
        *(person(user, controlled=True) for user in ("anna", "ben", "clara")),
        person("david"),
    ]


@pytest.fixture
async def office(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> AsyncGenerator[HomeAssistant]:
    """Run the office: people in areas and with labels, what else is in a house, and one rule."""
    await furnish(hass)
    _place_people(hass, loaded)
    await reload_rules(hass, [MEETING_ROOM])
    await settled(cup)
    yield hass
    if hass.services.has_service("automation", "turn_off"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": "all"}, blocking=True
        )


def _place_people(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    areas, devices = ar.async_get(hass), dr.async_get(hass)
    office, studio = areas.async_create("office").id, areas.async_create("studio").id
    team = lr.async_get(hass).async_create("team").label_id
    places = {"Anna": (office, {team}), "Ben": (office, {team}), "Clara": (studio, set[str]())}
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        if device.name in places:
            area, labels = places[device.name]
            devices.async_update_device(device.id, area_id=area, labels=labels)
