"""The form of a rule: its fields, and the data of the subentry that they stand for."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.const import CONF_ATTRIBUTE, CONF_ENTITY_ID, CONF_FOR, CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    BooleanSelector,
    DurationSelector,
    DurationSelectorConfig,
    EntityFilterSelectorConfig,
    EntitySelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    TargetSelectorConfig,
    TemplateSelector,
)
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
from .selectors import TEXT, RawConditionSelector, RawTargetSelector, choice

CONF_ADVANCED = "advanced"

# What depends on the presence and on insist, as where YAML does not say it.
AS_USUAL = "as_usual"
_OVERRIDES = {"yes": True, "no": False}

# The presence is what an entity or a template says, by a table.
MAPPED = "mapped"

CONF_ROW_VALUE = "value"
CONF_UNTIL_ATTRIBUTE = "until_attribute"
CONF_UNTIL_ENTITY = "until_entity"

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
        vol.Optional(CONF_UNTIL): TEXT,
        vol.Optional(CONF_UNTIL_ENTITY): EntitySelector(),
        vol.Optional(CONF_UNTIL_ATTRIBUTE): TEXT,
        vol.Optional(CONF_YIELDS_TO): choice((AS_USUAL, *YIELDS_TO), CONF_YIELDS_TO, multiple=True),
        vol.Optional(CONF_BEATS_MANUAL): BooleanSelector(),
        vol.Optional(CONF_OVERRULED_FOR): _DURATION,
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
_PEOPLE = RawTargetSelector(
    TargetSelectorConfig(entity=EntityFilterSelectorConfig(integration=DOMAIN))
)
RULE_FORM = vol.Schema(
    {
        vol.Required(CONF_NAME): TEXT,
        vol.Required(CONF_PEOPLE): _PEOPLE,
        vol.Optional(CONF_EXCEPT): _PEOPLE,
        vol.Required(CONF_WHEN): RawConditionSelector(),
        vol.Required(CONF_PRESENCE): choice(
            (*PRESENCE_WORDS, MAPPED), "rule_presence", custom_value=True
        ),
        vol.Optional(CONF_NOTE): TEXT,
        vol.Required(CONF_OVERRIDE, default=AS_USUAL): choice(
            (AS_USUAL, *_OVERRIDES), CONF_OVERRIDE
        ),
        vol.Optional(MAPPED): section(MAPPED_SCHEMA, {"collapsed": True}),
        vol.Optional(CONF_ADVANCED): section(ADVANCED_SCHEMA, {"collapsed": True}),
    }
)


def read_rule(typed: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name and the data of a rule that a form says.

    Raises:
        vol.Invalid: Two of its fields say different things.
    """
    advanced = dict(typed.get(CONF_ADVANCED, {}))
    data: dict[str, Any] = {
        CONF_PEOPLE: [typed[CONF_PEOPLE]],
        CONF_WHEN: cv.ensure_list(typed[CONF_WHEN]),
        CONF_PRESENCE: _read_presence(typed),
        **{key: value for key, value in advanced.items() if key not in _READ_APART},
        CONF_PRIORITY: int(advanced.get(CONF_PRIORITY, 0)),
        **_read_end(advanced),
    }
    if not any(advanced.get(CONF_AT_MOST, {}).values()):
        # An empty field; a rule that never holds would be of no use.
        data.pop(CONF_AT_MOST, None)
    if any(typed.get(CONF_EXCEPT, {}).values()):
        data[CONF_EXCEPT] = [typed[CONF_EXCEPT]]
    if variables := advanced.get(CONF_VARIABLES):
        data[CONF_VARIABLES] = variables
    if advanced.get(CONF_BEATS_MANUAL):
        data[CONF_BEATS_MANUAL] = True
    if note := typed.get(CONF_NOTE, "").strip():
        data[CONF_NOTE] = note
    if (override := _OVERRIDES.get(typed.get(CONF_OVERRIDE, AS_USUAL))) is not None:
        data[CONF_OVERRIDE] = override
    chosen = advanced.get(CONF_YIELDS_TO, [AS_USUAL])
    if chosen != [AS_USUAL]:
        data[CONF_YIELDS_TO] = _read_yields_to(chosen, data)
    return typed[CONF_NAME].strip(), data


