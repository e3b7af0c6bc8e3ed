"""Why an action is refused, with what the sentence names; without any entry."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest

from custom_components.cisco_unified_presence.const import DOMAIN

ZOE = "sensor.zoe_presence"


@pytest.mark.parametrize(
    ("action", "data", "key", "placeholders"),
    [
        ("set_presence", {"entity_id": ZOE, "presence": "busy"}, "not_a_person", {"entity": ZOE}),
        ("set_presence", {"area_id": "cellar", "presence": "busy"}, "no_target", {}),
        ("clear_presence", {"entity_id": ZOE}, "not_a_person", {"entity": ZOE}),
        ("pause_rules", {"rule": ["Desk"]}, "unknown_rule", {"rule": "Desk"}),
        ("resume_rules", {"rule": "Desk"}, "unknown_rule", {"rule": "Desk"}),
        ("pause_rules", {"entity_id": ZOE}, "not_a_person", {"entity": ZOE}),
        ("get_presence", {}, "nobody_meant", {}),
        ("get_presence", {"area_id": "cellar"}, "nobody_meant", {}),
        ("explain", {"entity_id": ZOE}, "not_a_person", {"entity": ZOE}),
        ("get_decisions", {"entity_id": ZOE}, "not_a_person", {"entity": ZOE}),
        ("forecast", {"people": ["zoe", "yann"]}, "person_not_known", {"person": "zoe"}),
        ("forecast", {"entity_id": ZOE}, "not_a_person", {"entity": ZOE}),
        ("simulate", {"people": "zoe"}, "person_not_known", {"person": "zoe"}),
    ],
)
async def test_why(
    hass: HomeAssistant, action: str, data: dict[str, Any], key: str, placeholders: dict[str, str]
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    answers = action not in {"set_presence", "clear_presence", "pause_rules", "resume_rules"}
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=answers)
    error = raised.value
    assert (error.translation_domain, error.translation_key) == (DOMAIN, key)
    assert error.translation_placeholders == placeholders
