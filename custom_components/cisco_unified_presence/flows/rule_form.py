"""The form of a rule: its fields and sections."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import CONF_ATTRIBUTE, CONF_ENTITY_ID, CONF_FOR, CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DurationSelector,
    DurationSelectorConfig,
    EntitySelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    TemplateSelector,
)
import voluptuous as vol

from ..rules import (
    CONF_AT_MOST,
    CONF_BEATS_MANUAL,
    CONF_EXCEPT,
    CONF_GRACE,
    CONF_HOLD,
    CONF_INSIST,
    CONF_MAP,
    CONF_NOTE,
    CONF_OVERRIDE,
    CONF_OVERRULED_FOR,
    CONF_PEOPLE,
    CONF_PRESENCE,
    CONF_PRIORITY,
    CONF_TEMPLATE,
    CONF_UNTIL,
    CONF_VARIABLES,
    CONF_WHEN,
    CONF_YIELDS_TO,
    MAX_PRIORITY,
    MIN_PRIORITY,
    PRESENCE_WORDS,
    YIELDS_TO,
)
from .rule_people import PLACES, PeopleOffer
from .selectors import TEXT, RawConditionSelector, choice

ADVANCED: Final = "advanced"
EXCEPTIONS: Final = "exceptions"

# What depends on the presence and on insist, as where YAML does not say it.
AS_USUAL: Final = "as_usual"
OVERRIDES: Final = {"yes": True, "no": False}

# The presence is what an entity or a template says, by a table.
MAPPED: Final = "mapped"

CONF_PLACES: Final = "places"
CONF_ROW_VALUE: Final = "value"
CONF_UNTIL_ATTRIBUTE: Final = "until_attribute"
CONF_UNTIL_ENTITY: Final = "until_entity"

_DURATION = DurationSelector(DurationSelectorConfig(enable_day=True))

ADVANCED_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PRIORITY, default=0): NumberSelector(
            NumberSelectorConfig(
                min=MIN_PRIORITY, max=MAX_PRIORITY, step=1, mode=NumberSelectorMode.BOX
            )
        ),
        vol.Optional(CONF_FOR): _DURATION,
        vol.Optional(CONF_HOLD): _DURATION,
        vol.Optional(CONF_AT_MOST): _DURATION,
        vol.Optional(CONF_UNTIL): TEXT,
        vol.Optional(CONF_UNTIL_ENTITY): EntitySelector(),
        vol.Optional(CONF_UNTIL_ATTRIBUTE): TEXT,
        vol.Required(CONF_OVERRIDE, default=AS_USUAL): choice(
            (AS_USUAL, *OVERRIDES), CONF_OVERRIDE
        ),
        vol.Optional(CONF_YIELDS_TO): choice((AS_USUAL, *YIELDS_TO), CONF_YIELDS_TO, multiple=True),
        vol.Optional(CONF_BEATS_MANUAL): BooleanSelector(),
        vol.Required(CONF_INSIST, default=False): BooleanSelector(),
        vol.Optional(CONF_OVERRULED_FOR): _DURATION,
        vol.Optional(CONF_GRACE): _DURATION,
        vol.Optional(CONF_VARIABLES): ObjectSelector(),
    }
)
_TABLE = ObjectSelector(
    ObjectSelectorConfig(
        multiple=True,
        label_field=CONF_ROW_VALUE,
        description_field=CONF_PRESENCE,
        fields={
            CONF_ROW_VALUE: {"required": True, "selector": {"text": {}}},
            CONF_PRESENCE: {
                "required": True,
                "selector": {
                    "select": {
                        "options": list(PRESENCE_WORDS),
                        "translation_key": "rule_presence",
                    }
                },
            },
            CONF_NOTE: {"selector": {"text": {}}},
        },
    )
)
MAPPED_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_ENTITY_ID): EntitySelector(),
        vol.Optional(CONF_ATTRIBUTE): TEXT,
        vol.Optional(CONF_TEMPLATE): TemplateSelector(),
        vol.Optional(CONF_MAP): _TABLE,
    }
)


def rule_form(offer: PeopleOffer, typed: Mapping[str, Any], wrong: str | None = None) -> vol.Schema:
    """Return the form; what is filled in already, or wrong, is not folded away.

    People are optional to the form, so that an error in words says that someone is missing.
    """
    excluded = typed.get(EXCEPTIONS, {})
    exceptions = vol.Schema(
        {
            vol.Optional(CONF_EXCEPT): offer.selector(excluded.get(CONF_EXCEPT, ())),
            **PLACES,
        }
    )
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TEXT,
            vol.Optional(CONF_PEOPLE): offer.selector(typed.get(CONF_PEOPLE, ())),
            vol.Optional(CONF_PLACES): section(
                vol.Schema({**PLACES}), {"collapsed": not any(typed.get(CONF_PLACES, {}).values())}
            ),
            vol.Optional(EXCEPTIONS): section(
                exceptions, {"collapsed": not any(excluded.values())}
            ),
            vol.Required(CONF_WHEN): RawConditionSelector(),
            vol.Required(CONF_PRESENCE, default="busy"): choice(
                (*PRESENCE_WORDS, MAPPED), "rule_presence"
            ),
            vol.Optional(MAPPED): section(
                MAPPED_SCHEMA, {"collapsed": typed.get(CONF_PRESENCE) != MAPPED}
            ),
            vol.Optional(CONF_NOTE): TEXT,
            vol.Optional(ADVANCED): section(ADVANCED_SCHEMA, {"collapsed": wrong != ADVANCED}),
        }
    )
