"""What is still to be filled in of a condition."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.flows import rule_conditions
from custom_components.cisco_unified_presence.flows.rule_conditions import _async_lack_of

DESCRIPTIONS: dict[str, Any] = {
    "light.is_on": {"target": {"entity": [{"domain": ["light"]}]}, "fields": {}},
    "calendar.is_event_active": {"target": {}, "fields": {}},
    "other.event": {"target": {"entity": [{"domain": ["calendar"]}]}, "fields": {}},
    "other.mixed": {
        "target": {"entity": [{"domain": ["calendar"]}, {"domain": ["light"]}]},
        "fields": {},
    },
    "ours.event": {"target": {}, "fields": {"linked": {}}},
    "sun.is_up": {"fields": {}},
}


@pytest.fixture(autouse=True)
def _described(monkeypatch: pytest.MonkeyPatch) -> None:
    async def descriptions(_hass: HomeAssistant) -> dict[str, Any]:
        return DESCRIPTIONS

    monkeypatch.setattr(rule_conditions, "async_get_all_descriptions", descriptions)


@pytest.mark.parametrize(
    ("condition", "lack"),
    [
        ("{{ true }}", None),
        ({"condition": "state"}, "condition_no_entity"),
        ({"condition": "state", "entity_id": []}, "condition_no_entity"),
        ({"condition": "state", "entity_id": "light.x"}, "condition_no_state"),
        ({"condition": "state", "entity_id": "light.x", "state": "on"}, None),
        ({"condition": "state", "enabled": False}, None),
        ({"condition": "numeric_state"}, "condition_no_entity"),
        ({"condition": "numeric_state", "entity_id": "sensor.x"}, "condition_no_limit"),
        ({"condition": "numeric_state", "entity_id": "sensor.x", "below": 0}, None),
        ({"condition": "template", "value_template": ""}, "condition_no_template"),
        ({"condition": "time"}, "condition_no_time"),
        ({"condition": "time", "weekday": ["mon"]}, None),
        ({"condition": "trigger", "id": "x"}, "condition_trigger"),
        ({"condition": "zone"}, None),
        ({"condition": "light.is_on"}, "condition_no_target"),
        ({"condition": "light.is_on", "target": {"area_id": []}}, "condition_no_target"),
        ({"condition": "light.is_on", "target": {"area_id": ["x"]}}, None),
        ({"condition": "calendar.is_event_active"}, "condition_no_calendar"),
        ({"condition": "other.event"}, "condition_no_calendar"),
        ({"condition": "other.mixed"}, "condition_no_target"),
        ({"condition": "ours.event"}, "condition_no_calendar_or_link"),
        ({"condition": "ours.event", "options": {"linked": "calendar"}}, None),
        ({"condition": "sun.is_up"}, None),
        ({"condition": "unknown.kind"}, None),
    ],
)
async def test_what_is_lacking(hass: HomeAssistant, condition: Any, lack: str | None) -> None:
    assert await _async_lack_of(hass, condition) == lack
