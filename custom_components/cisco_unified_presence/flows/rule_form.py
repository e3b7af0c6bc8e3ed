"""The form of a rule: its fields, and the data of the subentry that they stand for."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_FOR, CONF_NAME, CONF_NOTE
from homeassistant.data_entry_flow import section
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    BooleanSelector,
    DurationSelector,
    DurationSelectorConfig,
    EntityFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TargetSelectorConfig,
)
import voluptuous as vol

from ..const import DOMAIN
from ..rules import (
    CONF_AT_MOST,
    CONF_GRACE,
    CONF_HOLD,
    CONF_INSIST,
    CONF_OVERRIDE,
    CONF_PEOPLE,
    CONF_PRESENCE,
    CONF_PRIORITY,
    CONF_WHEN,
    MAX_PRIORITY,
    MIN_PRIORITY,
)
from ..states import PRESENCES
from .selectors import TEXT, RawConditionSelector, RawTargetSelector, choice

CONF_ADVANCED = "advanced"

OVERRIDE_AS_USUAL = "as_usual"
_OVERRIDES = {"yes": True, "no": False}

_DURATION = DurationSelector(DurationSelectorConfig(enable_day=True))

ADVANCED_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_FOR): _DURATION,
        vol.Optional(CONF_HOLD): _DURATION,
        vol.Optional(CONF_AT_MOST): _DURATION,
        vol.Optional(CONF_GRACE): _DURATION,
        vol.Required(CONF_PRIORITY, default=0): NumberSelector(
            NumberSelectorConfig(
                min=MIN_PRIORITY, max=MAX_PRIORITY, step=1, mode=NumberSelectorMode.BOX
            )
        ),
        vol.Required(CONF_INSIST, default=False): BooleanSelector(),
    }
)
RULE_FORM = vol.Schema(
    {
        vol.Required(CONF_NAME): TEXT,
        vol.Required(CONF_PEOPLE): RawTargetSelector(
            TargetSelectorConfig(entity=EntityFilterSelectorConfig(integration=DOMAIN))
        ),
        vol.Required(CONF_WHEN): RawConditionSelector(),
        vol.Required(CONF_PRESENCE): choice(PRESENCES, CONF_PRESENCE),
        vol.Optional(CONF_NOTE): TEXT,
        vol.Required(CONF_OVERRIDE, default=OVERRIDE_AS_USUAL): choice(
            (OVERRIDE_AS_USUAL, *_OVERRIDES), CONF_OVERRIDE
        ),
        vol.Optional(CONF_ADVANCED): section(ADVANCED_SCHEMA, {"collapsed": True}),
    }
)


def read_rule(typed: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name and the data of a rule that a form says."""
    advanced = dict(typed.get(CONF_ADVANCED, {}))
    data: dict[str, Any] = {
        CONF_PEOPLE: [typed[CONF_PEOPLE]],
        CONF_WHEN: cv.ensure_list(typed[CONF_WHEN]),
        CONF_PRESENCE: typed[CONF_PRESENCE],
        **advanced,
        CONF_PRIORITY: int(advanced.get(CONF_PRIORITY, 0)),
    }
    if not any(advanced.get(CONF_AT_MOST, {}).values()):
        # An empty field; a rule that never holds would be of no use.
        data.pop(CONF_AT_MOST, None)
    if note := typed.get(CONF_NOTE, "").strip():
        data[CONF_NOTE] = note
    if (override := _OVERRIDES.get(typed.get(CONF_OVERRIDE, OVERRIDE_AS_USUAL))) is not None:
        data[CONF_OVERRIDE] = override
    return typed[CONF_NAME].strip(), data


def as_typed(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    fields = {str(key) for key in ADVANCED_SCHEMA.schema}
    words: dict[bool | None, str] = {value: word for word, value in _OVERRIDES.items()}
    typed = {key: value for key, value in data.items() if key not in fields}
    return {
        **typed,
        CONF_NAME: name,
        CONF_PEOPLE: data[CONF_PEOPLE][0],
        CONF_OVERRIDE: words.get(data.get(CONF_OVERRIDE), OVERRIDE_AS_USUAL),
        CONF_ADVANCED: {key: value for key, value in data.items() if key in fields},
    }
