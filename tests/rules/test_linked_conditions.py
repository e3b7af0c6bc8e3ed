"""Conditions on what is linked to a person."""

from typing import Any

import pytest

from custom_components.cisco_unified_presence.rules.linked_conditions import (
    CALENDAR_EVENT,
    LINKED_ENTITY,
    uses_links,
    with_links,
)

LINKS = {"desk": "binary_sensor.desk", "calendar": "calendar.anna"}
DESK: dict[str, Any] = {"condition": LINKED_ENTITY, "options": {"link": "desk", "state": "on"}}
EVENT = {"condition": CALENDAR_EVENT, "options": {"linked": "calendar", "title": "x"}}
STATE = {"condition": "state", "entity_id": ["light.lamp"], "state": "on"}


@pytest.mark.parametrize(
    "conditions",
    [
        [DESK],
        [STATE, EVENT],
        {"condition": "and", "conditions": [STATE, DESK]},
        [{"or": [STATE, EVENT]}],
        [{"and": [DESK]}],
        [{"not": [{"and": [DESK]}]}],
    ],
)
def test_conditions_that_use_links(conditions: object) -> None:
    assert uses_links(conditions)


@pytest.mark.parametrize(
    "conditions",
    [
        [],
        None,
        "{{ true }}",
        [STATE],
        [{"or": [STATE]}],
        {"condition": CALENDAR_EVENT, "options": {"title": "x"}},
        {"condition": CALENDAR_EVENT, "options": None},
    ],
)
def test_conditions_that_use_none(conditions: object) -> None:
    assert not uses_links(conditions)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (STATE, STATE),
        (
            {**DESK, "alias": "At the desk", "target": {}},
            {
                "condition": "state",
                "entity_id": ["binary_sensor.desk"],
                "state": "on",
                "alias": "At the desk",
            },
        ),
        (
            {**DESK, "options": {**DESK["options"], "for": {"minutes": 5}}},
            {
                "condition": "state",
                "entity_id": ["binary_sensor.desk"],
                "state": "on",
                "for": {"minutes": 5},
            },
        ),
        ({**DESK, "options": {"link": "place", "state": "on"}}, None),
        (EVENT, {**EVENT, "target": {"entity_id": ["calendar.anna"]}}),
        ({**EVENT, "options": {"linked": "desk"}, "target": {"area_id": ["x"]}}, ...),
        ({**EVENT, "options": {"linked": "place"}}, None),
    ],
)
def test_the_condition_that_is_checked(config: dict[str, Any], expected: Any) -> None:
    if expected is ...:
        expected = {**config, "target": {"entity_id": ["binary_sensor.desk"]}}
    assert with_links(config, LINKS) == expected
