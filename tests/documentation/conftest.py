"""The Home Assistant of the examples, with people in areas, connected to their server."""

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
from tests.common.entry import group, person
from tests.common.server import PASSWORD, Cup
from tests.common.waiting import settled

from .environment import reload_rules, set_up_environment

MEETING_ROOM = {
    "name": "Meeting room",
    "people": ["anna", "ben"],
    "when": [{"condition": "state", "entity_id": "binary_sensor.meeting_room", "state": "on"}],
    "presence": "busy",
}


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Give Home Assistant a configuration folder that tests may write to."""
    return str(tmp_path)


@pytest.fixture
def cup_configuration() -> Configuration:
    """The people of the examples. Emma is not configured in Home Assistant."""
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
    """Turn rich presence on, which some examples need."""
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Anna, Ben and Clara are controlled; David is only watched; Anna and Ben are the hotline."""
    anna, ben, clara = (person(user, controlled=True) for user in ("anna", "ben", "clara"))
    anna["data"] |= {"link_calendar": "calendar.anna_focus", "link_person": "person.anna"}
    clara["data"] |= {"link_desk": "binary_sensor.clara_desk"}
    return [
        anna,
        ben,
        clara,
        person("david"),
        group("Hotline", "anna", "ben"),
    ]


@pytest.fixture
async def prepared_hass(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> AsyncGenerator[HomeAssistant]:
    """Home Assistant with the environment of the examples and one rule."""
    await set_up_environment(hass)
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
    lr.async_get(hass).async_create("wardens")
    places = {
        "Anna": (office, {team}),
        "Ben": (office, {team}),
        "Clara": (studio, set[str]()),
    }
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        if device.name in places:
            area, labels = places[device.name]
            devices.async_update_device(device.id, area_id=area, labels=labels)
