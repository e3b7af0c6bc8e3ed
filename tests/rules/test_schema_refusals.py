"""What may not be written in a rule, and what is said of it."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.schema import (
    EVENT_IN_CONDITION,
    RULE_SCHEMA,
    clock_of,
)
from tests.common.rules import AT_DESK, rule, written


@pytest.fixture(autouse=True)
def _running(hass: HomeAssistant) -> None:
    """Let Home Assistant run, which templates need to be validated."""


def refusal(**changes: Any) -> str:
    """Return why a rule with these changes is refused, and where."""
    with pytest.raises(vol.Invalid) as raised:
        RULE_SCHEMA(written(**changes))
    return str(raised.value)


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "id",
        "people",
        "except",
        "duration",
        "hold",
        "at_most",
        "grace",
        "priority",
        "insist",
        "override",
        "yields_to",
        "beats_manual",
        "overruled_for",
    ],
)
async def test_a_template_in_a_field_that_takes_none_is_refused(key: str) -> None:
    named = "for" if key == "duration" else key
    assert f"“{named}” takes no template" in refusal(**{key: "{{ states('sensor.x') }}"})


async def test_a_template_in_a_field_of_a_condition_that_takes_none_is_refused() -> None:
    state = {"condition": "state", "entity_id": "sensor.x", "state": "{{ 'on' }}"}
    refused = refusal(when=[{"condition": "or", "conditions": [state]}])
    assert "“state” takes no template" in refused
    assert "conditions" in refused


TEMPLATE = "{{ states('sensor.x') }}"


WITH_TEMPLATE = {
    "state": {"entity_id": "sensor.x", "state": TEMPLATE},
    "numeric_state": {"entity_id": "sensor.x", "above": TEMPLATE},
    "time": {"after": TEMPLATE},
    "zone": {"entity_id": "person.x", "zone": TEMPLATE},
    "device": {"device_id": TEMPLATE, "domain": "light"},
    "sun": {"after": TEMPLATE},
}


async def test_a_template_in_a_condition_is_refused_where_it_stands() -> None:
    refused = f"takes no template, and this is one: {TEMPLATE} at 'when"
    for condition, options in WITH_TEMPLATE.items():
        key = next(each for each, value in options.items() if value == TEMPLATE)
        written_as = {"condition": condition, **options}
        assert refusal(when=[AT_DESK, written_as]) == f"“{key}” {refused}[1].{key}'"
        nested = {"condition": "and", "conditions": [{"not": [written_as]}]}
        assert refusal(when=nested) == (f"“{key}” {refused}[0].conditions[0].not[0].{key}'")
    lamp = {**AT_DESK, "state": True}
    for kind in ("and", "or", "not"):
        assert refusal(when=[{kind: ["{{ true }}", lamp]}]) == (
            f"the state needs quotation marks, as in \"on\" at 'when[0].{kind}[1].state'"
        )


async def test_where_a_condition_takes_templates() -> None:
    conditions = [
        {**AT_DESK, "alias": TEMPLATE, "enabled": "{{ true }}", "for": {"minutes": "{{ 5 }}"}},
        {
            "condition": "numeric_state",
            "entity_id": "sensor.x",
            "above": 5,
            "value_template": "{{ state.state }}",
        },
        {"condition": "template", "value_template": TEMPLATE},
        {"and": AT_DESK},
    ]
    assert rule(when=conditions).when == conditions
    # Home Assistant says what is wrong with this.
    assert "takes no template" not in refusal(when=[{**AT_DESK, "conditions": [TEMPLATE]}])
    of_others = {"condition": "of_another_integration", "x": TEMPLATE}
    assert rule(when=[of_others]).when == [of_others]


async def test_the_values_of_a_map_are_words() -> None:
    """YAML reads some of them as truth values or numbers."""
    by_value = {True: "busy", False: "away", 7: "own", "x": {"presence": "busy", "note": "y"}}
    data = RULE_SCHEMA(written(presence={"entity_id": "select.x", "map": by_value}))
    assert data["presence"] == {
        "entity_id": "select.x",
        "map": {"on": "busy", "off": "away", "7": "own", "x": {"presence": "busy", "note": "y"}},
    }
    data = RULE_SCHEMA(written(presence={"template": TEMPLATE, "map": {1: "busy", 0: "away"}}))
    assert data["presence"]["map"] == {"1": "busy", "0": "away"}


async def test_a_note_that_is_a_template_is_not_requested_yet() -> None:
    made = rule(note=TEMPLATE)
    assert (made.note, made.requested) == (
        TEMPLATE,
        RequestedPresence(Presence.BUSY, override=True),
    )
    made = rule(note=TEMPLATE, presence="available", override=True)
    assert made.requested == RequestedPresence(Presence.AVAILABLE, override=False)


async def test_what_an_end_is_made_of() -> None:
    entity = {"entity_id": "input_datetime.x"}
    assert rule(until="input_datetime.x").until == entity
    assert rule(until={**entity, "attribute": " end "}).until == {**entity, "attribute": "end"}
    assert rule(until=TEMPLATE).until == TEMPLATE
    assert rule(until=61).until == "01:01:00"


CALENDAR = {"condition": "cisco_unified_presence.calendar_event", "options": {"linked": "calendar"}}


@pytest.mark.parametrize(
    "condition",
    [
        "{{ event.summary == 'Review' }}",
        {"condition": "template", "value_template": "{{ event is not none }}"},
        {"not": ["{{ 'Review' in event['summary'] }}"]},
        {**CALENDAR, "options": {"linked": "calendar", "title": "{{ event.location }}"}},
    ],
)
async def test_a_condition_that_asks_for_the_event_is_refused_with_what_to_write(
    condition: Any,
) -> None:
    refused = refusal(when=[CALENDAR, condition])
    assert refused == f"{EVENT_IN_CONDITION} at 'when[1]'"
    assert EVENT_IN_CONDITION == (
        "`event` is known in presence, note and until only; ask for it by the options title,"
        " location, description and all_day of the condition calendar_event, or let a template of"
        " presence render a presence for some events and nothing for others"
    )


async def test_a_variable_that_asks_for_the_event_is_refused() -> None:
    assert refusal(variables={"title": "{{ event.summary }}"}) == (
        "`event` is known in presence, note and until only; use it there, in place of the variable"
        " at 'variables.title'"
    )


@pytest.mark.parametrize(
    "condition",
    [
        "{{ states.event.door.state != 'unknown' }}",
        "{{ is_state('event.door', 'on') }}",
        "{% for event in state_attr('sensor.x', 'events') %}{{ event.on }}{% endfor %}",
        "{% set event = 1 %}{{ event == 1 }}",
    ],
)
async def test_another_event_in_a_condition_is_accepted(condition: str) -> None:
    assert RULE_SCHEMA(written(when=[condition]))["when"] == [condition]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"presence": "lunch"}, "presence"),
        ({"presence": {"map": {"a": "busy"}}}, "presence"),
        ({"presence": {"entity_id": "select.x", "map": {"a": "lunch"}}}, "presence"),
        ({"until": "soon"}, "until"),
        ({"until": "17:00\ud83d"}, "until"),
        ({"until": "9999-12-31T23:59:59-12:00"}, "until"),
        ({"until": 25 * 60}, "until"),
        # Sums of times would overflow.
        ({"for": {"days": 36501}}, "for"),
        ({"at_most": {"days": 999999}}, "at_most"),
        # Attributes of many entities carry them.
        ({"name": "n" * 256}, "name"),
        ({"id": "n" * 256}, "id"),
        ({"yields_to": ["available"]}, "yields_to"),
        ({"variables": {"person": "x"}}, "variables"),
        ({"variables": ["x"]}, "variables"),
        ({"note": "{{ x", "override": True}, "note"),
        ({"variables": {"x": "{{ x"}}, "variables"),
        ({"presence": "{{ x"}, "presence"),
        ({"presence": {"entity_id": "select.x", "template": TEMPLATE}}, "source"),
        ({"presence": {"entity_id": "select.x", "attribute": TEMPLATE}}, "attribute"),
        ({"presence": {"entity_id": "select.x", "attribute": " "}}, "attribute"),
        ({"presence": {"entity_id": "select"}}, "entity_id"),
        ({"presence": {"template": "{{ x"}}, "template"),
        ({"until": {"attribute": "x"}}, "entity_id"),
        ({"until": {"entity_id": "x"}}, "entity_id"),
        ({"until": {"entity_id": "sensor.x", "attribute": TEMPLATE}}, "attribute"),
        ({"until": {"entity_id": "sensor.x", "attribute": ""}}, "attribute"),
        ({"until": "{{ x"}, "until"),
        ({"people": {"area_id": [""]}}, "area_id"),
    ],
)
async def test_where_something_else_is_wrong(changes: dict[str, Any], place: str) -> None:
    assert place in refusal(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "n" * 255},
        {"for": {"days": 36500}},
        {"at_most": 1},
        {"grace": 0},
        {"priority": 1000},
        {"priority": -1000},
        {"note": "x" * 140},
        {"note": "{{ 'x' }}" + "x" * 140},
        {"until": 24 * 60 - 1},
        {"until": 3600},
    ],
)
async def test_the_limits_themselves_are_allowed(changes: dict[str, Any]) -> None:
    RULE_SCHEMA(written(**changes))


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("alias", "name"),
        ("condition", "when"),
        ("conditions", "when"),
        ("exclude", "except"),
        ("message", "note"),
        ("person", "people"),
        ("target", "people"),
    ],
)
async def test_words_of_automations_are_named_in_those_of_rules(word: str, meant: str) -> None:
    assert f"rules call this “{meant}”" in refusal(**{word: "x"})


@pytest.mark.parametrize(
    "state",
    ["do_not_disturb", "busy", "away", "vacation", "offline", "on_the_phone", "in_a_meeting"],
)
async def test_a_rule_may_yield_to_any_own_presence(state: str) -> None:
    RULE_SCHEMA(written(yields_to=state))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"people": {}}, "no people are selected at 'people[0]'"),
        ({"until": "sunset"}, "a time of day, a moment, a template or an entity is expected at"),
        ({"presence": {"entity_id": "select.x", "map": []}}, "a map of values to presences"),
        ({"variables": ["x"]}, "names and values are expected"),
        ({"variables": {"a b": 1}}, "a b is no name of a variable"),
        ({"variables": {1: 1}}, "1 is no name of a variable"),
        ({"variables": {"event": 1}}, "the variable event is always there"),
        ({"when": []}, "the rule needs a condition"),
        ({"presence": "available", "override": True}, "available without a note cannot override"),
        ({"presence": "do_not_disturb", "override": False}, "do_not_disturb has to override"),
        ({"note": "x", "override": False}, "a note needs override"),
    ],
)
async def test_what_is_wrong_is_said(changes: dict[str, Any], sentence: str) -> None:
    assert refusal(**changes).startswith(sentence)


@pytest.mark.parametrize(
    ("number", "clock"),
    [
        (0, "00:00:00"),
        (61, "01:01:00"),
        (1439, "23:59:00"),
        (1440, ""),
        (3599, ""),
        (3600, "01:00:00"),
        (3661, "01:01:01"),
    ],
)
def test_times_of_day_that_yaml_reads_as_numbers(number: int, clock: str) -> None:
    assert clock_of(number) == clock