def as_typed(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored rule as values of the form."""
    fields = {str(key) for key in ADVANCED_SCHEMA.schema}
    words: dict[bool | None, str] = {value: word for word, value in _OVERRIDES.items()}
    typed = {key: value for key, value in data.items() if key not in fields}
    return {
        **typed,
        **_typed_presence(data[CONF_PRESENCE]),
        **({CONF_EXCEPT: data[CONF_EXCEPT][0]} if CONF_EXCEPT in data else {}),
        CONF_NAME: name,
        CONF_PEOPLE: data[CONF_PEOPLE][0],
        CONF_OVERRIDE: words.get(data.get(CONF_OVERRIDE), AS_USUAL),
        CONF_ADVANCED: {
            CONF_YIELDS_TO: [AS_USUAL],
            **{key: value for key, value in data.items() if key in fields},
            **_typed_end(data.get(CONF_UNTIL)),
        },
    }


# What the data say in another form than the fields, or not at all where a field is empty.
_READ_APART = frozenset(
    {
        CONF_BEATS_MANUAL,
        CONF_UNTIL,
        CONF_UNTIL_ATTRIBUTE,
        CONF_UNTIL_ENTITY,
        CONF_VARIABLES,
        CONF_YIELDS_TO,
    }
)


def _read_yields_to(chosen: Sequence[str], data: Mapping[str, Any]) -> list[str]:
    """Return what is chosen, with the usual spelled out where more is chosen beside it."""
    is_quiet = data[CONF_PRESENCE] == "do_not_disturb" or data.get(CONF_INSIST)
    usual = () if is_quiet or AS_USUAL not in chosen else ("do_not_disturb",)
    return list(dict.fromkeys([*usual, *(each for each in chosen if each != AS_USUAL)]))


def _read_presence(typed: Mapping[str, Any]) -> str | dict[str, Any]:
    if typed[CONF_PRESENCE] != MAPPED:
        presence: str = typed[CONF_PRESENCE]
        return presence
    mapped = {key: value for key, value in typed.get(MAPPED, {}).items() if value}
    if rows := mapped.get(CONF_MAP):
        mapped[CONF_MAP] = _read_table(rows)
    return mapped


def _read_table(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for row in rows:
        value = str(row[CONF_ROW_VALUE])
        if value in table:
            raise vol.Invalid(f"“{value}” is in the table twice")
        table[value] = _read_row(row)
    return table


def _read_row(row: Mapping[str, Any]) -> str | dict[str, Any]:
    if note := row.get(CONF_NOTE):
        return {CONF_PRESENCE: row[CONF_PRESENCE], CONF_NOTE: note}
    presence: str = row[CONF_PRESENCE]
    return presence


def _typed_presence(presence: str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(presence, str):
        return {CONF_PRESENCE: presence}
    mapped = dict(presence)
    if CONF_MAP in mapped:
        mapped[CONF_MAP] = [
            {
                CONF_ROW_VALUE: value,
                **({CONF_PRESENCE: chosen} if isinstance(chosen, str) else chosen),
            }
            for value, chosen in mapped[CONF_MAP].items()
        ]
    return {CONF_PRESENCE: MAPPED, MAPPED: mapped}


def _read_end(advanced: Mapping[str, Any]) -> dict[str, Any]:
    text, attribute = (advanced.get(key, "").strip() for key in (CONF_UNTIL, CONF_UNTIL_ATTRIBUTE))
    entity_id = advanced.get(CONF_UNTIL_ENTITY)
    if attribute and not entity_id:
        raise vol.Invalid("the attribute that ends the rule has no entity")
    if text and entity_id:
        raise vol.Invalid("the rule ends at a time or when an entity says so, not at both")
    if text:
        return {CONF_UNTIL: text}
    if not entity_id:
        return {}
    end = {CONF_ENTITY_ID: entity_id, **({CONF_ATTRIBUTE: attribute} if attribute else {})}
    return {CONF_UNTIL: end}


def _typed_end(until: str | Mapping[str, Any] | None) -> dict[str, Any]:
    if not isinstance(until, Mapping):
        return {}
    typed = {CONF_UNTIL: "", CONF_UNTIL_ENTITY: until[CONF_ENTITY_ID]}
    if CONF_ATTRIBUTE in until:
        typed[CONF_UNTIL_ATTRIBUTE] = until[CONF_ATTRIBUTE]
    return typed
