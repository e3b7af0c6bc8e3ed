"""What a schema refuses, at the field that it names."""

import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.flows.problem import Problem
from custom_components.cisco_unified_presence.flows.rule_problems import errors_of, problem_of


def refused(*path: str | int) -> vol.Invalid:
    return vol.Invalid("too bad", path=list(path))


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (refused(), Problem("rule_invalid", {"problem": "too bad"}, "base")),
        (refused("colour"), Problem("rule_invalid", {"problem": "too bad"}, "base")),
        (refused("name"), Problem("no_name", {"problem": "too bad"}, "name")),
        (refused("note"), Problem("note_invalid", {"problem": "too bad"}, "note")),
        (refused("people", 0), Problem("no_people", {"problem": "too bad"}, "people")),
        (refused("presence", "map"), Problem("presence_invalid", {"problem": "too bad"}, "mapped")),
        (refused("until"), Problem("until_invalid", {"problem": "too bad"}, "advanced")),
        (refused("variables"), Problem("variables_invalid", {"problem": "too bad"}, "advanced")),
        (refused("for"), Problem("rule_invalid", {"problem": "too bad"}, "advanced")),
        (refused("when", 0), Problem("rule_invalid", {"problem": "too bad"}, "when")),
        (refused("except"), Problem("rule_invalid", {"problem": "too bad"}, "exceptions")),
        # Of several the first.
        (
            vol.MultipleInvalid([refused("note"), refused("name")]),
            Problem("note_invalid", {"problem": "too bad"}, "note"),
        ),
    ],
)
def test_the_field_of_an_error(error: vol.Invalid, problem: Problem) -> None:
    assert problem_of(error) == problem


@pytest.mark.parametrize(
    ("field", "errors"),
    [
        ("base", {"base": "x"}),
        ("name", {"name": "x"}),
        ("people", {"people": "x"}),
        ("note", {"note": "x", "base": "see_below"}),
        ("advanced", {"advanced": "x", "base": "see_below"}),
    ],
)
def test_what_is_out_of_sight_is_told_at_the_top_too(field: str, errors: dict[str, str]) -> None:
    assert errors_of(Problem("x", field=field)) == errors
