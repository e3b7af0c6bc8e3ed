"""What conditions depend on, and which input leaves them unknown."""

from typing import Any
from unittest.mock import Mock

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.condition import ConditionChecker
from homeassistant.helpers.template import Template
import pytest

from custom_components.cisco_unified_presence.rules.condition_inputs import (
    Inputs,
    async_inputs,
    async_targets_primary_entities_only,
    fixed_inputs,
    quiet,
    rendered_for,
    templates_in,
)

STATE = {"condition": "state", "entity_id": ["light.a"], "state": ["on"]}
NUMBER = {"condition": "numeric_state", "entity_id": ["sensor.a"]}


def inputs(hass: HomeAssistant, config: dict[str, Any], variables: Any = None) -> Inputs:
    """Return the inputs of a condition that has no target."""
    checker = Mock(spec=ConditionChecker)
    return async_inputs(hass, config, checker, primary_entities_only=True, variables=variables)


def needed(*entities: str, **more: Any) -> Inputs:
    return Inputs(frozenset(entities), needed=frozenset(entities), **more)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (STATE, needed("light.a")),
        ({**STATE, "state": "on"}, needed("light.a")),
        (
            {**STATE, "state": ["on", "unknown"]},
            needed("light.a", asked_for=frozenset({"unknown"})),
        ),
        (
            {**STATE, "state": "unavailable"},
            needed("light.a", asked_for=frozenset({"unavailable"})),
        ),
        ({**STATE, "state": "unknown", "attribute": "x"}, needed("light.a")),
        ({**STATE, "state": "input_text.x"}, needed("light.a", "input_text.x")),
        ({**STATE, "for": {"minutes": 5}}, needed("light.a")),
    ],
)
async def test_inputs_that_never_change(
    hass: HomeAssistant, config: dict[str, Any], expected: Inputs
) -> None:
    assert fixed_inputs(config) == inputs(hass, config) == expected


async def test_a_duration_may_have_inputs(hass: HomeAssistant) -> None:
    long = Template("{{ states(long) }}", hass)
    by_clock = Template("{{ now().minute }}", hass)
    config: dict[str, Any] = {**STATE, "for": {"minutes": long, "seconds": 5}}
    assert fixed_inputs(config) is None
    variables = {"long": "sensor.long"}
    both = frozenset({"light.a", "sensor.long"})
    only = frozenset({"light.a"})
    assert inputs(hass, config, variables) == Inputs(both, needed=only)
    config = {**STATE, "for": {"minutes": long, "seconds": by_clock}}
    assert inputs(hass, config, variables) == Inputs(both, needed=only, uses_time=True)
    config = {**STATE, "for": by_clock}
    assert inputs(hass, config) == Inputs(only, needed=only, uses_time=True)
    assert fixed_inputs({"condition": "zone"}) is None
    assert list(templates_in({"minutes": [long], "seconds": {"x": by_clock}})) == [by_clock]
    assert templates_in("x") == []


@pytest.mark.parametrize(
    ("bounds", "entities"),
    [
        ({"above": 1}, ()),
        ({"above": "sensor.low", "below": 5}, ("sensor.low",)),
        ({"above": "sensor.low", "below": "sensor.high"}, ("sensor.high", "sensor.low")),
        ({"below": "sensor.high"}, ("sensor.high",)),
    ],
)
async def test_bounds_of_a_number(
    hass: HomeAssistant, bounds: dict[str, Any], entities: tuple[str, ...]
) -> None:
    hass.states.async_set("sensor.a", "5")
    assert inputs(hass, {**NUMBER, **bounds}) == needed("sensor.a", *entities)


async def test_the_template_of_a_number(hass: HomeAssistant) -> None:
    template = Template("{{ state.state ~ states(also) }}", hass)
    config = {**NUMBER, "value_template": template}
    variables = {"also": "sensor.b"}
    only = needed("sensor.a")
    assert inputs(hass, config, variables) == only
    hass.states.async_set("sensor.a", "5")
    with_b = Inputs(frozenset({"sensor.a", "sensor.b"}), needed=only.needed)
    assert inputs(hass, config, variables) == with_b
    clock = {**NUMBER, "value_template": Template("{{ now().hour }}", hass)}
    assert inputs(hass, clock) == needed("sensor.a", uses_time=True)


