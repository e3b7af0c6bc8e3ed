"""Texts of a rule: variables, presence and note, and what becomes of templates that fail."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.presence_choice import (
    ChosenPresence,
    requested_for,
)
from custom_components.cisco_unified_presence.rules.template_names import (
    names_in,
    personal_names,
)
from custom_components.cisco_unified_presence.rules.texts import RuleTexts, TextsResult
from custom_components.cisco_unified_presence.rules.truth import TruthValue
from tests.common.rules import rule

AFTER = datetime(2026, 11, 20, 12, tzinfo=UTC)
BROKEN = "{{ 1 / 0 }}"


@pytest.fixture(autouse=True)
def _running(hass: HomeAssistant) -> None:
    """Let Home Assistant run, which templates need to be validated."""


async def rendered(hass: HomeAssistant, **changes: Any) -> tuple[RuleTexts, TextsResult]:
    texts = RuleTexts(hass, rule(**changes))
    variables = texts.async_variables(None)
    return texts, texts.async_render(variables, None, AFTER)


async def test_variables_are_rendered_one_after_the_other(hass: HomeAssistant) -> None:
    written = {
        "room": "desk",
        "number": "{{ 3 }}",
        "broken": BROKEN,
        "named": "{{ room }} {{ broken }}",
        "listed": ["{{ number + 1 }}", {"each": "{{ room }}"}, 7],
    }
    texts = RuleTexts(hass, rule(variables=written))
    values = texts.async_variables({"name": "Anna"})
    assert values == {
        "person": {"name": "Anna"},
        "room": "desk",
        "number": 3,
        "broken": None,
        "named": "desk None",
        "listed": [4, {"each": "desk"}, 7],
    }
    assert list(texts.errors) == ["variables.broken"]
    assert "division by zero" in texts.errors["variables.broken"]
    assert "person" not in texts.async_variables(None)


async def test_a_presence_that_cannot_be_rendered_is_not_known(hass: HomeAssistant) -> None:
    texts, result = await rendered(hass, presence=BROKEN)
    assert result.value is TruthValue.UNKNOWN
    assert "division by zero" in texts.errors["presence"]
    assert result.failing == (f"presence: {texts.errors['presence']}",)


async def test_a_presence_that_is_none(hass: HomeAssistant) -> None:
    _, result = await rendered(hass, presence="{{ '' }}")
    assert (result.value, result.failing) == (TruthValue.FALSE, ("presence: it names none",))
    _, result = await rendered(hass, presence="{{ 'lunch' }}")
    assert result.value is TruthValue.FALSE
    (why,) = result.failing
    assert why.startswith("presence: “lunch” is none; it has to be one of available, busy, ")


async def test_a_template_chooses_a_presence(hass: HomeAssistant) -> None:
    _, result = await rendered(hass, presence="{{ 'away' }}", note="{{ ' At ' ~ 'lunch ' }}")
    assert result.value is TruthValue.TRUE
    assert result.requested
    assert (result.requested.presence, result.requested.note) == (Presence.AWAY, "At lunch")


def test_an_override_that_the_server_would_refuse_is_the_usual_one() -> None:
    found = requested_for(ChosenPresence("available"), override=True, note=None)
    assert found
    assert (found.presence, found.override) == (Presence.AVAILABLE, False)
    found = requested_for(ChosenPresence("do_not_disturb"), override=False, note=None)
    assert found
    assert found.override
    assert requested_for(ChosenPresence("own"), override=None, note=None) is None


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("{{ person.name }}", {"person", ".name"}),
        (["text", {"key": ("{{ a }}", "{% if b %}x{% endif %}")}], {"a", "b"}),
        ("{{ a", set()),
        ("{% import 'x.jinja' as x %}{{ a }}", {"a"}),
        ("{% import 'x.jinja' as x with context %}{{ a }}", {"a", "person"}),
        ("{% from 'x.jinja' import y with context %}", {"person"}),
        ("{% include 'x.jinja' %}", {"person"}),
        ("{% include 'x.jinja' without context %}", set()),
        (7, set()),
    ],
)
def test_names_in_templates(written: object, names: set[str]) -> None:
    assert names_in(written) == names


def test_variables_that_depend_on_the_person() -> None:
    variables = {
        "own": "{{ person.name }}",
        "also": ["{{ own }}"],
        "other": "{{ 3 }}",
        "later": "{{ other }}",
    }
    assert personal_names(variables) == {"person", "own", "also"}
