"""An office that can be spoken with: people, a group, a lamp, and a user."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.model import Presence, Status
from tests.common.entry import group, person
from tests.common.server import PASSWORD

from .speaking import rewritten

QUARTER_PAST_ELEVEN = "2026-11-30 10:15:00+00:00"


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test a configuration folder of its own, to which sentences are written."""
    return hass_tmp_config_dir


@pytest.fixture
def cup_configuration() -> Configuration:
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=(
            ConfiguredPerson("anna", "Anna", Status(Presence.BUSY)),
            ConfiguredPerson("ben", "Ben", Status(Presence.AVAILABLE)),
            ConfiguredPerson("kessler", "Anna", Status(Presence.VACATION)),
            ConfiguredPerson("soeren", "Sören", Status(Presence.AVAILABLE)),
            ConfiguredPerson("emile", "Émile", Status(Presence.AWAY)),
            ConfiguredPerson("watcher", "Watcher"),
        ),
    )


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {"voice_sentences": True}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [
        person("anna", controlled=True, name="Anna Lindqvist"),
        person("ben", controlled=True, name="Ben Okafor"),
        person("kessler", name="Anna Kessler"),
        person("soeren", controlled=True, name="Dr. Weiß, Sören (IT)"),
        person("emile", name="Émile d'Arc-Dubois"),
        group("Hotline", "anna", "ben"),
    ]


@pytest.fixture
async def assist(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Set up the conversation, and a lamp to speak about, in Berlin."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(QUARTER_PAST_ELEVEN)
    for each in ("homeassistant", "conversation", "light"):
        assert await async_setup_component(hass, each, {})
    hass.states.async_set("light.lamp", "off", {"friendly_name": "Lamp"})


@pytest.fixture
async def office(
    hass: HomeAssistant, assist: None, loaded: MockConfigEntry, hass_admin_user: MockUser
) -> MockConfigEntry:
    """Set up the entry with a group, an alias, and a user who is Ben."""
    er.async_get(hass).async_update_entity(
        "sensor.ben_okafor_presence", aliases=[er.COMPUTED_NAME, "Benny"]
    )
    hass.states.async_set(
        "person.ben", "home", {"friendly_name": "Ben Okafor", "user_id": hass_admin_user.id}
    )
    await rewritten(hass)
    return loaded
