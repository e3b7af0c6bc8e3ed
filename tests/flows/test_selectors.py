"""Selectors that return what was entered, so that it can be stored."""

from typing import Any

import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.flows.selectors import (
    RawConditionSelector,
    RawTargetSelector,
)


@pytest.mark.parametrize(
    "target", [{}, {"entity_id": "sensor.anna_presence"}, {"label_id": ["guests"], "area_id": []}]
)
def test_a_target_stays_as_it_was_entered(target: dict[str, Any]) -> None:
    assert RawTargetSelector()(target) is target


@pytest.mark.parametrize("target", [{"entity_id": "nobody"}, {"person": "anna"}, "anna"])
def test_what_is_no_target_is_refused(target: Any) -> None:
    with pytest.raises(vol.Invalid):
        RawTargetSelector()(target)


@pytest.mark.parametrize("conditions", [[], ["{{ true }}"], [{"condition": "nonsense"}]])
def test_conditions_stay_as_they_were_entered(conditions: list[Any]) -> None:
    assert RawConditionSelector()(conditions) is conditions
