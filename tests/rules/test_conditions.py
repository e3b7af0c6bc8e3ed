"""The conditions of a rule are true, false or unknown: docs/rules.md, rule 1."""

from copy import deepcopy
from typing import Any

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import label_registry as lr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

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
)

OF = {TRUE: YES, FALSE: NO, UNKNOWN: LOST}


async def read(hass: HomeAssistant, *raw: Any) -> TruthValue:
    return (await evaluated(hass, *raw)).value


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


@pytest.fixture
def lights(hass: HomeAssistant) -> list[str]:
    """Return three lights: one in an area, one with a label, one that is diagnostic."""
    registry = er.async_get(hass)
    area = ar.async_get(hass).async_create("Office")
    label = lr.async_get(hass).async_create("Signals")
    names = [
        registry.async_get_or_create("light", "test", name).entity_id
        for name in ("desk", "sign", "status")
    ]
    registry.async_update_entity(names[0], area_id=area.id)
    registry.async_update_entity(names[1], labels={label.label_id})
    registry.async_update_entity(
        names[2], area_id=area.id, entity_category=EntityCategory.DIAGNOSTIC
    )
    sensor = registry.async_get_or_create("sensor", "test", "other").entity_id
    registry.async_update_entity(sensor, area_id=area.id, labels={label.label_id})
    hass.states.async_set(sensor, "unavailable")
    hass.states.async_set(names[2], "unavailable")
    return names


@pytest.mark.parametrize(
    ("target", "light"), [({"area_id": "office"}, 0), ({"label_id": "signals"}, 1)]
)
async def test_a_condition_with_a_target(
    hass: HomeAssistant, lights: list[str], target: dict[str, str], light: int
) -> None:
    condition = {"condition": "light.is_on", "target": target}
    assert await read(hass, condition) is UNKNOWN
    hass.states.async_set(lights[light], "on")
    assert await read(hass, condition) is TRUE
    hass.states.async_set(lights[light], "off")
    assert await read(hass, condition) is FALSE
    hass.states.async_set(lights[light], "unavailable")
    assert await read(hass, condition) is UNKNOWN


@pytest.mark.parametrize("category", [None, EntityCategory.DIAGNOSTIC])
async def test_a_condition_that_checks_diagnostic_entities_depends_on_them(
    hass: HomeAssistant, category: EntityCategory | None
) -> None:
    assert await async_setup_component(hass, "battery", {})
    area = ar.async_get(hass).async_create("Office")
    registry = er.async_get(hass)
    battery = registry.async_get_or_create(
        "binary_sensor", "test", "battery", original_device_class="battery"
    ).entity_id
    registry.async_update_entity(battery, area_id=area.id, entity_category=category)
    condition = {"condition": "battery.is_low", "target": {"area_id": area.id}}
    for state, expected in (("on", TRUE), ("off", FALSE), ("unavailable", UNKNOWN)):
        hass.states.async_set(battery, state, {"device_class": "battery"})
        assert await read(hass, condition) is expected


@pytest.mark.parametrize("target", [{"entity_id": "light.all"}, {"label_id": "signals"}])
async def test_a_target_that_is_a_group_says_itself_whether_it_is_on(
    hass: HomeAssistant, target: dict[str, str]
) -> None:
    label = lr.async_get(hass).async_create("Signals")
    registry = er.async_get(hass)
    group = registry.async_get_or_create("light", "group", "all", suggested_object_id="all")
    registry.async_update_entity(group.entity_id, labels={label.label_id})
    condition = {"condition": "light.is_on", "target": target}
    members = {"entity_id": ["light.desk", "light.lost"]}
    hass.states.async_set("light.desk", "unavailable")
    for state, expected in (("on", TRUE), ("off", FALSE), ("unavailable", UNKNOWN)):
        hass.states.async_set("light.all", state, members)
        assert await read(hass, condition) is expected


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_an_unavailable_member_of_a_target_is_skipped_unless_all_are(
    hass: HomeAssistant, lights: list[str], behavior: str
) -> None:
    er.async_get(hass).async_update_entity(lights[1], area_id="office")
    condition = {
        "condition": "light.is_on",
        "target": {"area_id": "office"},
        "options": {"behavior": behavior},
    }
    hass.states.async_set(lights[0], "on")
    hass.states.async_set(lights[1], "unavailable")
    assert await read(hass, condition) is TRUE
    hass.states.async_set(lights[0], "off")
    assert await read(hass, condition) is FALSE
    hass.states.async_set(lights[0], "unavailable")
    assert await read(hass, condition) is UNKNOWN


