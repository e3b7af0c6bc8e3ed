"""What is in the house of the examples beside people, and who is named in an example."""

from collections.abc import Iterator, Sequence
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import label_registry as lr
from homeassistant.setup import async_setup_component
import yaml

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.blueprints.environment import NAMES, bring

# What the examples may name of other integrations, as it is when nothing happens.
THINGS = {
    "binary_sensor.anna_desk": "on",
    "binary_sensor.bell": "off",
    "binary_sensor.meeting_room": "off",
    "binary_sensor.meeting_room_occupancy": "off",
    "binary_sensor.on_air": "off",
    "binary_sensor.workshop_occupancy": "off",
    "calendar.anna_focus": "off",
    "event.wall_button": "2026-11-20T12:00:00.000+00:00",
    "input_boolean.fire_drill": "off",
    "input_boolean.lunch": "off",
    "light.desk": "off",
    "light.door": "off",
    "media_player.kitchen": "playing",
    "person.anna": "home",
}
RING: dict[str, Any] = {"ring": {"sequence": []}}
COMPONENTS = ("light", "persistent_notification")

_ENTITY = re.compile(
    r"\b(?:binary_sensor|calendar|event|input_boolean|light|media_player|person|script|select|sensor"
    r"|switch)\.[a-z0-9_]+"
)


async def furnish(hass: HomeAssistant) -> None:
    """Put things into the house, and blueprints where people put them."""
    for component in COMPONENTS:
        assert await async_setup_component(hass, component, {})
    assert await async_setup_component(hass, "script", {"script": RING})
    for entity_id, state in THINGS.items():
        hass.states.async_set(entity_id, state)
    for name in NAMES:
        await bring(hass, name)


async def reload_rules(hass: HomeAssistant, rules: Sequence[dict[str, Any]]) -> None:
    """Have rules in the configuration, and let them be read.

    Raises:
        HomeAssistantError: Something is wrong with them.
    """
    await reload_configuration(hass, yaml.safe_dump({DOMAIN: {"rules": list(rules)}}))


async def reload_configuration(hass: HomeAssistant, text: str) -> None:
    """Have this as the configuration, and let rules be read from it.

    Raises:
        HomeAssistantError: Something is wrong with it.
    """
    await write_configuration(hass, text)
    await hass.services.async_call(DOMAIN, "reload", blocking=True)
    await hass.async_block_till_done()


async def write_configuration(hass: HomeAssistant, text: str) -> None:
    """Have this as the configuration; nobody has read it yet."""
    path = Path(hass.config.path("configuration.yaml"))
    await hass.async_add_executor_job(path.write_text, text)


def strangers_in(hass: HomeAssistant, example: object) -> list[str]:
    """Return which entities, areas and labels an example names that are not there."""
    return [each for each in _named_in(example) if not _is_there(hass, *each.split(".", 1))]


def _is_there(hass: HomeAssistant, domain: str, name: str) -> bool:
    if domain == "area_id":
        return ar.async_get(hass).async_get_area(name) is not None
    if domain == "label_id":
        return lr.async_get(hass).async_get_label(name) is not None
    return hass.states.get(f"{domain}.{name}") is not None or hass.services.has_service(
        domain, name
    )


def _named_in(example: object, key: str = "") -> Iterator[str]:
    """Walk through what an example names: entities and actions, areas and labels by their key."""
    match example:
        case dict():
            for name, value in example.items():
                yield from _named_in(value, name)
        case list():
            for each in example:
                yield from _named_in(each, key)
        case str() if key in ("area_id", "label_id"):
            yield f"{key}.{example}"
        case str():
            yield from _ENTITY.findall(example)
