"""Single conditions: what they say, and when they are looked at again."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.rules.condition_facts import (
    ConditionFact,
    FactKind,
)
from custom_components.cisco_unified_presence.rules.condition_leaf import Leaf
from custom_components.cisco_unified_presence.rules.condition_times import (
    duration_of,
    time_of_day,
)
from custom_components.cisco_unified_presence.rules.conditions import WatchedConditions
from tests.common.conditions import FALSE, ROOM, ROOM_IS_ON, TRUE, UNKNOWN

TEMPLATE = {"condition": "template"}


@asynccontextmanager
async def leaf(hass: HomeAssistant, config: dict[str, Any]) -> AsyncGenerator[Leaf]:
    """Return the one condition of a rule, evaluated once."""
    conditions = await WatchedConditions.async_create(hass, [config], "Meeting room")
    conditions.async_evaluate()
    ((_, found),) = conditions.numbered_leaves
    assert isinstance(found, Leaf)
    yield found
    conditions.async_stop()


async def test_what_a_condition_says(hass: HomeAssistant) -> None:
    hass.states.async_set(ROOM, "off")
    async with leaf(hass, ROOM_IS_ON) as plain:
        assert plain.words == f"state of {ROOM} is on"
        assert plain.async_evaluate().words == f"state of {ROOM} is not on"
    async with leaf(hass, {**ROOM_IS_ON, "alias": "Someone is there"}) as named:
        assert named.words == "Someone is there"
        assert named.async_evaluate().words == "Someone is there"
        assert named.async_facts() == (
            ConditionFact(kind=FactKind.NAMED, value=FALSE, name="Someone is there"),
        )
        hass.states.async_remove(ROOM)
        assert named.async_evaluate().words == f"Someone is there: {ROOM} is missing"
    async with leaf(hass, ROOM_IS_ON) as plain:
        assert plain.async_evaluate().words == f"state of {ROOM}: {ROOM} is missing"


@pytest.mark.parametrize(
    ("template", "value", "error"),
    [
        ("{{ true }}", TRUE, None),
        ("{{ ' True ' }}", TRUE, None),
        ("{{ false }}", FALSE, None),
        ("{{ none }}", FALSE, None),
        ("", FALSE, None),
        ("{{ 'maybe' }}", UNKNOWN, "“maybe” is neither true nor false"),
        ("{{ 1 }}", UNKNOWN, "“1” is neither true nor false"),
        ("{{ 1 / 0 }}", UNKNOWN, "ZeroDivisionError"),
    ],
)
async def test_what_a_template_renders(
    hass: HomeAssistant, template: str, value: Any, error: str | None
) -> None:
    async with leaf(hass, {**TEMPLATE, "value_template": template}) as found:
        assert found.value is value
        assert (found.error is None) is (error is None)
        assert (error or "") in (found.error or "")


async def test_a_template_that_is_good_again_has_no_error(hass: HomeAssistant) -> None:
    hass.states.async_set(ROOM, "maybe")
    async with leaf(hass, {**TEMPLATE, "value_template": f"{{{{ states('{ROOM}') }}}}"}) as found:
        assert found.error
        assert found.inputs.entities == {ROOM}
        hass.states.async_set(ROOM, "true")
        assert found.async_evaluate().value is TRUE
        assert found.error is None


async def test_what_differs_when_other_facts_are_told(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set(ROOM, "off", {"mode": "a"})
    async with leaf(hass, ROOM_IS_ON) as found:
        marks = [found.mark]
        hass.states.async_set(ROOM, "off", {"mode": "b"})
        assert found.mark == marks[0]
        freezer.tick(1)
        hass.states.async_set(ROOM, "idle")
        marks.append(found.mark)
        hass.states.async_set(ROOM, "on")
        found.async_evaluate()
        marks.append(found.mark)
    assert all(each not in marks[:number] for number, each in enumerate(marks))
    async with leaf(hass, {**ROOM_IS_ON, "attribute": "mode"}) as found:
        before = found.mark
        hass.states.async_set(ROOM, "other", {"mode": "a"})
        assert found.mark == before


@pytest.mark.parametrize(
    ("config", "by_time", "each_minute"),
    [
        (ROOM_IS_ON, False, False),
        ({**ROOM_IS_ON, "for": "00:01:00"}, True, False),
        ({"condition": "time", "after": "10:00"}, True, False),
        ({"condition": "numeric_state", "entity_id": ROOM, "above": 1}, True, False),
        (
            {
                "condition": "numeric_state",
                "entity_id": ROOM,
                "above": 1,
                "value_template": "{{ now().hour }}",
            },
            True,
            True,
        ),
    ],
)
async def test_what_time_alone_may_change(
    hass: HomeAssistant, config: dict[str, Any], *, by_time: bool, each_minute: bool
) -> None:
    hass.states.async_set(ROOM, "5")
    async with leaf(hass, config) as found:
        assert found.may_depend_on_time is by_time
        assert found.polled_each_minute is each_minute


async def test_the_next_moment_of_what_is_unknown_is_not_awaited(hass: HomeAssistant) -> None:
    now = dt_util.utcnow()
    async with leaf(hass, {**ROOM_IS_ON, "for": "00:01:00"}) as found:
        assert found.async_next_moment(now) is None
        hass.states.async_set(ROOM, "on")
        found.async_evaluate()
        moment = found.async_next_moment(now)
        assert moment
        assert timedelta(seconds=59) < moment - now < timedelta(seconds=61)
        assert found.async_expected_end(now) is None


@pytest.mark.parametrize(
    ("attribute", "own"), [("own", True), ("own_activities", True), ("other", False), (None, False)]
)
async def test_who_asks_for_own_presence(
    hass: HomeAssistant, attribute: str | None, *, own: bool
) -> None:
    config = {**ROOM_IS_ON, **({"attribute": attribute} if attribute else {})}
    async with leaf(hass, config) as found:
        assert found.reads_own_presence is own
    async with leaf(hass, {**TEMPLATE, "value_template": "{{ true }}"}) as found:
        assert not found.reads_own_presence


def test_times_that_say_nothing(hass: HomeAssistant) -> None:
    assert time_of_day(hass, None) is None
    assert time_of_day(hass, "input_datetime.none") is None
    hass.states.async_set("sensor.text", "10:00")
    assert time_of_day(hass, "sensor.text") is None
    hass.states.async_set("sensor.moment", "soon", {"device_class": "timestamp"})
    assert time_of_day(hass, "sensor.moment") is None
    assert duration_of({}, None) is None
    assert duration_of({"for": "long"}, None) is None
    assert duration_of({"options": {"for": {"minutes": 1}}}, None) == timedelta(minutes=1)
    assert duration_of({"for": {"days": 99999}}, None) == timedelta(days=36500)


def test_times_of_entities(hass: HomeAssistant) -> None:
    hass.states.async_set("input_datetime.x", "x", {"hour": 7, "minute": 8, "second": 9})
    hass.states.async_set("input_datetime.date", "x", {})
    hass.states.async_set("time.x", "07:08:09")
    hass.states.async_set("sensor.x", "2026-11-20T07:08:09+00:00", {"device_class": "timestamp"})
    assert str(time_of_day(hass, "input_datetime.x")) == "07:08:09"
    assert str(time_of_day(hass, "input_datetime.date")) == "23:59:59"
    assert str(time_of_day(hass, "time.x")) == "07:08:09"
    local = dt_util.as_local(datetime(2026, 11, 20, 7, 8, 9, tzinfo=UTC))
    assert time_of_day(hass, "sensor.x") == local.time()
