"""What the schema of rules refuses, as errors at the fields of the form."""

from typing import Final

from homeassistant.const import CONF_NAME
import voluptuous as vol

from ..requested_presence import NOTE_NEEDS_OVERRIDE
from ..rules import (
    CONF_EXCEPT,
    CONF_NOTE,
    CONF_PEOPLE,
    CONF_PRESENCE,
    CONF_UNTIL,
    CONF_VARIABLES,
    CONF_WHEN,
)
from .problem import BASE, Problem
from .rule_form import ADVANCED, ADVANCED_SCHEMA, EXCEPTIONS, MAPPED

# The form shows errors of a section's fields above the section.
IMPOSSIBLE_AT: Final = {
    "available_override": ADVANCED,
    "dnd_override": ADVANCED,
    NOTE_NEEDS_OVERRIDE: CONF_NOTE,
}
_FIELDS: Final = {
    **{str(key): ADVANCED for key in ADVANCED_SCHEMA.schema},
    CONF_EXCEPT: EXCEPTIONS,
    CONF_NAME: CONF_NAME,
    CONF_NOTE: CONF_NOTE,
    CONF_PEOPLE: CONF_PEOPLE,
    CONF_PRESENCE: MAPPED,
    CONF_WHEN: CONF_WHEN,
}
# Fields whose errors are in sight without scrolling.
_AT_THE_TOP: Final = frozenset({BASE, CONF_NAME, CONF_PEOPLE})
_KEYS: Final = {
    CONF_NAME: "no_name",
    CONF_NOTE: "note_invalid",
    CONF_PEOPLE: "no_people",
    CONF_PRESENCE: "presence_invalid",
    CONF_UNTIL: "until_invalid",
    CONF_VARIABLES: "variables_invalid",
}


def errors_of(problem: Problem) -> dict[str, str]:
    """Return the errors of the form, which the browser shows from its top again."""
    if problem.field in _AT_THE_TOP:
        return problem.errors
    return {**problem.errors, BASE: "see_below"}


def problem_of(error: vol.Invalid) -> Problem:
    """Return what is wrong, at the field that the error names."""
    if isinstance(error, vol.MultipleInvalid):
        error = error.errors[0]
    path = [str(part) for part in error.path]
    name = path[0] if path else ""
    key = _KEYS.get(name, "rule_invalid")
    return Problem(key, {"problem": error.msg}, _FIELDS.get(name, BASE))