async def test_a_template_over_an_area_is_what_it_renders(
    hass: HomeAssistant, lights: list[str]
) -> None:
    lit = "{{ area_entities('office') | select('is_state', 'on') | list | count > 0 }}"
    hass.states.async_set(lights[0], "on")
    assert await read(hass, lit) is TRUE
    hass.states.async_set(lights[0], "unavailable")
    assert await read(hass, lit) is FALSE


async def test_a_target_without_entities_is_not_true(hass: HomeAssistant) -> None:
    ar.async_get(hass).async_create("Empty")
    condition = {"condition": "light.is_on", "target": {"area_id": "empty"}}
    assert await read(hass, condition) is FALSE


async def test_a_threshold_of_a_condition_with_a_target(hass: HomeAssistant) -> None:
    condition = {
        "condition": "light.is_brightness",
        "target": {"entity_id": "light.a"},
        "options": {"threshold": {"type": "above", "value": {"entity": "input_number.bound"}}},
    }
    hass.states.async_set("light.a", "on", {"brightness": 255})
    assert await read(hass, condition) is UNKNOWN
    hass.states.async_set("input_number.bound", "50", {"unit_of_measurement": "%"})
    assert await read(hass, condition) is TRUE
    hass.states.async_set("input_number.bound", "unavailable")
    assert await read(hass, condition) is UNKNOWN


@pytest.fixture
async def device_of_light(hass: HomeAssistant) -> str:
    """Return the device of a light."""
    assert await async_setup_component(hass, "light", {})
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "desk")}
    )
    er.async_get(hass).async_get_or_create("light", "test", "desk", device_id=device.id)
    return device.id


async def test_a_device_condition_is_read_from_its_entity(
    hass: HomeAssistant, device_of_light: str
) -> None:
    [entry] = er.async_entries_for_device(er.async_get(hass), device_of_light)
    condition = {
        "condition": "device",
        "device_id": device_of_light,
        "domain": "light",
        "entity_id": entry.id,
        "type": "is_on",
    }
    assert await read(hass, condition) is UNKNOWN
    hass.states.async_set(entry.entity_id, "on")
    assert await read(hass, condition) is TRUE
    hass.states.async_set(entry.entity_id, "off")
    assert await read(hass, condition) is FALSE
    hass.states.async_set(entry.entity_id, "unavailable")
    assert await read(hass, condition) is UNKNOWN


@pytest.mark.parametrize("expected", [TRUE, FALSE])
async def test_a_device_condition_without_an_entity_has_no_inputs(
    hass: HomeAssistant, device_of_light: str, expected: TruthValue
) -> None:
    schema = cv.DEVICE_CONDITION_BASE_SCHEMA.extend({"type": "is_charging"})
    platform = MockPlatform()
    vars(platform).update(
        CONDITION_SCHEMA=schema,
        async_condition_from_config=lambda _hass, _config: (
            lambda _hass, _variables: expected is TRUE
        ),
    )
    mock_integration(hass, MockModule("test"))
    mock_platform(hass, "test.device_condition", platform)
    condition = {
        "condition": "device",
        "device_id": device_of_light,
        "domain": "test",
        "type": "is_charging",
    }
    assert await read(hass, condition) is expected


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
