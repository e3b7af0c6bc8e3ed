"""Conditions over several members, as an `and` or an `or` of conditions over one member each.

So a member that says nothing makes the condition unknown only where it could decide it.
"""

from collections.abc import Iterable
from typing import Any

from homeassistant.const import (
    CONF_ABOVE,
    CONF_ALIAS,
    CONF_BELOW,
    CONF_CONDITION,
    CONF_CONDITIONS,
    CONF_ENABLED,
    CONF_ENTITY_ID,
    CONF_OPTIONS,
    CONF_STATE,
    CONF_ZONE,
    ENTITY_MATCH_ANY,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

CONF_MATCH = "match"


def by_member(config: ConfigType) -> ConfigType:
    """Return a validated condition split by its members, or as it is when it has but one."""
    match config[CONF_CONDITION]:
        case "state":
            kind = "or" if config.get(CONF_MATCH) == ENTITY_MATCH_ANY else "and"
            return _joined(config, kind, _states_by_entity(config))
        case "numeric_state":
            return _joined(config, "and", _numbers_by_entity(config))
        case "zone":
            return _joined(config, "and", _zones_by_entity(config))
        case _:
            return config


def _states_by_entity(config: ConfigType) -> Iterable[ConfigType]:
    for entity_id in config[CONF_ENTITY_ID]:
        single = {**config, CONF_ENTITY_ID: [entity_id]}
        states = listed(config[CONF_STATE])
        if len(states) == 1:
            yield single
            continue
        # One of the states may be unknown while another one decides.
        named = [state for state in states if names_entity(state)]
        literal = [state for state in states if state not in named]
        groups = [literal, *([state] for state in named)]
        parts = [{**single, CONF_STATE: group} for group in groups if group]
        yield _joined(single, "or", parts)


def _numbers_by_entity(config: ConfigType) -> Iterable[ConfigType]:
    bounds: ConfigType = {key: config[key] for key in (CONF_ABOVE, CONF_BELOW) if key in config}
    is_split = any(isinstance(each, str) for each in bounds.values())
    parts = [{key: bound} for key, bound in bounds.items()] if is_split else [bounds]
    rest = {key: value for key, value in config.items() if key not in bounds}
    for entity_id in config[CONF_ENTITY_ID]:
        for part in parts:
            yield {**rest, CONF_ENTITY_ID: [entity_id], **part}


def _zones_by_entity(config: ConfigType) -> Iterable[ConfigType]:
    options = config[CONF_OPTIONS]
    for entity_id in options[CONF_ENTITY_ID]:
        parts = [
            {**config, CONF_OPTIONS: {**options, CONF_ENTITY_ID: [entity_id], CONF_ZONE: [zone]}}
            for zone in options[CONF_ZONE]
        ]
        yield _joined(config, "or", parts)


def _joined(config: ConfigType, kind: str, parts: Iterable[ConfigType]) -> ConfigType:
    own = {key: value for key, value in config.items() if key in (CONF_ALIAS, CONF_ENABLED)}
    bare = [{key: value for key, value in part.items() if key not in own} for part in parts]
    if len(bare) == 1:
        return {**bare[0], **own}
    return {CONF_CONDITION: kind, CONF_CONDITIONS: bare, **own}


def names_entity(state: object) -> bool:
    """Return whether a state of a `state` condition is that of another entity."""
    return isinstance(state, str) and cv.INPUT_ENTITY_ID.match(state) is not None


def listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
