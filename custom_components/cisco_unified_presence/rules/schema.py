"""How a rule is written down, in YAML and in a subentry alike. docs/rules.md describes the keys."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import CONF_FOR, CONF_ID, CONF_NAME
from homeassistant.helpers import config_validation as cv
from homeassistant.util import slugify
import voluptuous as vol

from ..arbitration import RequestedPresence
from ..requested_presence import MAX_NOTE, ImpossiblePresence, request_presence
from ..states import PRESENCES
from .directory import CONF_PEOPLE, REFERENCES
from .timing import RuleTimes

CONF_AT_MOST: Final = "at_most"
CONF_GRACE: Final = "grace"
CONF_HOLD: Final = "hold"
CONF_INSIST: Final = "insist"
CONF_NOTE: Final = "note"
CONF_OVERRIDE: Final = "override"
CONF_PRESENCE: Final = "presence"
CONF_PRIORITY: Final = "priority"
CONF_RULES: Final = "rules"
CONF_WHEN: Final = "when"

MIN_PRIORITY: Final = -1000
MAX_PRIORITY: Final = 1000

_TEXT = vol.All(cv.string, str.strip, vol.Length(min=1))
_USUAL = RuleTimes()


def _conditions(value: object) -> list[Any]:
    """Check conditions, and return them as they were written, so that they can be stored."""
    written: list[Any] = cv.ensure_list(value)
    if not written:
        raise vol.Invalid("a rule needs a condition")
    cv.CONDITIONS_SCHEMA(deepcopy(written))
    return written


def _reference(value: object) -> str | dict[str, list[str]]:
    if isinstance(value, dict):
        return _target(value)
    word: str = _TEXT(value)
    return word


_TARGET_SCHEMA = vol.Schema(
    {vol.Optional(field): vol.All(cv.ensure_list, [_TEXT]) for field in REFERENCES}
)


def _target(value: object) -> dict[str, list[str]]:
    target: dict[str, list[str]] = _TARGET_SCHEMA(value)
    if not any(target.values()):
        raise vol.Invalid("this names nobody")
    return target


def _possible(data: dict[str, Any]) -> dict[str, Any]:
    try:
        requested_by(data)
    except ImpossiblePresence as error:
        key = CONF_OVERRIDE if CONF_OVERRIDE in data else CONF_PRESENCE
        raise vol.Invalid(str(error), path=[key]) from error
    return data


def _identified(data: dict[str, Any]) -> dict[str, Any]:
    return {CONF_ID: slugify(data[CONF_NAME]), **data}


def _rule_schema(conditions: Callable[[Any], list[Any]] | type[list[Any]]) -> vol.All:
    return vol.All(
        vol.Schema(
            {
                vol.Required(CONF_NAME): _TEXT,
                vol.Optional(CONF_ID): _TEXT,
                vol.Required(CONF_PEOPLE): vol.All(cv.ensure_list, vol.Length(min=1), [_reference]),
                vol.Required(CONF_WHEN): conditions,
                vol.Optional(CONF_FOR, default=_USUAL.before): cv.positive_time_period,
                vol.Optional(CONF_HOLD, default=_USUAL.after): cv.positive_time_period,
                vol.Required(CONF_PRESENCE): vol.In(list(PRESENCES)),
                vol.Optional(CONF_NOTE): vol.All(_TEXT, vol.Length(max=MAX_NOTE)),
                vol.Optional(CONF_OVERRIDE): cv.boolean,
                vol.Optional(CONF_PRIORITY, default=0): vol.All(
                    vol.Coerce(int), vol.Range(min=MIN_PRIORITY, max=MAX_PRIORITY)
                ),
                vol.Optional(CONF_INSIST, default=False): cv.boolean,
                vol.Optional(CONF_AT_MOST): vol.All(
                    cv.time_period, vol.Range(min=timedelta(seconds=1))
                ),
                vol.Optional(CONF_GRACE, default=_USUAL.grace): cv.positive_time_period,
            }
        ),
        _identified,
        _possible,
    )


RULE_SCHEMA = _rule_schema(_conditions)
# A later Home Assistant may refuse stored conditions; that is an issue when the rule runs.
STORED_RULE_SCHEMA = _rule_schema(list)


def requested_by(data: Mapping[str, Any]) -> RequestedPresence:
    """Return the presence that a rule requests.

    Raises:
        ImpossiblePresence: The server would not accept it.
    """
    return request_presence(
        PRESENCES[data[CONF_PRESENCE]],
        override=data.get(CONF_OVERRIDE),
        note=data.get(CONF_NOTE),
    )
