"""How a rule is written down, in YAML and in a subentry alike. docs/rules.md describes the keys."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import (
    CONF_ATTRIBUTE,
    CONF_ENTITY_ID,
    CONF_FOR,
    CONF_ID,
    CONF_NAME,
    CONF_STATE,
)
from homeassistant.core import valid_entity_id
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util import slugify
import voluptuous as vol

from ..arbitration import OVERRULED_FOR, RequestedPresence
from ..requested_presence import (
    MAX_NOTE,
    NOTE_NEEDS_OVERRIDE,
    ImpossiblePresence,
    request_presence,
)
from ..states import PRESENCES
from .directory import CONF_PEOPLE, REFERENCES
from .ends import end_of
from .presence_choice import (
    CONF_MAP,
    CONF_NOTE,
    CONF_PRESENCE,
    CONF_TEMPLATE,
    PRESENCE_WORDS,
    PresenceChoice,
    requested_for,
)
from .template_names import EVENT, PERSON, asks_for_event, texts_in
from .timing import RuleTimes

CONF_AT_MOST: Final = "at_most"
CONF_BEATS_MANUAL: Final = "beats_manual"
CONF_EXCEPT: Final = "except"
CONF_GRACE: Final = "grace"
CONF_HOLD: Final = "hold"
CONF_INSIST: Final = "insist"
CONF_OVERRIDE: Final = "override"
CONF_OVERRULED_FOR: Final = "overruled_for"
CONF_PRIORITY: Final = "priority"
CONF_RULES: Final = "rules"
CONF_UNTIL: Final = "until"
CONF_VARIABLES: Final = "variables"
CONF_WHEN: Final = "when"
CONF_YIELDS_TO: Final = "yields_to"

MIN_PRIORITY: Final = -1000
MAX_PRIORITY: Final = 1000

# Own presences and activities of a person, as states and entities spell them.
YIELDS_TO: Final = (
    "do_not_disturb",
    "busy",
    "away",
    "vacation",
    "offline",
    "on_the_phone",
    "in_a_meeting",
)

EVENT_IN_CONDITION: Final = (
    "`event` is known in presence, note and until only; ask for it by the options title, location,"
    " description and all_day of the condition calendar_event, or let a template of presence render"
    " a presence for some events and nothing for others"
)
EVENT_IN_VARIABLE: Final = (
    "`event` is known in presence, note and until only; use it there, in place of the variable"
)

# What Home Assistant takes for text in these, and would never be true.
_PLAIN_CONDITIONS: Final = frozenset({"state", "numeric_state", "time", "zone", "device", "sun"})
_WITH_TEMPLATES: Final = frozenset({"alias", "conditions", "enabled", CONF_FOR, "value_template"})

# What automations and actions call the keys of a rule.
_OTHER_WORDS: Final = {
    "alias": CONF_NAME,
    "condition": CONF_WHEN,
    "conditions": CONF_WHEN,
    "exclude": CONF_EXCEPT,
    "message": CONF_NOTE,
    "person": CONF_PEOPLE,
    "target": CONF_PEOPLE,
}

_TEXT = vol.All(cv.string, str.strip, vol.Length(min=1))
# Attributes of many entities carry it, and the recorder takes 16 KiB of them.
_NAME = vol.All(_TEXT, vol.Length(max=255))
# A century: beyond, sums of times overflow.
_LONGEST: Final = timedelta(days=36500)
_DURATION = vol.All(cv.positive_time_period, vol.Range(max=_LONGEST))
# A name may be changed without this schema, and earlier versions stored any duration.
_STORED_DURATION = vol.All(cv.positive_time_period, vol.Clamp(max=_LONGEST))
_USUAL = RuleTimes()


def _conditions(value: object) -> list[Any]:
    """Check conditions, and return them as they were written, so that they can be stored."""
    written: list[Any] = cv.ensure_list(value)
    _check_fields_of(written, [])
    cv.CONDITIONS_SCHEMA(deepcopy(written))
    for index, each in enumerate(written):
        if asks_for_event(each):
            raise vol.Invalid(EVENT_IN_CONDITION, path=[index])
    return written


def _check_fields_of(conditions: list[Any], path: list[Any]) -> None:
    """Check what Home Assistant accepts and no user means, or refuses without saying why.

    Raises:
        vol.Invalid: A field that takes no template has one, or a state is a truth value.
    """
    for index, each in enumerate(conditions):
        if not isinstance(each, dict):
            continue
        here = [*path, index]
        for kind in ("conditions", "and", "or", "not"):
            if isinstance(nested := each.get(kind), list):
                _check_fields_of(nested, [*here, kind])
        if each.get("condition") in _PLAIN_CONDITIONS:
            for key in each.keys() - _WITH_TEMPLATES:
                _refuse_template(each[key], key, [*here, key])
            _refuse_truth_value(each.get(CONF_STATE), [*here, CONF_STATE])


def _refuse_truth_value(state: object, path: list[Any]) -> None:
    for each in cv.ensure_list(state):
        if isinstance(each, bool):
            word = "on" if each else "off"
            raise vol.Invalid(f'the state needs quotation marks, as in "{word}"', path=path)


def _refuse_template(value: object, field: str, path: list[Any] | None = None) -> None:
    for template in texts_in(value):
        raise vol.Invalid(
            f"“{field}” takes no template, and this is one: {template}", path=path or []
        )


def _plain(field: str, schema: Callable[[Any], Any] | vol.All) -> vol.All:
    """Return a schema that refuses templates first."""

    def refuse(value: object) -> object:
        _refuse_template(value, field)
        return value

    return vol.All(refuse, schema)


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
        raise vol.Invalid("no people are selected")
    return target


def _template(value: object) -> str:
    text: str = _TEXT(value)
    cv.template(text)
    return text


def _note(value: object) -> str:
    text: str = _TEXT(value)
    if any(texts_in(text)):
        return _template(text)
    return str(vol.Length(max=MAX_NOTE)(text))


def _word(value: object) -> str:
    # YAML reads these words as truth values.
    word: str = vol.In(list(PRESENCE_WORDS))(value)
    return word


_MAPPED_SCHEMA = vol.Any(
    _word, vol.Schema({vol.Required(CONF_PRESENCE): _word, vol.Optional(CONF_NOTE): _note})
)


def _map(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise vol.Invalid("a map of values to presences is expected")
    return {_value(key): vol.Schema(_MAPPED_SCHEMA)(chosen) for key, chosen in value.items()}


def _value(key: object) -> str:
    # YAML reads on, off, yes and no as truth values.
    return {True: "on", False: "off"}.get(key, str(key)) if isinstance(key, bool) else str(key)


_CHOICE_SCHEMA = vol.All(
    vol.Schema(
        {
            vol.Exclusive(CONF_ENTITY_ID, "source"): cv.entity_id,
            vol.Exclusive(CONF_TEMPLATE, "source"): _template,
            vol.Optional(CONF_ATTRIBUTE): _plain(CONF_ATTRIBUTE, _TEXT),
            vol.Optional(CONF_MAP): _map,
        }
    ),
    cv.has_at_least_one_key(CONF_ENTITY_ID, CONF_TEMPLATE),
)


def _presence(value: object) -> str | dict[str, Any]:
    if isinstance(value, dict):
        choice: dict[str, Any] = _CHOICE_SCHEMA(value)
        return choice
    return _template(value) if any(texts_in(value)) else _word(value)


_MOMENT_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_ENTITY_ID): cv.entity_id,
        vol.Optional(CONF_ATTRIBUTE): _plain(CONF_ATTRIBUTE, _TEXT),
    }
)


def _until(value: object) -> str | dict[str, Any]:
    if isinstance(value, dict):
        moment: dict[str, Any] = _MOMENT_SCHEMA(value)
        return moment
    text = clock_of(value) if type(value) is int else str(value)
    if any(texts_in(text)):
        return _template(text)
    if end_of(text, dt_util.utcnow()) is not None:
        return text
    if valid_entity_id(text):
        return {CONF_ENTITY_ID: text}
    raise vol.Invalid("a time of day, a moment, a template or an entity is expected")


def clock_of(number: int) -> str:
    """Return a time of day, which YAML reads as a number of minutes, or of seconds.

    What lies between the last minute and the first hour in seconds is 24:00 or later, and no time.
    """
    if _MINUTES_OF_DAY <= number < _SECONDS_OF_HOUR:
        return ""
    minutes, seconds = (number, 0) if number < _MINUTES_OF_DAY else divmod(number, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _variables(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise vol.Invalid("names and values are expected")
    for name in value:
        if not isinstance(name, str) or not name.isidentifier():
            raise vol.Invalid(f"{name} is no name of a variable", path=[name])
        if name in _TAKEN:
            raise vol.Invalid(f"the variable {name} is always there", path=[name])
    for text in texts_in(value):
        cv.template(text)
    for name, each in value.items():
        if asks_for_event(each):
            raise vol.Invalid(EVENT_IN_VARIABLE, path=[name])
    return value


def _possible(data: dict[str, Any]) -> dict[str, Any]:
    try:
        requested_by(data)
    except ImpossiblePresence as error:
        key = CONF_OVERRIDE if CONF_OVERRIDE in data else CONF_PRESENCE
        raise vol.Invalid(str(error), path=[key]) from error
    return data


def _with_condition(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data with conditions; the rule needs none where its presence may be none."""
    if not data.get(CONF_WHEN) and PresenceChoice.of(data[CONF_PRESENCE]).fixed:
        raise vol.Invalid("the rule needs a condition", path=[CONF_WHEN])
    return {CONF_WHEN: [], **data}


