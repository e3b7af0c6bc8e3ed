"""States that are assumed in the place of the real ones."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import State
import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.rules.given import (
    GIVEN_STATES,
    MOST_STATES,
    states_given,
)

BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
SINCE = datetime(2026, 11, 2, 8, tzinfo=UTC)
LAMP = State("light.lamp", "on", {"brightness": 7, "color": "red"}, last_changed=BEFORE)


def given(states: dict[str, Any]) -> dict[str, State]:
    checked = GIVEN_STATES(states)
    return states_given(checked, {LAMP.entity_id: LAMP}.get, SINCE)


@pytest.mark.parametrize(
    ("written", "state", "attributes", "changed"),
    [
        ("off", "off", {"brightness": 7, "color": "red"}, SINCE),
        (False, "off", {"brightness": 7, "color": "red"}, SINCE),
        (True, "on", {"brightness": 7, "color": "red"}, BEFORE),
        (
            {"state": "on", "attributes": {"color": "blue"}},
            "on",
            {"brightness": 7, "color": "blue"},
            BEFORE,
        ),
        ({"state": 7}, "7", {"brightness": 7, "color": "red"}, SINCE),
    ],
)
def test_a_state_of_an_entity(
    written: object, state: str, attributes: dict[str, Any], changed: datetime
) -> None:
    found = given({"light.lamp": written})["light.lamp"]
    assert (found.state, dict(found.attributes)) == (state, attributes)
    assert found.last_changed == changed


def test_a_state_of_no_entity() -> None:
    found = given({"light.none": {"state": "on", "attributes": {"color": "blue"}}})["light.none"]
    assert (found.entity_id, found.state, dict(found.attributes)) == (
        "light.none",
        "on",
        {"color": "blue"},
    )
    assert found.last_changed == SINCE


@pytest.mark.parametrize(
    "states",
    [
        {"lamp": "on"},
        {"light.lamp": None},
        {"light.lamp": {"attributes": {}}},
        {"light.lamp": {"state": "on", "other": 1}},
        {"light.lamp": "x" * 256},
        {f"light.lamp_{number}": "on" for number in range(MOST_STATES + 1)},
    ],
)
def test_what_is_no_state(states: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        given(states)


def test_the_most_states_and_characters() -> None:
    states = {f"light.lamp_{number}": "x" * 255 for number in range(MOST_STATES)}
    assert len(given(states)) == MOST_STATES == 1000
