"""By which of Home Assistant's functions a condition is checked."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.rules import condition_check as module
from custom_components.cisco_unified_presence.rules.condition_check import check_of

HASS: Any = "hass"
STATE: Any = {"condition": "state", "entity_id": ["light.lamp"], "state": ["on", "off"]}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, (None, None)),
        ({"attribute": "color"}, (None, "color")),
        ({"for": {"minutes": 5}}, ({"minutes": 5}, None)),
        ({"for": 3, "attribute": "color"}, (3, "color")),
    ],
)
def test_a_state_is_checked_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], expected: tuple[object, ...]
) -> None:
    asked: list[tuple[object, ...]] = []

    def state(*of: object) -> bool:
        asked.append(of)
        return len(asked) == 1

    monkeypatch.setattr(module, "state", state)
    checker: Any = None
    check = check_of({**STATE, **more}, checker)
    assert [check(HASS, {"x": 1}), check(HASS, None)] == [True, False]
    of = ("hass", "light.lamp", ["on", "off"], *expected)
    assert asked == [(*of, {"x": 1}), (*of, None)]


def test_other_conditions_are_checked_by_their_checker() -> None:
    checker: Any = SimpleNamespace(async_check=lambda *, variables: variables["x"])
    check = check_of({"condition": "numeric_state", "entity_id": ["sensor.a", "sensor.b"]}, checker)
    assert [check(HASS, {"x": each}) for each in (True, False, None)] == [True, False, None]