def _identified(data: dict[str, Any]) -> dict[str, Any]:
    return {CONF_ID: slugify(data[CONF_NAME]), **data}


_MINUTES_OF_DAY: Final = 24 * 60
_SECONDS_OF_HOUR: Final = 60 * 60
_TAKEN: Final = (PERSON, EVENT)
_PEOPLE = vol.All(cv.ensure_list_csv, vol.Length(min=1), [_reference])


def _in_words_of_rules(data: object) -> object:
    for word in data if isinstance(data, dict) else ():
        if meant := _OTHER_WORDS.get(word):
            raise vol.Invalid(f"rules call this “{meant}”", path=[word])
    return data


def _rule_schema(
    conditions: Callable[[Any], list[Any]] | type[list[Any]], name: vol.All, duration: vol.All
) -> vol.All:
    plain: dict[Any, Any] = {
        vol.Required(CONF_NAME): name,
        vol.Optional(CONF_ID): name,
        vol.Required(CONF_PEOPLE): _PEOPLE,
        vol.Optional(CONF_EXCEPT): _PEOPLE,
        vol.Optional(CONF_FOR, default=_USUAL.before): duration,
        vol.Optional(CONF_HOLD, default=_USUAL.after): duration,
        vol.Optional(CONF_OVERRIDE): cv.boolean,
        vol.Optional(CONF_PRIORITY, default=0): vol.All(
            vol.Coerce(int), vol.Range(min=MIN_PRIORITY, max=MAX_PRIORITY)
        ),
        vol.Optional(CONF_INSIST, default=False): cv.boolean,
        vol.Optional(CONF_AT_MOST): vol.All(duration, vol.Range(min=timedelta(seconds=1))),
        vol.Optional(CONF_GRACE, default=_USUAL.grace): duration,
        vol.Optional(CONF_YIELDS_TO): vol.All(cv.ensure_list, [vol.In(list(YIELDS_TO))]),
        vol.Optional(CONF_BEATS_MANUAL, default=False): cv.boolean,
        vol.Optional(CONF_OVERRULED_FOR, default=OVERRULED_FOR): duration,
    }
    return vol.All(
        _in_words_of_rules,
        vol.Schema(
            {
                **{key: _plain(str(key), schema) for key, schema in plain.items()},
                vol.Optional(CONF_VARIABLES): _variables,
                vol.Optional(CONF_WHEN): conditions,
                vol.Required(CONF_PRESENCE): _presence,
                vol.Optional(CONF_NOTE): _note,
                vol.Optional(CONF_UNTIL): _until,
            }
        ),
        _with_condition,
        _identified,
        _possible,
    )


RULE_SCHEMA = _rule_schema(_conditions, _NAME, _DURATION)
# A later Home Assistant may refuse stored conditions; that is an issue when the rule runs.
STORED_RULE_SCHEMA = _rule_schema(list, _TEXT, _STORED_DURATION)


def requested_by(data: Mapping[str, Any]) -> RequestedPresence | None:
    """Return the presence that a rule requests; None where that depends, or for the person's own.

    Raises:
        ImpossiblePresence: The server would not accept it.
    """
    note, override = data.get(CONF_NOTE), data.get(CONF_OVERRIDE)
    if note is not None and override is False:
        raise ImpossiblePresence(NOTE_NEEDS_OVERRIDE)
    chosen = PresenceChoice.of(data[CONF_PRESENCE]).fixed
    if chosen is None or chosen.word not in PRESENCES:
        return None
    if note is not None and any(texts_in(note)):
        return requested_for(chosen, override=override, note=None)
    return request_presence(PRESENCES[chosen.word], override=override, note=note)
