"""The conditions of a rule are true, false or unknown: docs/rules.md, rule 1."""

from copy import deepcopy
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.rules.conditions import (
    ConditionsInvalid,
    WatchedConditions,
)
from custom_components.cisco_unified_presence.rules.truth import TruthValue
from tests.common.conditions import (
    FALSE,
    LOST,
    NO,
    ROOM,
    ROOM_IS_ON,
    TRUE,
    UNKNOWN,
    YES,
    evaluated,
    read,
)

OF = {TRUE: YES, FALSE: NO, UNKNOWN: LOST}


# Each kind of condition


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("on", TRUE),
        ("off", FALSE),
        ("unavailable", UNKNOWN),
        ("unknown", UNKNOWN),
        (None, UNKNOWN),
    ],
)
async def test_state(hass: HomeAssistant, state: str | None, expected: TruthValue) -> None:
    if state:
        hass.states.async_set(ROOM, state)
    assert await read(hass, ROOM_IS_ON) is expected


@pytest.mark.parametrize(
    ("asked", "state", "expected"),
    [
        ("unavailable", "unavailable", TRUE),
        ("unavailable", "on", FALSE),
        ("unavailable", "unknown", UNKNOWN),
        (["on", "unknown"], "unknown", TRUE),
        ("unavailable", None, UNKNOWN),
    ],
)
async def test_a_state_that_is_asked_for_can_be_read(
    hass: HomeAssistant, asked: Any, state: str | None, expected: TruthValue
) -> None:
    if state:
        hass.states.async_set(ROOM, state)
    condition = {"condition": "state", "entity_id": ROOM, "state": asked}
    assert await read(hass, condition) is expected


async def test_a_device_that_is_not_unavailable(hass: HomeAssistant) -> None:
    lost = {"condition": "state", "entity_id": ROOM, "state": "unavailable"}
    hass.states.async_set(ROOM, "unavailable")
    assert await read(hass, {"not": [lost]}) is FALSE
    hass.states.async_set(ROOM, "on")
    assert await read(hass, {"not": [lost]}) is TRUE


async def test_an_attribute(hass: HomeAssistant) -> None:
    condition = {
        "condition": "state",
        "entity_id": "media_player.tv",
        "attribute": "source",
        "state": "unavailable",
    }
    hass.states.async_set("media_player.tv", "on", {"source": "unavailable"})
    assert await read(hass, condition) is TRUE
    hass.states.async_set("media_player.tv", "on", {"source": "HDMI"})
    assert await read(hass, condition) is FALSE
    hass.states.async_set("media_player.tv", "unavailable")
    assert await read(hass, condition) is UNKNOWN


async def test_one_of_many_entities_that_cannot_be_read(hass: HomeAssistant) -> None:
    condition = {"condition": "state", "entity_id": [ROOM, "light.a"], "state": "on"}
    hass.states.async_set(ROOM, "off")
    hass.states.async_set("light.a", "unavailable")
    assert await read(hass, condition) is FALSE
    assert await read(hass, {**condition, "match": "any"}) is UNKNOWN
    hass.states.async_set(ROOM, "on")
    assert await read(hass, condition) is UNKNOWN
    assert await read(hass, {**condition, "match": "any"}) is TRUE
    assert await read(hass, {"not": [{**condition, "match": "any"}]}) is FALSE


async def test_one_of_many_numbers_that_cannot_be_read(hass: HomeAssistant) -> None:
    condition = {
        "condition": "numeric_state",
        "entity_id": ["sensor.a", "sensor.b"],
        "above": 4,
        "below": "input_number.most",
    }
    hass.states.async_set("sensor.a", "3")
    assert await read(hass, condition) is FALSE
    hass.states.async_set("sensor.a", "5")
    hass.states.async_set("sensor.b", "5")
    assert await read(hass, condition) is UNKNOWN
    hass.states.async_set("input_number.most", "6")
    assert await read(hass, condition) is TRUE


