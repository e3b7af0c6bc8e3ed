"""Conditions over several members are split, so that each member is known or not by itself."""

from typing import Any

import pytest

from custom_components.cisco_unified_presence.rules.condition_members import (
    by_member,
    listed,
    names_entity,
)

STATE = {"condition": "state", "entity_id": ["light.a"], "state": ["on"]}
TWO = {**STATE, "entity_id": ["light.a", "light.b"]}
BARE_A, BARE_B = ({**STATE, "entity_id": [each]} for each in ("light.a", "light.b"))
NUMBER = {"condition": "numeric_state", "entity_id": ["sensor.a"], "attribute": "x"}
ZONE = {"condition": "zone", "options": {"entity_id": ["person.a"], "zone": ["zone.a"], "x": 1}}
NAMED = {"alias": "Lit", "enabled": True}


def of_zone(person: str, zone: str) -> dict[str, Any]:
    return {"condition": "zone", "options": {"entity_id": [person], "zone": [zone], "x": 1}}


def any_of(*parts: Any, **own: Any) -> dict[str, Any]:
    return {"condition": "or", "conditions": list(parts), **own}


def all_of(*parts: Any, **own: Any) -> dict[str, Any]:
    return {"condition": "and", "conditions": list(parts), **own}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (STATE, STATE),
        ({**STATE, **NAMED}, {**STATE, **NAMED}),
        (TWO, all_of(BARE_A, BARE_B)),
        ({**TWO, "match": "all"}, all_of({**BARE_A, "match": "all"}, {**BARE_B, "match": "all"})),
        ({**TWO, "match": "any"}, any_of({**BARE_A, "match": "any"}, {**BARE_B, "match": "any"})),
        ({**TWO, **NAMED}, all_of(BARE_A, BARE_B, **NAMED)),
        # States that other entities name may be unknown while others decide.
        ({**STATE, "state": "input_text.x"}, {**STATE, "state": "input_text.x"}),
        ({**STATE, "state": ["input_text.x"]}, {**STATE, "state": ["input_text.x"]}),
        ({**STATE, "state": ["on", "off"]}, {**STATE, "state": ["on", "off"]}),
        (
            {**STATE, "state": ["on", "input_text.x", "off", "input_text.y"]},
            any_of(
                {**STATE, "state": ["on", "off"]},
                {**STATE, "state": ["input_text.x"]},
                {**STATE, "state": ["input_text.y"]},
            ),
        ),
        (
            {**STATE, "state": ["input_text.x", "input_text.y"], **NAMED},
            any_of(
                {**STATE, "state": ["input_text.x"]},
                {**STATE, "state": ["input_text.y"]},
                **NAMED,
            ),
        ),
        (
            {**TWO, "state": ["on", "input_text.x"], "alias": "Lit"},
            all_of(
                any_of(BARE_A, {**BARE_A, "state": ["input_text.x"]}),
                any_of(BARE_B, {**BARE_B, "state": ["input_text.x"]}),
                alias="Lit",
            ),
        ),
        ({**NUMBER, "above": 1, "below": 2}, {**NUMBER, "above": 1, "below": 2}),
        ({**NUMBER, "above": "input_number.x"}, {**NUMBER, "above": "input_number.x"}),
        (
            {**NUMBER, "above": "input_number.x", "below": 2, "alias": "Few"},
            all_of({**NUMBER, "above": "input_number.x"}, {**NUMBER, "below": 2}, alias="Few"),
        ),
        (
            {**NUMBER, "entity_id": ["sensor.a", "sensor.b"], "above": 1, "below": "sensor.x"},
            all_of(
                {**NUMBER, "above": 1},
                {**NUMBER, "below": "sensor.x"},
                {**NUMBER, "entity_id": ["sensor.b"], "above": 1},
                {**NUMBER, "entity_id": ["sensor.b"], "below": "sensor.x"},
            ),
        ),
        ({**ZONE, **NAMED}, {**of_zone("person.a", "zone.a"), **NAMED}),
        (
            {
                "condition": "zone",
                "options": {"entity_id": ["person.a"], "zone": ["zone.a", "zone.b"], "x": 1},
                "alias": "In",
            },
            any_of(of_zone("person.a", "zone.a"), of_zone("person.a", "zone.b"), alias="In"),
        ),
        (
            {
                "condition": "zone",
                "options": {"entity_id": ["person.a", "person.b"], "zone": ["zone.a"], "x": 1},
            },
            all_of(of_zone("person.a", "zone.a"), of_zone("person.b", "zone.a")),
        ),
        ({"condition": "sun", "after": "sunset"}, {"condition": "sun", "after": "sunset"}),
    ],
)
def test_the_members_of_a_condition(config: dict[str, Any], expected: dict[str, Any]) -> None:
    assert by_member(config) == expected


def test_states_of_other_entities() -> None:
    assert names_entity("input_text.x")
    assert not names_entity("on")
    assert not names_entity("light.x")
    assert not names_entity(5)


def test_lists() -> None:
    assert listed(["a"]) == ["a"]
    assert listed("a") == ["a"]
    assert listed(5) == [5]