@pytest.mark.parametrize(
    ("config", "entities"),
    [
        ({"condition": "sun"}, ()),
        ({"condition": "zone", "options": {"entity_id": ["person.a"], "zone": ["zone.a"]}}, None),
        ({"condition": "other.kind", "target": {"area_id": ["x"]}}, ()),
        ({"condition": "device"}, ()),
        ({"condition": "device", "entity_id": "light.a"}, ("light.a",)),
        ({"condition": "light.is_on", "options": None}, ()),
        ({"condition": "light.is_on", "options": {"threshold": 5}}, ()),
        (
            {
                "condition": "light.is_on",
                "options": {
                    "threshold": {
                        "type": "between",
                        "value_min": {"entity": "sensor.low"},
                        "value_max": {"number": 5},
                        "value": {"entity": "no id"},
                        "other": {"entity": None},
                    }
                },
            },
            ("sensor.low",),
        ),
    ],
)
async def test_inputs_of_others(
    hass: HomeAssistant, config: dict[str, Any], entities: tuple[str, ...] | None
) -> None:
    found = inputs(hass, config)
    if entities is None:
        assert found.entities == found.needed >= {"person.a"}
    else:
        assert found == needed(*entities)


async def test_a_device_condition_may_name_its_entity_by_the_registry(hass: HomeAssistant) -> None:
    entry = er.async_get(hass).async_get_or_create("light", "test", "a", suggested_object_id="a")
    by_id = {"condition": "device", "entity_id": entry.id}
    assert inputs(hass, by_id) == needed("light.a")
    gone = {"condition": "device", "entity_id": "0123456789abcdef0123456789abcdef"}
    assert inputs(hass, gone) == needed("0123456789abcdef0123456789abcdef")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Inputs(), None),
        (needed("light.on"), None),
        (needed("light.on", "light.gone"), "light.gone is missing"),
        (needed("light.lost", "light.odd"), "light.lost is unavailable"),
        (needed("light.odd"), "light.odd is unknown"),
        (needed("light.odd", asked_for=frozenset({"unknown"})), None),
        (needed("light.lost", asked_for=frozenset({"unknown"})), "light.lost is unavailable"),
        (needed("light.gone", asked_for=frozenset({"unknown"})), "light.gone is missing"),
        (Inputs(frozenset({"light.gone"})), None),
        (Inputs(members=frozenset({"light.gone", "light.on"})), None),
        (Inputs(members=frozenset({"light.gone", "light.odd"})), "light.gone is missing"),
        (Inputs(members=frozenset({"light.odd", "light.lost"})), "light.lost is unavailable"),
        (
            Inputs(needed=frozenset({"light.odd"}), members=frozenset({"light.on"})),
            "light.odd is unknown",
        ),
        (
            Inputs(needed=frozenset({"light.on"}), members=frozenset({"light.odd"})),
            "light.odd is unknown",
        ),
    ],
)
async def test_which_input_leaves_a_condition_unknown(
    hass: HomeAssistant, found: Inputs, why: str | None
) -> None:
    hass.states.async_set("light.on", "on")
    hass.states.async_set("light.lost", "unavailable")
    hass.states.async_set("light.odd", "unknown")
    assert found.async_why_unknown(hass) == why


@pytest.mark.parametrize(
    ("descriptions", "primary"),
    [
        ({}, True),
        ({"light.is_on": None}, True),
        ({"light.is_on": {}}, True),
        ({"light.is_on": {"target": {}}}, True),
        ({"light.is_on": {"target": {"primary_entities_only": True}}}, True),
        ({"light.is_on": {"target": {"primary_entities_only": False}}}, False),
        ({"light.other": {"target": {"primary_entities_only": False}}}, True),
    ],
)
async def test_whether_diagnostic_entities_of_a_target_count(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    descriptions: dict[str, Any],
    *,
    primary: bool,
) -> None:
    async def described(_hass: HomeAssistant) -> dict[str, Any]:
        return descriptions

    name = f"{async_targets_primary_entities_only.__module__}.async_get_all_descriptions"
    monkeypatch.setattr(name, described)
    config = {"condition": "light.is_on", "target": {"area_id": "x"}}
    assert await async_targets_primary_entities_only(hass, config) is primary
    assert await async_targets_primary_entities_only(hass, {"condition": "light.is_on"}) is True


async def test_rendering_for_inputs_logs_no_warning(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    template = Template("{{ ' 5 ' ~ missing }}", hass)
    info = rendered_for(template, {})
    assert info.result() == "5"
    assert "missing" not in caplog.text
    quiet(30, "missing")
    assert "missing" not in caplog.text
