"""Entity ids, changes of presence and real automations for tests of triggers and conditions."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.cisco_unified_presence.pws import ContactPresence, Presence

from .server import Cup
from .states import shown
from .waiting import settled

ANNA = "sensor.anna_presence"
BEN = "sensor.ben_presence"
CLARA = "sensor.clara_presence"
PHONES = ["binary_sensor.anna_on_the_phone", "binary_sensor.ben_on_the_phone"]
MEETING = "binary_sensor.anna_in_a_meeting"


async def choose(cup: Cup, user: str, presence: str, **details: Any) -> None:
    """Let a person choose a presence, and wait until no more requests follow.

    An automation may then be waiting for more; hass.async_block_till_done would wait with it.
    """
    await cup.choose(user, presence, **details)
    await settled(cup)


def show(entry: ConfigEntry, user: str, presence: Presence) -> None:
    """Merge a presence that people cannot choose, as a fetch does."""
    news = [ContactPresence(f"{user}@example.com", presence)]
    entry.runtime_data.coordinator.async_merge_fetch(news)


async def automate(hass: HomeAssistant, **automation: Any) -> list[ServiceCall]:
    """Run an automation; return what it does from now on, if it has no actions of its own.

    The calls tell in `entity_id` which entity triggered.
    """
    calls: list[ServiceCall] = async_mock_service(hass, "test", "fired")
    data = {"entity_id": "{{ trigger.entity_id | default }}"}
    await set_up(
        hass, {"actions": [{"action": "test.fired", "data": data}], "alias": "Test", **automation}
    )
    return calls


async def set_up(hass: HomeAssistant, automation: dict[str, Any]) -> None:
    """Run an automation that must be valid."""
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    (entity_id,) = hass.states.async_entity_ids("automation")
    assert shown(hass, entity_id) == STATE_ON


def who(calls: list[ServiceCall]) -> list[str]:
    """Return the ids of the entities that triggered, oldest first."""
    return [call.data["entity_id"] for call in calls]
