"""Conditions are looked at when an input changes and when time decides: docs/rules.md, rule 7."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.condition import ConditionChecker
from homeassistant.helpers.trace import (
    TraceElement,
    trace_clear,
    trace_get,
    trace_stack_cv,
    trace_stack_pop,
    trace_stack_push,
)
import pytest

from custom_components.cisco_unified_presence.rules.conditions import WatchedConditions
from tests.common.conditions import (
    FALSE,
    LOST,
    ROOM,
    ROOM_IS_ON,
    TRUE,
    UNKNOWN,
    YES,
    Watch,
    move_to,
    set_state,
    watched,
)

NUMBER_IS_LOW = {"condition": "numeric_state", "entity_id": "sensor.a", "below": 5}


@pytest.fixture(autouse=True)
async def monday_morning(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Make it eight in the morning in Berlin, where the sun is up soon."""
    hass.config.latitude, hass.config.longitude = 52.5, 13.4
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-23T08:00:01+01:00")


async def test_a_missing_entity_that_appears_and_goes(hass: HomeAssistant) -> None:
    async with watched(hass, ROOM_IS_ON) as watch:
        await set_state(hass, ROOM, "on")
        await set_state(hass, ROOM, "off")
        await set_state(hass, ROOM, "unavailable")
        await set_state(hass, ROOM, "on")
        hass.states.async_remove(ROOM)
        await hass.async_block_till_done()
        assert watch.seen == [UNKNOWN, TRUE, FALSE, UNKNOWN, TRUE, UNKNOWN]


async def test_a_branch_wakes_for_each_of_its_inputs(hass: HomeAssistant) -> None:
    async with watched(hass, {"or": [LOST, {"not": [ROOM_IS_ON]}]}) as watch:
        await set_state(hass, ROOM, "on")
        await set_state(hass, ROOM, "off")
        await set_state(hass, ROOM, "on")
        await set_state(hass, "sensor.lost", "on")
        assert watch.seen == [UNKNOWN, TRUE, UNKNOWN, TRUE]


async def test_the_bounds_of_a_number(hass: HomeAssistant) -> None:
    condition = {"condition": "numeric_state", "entity_id": "sensor.a", "below": "sensor.b"}
    async with watched(hass, condition) as watch:
        await set_state(hass, "sensor.a", "3")
        await set_state(hass, "sensor.b", "5")
        await set_state(hass, "sensor.b", "2")
        assert watch.seen == [UNKNOWN, TRUE, FALSE]


async def test_a_template_wakes_for_what_it_comes_to_look_at(hass: HomeAssistant) -> None:
    template = "{{ is_state('sensor.a', 'go') and states('sensor.b') | int(0) < 5 }}"
    await set_state(hass, "sensor.a", "wait")
    async with watched(hass, template) as watch:
        await set_state(hass, "sensor.a", "go")
        await set_state(hass, "sensor.b", "6")
        await set_state(hass, "sensor.b", "unavailable")
        await set_state(hass, "sensor.b", "6")
        assert watch.seen == [FALSE, TRUE, FALSE, TRUE, FALSE]


async def test_a_template_over_a_whole_domain(hass: HomeAssistant) -> None:
    template = "{{ states.binary_sensor | selectattr('state', 'eq', 'on') | list | count > 0 }}"
    async with watched(hass, template) as watch:
        await set_state(hass, "binary_sensor.new", "on")
        assert watch.seen == [FALSE, TRUE]


