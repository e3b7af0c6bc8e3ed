"""What a rule's form says, as the data of a subentry, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.const import CONF_ATTRIBUTE, CONF_ENTITY_ID, CONF_NAME
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import is_template_string

from ..requested_presence import MAX_NOTE
from ..rules import (
    CONF_AT_MOST,
    CONF_BEATS_MANUAL,
    CONF_EXCEPT,
    CONF_INSIST,
    CONF_MAP,
    CONF_NOTE,
    CONF_OVERRIDE,
    CONF_PEOPLE,
    CONF_PRESENCE,
    CONF_PRIORITY,
    CONF_TEMPLATE,
    CONF_UNTIL,
    CONF_VARIABLES,
    CONF_WHEN,
    CONF_YIELDS_TO,
)
from .problem import FormRefused, Problem
from .rule_form import (
    ADVANCED,
    ADVANCED_SCHEMA,
    AS_USUAL,
    CONF_PLACES,
    CONF_ROW_VALUE,
    CONF_UNTIL_ATTRIBUTE,
    CONF_UNTIL_ENTITY,
    EXCEPTIONS,
    MAPPED,
    OVERRIDES,
)
from .rule_people import PeopleOffer, joined

# What the data say in another form than the fields, or not at all where a field is empty.
_READ_APART = frozenset(
    {
        CONF_BEATS_MANUAL,
        CONF_OVERRIDE,
        CONF_UNTIL,
        CONF_UNTIL_ATTRIBUTE,
        CONF_UNTIL_ENTITY,
        CONF_VARIABLES,
        CONF_YIELDS_TO,
    }
)


def read_rule(typed: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name and the data of a rule that a form says.

    Raises:
        FormRefused: Two of its fields say different things.
    """
    advanced = dict(typed.get(ADVANCED, {}))
    data: dict[str, Any] = {
        CONF_PEOPLE: joined(typed.get(CONF_PEOPLE, ()), typed.get(CONF_PLACES, {})),
        CONF_WHEN: _read_conditions(typed),
        CONF_PRESENCE: _read_presence(typed),
        **{key: value for key, value in advanced.items() if key not in _READ_APART},
        CONF_PRIORITY: int(advanced.get(CONF_PRIORITY, 0)),
        **_read_end(advanced),
    }
    if not any(advanced.get(CONF_AT_MOST, {}).values()):
        # An empty field; a rule that never holds would be of no use.
        data.pop(CONF_AT_MOST, None)
    excluded = typed.get(EXCEPTIONS, {})
    if left_out := joined(excluded.get(CONF_EXCEPT, ()), excluded):
        data[CONF_EXCEPT] = left_out
    if variables := advanced.get(CONF_VARIABLES):
        data[CONF_VARIABLES] = variables
    if advanced.get(CONF_BEATS_MANUAL):
        data[CONF_BEATS_MANUAL] = True
    if note := typed.get(CONF_NOTE, "").strip():
        data[CONF_NOTE] = _checked_note(note)
    if (override := OVERRIDES.get(advanced.get(CONF_OVERRIDE, AS_USUAL))) is not None:
        data[CONF_OVERRIDE] = override
    chosen = advanced.get(CONF_YIELDS_TO, [AS_USUAL])
    if chosen != [AS_USUAL]:
        data[CONF_YIELDS_TO] = _read_yields_to(chosen, data)
    return typed[CONF_NAME].strip(), data


def as_typed(name: str, data: Mapping[str, Any], offer: PeopleOffer) -> dict[str, Any]:
    """Return a stored rule as values of the form."""
    fields = {str(key) for key in ADVANCED_SCHEMA.schema}
    words: dict[bool | None, str] = {value: word for word, value in OVERRIDES.items()}
    people, places = offer.split(data[CONF_PEOPLE])
    excluded, excluded_places = offer.split(data.get(CONF_EXCEPT, ()))
    return {
        CONF_NAME: name,
        CONF_PEOPLE: people,
        **({CONF_PLACES: places} if places else {}),
        EXCEPTIONS: {CONF_EXCEPT: excluded, **excluded_places},
        CONF_WHEN: data[CONF_WHEN],
        **_typed_presence(data[CONF_PRESENCE]),
        **({CONF_NOTE: data[CONF_NOTE]} if CONF_NOTE in data else {}),
        ADVANCED: {
            CONF_YIELDS_TO: [AS_USUAL],
            **{key: value for key, value in data.items() if key in fields},
            CONF_OVERRIDE: words.get(data.get(CONF_OVERRIDE), AS_USUAL),
            **_typed_end(data.get(CONF_UNTIL)),
        },
    }


def _read_conditions(typed: Mapping[str, Any]) -> list[Any]:
    """Return the conditions; an entity or a template alone may decide the presence."""
    conditions: list[Any] = cv.ensure_list(typed[CONF_WHEN])
    if not conditions and typed[CONF_PRESENCE] != MAPPED:
        raise FormRefused(Problem("no_conditions", field=CONF_WHEN))
    return conditions


def _checked_note(note: str) -> str:
    if len(note) > MAX_NOTE and not is_template_string(note):
        raise FormRefused(Problem("note_too_long", {"limit": str(MAX_NOTE)}, CONF_NOTE))
    return note


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
    if CONF_ENTITY_ID not in mapped and CONF_TEMPLATE not in mapped:
        raise FormRefused(Problem("no_presence", field=MAPPED))
    if CONF_ENTITY_ID in mapped and CONF_TEMPLATE in mapped:
        raise FormRefused(Problem("presence_twice", field=MAPPED))
    if rows := mapped.get(CONF_MAP):
        mapped[CONF_MAP] = _read_table(rows)
    if mapped.keys() == {CONF_TEMPLATE} and is_template_string(mapped[CONF_TEMPLATE]):
        template: str = mapped[CONF_TEMPLATE]
        return template
    return mapped


def _read_table(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for row in rows:
        value = str(row[CONF_ROW_VALUE])
        if value in table:
            raise FormRefused(Problem("value_twice", {"value": value}, MAPPED))
        table[value] = _read_row(row)
    return table


def _read_row(row: Mapping[str, Any]) -> str | dict[str, Any]:
    if note := row.get(CONF_NOTE):
        return {CONF_PRESENCE: row[CONF_PRESENCE], CONF_NOTE: note}
    presence: str = row[CONF_PRESENCE]
    return presence


def _typed_presence(presence: str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(presence, str):
        if is_template_string(presence):
            return {CONF_PRESENCE: MAPPED, MAPPED: {CONF_TEMPLATE: presence}}
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
        raise FormRefused(Problem("until_needs_entity", field=ADVANCED))
    if text and entity_id:
        raise FormRefused(Problem("until_twice", field=ADVANCED))
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
