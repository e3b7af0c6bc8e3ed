"""Conditions with a target, and device conditions: docs/rules.md, rule 1."""

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

from custom_components.cisco_unified_presence.rules.condition_inputs import Inputs
from custom_components.cisco_unified_presence.rules.truth import TruthValue
from tests.common.conditions import (
    FALSE,
    TRUE,
    UNKNOWN,
    read,
    watched,
)


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
    async with watched(hass, condition) as watch:
        ((_, leaf),) = watch.conditions.numbered_leaves
        bound, lamp = frozenset({"input_number.bound"}), frozenset({"light.a"})
        assert leaf.inputs == Inputs(bound | lamp, needed=bound, members=lamp)
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
