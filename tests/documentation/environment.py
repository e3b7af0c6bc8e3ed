"""The environment of the examples: entities of other integrations, blueprints, configuration."""

from collections.abc import Iterator, Sequence
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import label_registry as lr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service
import yaml

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.blueprints.environment import NAMES, bring

# The entities of other integrations that examples may name, with their first states.
STATES_OF_OTHERS = {
    "binary_sensor.anna_desk": "on",
    "binary_sensor.anna_visitor": "off",
    "binary_sensor.bell": "off",
    "binary_sensor.clara_desk": "off",
    "binary_sensor.meeting_room": "off",
    "binary_sensor.meeting_room_occupancy": "off",
    "binary_sensor.on_air": "off",
    "binary_sensor.workshop_occupancy": "off",
    "calendar.anna_focus": "off",
    "calendar.holidays": "off",
    "calendar.meeting_room": "off",
    "calendar.on_call": "off",
    "calendar.room_1": "off",
    "calendar.room_2": "off",
    "event.wall_button": "2026-11-20T12:00:00.000+00:00",
    "input_boolean.anna_day_off": "off",
    "input_boolean.fire_drill": "off",
    "input_boolean.hotline_closed": "off",
    "input_boolean.lunch": "off",
    "input_select.hotline": "None",
    "light.desk": "off",
    "light.door": "off",
    "media_player.kitchen": "playing",
    "person.anna": "home",
    "schedule.assembly": "off",
    "schedule.open_day": "off",
    "schedule.quiet_hours": "off",
    "schedule.training": "off",
    "select.anna_mode": "focus",
    "sun.sun": "above_horizon",
}
SCRIPTS: dict[str, Any] = {"ring": {"sequence": []}}
COMPONENTS = ("light", "persistent_notification")

_ENTITY = re.compile(
    r"\b(?:binary_sensor|calendar|event|input_boolean|input_select|light|media_player|person|schedule"
    r"|script|select|sensor|sun|switch)\.[a-z0-9_]+"
)

# What rules' templates know of a person and of a calendar's event.
_VARIABLES = re.compile(
    r"person\.(user|name|contact|entity_id|area|area_id|labels|links|own|own_activities)"
    r"|event\.(summary|start|end|location|description|all_day)"
)


async def set_up_environment(hass: HomeAssistant) -> None:
    """Set up the other integrations, their entities, and the blueprints."""
    for component in COMPONENTS:
        assert await async_setup_component(hass, component, {})
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    for entity_id, state in STATES_OF_OTHERS.items():
        hass.states.async_set(entity_id, state)
    async_mock_service(hass, "notify", "mobile_app_anna")
    for name in NAMES:
        await bring(hass, name)


async def reload_rules(hass: HomeAssistant, rules: Sequence[dict[str, Any]]) -> None:
    """Write rules to configuration.yaml and reload them.

    Raises:
        HomeAssistantError: A rule is not valid.
    """
    await reload_configuration(hass, yaml.safe_dump({DOMAIN: {"rules": list(rules)}}))


async def reload_configuration(hass: HomeAssistant, text: str) -> None:
    """Write configuration.yaml and reload the rules.

    Raises:
        HomeAssistantError: The configuration is not valid.
    """
    await write_configuration(hass, text)
    await hass.services.async_call(DOMAIN, "reload", blocking=True)
    await hass.async_block_till_done()


async def write_configuration(hass: HomeAssistant, text: str) -> None:
    path = Path(hass.config.path("configuration.yaml"))
    await hass.async_add_executor_job(path.write_text, text)


def unknown_names_in(hass: HomeAssistant, example: object) -> list[str]:
    """Return the entities, actions, areas and labels of an example that do not exist."""
    named = (each for each in _named_in(example) if not _VARIABLES.fullmatch(each))
    return [each for each in named if not _exists(hass, *each.split(".", 1))]


def _exists(hass: HomeAssistant, domain: str, name: str) -> bool:
    if domain == "area_id":
        return ar.async_get(hass).async_get_area(name) is not None
    if domain == "label_id":
        return lr.async_get(hass).async_get_label(name) is not None
    return hass.states.get(f"{domain}.{name}") is not None or hass.services.has_service(
        domain, name
    )


def _named_in(example: object, key: str = "") -> Iterator[str]:
    """Yield the entities and actions in an example, and areas and labels by their key."""
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
