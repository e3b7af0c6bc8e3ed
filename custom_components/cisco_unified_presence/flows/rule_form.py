"""The form of a rule: its fields and sections."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.const import CONF_ATTRIBUTE, CONF_ENTITY_ID, CONF_FOR, CONF_NAME
from homeassistant.core import HomeAssistant
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
    ObjectSelectorField,
    TemplateSelector,
)
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from ..const import DOMAIN
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


@dataclass(frozen=True, slots=True)
class TableWords:
    """What a table of presences says; the browser translates nothing in the dialog of a row.

    Attributes:
        fields: The labels of the fields by their keys.
        presences: The labels of the presences that may be chosen.
    """

    fields: Mapping[str, str]
    presences: Mapping[str, str]

    @classmethod
    async def async_load(cls, hass: HomeAssistant) -> Self:
        language, form = hass.config.language, "config_subentries"
        texts = {
            **await async_get_translations(hass, language, form, [DOMAIN]),
            **await async_get_translations(hass, language, "selector", [DOMAIN]),
            **await async_get_translations(hass, language, "config_panel", [DOMAIN]),
        }
        own = f"component.{DOMAIN}"
        fields = {
            CONF_ROW_VALUE: texts[f"{own}.config_panel.rule.value"],
            CONF_PRESENCE: texts[f"{own}.{form}.rule.step.rule.data.presence"],
            CONF_NOTE: texts[f"{own}.{form}.rule.step.rule.data.note"],
        }
        options = f"{own}.selector.rule_presence.options"
        return cls(fields, {word: texts[f"{options}.{word}"] for word in PRESENCE_WORDS})

    @property
    def table(self) -> ObjectSelector:
        presences = [{"value": word, "label": label} for word, label in self.presences.items()]
        labels = self.fields
        fields: dict[str, ObjectSelectorField] = {
            CONF_ROW_VALUE: {
                "required": True,
                "selector": {"text": {}},
                "label": labels[CONF_ROW_VALUE],
            },
            CONF_PRESENCE: {
                "required": True,
                "selector": {"select": {"options": presences}},
                "label": labels[CONF_PRESENCE],
            },
            CONF_NOTE: {"selector": {"text": {}}, "label": labels[CONF_NOTE]},
        }
        return ObjectSelector(
            ObjectSelectorConfig(
                multiple=True,
                label_field=CONF_ROW_VALUE,
                description_field=CONF_PRESENCE,
                fields=fields,
            )
        )


def _mapped_schema(words: TableWords) -> vol.Schema:
    return vol.Schema(
        {
            vol.Optional(CONF_ENTITY_ID): EntitySelector(),
            vol.Optional(CONF_ATTRIBUTE): TEXT,
            vol.Optional(CONF_TEMPLATE): TemplateSelector(),
            vol.Optional(CONF_MAP): words.table,
        }
    )


def rule_form(
    offer: PeopleOffer, words: TableWords, typed: Mapping[str, Any], wrong: str | None = None
) -> vol.Schema:
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
                _mapped_schema(words), {"collapsed": typed.get(CONF_PRESENCE) != MAPPED}
            ),
            vol.Optional(CONF_NOTE): TEXT,
            vol.Optional(ADVANCED): section(ADVANCED_SCHEMA, {"collapsed": wrong != ADVANCED}),
        }
    )
