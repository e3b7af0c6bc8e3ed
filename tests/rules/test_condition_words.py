"""What people read of the conditions that do not hold."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.rules.condition_words import (
    LONGEST_TEMPLATE,
    shortened,
)
from tests.common.conditions import LOST, NO, ROOM, ROOM_IS_ON, YES, evaluated


@pytest.fixture
async def frozen_monday(hass: HomeAssistant, freezer: Any) -> None:
    """Make it eight in the morning of a Monday."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-23T08:00:00+01:00")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        pytest.param(ROOM_IS_ON, "state of binary_sensor.room is not on", id="state"),
        pytest.param(
            {**ROOM_IS_ON, "for": {"minutes": 5}},
            "state of binary_sensor.room is not on for 0:05:00",
            id="state with for",
        ),
        pytest.param(
            {**ROOM_IS_ON, "for": "{{ 300 }}"},
            "state of binary_sensor.room is not on for long enough",
            id="state with a template",
        ),
        pytest.param(
            {**ROOM_IS_ON, "attribute": "mode", "state": ["a", "b"]},
            "attribute mode of binary_sensor.room is not a or b",
            id="attribute",
        ),
        pytest.param({**ROOM_IS_ON, "alias": "Somebody is in"}, "Somebody is in", id="alias"),
        pytest.param(LOST, "state of sensor.lost: sensor.lost is missing", id="missing"),
        pytest.param(
            {**LOST, "alias": "Lost"}, "Lost: sensor.lost is missing", id="missing with alias"
        ),
        pytest.param(
            {"condition": "numeric_state", "entity_id": "sensor.number", "above": 3, "below": 5},
            "sensor.number is not above 3.0 and below 5.0",
            id="number",
        ),
        pytest.param(
            {"condition": "numeric_state", "entity_id": ROOM, "attribute": "level", "above": 3},
            "attribute level of binary_sensor.room is not above 3.0",
            id="number of an attribute",
        ),
        pytest.param("{{ 1 ==\n 2 }}", "template {{ 1 == 2 }} is not true", id="template"),
        pytest.param(
            {"condition": "time", "after": "09:00:00", "before": "09:00:01", "weekday": "mon"},
            "time is not after 09:00:00 and before 09:00:01 on mon",
            id="time",
        ),
        pytest.param(
            {"condition": "time", "weekday": ["tue", "wed"]},
            "time is not on tue or wed",
            id="weekday",
        ),
        pytest.param(
            {"condition": "zone", "entity_id": "person.a", "zone": ["zone.a", "zone.b"]},
            "person.a is not in zone.a; person.a is not in zone.b",
            id="zone",
        ),
        pytest.param(
            {"condition": "light.is_on", "target": {"entity_id": "light.off"}},
            "light.is_on is not true",
            id="target",
        ),
        pytest.param(
            {"or": [ROOM_IS_ON, NO]},
            "state of binary_sensor.room is not on; template {{ 1 == 2 }} is not true",
            id="or",
        ),
        pytest.param({"or": [NO, LOST]}, "state of sensor.lost: sensor.lost is missing", id="lost"),
        pytest.param(
            {"not": [{"and": [YES, YES]}, {"not": [NO], "alias": "Not no"}, {"not": [NO]}, LOST]},
            "not wanted: (template {{ 1 == 1 }} is true and template {{ 1 == 1 }} is true);"
            " Not no; not (template {{ 1 == 2 }} is true)",
            id="not",
        ),
        pytest.param(
            {"not": [NO, LOST]}, "state of sensor.lost: sensor.lost is missing", id="unknown not"
        ),
        pytest.param({"or": [NO, NO], "alias": "Never"}, "Never", id="or with alias"),
    ],
)
async def test_words_for_what_is_not_true(
    hass: HomeAssistant, frozen_monday: None, raw: Any, words: str
) -> None:
    hass.states.async_set(ROOM, "off", {"mode": "c", "level": 2})
    hass.states.async_set("sensor.number", "7")
    hass.states.async_set("light.off", "off")
    for zone in ("zone.a", "zone.b"):
        hass.states.async_set(zone, "0", {"latitude": 1, "longitude": 1, "radius": 1})
    hass.states.async_set("person.a", "not_home", {"latitude": 2, "longitude": 2})
    disabled = {**NO, "enabled": False}
    report = await evaluated(hass, YES, disabled, raw)
    assert report.failing == (f"condition 3 ({words})",)


async def test_nothing_fails_when_all_is_true(hass: HomeAssistant) -> None:
    assert (await evaluated(hass, YES, YES)).failing == ()


def test_a_long_template_is_shortened() -> None:
    assert shortened("a" * LONGEST_TEMPLATE) == "a" * LONGEST_TEMPLATE
    assert shortened("a" * LONGEST_TEMPLATE + "b") == "a" * LONGEST_TEMPLATE + "…"
