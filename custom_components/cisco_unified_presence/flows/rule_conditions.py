"""What is wrong with the conditions of a rule, in the words of the condition editor."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import (
    CONF_ABOVE,
    CONF_AFTER,
    CONF_ALIAS,
    CONF_BEFORE,
    CONF_BELOW,
    CONF_CONDITION,
    CONF_CONDITIONS,
    CONF_ENABLED,
    CONF_ENTITY_ID,
    CONF_OPTIONS,
    CONF_STATE,
    CONF_TARGET,
    CONF_VALUE_TEMPLATE,
    CONF_WEEKDAY,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import async_get_all_descriptions
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..rules import (
    CONF_LINKED,
    CONF_WHEN,
    ConditionsInvalid,
    WatchedConditions,
    asks_for_event,
)
from .problem import Problem

_GROUPS: Final = ("and", "or", "not")
_EMPTY: Final[tuple[object, ...]] = (None, "", [])

# By the kind of a condition the errors, and of which fields none is filled in then.
_NEEDED: Final[Mapping[object, Mapping[str, tuple[str, ...]]]] = {
    "state": {"condition_no_entity": (CONF_ENTITY_ID,), "condition_no_state": (CONF_STATE,)},
    "numeric_state": {
        "condition_no_entity": (CONF_ENTITY_ID,),
        "condition_no_limit": (CONF_ABOVE, CONF_BELOW),
    },
    "template": {"condition_no_template": (CONF_VALUE_TEMPLATE,)},
    "time": {"condition_no_time": (CONF_AFTER, CONF_BEFORE, CONF_WEEKDAY)},
    # What it lacks is sense: nothing triggers a rule.
    "trigger": {"condition_trigger": ()},
}
_CALENDAR: Final = "calendar"


async def async_problem_of_conditions(hass: HomeAssistant, conditions: list[Any]) -> Problem | None:
    """Return what is wrong with the first condition that a rule cannot use."""
    for number, condition in enumerate(conditions, 1):
        if problem := await _async_problem_of(hass, condition, str(number)):
            return problem
    return None


async def _async_problem_of(hass: HomeAssistant, condition: Any, number: str) -> Problem | None:  # noqa: ANN401 (any JSON)
    if isinstance(condition, Mapping):
        for position, each in enumerate(_members_of(condition), 1):
            if problem := await _async_problem_of(hass, each, f"{number}.{position}"):
                return problem
    named = {"number": number, "condition": await async_name_of(hass, condition)}
    if asks_for_event(condition):
        return Problem("condition_uses_event", named, CONF_WHEN)
    if lacks := await _async_lack_of(hass, condition):
        return Problem(lacks, named, CONF_WHEN)
    if option := await _async_missing_option_of(hass, condition):
        return Problem("condition_no_option", {**named, "option": option}, CONF_WHEN)
    if refusal := await _async_refusal_of(hass, condition):
        return Problem("condition_invalid", {**named, "problem": refusal}, CONF_WHEN)
    return None


def _members_of(condition: Mapping[str, Any]) -> list[Any]:
    for key in (CONF_CONDITIONS, *_GROUPS):
        members = condition.get(key)
        if isinstance(members, list):
            return members
        if isinstance(members, Mapping):
            return [members]
    return []


async def _async_lack_of(hass: HomeAssistant, condition: Any) -> str | None:  # noqa: ANN401 (any JSON)
    """Return the key of the error for what is still to be filled in."""
    if not isinstance(condition, Mapping) or condition.get(CONF_ENABLED) is False:
        return None
    kind = condition.get(CONF_CONDITION)
    if isinstance(kind, str) and "." in kind:
        return await _async_lack_of_target(hass, kind, condition)
    needed = _NEEDED.get(kind, {})
    return next(
        (
            key
            for key, fields in needed.items()
            if all(condition.get(field) in _EMPTY for field in fields)
        ),
        None,
    )


async def _async_lack_of_target(
    hass: HomeAssistant, kind: str, condition: Mapping[str, Any]
) -> str | None:
    description = (await async_get_all_descriptions(hass)).get(kind) or {}
    if CONF_TARGET not in description:
        return None
    if CONF_LINKED in (condition.get(CONF_OPTIONS) or {}):
        return None
    if any((condition.get(CONF_TARGET) or {}).values()):
        return None
    if CONF_LINKED in description["fields"]:
        return "condition_no_calendar_or_link"
    if kind.startswith(f"{_CALENDAR}.") or _is_of_calendars(description[CONF_TARGET]):
        return "condition_no_calendar"
    return "condition_no_target"


def _is_of_calendars(target: Mapping[str, Any]) -> bool:
    filters = target.get("entity") or []
    return bool(filters) and all(_CALENDAR in each.get("domain", ()) for each in filters)


async def _async_missing_option_of(hass: HomeAssistant, condition: Any) -> str | None:  # noqa: ANN401 (any JSON)
    """Return the name of the first option that has to be filled in, as the editor shows it."""
    if not isinstance(condition, Mapping) or condition.get(CONF_ENABLED) is False:
        return None
    kind = str(condition.get(CONF_CONDITION))
    description = (await async_get_all_descriptions(hass)).get(kind) or {}
    options = condition.get(CONF_OPTIONS) or {}
    for key, option in description.get("fields", {}).items():
        if option.get("required") and options.get(key) in _EMPTY and "default" not in option:
            domain, _, name = kind.partition(".")
            language = hass.config.language
            texts = await async_get_translations(hass, language, "conditions", {domain})
            place = f"component.{domain}.conditions.{name}.fields.{key}.name"
            return str(texts.get(place, key))
    return None


async def _async_refusal_of(hass: HomeAssistant, condition: Any) -> str | None:  # noqa: ANN401 (any JSON)
    """Return why Home Assistant refuses a condition, in its words."""
    try:
        conditions = await WatchedConditions.async_create(hass, [condition], "")
    except ConditionsInvalid as error:
        return str(error.__cause__ or error)
    conditions.async_stop()
    return None


async def async_name_of(hass: HomeAssistant, condition: Any) -> str:  # noqa: ANN401 (any JSON)
    """Return the name of a condition as the editor shows it: its alias, or its kind."""
    if not isinstance(condition, Mapping):
        condition = {CONF_CONDITION: "template"}
    if alias := condition.get(CONF_ALIAS):
        return str(alias)
    kind = condition.get(CONF_CONDITION) or next((key for key in _GROUPS if key in condition), "")
    domain, dot, name = str(kind).partition(".")
    language = hass.config.language
    if dot:
        texts = await async_get_translations(hass, language, "conditions", {domain})
        return texts.get(f"component.{domain}.conditions.{name}.name", kind)
    texts = await async_get_translations(hass, language, "config_panel", {DOMAIN})
    return texts.get(f"component.{DOMAIN}.config_panel.conditions.{kind}", str(kind))