async def test_an_area_into_which_a_light_comes(hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    area = ar.async_get(hass).async_create("Office")
    light = registry.async_get_or_create("light", "test", "desk").entity_id
    await set_state(hass, light, "on")
    condition = {"condition": "light.is_on", "target": {"area_id": "office"}}
    async with watched(hass, condition) as watch:
        registry.async_update_entity(light, area_id=area.id)
        await hass.async_block_till_done()
        await set_state(hass, light, "unavailable")
        await set_state(hass, light, "off")
        await set_state(hass, light, "on")
        registry.async_update_entity(light, area_id=None)
        await hass.async_block_till_done()
        assert watch.seen == [FALSE, TRUE, UNKNOWN, FALSE, TRUE, FALSE]


async def test_a_zone_moves_and_a_person_moves(hass: HomeAssistant) -> None:
    place = {"latitude": 1, "longitude": 1}
    await set_state(hass, "zone.office", "0", **place, radius=100)
    await set_state(hass, "person.a", "not_home", **place)
    condition = {"condition": "zone", "entity_id": "person.a", "zone": "zone.office"}
    async with watched(hass, condition) as watch:
        await set_state(hass, "zone.office", "0", latitude=2, longitude=1, radius=100)
        await set_state(hass, "person.a", "not_home", latitude=2, longitude=1)
        assert watch.seen == [TRUE, FALSE, TRUE]


async def test_nothing_is_reported_for_what_is_no_input(hass: HomeAssistant) -> None:
    async with watched(hass, ROOM_IS_ON) as watch:
        await set_state(hass, "sensor.other", "on")
        assert watch.reports == 0


# What is looked at each full minute


@pytest.mark.parametrize(
    ("condition", "reports"),
    [
        pytest.param({"condition": "sun", "after": "sunset"}, 1, id="sun"),
        pytest.param("{{ now().minute == 1 }}", 1, id="template with now"),
        pytest.param(
            {
                "condition": "numeric_state",
                "entity_id": ROOM,
                "value_template": "{{ now().minute }}",
                "above": 0,
            },
            1,
            id="number with now",
        ),
        pytest.param(ROOM_IS_ON, 0, id="state"),
        pytest.param({**ROOM_IS_ON, "for": {"hours": 1}}, 0, id="state with for"),
        pytest.param({"condition": "time", "after": "12:00:00"}, 0, id="time"),
        pytest.param("{{ is_state('binary_sensor.room', 'on') }}", 0, id="template"),
        pytest.param(
            {
                "condition": "numeric_state",
                "entity_id": ROOM,
                "value_template": "{{ state.attributes.level }}",
                "above": 0,
            },
            0,
            id="number with a template",
        ),
        pytest.param(
            {"condition": "zone", "entity_id": "person.a", "zone": "zone.home"}, 0, id="zone"
        ),
        pytest.param(
            {"condition": "light.is_on", "target": {"entity_id": "light.a"}}, 0, id="target"
        ),
        pytest.param(
            {
                "condition": "light.is_on",
                "target": {"entity_id": "light.a"},
                "options": {"for": {"hours": 1}},
            },
            1,
            id="target with for",
        ),
    ],
)
async def test_a_look_at_each_full_minute_only_where_time_decides(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, condition: Any, reports: int
) -> None:
    await set_state(hass, ROOM, "on", level=1)
    async with watched(hass, condition) as watch:
        for second in range(2, 60):
            await move_to(hass, freezer, f"2026-11-23T08:00:{second:02}")
        assert watch.reports == 0
        await move_to(hass, freezer, "2026-11-23T08:01:01")
        assert watch.reports == reports


async def test_the_sun_sets(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    async with watched(hass, {"condition": "sun", "after": "sunset"}) as watch:
        await move_to(hass, freezer, "2026-11-23T15:57:01")
        await move_to(hass, freezer, "2026-11-23T16:03:01")
        assert watch.seen == [FALSE, TRUE]


async def test_a_number_is_looked_at_each_minute_while_it_depends_on_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    condition = {
        "condition": "numeric_state",
        "entity_id": "sensor.a",
        "value_template": "{{ now().minute if state.state == '1' else 0 }}",
        "above": 0,
    }
    await set_state(hass, "sensor.a", "1")
    async with watched(hass, condition) as watch:
        await move_to(hass, freezer, "2026-11-23T08:01:01")
        assert watch.seen == [FALSE, TRUE]
        await set_state(hass, "sensor.a", "2")
        reports = watch.reports
        await move_to(hass, freezer, "2026-11-23T08:02:01")
        assert watch.reports == reports
        await set_state(hass, "sensor.a", "1")
        await move_to(hass, freezer, "2026-11-23T09:00:01")
        assert watch.seen == [FALSE, TRUE, FALSE, TRUE, FALSE]


# Stopping


@pytest.fixture
def unloads(monkeypatch: pytest.MonkeyPatch) -> list[ConditionChecker]:
    """Count the checkers that are unloaded."""
    unloaded: list[ConditionChecker] = []
    unload = ConditionChecker.async_unload

    def count(checker: ConditionChecker) -> None:
        unloaded.append(checker)
        unload(checker)

    monkeypatch.setattr(ConditionChecker, "async_unload", count)
    # Home Assistant makes up for what is forgotten, some time.
    monkeypatch.setattr(ConditionChecker, "__del__", lambda _checker: None)
    return unloaded


async def test_nothing_is_tracked_after_the_stop(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, unloads: list[ConditionChecker]
) -> None:
    async with watched(
        hass,
        ROOM_IS_ON,
        {**ROOM_IS_ON, "for": {"minutes": 1}},
        "{{ is_state('binary_sensor.room', 'on') and now().minute > 5 }}",
        {"condition": "time", "after": "09:00:00"},
        {"condition": "sun", "after": "sunset"},
        {"condition": "light.is_on", "target": {"area_id": "office"}},
    ) as watch:
        await set_state(hass, ROOM, "off")
    reports = watch.reports
    assert reports
    assert len(unloads) == 6
    await set_state(hass, ROOM, "on")
    await move_to(hass, freezer, "2026-11-23T09:00:00")
    await move_to(hass, freezer, "2026-11-23T18:00:00")
    assert watch.reports == reports


async def test_stopping_without_tracking_lets_go_too(
    hass: HomeAssistant, unloads: list[ConditionChecker]
) -> None:
    conditions = await WatchedConditions.async_create(hass, [ROOM_IS_ON, {"not": [YES]}], "Room")
    conditions.async_stop()
    assert len(unloads) == 2


async def test_a_stop_while_tracking_begins(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    condition = {"condition": "light.is_on", "target": {"entity_id": "light.a"}}
    conditions = await WatchedConditions.async_create(hass, [condition], "Room")
    watch = Watch(conditions)
    track = ConditionChecker.async_track_changes

    untracked: list[str] = []

    async def stopped_meanwhile(checker: ConditionChecker, action: Any) -> Any:
        conditions.async_stop()
        untrack = await track(checker, action)
        await set_state(hass, "light.a", "on")

        def noted() -> None:
            untracked.append("untracked")
            untrack()

        return noted

    monkeypatch.setattr(ConditionChecker, "async_track_changes", stopped_meanwhile)
    hass.states.async_set("light.a", "off")
    await conditions.async_track(watch.report)
    assert untracked == ["untracked"]
    # They are not evaluated any more.
    assert [leaf.value for _, leaf in conditions.numbered_leaves] == [UNKNOWN]
    assert conditions.entities == frozenset()
    await set_state(hass, "light.a", "off")
    assert watch.reports == 0


async def test_conditions_that_cannot_be_made_let_go_of_those_that_were(
    hass: HomeAssistant, unloads: list[ConditionChecker]
) -> None:
    disabled, broken = ({**YES, "enabled": enabled} for enabled in (False, "{{ 1 / 0 }}"))
    with pytest.raises(Exception, match="does not accept"):
        await WatchedConditions.async_create(hass, [disabled, YES, {"or": [YES, broken]}], "Room")
    assert len(unloads) == 2


@pytest.mark.parametrize("error", [KeyError, RuntimeError, NotImplementedError])
async def test_one_that_fails_does_not_keep_the_others_from_being_read(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fails(_checker: ConditionChecker, **_kwargs: Any) -> bool:
        raise error

    monkeypatch.setattr(ConditionChecker, "async_check", fails)
    hass.states.async_set("sensor.a", "3")
    async with watched(hass, NUMBER_IS_LOW, NUMBER_IS_LOW) as watch:
        result = watch.evaluate()
    assert result.value is UNKNOWN
    assert result.failing == (
        f"condition 1 (sensor.a: {error.__name__})",
        f"condition 2 (sensor.a: {error.__name__})",
    )


async def test_checks_leave_no_trace_to_the_task_that_changes_a_state(hass: HomeAssistant) -> None:
    """A task that lives as long as Home Assistant would collect them for ever."""
    trace_clear()
    traced = trace_get(clear=False)
    async with watched(hass, ROOM_IS_ON, NUMBER_IS_LOW):
        for number in range(6):
            hass.states.async_set(ROOM, "off" if number % 2 else "on")
            hass.states.async_set("sensor.a", f"{number}")
    assert traced == {}


async def test_checks_leave_the_trace_of_an_action_that_changes_a_state_as_it_is(
    hass: HomeAssistant,
) -> None:
    action = TraceElement({}, "action/0")
    trace_stack_push(trace_stack_cv, action)
    try:
        async with watched(hass, ROOM_IS_ON, NUMBER_IS_LOW):
            hass.states.async_set(ROOM, "on")
            hass.states.async_set("sensor.a", "3")
    finally:
        trace_stack_pop(trace_stack_cv)
    assert "result" not in action.as_dict()
