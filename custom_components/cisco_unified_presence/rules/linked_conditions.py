"""Conditions on what is linked to a person, as the conditions that they stand for."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import (
    CONF_CONDITION,
    CONF_CONDITIONS,
    CONF_ENTITY_ID,
    CONF_FOR,
    CONF_OPTIONS,
    CONF_STATE,
    CONF_TARGET,
)
from homeassistant.helpers.typing import ConfigType

from ..const import DOMAIN

LINKED_ENTITY: Final = f"{DOMAIN}.linked_entity"
CALENDAR_EVENT: Final = f"{DOMAIN}.calendar_event"
CONF_LINK: Final = "link"
CONF_LINKED: Final = "linked"

# How rules write conditions together in short.
_NESTED: Final = (CONF_CONDITIONS, "and", "or", "not")


def uses_links(conditions: object) -> bool:
    """Return whether one of these conditions, as they were written, is about linked entities."""
    match conditions:
        case list():
            return any(map(uses_links, conditions))
        case Mapping():
            if conditions.get(CONF_CONDITION) == LINKED_ENTITY:
                return True
            if CONF_LINKED in (conditions.get(CONF_OPTIONS) or {}):
                return True
            return any(uses_links(conditions.get(key)) for key in _NESTED)
        case _:
            return False


def with_links(config: ConfigType, links: Mapping[str, str]) -> ConfigType | None:
    """Return a validated condition for a person with these links, None where one is missing."""
    options = config.get(CONF_OPTIONS) or {}
    if config[CONF_CONDITION] == LINKED_ENTITY:
        entity_id = links.get(options[CONF_LINK])
        if entity_id is None:
            return None
        rest = {key: each for key, each in config.items() if key not in (CONF_OPTIONS, CONF_TARGET)}
        checked: dict[str, Any] = {
            CONF_CONDITION: CONF_STATE,
            CONF_ENTITY_ID: [entity_id],
            CONF_STATE: options[CONF_STATE],
        }
        if CONF_FOR in options:
            checked[CONF_FOR] = options[CONF_FOR]
        return {**rest, **checked}
    if CONF_LINKED not in options:
        return config
    entity_id = links.get(options[CONF_LINKED])
    if entity_id is None:
        return None
    return {**config, CONF_TARGET: {CONF_ENTITY_ID: [entity_id]}}
