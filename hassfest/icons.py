"""icons.json: exactly the keys that Home Assistant reads, for things that have texts."""

from collections.abc import Iterator
import re
from typing import Any

from homeassistant.generated.entity_platforms import EntityPlatforms
import voluptuous as vol

from .repository import Finding, Repository
from .shape import misshapen

_ICON = vol.Match(re.compile(r"mdi:[a-z0-9]+(-[a-z0-9]+)*\Z"), msg="an icon is written mdi:name")
_STATES = {
    vol.Required("default"): _ICON,
    vol.Optional("state"): {str: _ICON},
    vol.Optional("range"): {str: _ICON},
}
_ENTITY = {**_STATES, vol.Optional("state_attributes"): {str: _STATES}}
_PLATFORM = vol.In([platform.value for platform in EntityPlatforms], msg="it is no platform")

ICONS = vol.Schema(
    {
        vol.Optional("entity"): {_PLATFORM: {str: _ENTITY}},
        vol.Optional("services"): {
            str: {vol.Required("service"): _ICON, vol.Optional("sections"): {str: _ICON}}
        },
        vol.Optional("triggers"): {str: {vol.Required("trigger"): _ICON}},
        vol.Optional("conditions"): {str: {vol.Required("condition"): _ICON}},
    }
)


def check(repository: Repository) -> Iterator[Finding]:
    """Walk through what is wrong with the icons."""
    file = repository.in_integration("icons.json")
    content = repository.json(file)
    wrong = list(misshapen(ICONS, content))
    for sentence in wrong or _entities(content.get("entity", {}), repository.english):
        yield Finding(file, sentence)


def _entities(icons: dict[str, Any], english: dict[str, Any]) -> Iterator[str]:
    for platform, entities in icons.items():
        texts = english.get("entity", {}).get(platform, {})
        for key, entity in entities.items():
            place = f"entity.{platform}.{key}"
            if key not in texts:
                yield f"{place}: there is no such entity in the texts."
                continue
            yield from (f"{place}: {each}" for each in _states(entity, texts[key]))


def _states(entity: dict[str, Any], texts: dict[str, Any]) -> Iterator[str]:
    for state, icon in entity.get("state", {}).items():
        if icon == entity["default"]:
            yield f"the icon of {state} is the default one; leave it out."
        if state not in texts.get("state", {state: ""}):
            yield f"there is no such state in the texts: {state}."
