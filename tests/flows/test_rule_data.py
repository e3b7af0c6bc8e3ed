"""What a rule's form says, as data: what is left out, spelled out or refused."""

from typing import Any
from unittest.mock import Mock

import pytest

from custom_components.cisco_unified_presence.flows.problem import FormRefused, Problem
from custom_components.cisco_unified_presence.flows.rule_data import as_typed, read_rule
from custom_components.cisco_unified_presence.flows.rule_people import PeopleOffer
from tests.common.rules import AT_DESK

TYPED: dict[str, Any] = {"name": " Desk ", "when": [AT_DESK], "presence": "busy"}
DATA: dict[str, Any] = {"people": [], "when": [AT_DESK], "presence": "busy", "priority": 0}
OFFER = PeopleOffer({}, Mock())


def advanced(**fields: Any) -> dict[str, Any]:
    return {"advanced": fields}


def mapped(**fields: Any) -> dict[str, Any]:
    return {"presence": "mapped", "mapped": fields}


@pytest.mark.parametrize(
    ("typed", "data"),
    [
        ({}, {}),
        ({"people": ["anna"]}, {"people": ["anna"]}),
        (
            {"people": ["anna"], "places": {"area_id": ["lab"], "label_id": []}},
            {"people": ["anna", {"area_id": ["lab"]}]},
        ),
        ({"places": {"floor_id": ["first"]}}, {"people": [{"floor_id": ["first"]}]}),
        ({"exceptions": {"except": []}}, {}),
        (
            {"exceptions": {"except": ["ben"], "label_id": ["guests"]}},
            {"except": ["ben", {"label_id": ["guests"]}]},
        ),
        ({"when": AT_DESK}, {}),
        ({"note": " "}, {}),
        ({"note": " Lunch "}, {"note": "Lunch"}),
        ({"note": "x" * 140}, {"note": "x" * 140}),
        ({"note": "{{ x }}" + "x" * 140}, {"note": "{{ x }}" + "x" * 140}),
        (advanced(priority=5.0), {"priority": 5}),
        (advanced(insist=True, hold={"minutes": 1}), {"insist": True, "hold": {"minutes": 1}}),
        (advanced(at_most={}), {}),
        (advanced(at_most={"hours": 0, "minutes": 0}), {}),
        (advanced(at_most={"hours": 0, "minutes": 1}), {"at_most": {"hours": 0, "minutes": 1}}),
        (advanced(grace={"minutes": 0}), {"grace": {"minutes": 0}}),
        (advanced(variables={}), {}),
        (advanced(variables={"a": 1}), {"variables": {"a": 1}}),
        (advanced(beats_manual=False), {}),
        (advanced(beats_manual=True), {"beats_manual": True}),
        (advanced(override="as_usual"), {}),
        (advanced(override="yes"), {"override": True}),
        (advanced(override="no"), {"override": False}),
        (advanced(yields_to=["as_usual"]), {}),
        (advanced(yields_to=[]), {"yields_to": []}),
        (advanced(yields_to=["as_usual", "busy"]), {"yields_to": ["do_not_disturb", "busy"]}),
        (
            advanced(yields_to=["do_not_disturb", "as_usual"]),
            {"yields_to": ["do_not_disturb"]},
        ),
        (
            advanced(yields_to=["as_usual", "busy"], insist=True),
            {"yields_to": ["busy"], "insist": True},
        ),
        (advanced(until=" ", until_attribute=" "), {}),
        (advanced(until=" 17:00 "), {"until": "17:00"}),
        (advanced(until_entity="sun.sun"), {"until": {"entity_id": "sun.sun"}}),
        (
            advanced(until_entity="sun.sun", until_attribute=" next_setting "),
            {"until": {"entity_id": "sun.sun", "attribute": "next_setting"}},
        ),
        (mapped(template="{{ 'busy' }}"), {"presence": "{{ 'busy' }}"}),
        (mapped(template="busy"), {"presence": {"template": "busy"}}),
        (mapped(entity_id="sun.sun", attribute=""), {"presence": {"entity_id": "sun.sun"}}),
        (
            {**mapped(entity_id="sun.sun", map=[{"value": 1, "presence": "busy"}]), "when": []},
            {"presence": {"entity_id": "sun.sun", "map": {"1": "busy"}}, "when": []},
        ),
        (
            mapped(template="{{ x }}", map=[{"value": "a", "presence": "away", "note": "Lunch"}]),
            {
                "presence": {
                    "template": "{{ x }}",
                    "map": {"a": {"presence": "away", "note": "Lunch"}},
                }
            },
        ),
        # Folded away, and not of this presence.
        ({"mapped": {"entity_id": "sun.sun"}}, {}),
    ],
)
def test_what_is_stored(typed: dict[str, Any], data: dict[str, Any]) -> None:
    name, stored = read_rule({**TYPED, **typed})
    assert name == "Desk"
    assert stored == {**DATA, **data}
    assert type(stored["priority"]) is int
    # Shown again, it says the same.
    assert read_rule(as_typed(name, stored, OFFER)) == (name, stored)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"when": []}, Problem("no_conditions", field="when")),
        ({"note": "x" * 141}, Problem("note_too_long", {"limit": "140"}, "note")),
        (mapped(), Problem("no_presence", field="mapped")),
        ({"presence": "mapped"}, Problem("no_presence", field="mapped")),
        (mapped(entity_id="", template=""), Problem("no_presence", field="mapped")),
        (
            mapped(entity_id="sun.sun", template="{{ x }}"),
            Problem("presence_twice", field="mapped"),
        ),
        (
            mapped(entity_id="sun.sun", map=[{"value": "a", "presence": "busy"}] * 2),
            Problem("value_twice", {"value": "a"}, "mapped"),
        ),
        (advanced(until_attribute="x"), Problem("until_needs_entity", field="advanced")),
        (
            advanced(until="17:00", until_entity="sun.sun"),
            Problem("until_twice", field="advanced"),
        ),
    ],
)
def test_what_is_refused(typed: dict[str, Any], problem: Problem) -> None:
    with pytest.raises(FormRefused) as raised:
        read_rule({**TYPED, **typed})
    assert raised.value.problem == problem
    assert str(raised.value) == problem.key


def test_what_is_shown_of_a_stored_rule() -> None:
    usual = {
        "name": "Desk",
        "people": [],
        "exceptions": {"except": []},
        "when": [AT_DESK],
        "presence": "busy",
        "advanced": {"yields_to": ["as_usual"], "priority": 0, "override": "as_usual"},
    }
    assert as_typed("Desk", DATA, OFFER) == usual
    full = {
        **DATA,
        "people": ["anna", {"area_id": "lab"}],
        "except": [{"label_id": ["guests"]}, "ben"],
        "presence": "{{ x }}",
        "note": "Lunch",
        "override": False,
        "yields_to": [],
        "until": {"entity_id": "sun.sun", "attribute": "next_setting"},
    }
    assert as_typed("Desk", full, OFFER) == {
        **usual,
        "people": ["anna"],
        "places": {"area_id": ["lab"]},
        "exceptions": {"except": ["ben"], "label_id": ["guests"]},
        "presence": "mapped",
        "mapped": {"template": "{{ x }}"},
        "note": "Lunch",
        "advanced": {
            "yields_to": [],
            "priority": 0,
            "override": "no",
            "until": "",
            "until_entity": "sun.sun",
            "until_attribute": "next_setting",
        },
    }
