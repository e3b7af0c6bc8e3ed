"""Single conditions: what they say, and when they are looked at again."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template
from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.rules.condition_facts import (
    ConditionFact,
    FactKind,
)
from custom_components.cisco_unified_presence.rules.condition_inputs import Inputs
from custom_components.cisco_unified_presence.rules.condition_leaf import Leaf
from custom_components.cisco_unified_presence.rules.condition_result import (
    TRUE as CONDITION_IS_TRUE,
)
from custom_components.cisco_unified_presence.rules.condition_result import Scope
from custom_components.cisco_unified_presence.rules.condition_times import (
    async_next_moment,
    duration_of,
    time_of_day,
)
from custom_components.cisco_unified_presence.rules.conditions import WatchedConditions
from tests.common.conditions import (
    FALSE,
    ROOM,
    ROOM_IS_ON,
    TRUE,
    UNKNOWN,
    Watch,
    set_state,
)
from tests.common.rules import NOON

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


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ 1 == 2 }}", "template {{ 1 == 2 }} is not true"),
        ("{{ 'no' }}", "template {{ 'no' }}: “no” is neither true nor false"),
        (
            "{{ 'x' * 99 }}",
            f"template {{{{ 'x' * 99 }}}}: “{'x' * 60}…” is neither true nor false",
        ),
    ],
)
async def test_words_for_what_a_template_renders(
    hass: HomeAssistant, template: str, words: str
) -> None:
    async with leaf(hass, {**TEMPLATE, "value_template": template}) as found:
        assert found.async_evaluate().words == words
    async with leaf(hass, {**TEMPLATE, "value_template": template, "alias": "It"}) as found:
        expected = f"It:{words.partition('}}:')[2]}" if "neither" in words else "It"
        assert found.async_evaluate().words == expected


async def test_a_condition_that_fails_says_why(hass: HomeAssistant) -> None:
    hass.states.async_set(ROOM, "many")
    config = {"condition": "numeric_state", "entity_id": ROOM, "above": 1}
    async with leaf(hass, config) as found:
        result = found.async_evaluate()
        assert (found.value, result.value, result.event) == (UNKNOWN, UNKNOWN, None)
        assert result.words.startswith(f"{ROOM}: ")
        assert "cannot be processed as a number" in result.words
        assert found.error is None
        hass.states.async_set(ROOM, "5")
        assert found.async_evaluate() is CONDITION_IS_TRUE
    async with leaf(hass, {**TEMPLATE, "value_template": "{{ 1 / 0 }}"}) as found:
        assert found.error
        words = found.async_evaluate().words
        assert words == f"template {{{{ 1 / 0 }}}}: {found.error}"


async def test_the_inputs_are_those_of_the_last_evaluation(hass: HomeAssistant) -> None:
    seconds = "{{ states('input_number.' ~ states('sensor.which')) | int(0) }}"
    async with leaf(hass, {**ROOM_IS_ON, "for": {"seconds": seconds}}) as found:
        assert found.inputs.entities == {ROOM, "sensor.which", "input_number.unknown"}
        hass.states.async_set("sensor.which", "a")
        found.async_evaluate()
        assert found.inputs.entities == {ROOM, "sensor.which", "input_number.a"}
        assert found.inputs.needed == {ROOM}
    by_name = {**ROOM_IS_ON, "for": {"seconds": "{{ states(long) | int(0) }}"}}
    scope = Scope({"long": "sensor.long"})
    conditions = await WatchedConditions.async_create(hass, [by_name], "Room", scope)
    conditions.async_evaluate()
    ((_, scoped),) = conditions.numbered_leaves
    assert scoped.inputs.entities == {ROOM, "sensor.long"}
    conditions.async_stop()
    now = {**TEMPLATE, "value_template": "{{ now().hour == 30 }}"}
    async with leaf(hass, now) as found:
        assert (found.inputs, found.leaves) == (Inputs(uses_time=True), (found,))
        assert found.may_depend_on_time
    conditions = await WatchedConditions.async_create(hass, [ROOM_IS_ON, now], "Room")
    (_, unread), (_, template) = conditions.numbered_leaves
    assert unread.value is UNKNOWN
    assert unread.inputs.entities == {ROOM}
    assert template.inputs == Inputs()
    conditions.async_stop()


async def test_when_a_condition_ends_that_is_true(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)
    async with leaf(hass, {"condition": "time", "before": "17:00"}) as found:
        assert found.async_expected_end(NOON) == NOON.replace(hour=17)
        assert found.mark == (TRUE, NOON.replace(hour=17))
        assert found.async_next_moment(NOON) == NOON.replace(hour=17)
        assert found.async_facts() == (ConditionFact(kind=FactKind.TIME, value=TRUE),)
    async with leaf(hass, {"condition": "time", "after": "17:00"}) as found:
        assert found.async_expected_end(NOON) is None
        assert found.mark == (FALSE, None)
    async with leaf(hass, ROOM_IS_ON) as found:
        marks = [found.mark]
        hass.states.async_set(ROOM, "on")
        found.async_evaluate()
        marks.append(found.mark)
        assert marks == [(UNKNOWN, None, None), (TRUE, None, ("on", NOON))]


@pytest.mark.parametrize(
    "config",
    [
        ROOM_IS_ON,
        {"condition": "numeric_state", "entity_id": ROOM, "above": 1},
        {"condition": "time", "after": "10:00"},
        {"condition": "zone", "entity_id": ROOM, "zone": "zone.home"},
        {**TEMPLATE, "value_template": f"{{{{ is_state('{ROOM}', 'on') }}}}"},
    ],
)
async def test_a_change_of_an_input_is_reported_once(
    hass: HomeAssistant, config: dict[str, Any]
) -> None:
    hass.states.async_set(ROOM, "1")
    conditions = await WatchedConditions.async_create(hass, [config], "Meeting room")
    watch = Watch(conditions)
    await conditions.async_track(watch.report)
    await set_state(hass, ROOM, "2")
    # A template is told of its inputs, and of its result.
    most = 2 if config["condition"] == "template" else 1
    assert watch.reports <= most
    assert watch.reports >= (config["condition"] != "time")
    conditions.async_stop()


async def test_a_template_that_is_tracked_no_more_is_not_tracked_for_other_variables(
    hass: HomeAssistant,
) -> None:
    scope = Scope({"entity": "sensor.a"})
    template = {**TEMPLATE, "value_template": "{{ is_state(entity, 'on') }}"}
    conditions = await WatchedConditions.async_create(hass, [template], "Room", scope)
    ((_, found),) = conditions.numbered_leaves
    reports: list[str] = []
    report = partial(reports.append, "changed")
    stop = await found.async_track(report)
    assert stop
    scope.variables = {"entity": "sensor.b"}
    found.async_variables_changed(report)
    await set_state(hass, "sensor.a", "on")
    assert reports == []
    await set_state(hass, "sensor.b", "on")
    assert reports == ["changed"]
    stop()
    stop()
    found.async_variables_changed(report)
    await set_state(hass, "sensor.b", "off")
    assert reports == ["changed"]
    conditions.async_stop()


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
        hass.states.async_set(ROOM, "unavailable")
        found.async_evaluate()
        assert found.async_next_moment(now) is None
        hass.states.async_set(ROOM, "on")
        found.async_evaluate()
        moment = found.async_next_moment(now)
        assert moment
        assert timedelta(seconds=59) < moment - now < timedelta(seconds=61)
        assert found.async_expected_end(now) is None


def test_the_next_moment_is_that_of_the_first_entity(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    for entity_id in ("light.a", "light.b"):
        freezer.move_to(NOON + timedelta(seconds=entity_id == "light.b"))
        hass.states.async_set(entity_id, "on")
    config = {"condition": "state", "for": {"minutes": Template("{{ long }}", hass)}}
    entities = ("light.gone", "light.b", "light.a")
    end = NOON + timedelta(minutes=1, microseconds=1)

    def moment(now: datetime, *, variables: Any = MappingProxyType({"long": 1})) -> Any:
        return async_next_moment(hass, config, entities, now, variables)

    assert moment(NOON) == end
    assert moment(end - timedelta.resolution) == end
    assert moment(end) == end + timedelta(seconds=1)
    assert moment(end + timedelta(seconds=1)) is None
    assert moment(NOON, variables=None) is None
    assert async_next_moment(hass, {"condition": "state"}, entities, NOON) is None


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
    number = {"condition": "numeric_state", "entity_id": ROOM, "attribute": "own", "above": 1}
    async with leaf(hass, number) as found:
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
    hass.states.async_set("sensor.up", "2026-11-20T07:08:09+00:00", {"device_class": "uptime"})
    hass.states.async_set("sensor.date", "2026-11-20T07:08:09+00:00", {"device_class": "date"})
    local = dt_util.as_local(datetime(2026, 11, 20, 7, 8, 9, tzinfo=UTC))
    assert time_of_day(hass, "sensor.x") == time_of_day(hass, "sensor.up") == local.time()
    assert time_of_day(hass, "sensor.date") is None
    assert time_of_day(hass, local.time()) == local.time()
