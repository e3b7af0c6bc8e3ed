"""What is wrong with a condition, and how the condition is named."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.flows import rule_conditions
from custom_components.cisco_unified_presence.flows.problem import Problem
from custom_components.cisco_unified_presence.flows.rule_conditions import (
    _async_lack_of,
    async_name_of,
    async_problem_of_conditions,
)
from custom_components.cisco_unified_presence.rules import ConditionsInvalid, WatchedConditions
from tests.common.rules import AT_DESK

DESCRIPTIONS: dict[str, Any] = {
    "light.is_on": {"target": {"entity": [{"domain": ["light"]}]}, "fields": {}},
    "calendar.is_event_active": {"target": {}, "fields": {}},
    "other.event": {"target": {"entity": [{"domain": ["calendar"]}]}, "fields": {}},
    "other.mixed": {
        "target": {"entity": [{"domain": ["calendar"]}, {"domain": ["light"]}]},
        "fields": {},
    },
    "other.anything": {"target": {}, "fields": {}},
    "ours.event": {"target": {}, "fields": {"linked": {}}},
    "sun.is_up": {"fields": {}},
    "sun.is_high": {
        "fields": {
            "comment": {},
            "usual": {"required": True, "default": "x"},
            "angle": {"required": True},
            "place": {"required": True},
        }
    },
}
OURS = "component.cisco_unified_presence.config_panel.conditions"
# By language, category and integration.
TRANSLATIONS = {
    ("de", "config_panel", "cisco_unified_presence"): {
        f"{OURS}.state": "Zustand",
        f"{OURS}.template": "Vorlage",
        f"{OURS}.or": "Oder",
        f"{OURS}.trigger": "Ausgelöst durch",
    },
    ("de", "conditions", "sun"): {
        "component.sun.conditions.is_high.name": "Sonne steht hoch",
        "component.sun.conditions.is_high.fields.angle.name": "Winkel",
    },
    ("de", "conditions", "light"): {"component.light.conditions.is_on.name": "Licht ist an"},
}


@pytest.fixture(autouse=True)
def _translated(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    async def translations(
        _hass: HomeAssistant, language: str, category: str, integrations: set[str]
    ) -> dict[str, str]:
        (integration,) = integrations
        return TRANSLATIONS.get((language, category, integration), {})

    hass.config.language = "de"
    monkeypatch.setattr(rule_conditions, "async_get_translations", translations)


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
        ({"condition": "other.anything"}, "condition_no_target"),
        ({"condition": "ours.event"}, "condition_no_calendar_or_link"),
        ({"condition": "ours.event", "options": {"linked": "calendar"}}, None),
        ({"condition": "sun.is_up"}, None),
        ({"condition": "unknown.kind"}, None),
    ],
)
async def test_what_is_lacking(hass: HomeAssistant, condition: Any, lack: str | None) -> None:
    assert await _async_lack_of(hass, condition) == lack


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ({**AT_DESK, "alias": "At the desk"}, "At the desk"),
        ({**AT_DESK, "alias": ""}, "Zustand"),
        (AT_DESK, "Zustand"),
        ("{{ true }}", "Vorlage"),
        ({"or": [AT_DESK]}, "Oder"),
        ({"condition": "or", "conditions": []}, "Oder"),
        ({"condition": "light.is_on"}, "Licht ist an"),
        # What has no translation is named by its kind.
        ({"condition": "light.is_off"}, "light.is_off"),
        ({"condition": "zone"}, "zone"),
        ({"and": []}, "and"),
        ({}, ""),
    ],
)
async def test_a_condition_is_named_as_the_editor_names_it(
    hass: HomeAssistant, condition: Any, name: str
) -> None:
    assert await async_name_of(hass, condition) == name


LACKING = {"condition": "state", "entity_id": "light.x"}
HIGH = {"condition": "sun.is_high"}


@pytest.mark.parametrize(
    ("conditions", "problem"),
    [
        ([], None),
        ([AT_DESK, "{{ true }}"], None),
        ([AT_DESK, LACKING, HIGH], ("condition_no_state", "2", "Zustand", {})),
        # Members come before what holds them, and what holds them has a number of its own.
        ([{"or": [AT_DESK, LACKING]}], ("condition_no_state", "1.2", "Zustand", {})),
        ([{"or": LACKING}], ("condition_no_state", "1.1", "Zustand", {})),
        (
            [{"condition": "or", "conditions": [{"not": [LACKING]}]}],
            ("condition_no_state", "1.1.1", "Zustand", {}),
        ),
        (
            [{"and": [{"condition": "trigger"}]}],
            ("condition_trigger", "1.1", "Ausgelöst durch", {}),
        ),
        (
            ["{{ event.summary == 'Review' }}"],
            ("condition_uses_event", "1", "Vorlage", {}),
        ),
        ([HIGH], ("condition_no_option", "1", "Sonne steht hoch", {"option": "Winkel"})),
        (
            [{**HIGH, "options": {"angle": ""}}],
            ("condition_no_option", "1", "Sonne steht hoch", {"option": "Winkel"}),
        ),
        (
            [{**HIGH, "options": {"angle": 0, "place": []}}],
            ("condition_no_option", "1", "Sonne steht hoch", {"option": "place"}),
        ),
        ([{**HIGH, "enabled": False}], ("condition_invalid", "1", "Sonne steht hoch", None)),
        ([{**AT_DESK, "colour": 1}], ("condition_invalid", "1", "Zustand", None)),
    ],
)
async def test_the_first_problem_of_conditions(
    hass: HomeAssistant,
    conditions: list[Any],
    problem: tuple[str, str, str, dict[str, str] | None] | None,
) -> None:
    found = await async_problem_of_conditions(hass, conditions)
    if problem is None:
        assert found is None
        return
    assert found is not None
    key, number, condition, more = problem
    named = {"number": number, "condition": condition}
    if more is None:
        more = {"problem": found.placeholders["problem"]}
        assert "Home Assistant does not accept" not in more["problem"]
    assert found == Problem(key, {**named, **more}, "when")


async def test_a_refusal_without_a_cause_is_told_in_its_own_words(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_args: Any) -> None:
        raise ConditionsInvalid("This is no condition of a rule.")

    monkeypatch.setattr(WatchedConditions, "async_create", refuse)
    named = {"number": "1", "condition": "Zustand"}
    assert await async_problem_of_conditions(hass, [AT_DESK]) == Problem(
        "condition_invalid", {**named, "problem": "This is no condition of a rule."}, "when"
    )