async def test_a_state_that_another_entity_names(hass: HomeAssistant) -> None:
    condition = {"condition": "state", "entity_id": ROOM, "state": "input_select.wanted"}
    hass.states.async_set(ROOM, "busy")
    assert await read(hass, condition) is UNKNOWN
    assert await read(hass, {**condition, "state": ["busy", "input_select.wanted"]}) is TRUE
    hass.states.async_set("input_select.wanted", "busy")
    assert await read(hass, condition) is TRUE
    hass.states.async_set("input_select.wanted", "unknown")
    assert await read(hass, condition) is UNKNOWN


@pytest.mark.parametrize(
    ("value", "bound", "expected"),
    [
        ("5", "4", TRUE),
        ("3", "4", FALSE),
        ("unavailable", "4", UNKNOWN),
        ("5", "unknown", UNKNOWN),
        ("5", None, UNKNOWN),
        ("many", "4", UNKNOWN),
    ],
)
async def test_numeric_state(
    hass: HomeAssistant, value: str, bound: str | None, expected: TruthValue
) -> None:
    hass.states.async_set("sensor.people", value)
    if bound:
        hass.states.async_set("input_number.bound", bound)
    condition = {
        "condition": "numeric_state",
        "entity_id": "sensor.people",
        "above": "input_number.bound",
    }
    assert await read(hass, condition) is expected


async def test_numeric_state_with_a_template(hass: HomeAssistant) -> None:
    condition = {
        "condition": "numeric_state",
        "entity_id": "sensor.people",
        "value_template": "{{ state.state | int + states('sensor.guests') | int(0) }}",
        "above": 4,
    }
    hass.states.async_set("sensor.people", "3")
    assert await read(hass, condition) is FALSE
    hass.states.async_set("sensor.guests", "2")
    assert await read(hass, condition) is TRUE
    hass.states.async_set("sensor.people", "unavailable")
    assert await read(hass, condition) is UNKNOWN


@pytest.mark.parametrize(
    ("template", "guests", "expected"),
    [
        pytest.param("{{ states('sensor.guests') | int(0) < 5 }}", None, TRUE, id="missing"),
        pytest.param("{{ states.sensor.guests.state == '2' }}", "2", TRUE, id="by dots"),
        pytest.param("{{ states.sensor.guests is none }}", None, TRUE, id="missing by dots"),
        pytest.param("{{ is_state('sensor.guests', '2') }}", "3", FALSE, id="false"),
        pytest.param("{{ states('sensor.guests') | int < 5 }}", "some", UNKNOWN, id="fails"),
        pytest.param(
            "{{ is_state('sensor.guests', 'unavailable') }}", "unavailable", TRUE, id="asked for"
        ),
        pytest.param(
            "{{ states('sensor.guests') == 'unavailable' }}", "unknown", FALSE, id="not asked"
        ),
        pytest.param("{{ not is_state('sensor.guests', 'on') }}", "unknown", TRUE, id="not"),
        pytest.param("{{ states('sensor.guests') }}", "unavailable", UNKNOWN, id="no truth value"),
        pytest.param("{{ states('sensor.guests') }}", "True", TRUE, id="true in capitals"),
        pytest.param("{{ states('sensor.guests') }}", "on", UNKNOWN, id="on is no truth value"),
        pytest.param("{% if has_value('sensor.guests') %} true {% endif %}", None, FALSE, id="no"),
        pytest.param("{{ none }}", None, FALSE, id="none"),
        pytest.param("{{ has_value('sensor.guests') }}", "unknown", FALSE, id="has value"),
        pytest.param("{{ states.sensor | list | count == 0 }}", None, TRUE, id="of a domain"),
    ],
)
async def test_template(
    hass: HomeAssistant, template: str, guests: str | None, expected: TruthValue
) -> None:
    if guests:
        hass.states.async_set("sensor.guests", guests)
    assert await read(hass, template) is expected


async def test_zone(hass: HomeAssistant) -> None:
    condition = {"condition": "zone", "entity_id": "person.a", "zone": "zone.home"}
    assert await read(hass, condition) is UNKNOWN
    hass.states.async_set("zone.home", "0", {"latitude": 1, "longitude": 1, "radius": 100})
    hass.states.async_set("person.a", "home", {"latitude": 1, "longitude": 1})
    assert await read(hass, condition) is TRUE
    hass.states.async_set("person.a", "not_home", {"latitude": 2, "longitude": 1})
    assert await read(hass, condition) is FALSE
    hass.states.async_set("person.a", "unknown")
    assert await read(hass, condition) is UNKNOWN


