"""Conditions in words."""

from collections.abc import Iterable
from datetime import timedelta

from homeassistant.const import (
    CONF_ABOVE,
    CONF_AFTER,
    CONF_ATTRIBUTE,
    CONF_BEFORE,
    CONF_BELOW,
    CONF_CONDITION,
    CONF_ENTITY_ID,
    CONF_FOR,
    CONF_OPTIONS,
    CONF_STATE,
    CONF_VALUE_TEMPLATE,
    CONF_WEEKDAY,
    CONF_ZONE,
)
from homeassistant.helpers.typing import ConfigType

from ..storage import storable_text
from .condition_members import listed

LONGEST_TEMPLATE = 60


def described(config: ConfigType) -> tuple[str, str]:
    """Return what a condition checks, and the expected value: (state of light.a, on)."""
    match config[CONF_CONDITION]:
        case "state":
            return _state_subject(config), _state_expected(config)
        case "numeric_state":
            return _numeric_subject(config), _bounds(config, CONF_ABOVE, CONF_BELOW)
        case "template":
            return f"template {shortened(config[CONF_VALUE_TEMPLATE].template)}", "true"
        case "time":
            return "time", f"{_bounds(config, CONF_AFTER, CONF_BEFORE)}{_weekdays(config)}"
        case "zone":
            options = config[CONF_OPTIONS]
            return _and(options[CONF_ENTITY_ID]), f"in {_or(options[CONF_ZONE])}"
        case kind:
            return kind, "true"


def shortened(template: str) -> str:
    line = " ".join(storable_text(template).split())
    return line if len(line) <= LONGEST_TEMPLATE else f"{line[:LONGEST_TEMPLATE]}…"


def _state_subject(config: ConfigType) -> str:
    attribute = config.get(CONF_ATTRIBUTE)
    what = f"attribute {attribute}" if attribute else "state"
    return f"{what} of {_and(config[CONF_ENTITY_ID])}"


def _state_expected(config: ConfigType) -> str:
    expected = _or(listed(config[CONF_STATE]))
    duration = config.get(CONF_FOR)
    if duration is None:
        return expected
    return f"{expected} for {duration if isinstance(duration, timedelta) else 'long enough'}"


def _numeric_subject(config: ConfigType) -> str:
    attribute = config.get(CONF_ATTRIBUTE)
    what = f"attribute {attribute} of " if attribute else ""
    return f"{what}{_and(config[CONF_ENTITY_ID])}"


def _bounds(config: ConfigType, *names: str) -> str:
    return _and(f"{name} {config[name]}" for name in names if name in config)


def _weekdays(config: ConfigType) -> str:
    weekdays = config.get(CONF_WEEKDAY)
    if not weekdays:
        return ""
    bounded = CONF_AFTER in config or CONF_BEFORE in config
    return f"{' ' if bounded else ''}on {_or(listed(weekdays))}"


def _and(words: Iterable[object]) -> str:
    return " and ".join(str(word) for word in words)


def _or(words: Iterable[object]) -> str:
    return " or ".join(str(word) for word in words)