# `and`, `or` and `not` reckon with what cannot be read


@pytest.mark.parametrize(
    ("kind", "first", "second", "expected"),
    [
        ("and", TRUE, TRUE, TRUE),
        ("and", TRUE, FALSE, FALSE),
        ("and", UNKNOWN, FALSE, FALSE),
        ("and", UNKNOWN, TRUE, UNKNOWN),
        ("or", UNKNOWN, TRUE, TRUE),
        ("or", UNKNOWN, FALSE, UNKNOWN),
        ("or", FALSE, FALSE, FALSE),
        ("not", FALSE, FALSE, TRUE),
        ("not", UNKNOWN, TRUE, FALSE),
        ("not", UNKNOWN, FALSE, UNKNOWN),
        ("not", TRUE, FALSE, FALSE),
    ],
)
async def test_branches(
    hass: HomeAssistant, kind: str, first: TruthValue, second: TruthValue, expected: TruthValue
) -> None:
    branches = [OF[first], OF[second]]
    assert await read(hass, {"condition": kind, "conditions": branches}) is expected
    assert await read(hass, {"condition": kind, "conditions": branches[::-1]}) is expected
    assert await read(hass, {kind: branches}) is expected


async def test_all_conditions_of_the_list_must_hold(hass: HomeAssistant) -> None:
    assert await read(hass, YES, YES) is TRUE
    assert await read(hass, YES, LOST) is UNKNOWN
    assert await read(hass, LOST, NO) is FALSE
    assert await read(hass, {"condition": [YES, NO]}) is FALSE


@pytest.mark.parametrize("enabled", [False, "{{ 1 == 2 }}"])
async def test_disabled_conditions_are_left_out(hass: HomeAssistant, enabled: Any) -> None:
    off = {"enabled": enabled}
    assert await read(hass, {**NO, **off}, YES) is TRUE
    assert await read(hass, {"or": [{**YES, **off}, NO]}) is FALSE
    assert await read(hass, {"not": [{**YES, **off}]}) is TRUE
    assert await read(hass, {"and": [NO], **off}, YES) is TRUE
    assert await read(hass, {**NO, "enabled": "{{ 1 == 1 }}"}, YES) is FALSE
    trigger = {"condition": "trigger", "id": "a", **off}
    assert await read(hass, trigger, {"or": [YES, {"not": [trigger]}]}) is TRUE


# What a rule cannot use


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param([{"condition": "trigger", "id": "a"}], "never triggered", id="trigger"),
        pytest.param(
            [{"or": [YES, {"not": [{"condition": "trigger", "id": "a"}]}]}],
            "never triggered",
            id="trigger inside",
        ),
        pytest.param([{"condition": "state", "entity_id": "x"}], "does not accept", id="schema"),
        pytest.param([{"condition": "no_such.thing"}], "does not accept", id="unknown kind"),
        pytest.param([{"condition": "light.no_such"}], "does not accept", id="unknown sort"),
        pytest.param([YES, {**YES, "enabled": "{{ 1 / 0 }}"}], "does not accept", id="enabled"),
        pytest.param(["{{ oops"], "does not accept", id="template"),
        pytest.param(["on"], "does not accept", id="word"),
    ],
)
async def test_conditions_that_a_rule_cannot_use(
    hass: HomeAssistant, raw: list[Any], sentence: str
) -> None:
    with pytest.raises(ConditionsInvalid, match=sentence) as refused:
        await WatchedConditions.async_create(hass, raw, "Meeting room")
    assert "“Meeting room”" in str(refused.value)


async def test_what_was_written_is_left_as_it_is(hass: HomeAssistant) -> None:
    raw = [{"condition": "or", "conditions": [ROOM_IS_ON, "{{ true }}"]}, deepcopy(ROOM_IS_ON)]
    before = deepcopy(raw)
    await evaluated(hass, *raw)
    assert raw == before
