"""What the conditions of a rule tell together, and what they track for it."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.rules import conditions as module
from custom_components.cisco_unified_presence.rules.condition_facts import (
    ConditionFact,
    FactKind,
)
from custom_components.cisco_unified_presence.rules.condition_leaf import Leaf
from custom_components.cisco_unified_presence.rules.condition_result import Scope
from custom_components.cisco_unified_presence.rules.condition_tree import ConditionReading
from custom_components.cisco_unified_presence.rules.conditions import WatchedConditions
from tests.common.calendars import meeting, serve_calendars
from tests.common.conditions import (
    FALSE,
    LOST,
    NO,
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
from tests.common.rules import settled

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOON = {**ROOM_IS_ON, "for": {"minutes": 5}}
BY_SUN = {"condition": "sun", "after": "sunset"}
UNTIL_FIVE = {"condition": "time", "before": "17:00"}
UNTIL_SIX = {"condition": "time", "before": "18:00"}
EVENT = {
    "condition": "cisco_unified_presence.calendar_event",
    "target": {"entity_id": "calendar.room"},
}


@pytest.fixture(autouse=True)
async def _noon(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)


@asynccontextmanager
async def made(
    hass: HomeAssistant, *raw: Any, scope: Scope | None = None
) -> AsyncGenerator[WatchedConditions]:
    """Return conditions that were evaluated once and are not tracked."""
    conditions = await WatchedConditions.async_create(hass, list(raw), "Room", scope)
    conditions.async_evaluate()
    yield conditions
    conditions.async_stop()


# What they tell together


def named(value: Any, name: str, *, negated: bool = False) -> ConditionFact:
    return ConditionFact(kind=FactKind.NAMED, value=value, name=name, negated=negated)


def a(condition: Any, name: str) -> dict[str, Any]:
    """Return a condition with a name."""
    return {**condition, "alias": name}


@pytest.mark.parametrize(
    ("raw", "facts"),
    [
        ([a(YES, "a"), a(YES, "b")], [named(TRUE, "a"), named(TRUE, "b")]),
        ([a(YES, "a"), a(NO, "b"), a(LOST, "c")], [named(FALSE, "b")]),
        ([a(YES, "a"), a(LOST, "b")], [named(UNKNOWN, "b")]),
        ([{"or": [a(NO, "a"), a(YES, "b"), a(YES, "c")]}], [named(TRUE, "b"), named(TRUE, "c")]),
        ([{"or": [a(NO, "a"), a(NO, "b")]}], [named(FALSE, "a"), named(FALSE, "b")]),
        ([{"and": [a(YES, "a"), a(NO, "b")]}], [named(FALSE, "b")]),
        ([{"not": [a(NO, "a"), a(YES, "b")]}], [named(TRUE, "b", negated=True)]),
        ([{"not": [a(NO, "a")]}], [named(FALSE, "a", negated=True)]),
        ([{"not": [a(LOST, "a"), a(NO, "b")]}], [named(UNKNOWN, "a", negated=True)]),
        ([{"not": [{"not": [a(YES, "a")]}]}], [named(TRUE, "a")]),
        ([{"or": [YES, NO], "alias": "x"}], [named(TRUE, "x")]),
        ([], []),
    ],
)
async def test_facts_are_those_that_decide(
    hass: HomeAssistant, raw: list[Any], facts: list[ConditionFact]
) -> None:
    async with made(hass, *raw) as conditions:
        assert list(conditions.async_facts()) == facts


async def test_readings_are_those_of_all(hass: HomeAssistant) -> None:
    either = {"or": [a(NO, "a"), {"not": [a(LOST, "b")]}]}
    disabled = {**YES, "enabled": False}
    async with made(hass, a(YES, "x"), either, disabled, a({"and": [NO]}, "y")) as conditions:
        assert conditions.readings == (
            ConditionReading(TRUE, fact=named(TRUE, "x")),
            ConditionReading(
                UNKNOWN,
                "or",
                conditions=(
                    ConditionReading(FALSE, fact=named(FALSE, "a")),
                    ConditionReading(
                        UNKNOWN,
                        "not",
                        conditions=(ConditionReading(UNKNOWN, fact=named(UNKNOWN, "b")),),
                    ),
                ),
            ),
            ConditionReading(FALSE, fact=named(FALSE, "y")),
        )
        assert [number for number, _ in conditions.numbered_leaves] == [1, 2, 2, 4]
        values = [leaf.value for _, leaf in conditions.numbered_leaves]
        assert values == [TRUE, FALSE, UNKNOWN, FALSE]
        assert conditions.mark == [leaf.mark for _, leaf in conditions.numbered_leaves]


async def test_a_condition_on_what_is_not_linked(hass: HomeAssistant) -> None:
    linked = {
        "condition": "cisco_unified_presence.linked_entity",
        "options": {"link": "desk", "state": "on"},
    }
    event = {
        "condition": "cisco_unified_presence.calendar_event",
        "options": {"linked": "calendar"},
    }
    async with made(hass, linked, event, a(linked, "At work")) as conditions:
        unlinked = [
            ConditionFact(kind=FactKind.UNLINKED, value=FALSE, name=name)
            for name in (
                "the person has no desk linked",
                "the person has no calendar linked",
                "At work",
            )
        ]
        assert list(conditions.async_facts()) == unlinked
        assert list(conditions.readings) == [
            ConditionReading(FALSE, fact=each) for each in unlinked
        ]
        assert conditions.async_evaluate().failing == (
            "condition 1 (the person has no desk linked)",
            "condition 2 (the person has no calendar linked)",
            "condition 3 (At work)",
        )
        assert list(conditions.numbered_leaves) == []
    scope = Scope(links={"desk": ROOM})
    async with made(hass, linked, scope=scope) as conditions:
        assert conditions.async_evaluate().failing == (
            f"condition 1 (state of {ROOM}: {ROOM} is missing)",
        )


@pytest.mark.parametrize(("kind", "value"), [("or", FALSE), ("and", TRUE), ("not", TRUE)])
async def test_conditions_that_are_all_disabled(hass: HomeAssistant, kind: str, value: Any) -> None:
    async with made(hass, {kind: [{**YES, "enabled": False}]}) as conditions:
        (fact,) = conditions.async_facts()
        assert (fact.value, fact.name) == (value, "")
        assert conditions.readings == (ConditionReading(value, fact=fact),)


@pytest.mark.parametrize(
    ("raw", "hour"),
    [
        ([YES], None),
        ([UNTIL_SIX, YES, UNTIL_FIVE], 17),
        ([{"or": [UNTIL_SIX, UNTIL_FIVE]}], 18),
        ([{"or": [UNTIL_SIX, NO]}], 18),
        ([{"or": [UNTIL_SIX, YES]}], None),
        ([{"and": [UNTIL_SIX, UNTIL_FIVE]}], 17),
        ([{"and": [UNTIL_SIX, YES]}], 18),
        ([{"not": [{"condition": "time", "after": "15:00"}]}], None),
        ([{"not": [{"not": [UNTIL_SIX]}]}], None),
        ([{"and": [YES, YES]}], None),
        ([{"or": [{**YES, "enabled": False}]}], None),
        ([{"or": [NO, NO]}], None),
    ],
)
async def test_when_they_end_by_time(hass: HomeAssistant, raw: list[Any], hour: int | None) -> None:
    async with made(hass, *raw) as conditions:
        expected = None if hour is None else NOON.replace(hour=hour)
        assert conditions.async_expected_end(NOON) == expected


async def test_the_first_event_is_that_of_all(hass: HomeAssistant) -> None:
    calendars = serve_calendars(hass)
    calendars.put("calendar.room", [meeting("Review", 9, 14)])
    calendars.put("calendar.other", [meeting("Call", 9, 15)])
    other = {**EVENT, "target": {"entity_id": "calendar.other"}}
    async with watched(hass, YES, {"or": [NO, EVENT]}, other) as watch:
        await settled(hass)
        event = watch.evaluate().event
        assert event
        assert event["summary"] == "Review"
        assert watch.conditions.calendars == {"calendar.room", "calendar.other"}
        assert watch.conditions.entities == {"calendar.room", "calendar.other"}
    async with watched(hass, {"not": [{"not": [EVENT]}]}, ROOM_IS_ON) as watch:
        await set_state(hass, ROOM, "on")
        await settled(hass)
        assert watch.evaluate().event is None
        assert watch.conditions.calendars == {"calendar.room"}


@pytest.mark.parametrize("error", [vol.Invalid("bad"), HomeAssistantError("bad")])
async def test_conditions_that_cannot_be_set_up(hass: HomeAssistant, error: Exception) -> None:
    async def fail(_hass: HomeAssistant, _config: Any, _scope: Scope) -> Leaf:
        raise error

    validated = await module.async_validated(hass, [ROOM_IS_ON], "Room")
    with pytest.raises(module.ConditionsInvalid) as refused:
        await WatchedConditions.async_build(hass, validated, "Room", Scope(), fail)
    said = "Home Assistant does not accept the conditions of the rule “Room”: bad"
    assert str(refused.value) == said
    assert refused.value.__cause__ is error


# What they track


@pytest.fixture
def tracked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is tracked, and what of it was ended."""
    counts: Counter[str] = Counter()

    def count(kind: str, name: str) -> None:
        track = getattr(module, name)

        def counting(*args: Any, **kwargs: Any) -> Any:
            counts[kind] += 1
            end = track(*args, **kwargs)

            def ending() -> None:
                counts[f"{kind} ended"] += 1
                end()

            return ending

        monkeypatch.setattr(module, name, counting)

    count("states", "async_track_state_change_event")
    count("moment", "async_track_point_in_utc_time")
    count("minutes", "async_track_time_change")
    return counts


async def test_what_is_tracked_is_not_tracked_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tracked: Counter[str]
) -> None:
    await set_state(hass, ROOM, "on")
    async with watched(hass, SOON, BY_SUN) as watch:
        for _ in range(3):
            watch.evaluate()
        assert tracked == {"states": 1, "moment": 1, "minutes": 1}
        assert watch.conditions.entities == {ROOM}
        moment = NOON + timedelta(minutes=5, microseconds=1)
        assert watch.conditions.async_next_moment(NOON) == moment
        assert watch.conditions.polled_each_minute
        freezer.tick(1)
        await set_state(hass, ROOM, "off")
        assert tracked == {"states": 1, "moment": 2, "minutes": 1, "moment ended": 1}
        watch.conditions.async_cancel_timer()
        watch.conditions.async_cancel_timer()
        watch.evaluate()
        assert tracked == {"states": 1, "moment": 3, "minutes": 1, "moment ended": 2}
    assert watch.conditions.entities == frozenset()
    ended = {"states ended": 1, "moment ended": 3, "minutes ended": 1}
    assert tracked == {"states": 1, "moment": 3, "minutes": 1, **ended}


async def test_conditions_that_are_not_tracked_track_nothing(
    hass: HomeAssistant, tracked: Counter[str]
) -> None:
    async with made(hass, SOON, BY_SUN, EVENT) as conditions:
        conditions.async_evaluate()
        conditions.async_set_variables({"a": 1})
        assert conditions.entities == frozenset()
    assert tracked == {}


async def test_states_alone_need_no_timer(hass: HomeAssistant, tracked: Counter[str]) -> None:
    async with watched(hass, ROOM_IS_ON) as watch:
        assert not watch.conditions.polled_each_minute
        assert watch.conditions.async_next_moment(NOON) is None
    assert tracked == {"states": 1, "states ended": 1}
    tracked.clear()
    async with watched(hass, YES, {"condition": "time", "weekday": "mon"}):
        pass
    assert tracked == {"moment": 1, "moment ended": 1}


async def test_a_timer_that_is_cancelled_does_not_report(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    async with watched(hass, {"condition": "time", "after": "13:00"}) as watch:
        watch.conditions.async_cancel_timer()
        await move_to(hass, freezer, "2026-11-23T13:00:00")
        assert (watch.seen, watch.reports) == ([FALSE], 0)
        watch.evaluate()
        await move_to(hass, freezer, "2026-11-24T00:00:00")
        assert (watch.seen, watch.reports) == ([FALSE, TRUE, FALSE], 1)
        await move_to(hass, freezer, "2026-11-24T13:00:00")
        assert (watch.seen[3:], watch.reports) == ([TRUE], 2)


async def test_a_timer_that_has_fired_is_set_again_where_the_clock_was_set_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tracked: Counter[str]
) -> None:
    raw = [{"condition": "time", "after": "13:00"}]
    conditions = await WatchedConditions.async_create(hass, raw, "Room")
    reports: list[str] = []
    await conditions.async_track(lambda: reports.append("changed"))
    await move_to(hass, freezer, "2026-11-23T13:00:00")
    assert (reports, tracked) == (["changed"], {"moment": 1})
    freezer.move_to(NOON)
    conditions.async_evaluate()
    assert tracked == {"moment": 2}
    conditions.async_stop()
    assert tracked == {"moment": 2, "moment ended": 1}


async def test_templates_follow_the_variables(hass: HomeAssistant) -> None:
    scope = Scope({"entity": "sensor.a"})
    template = {"condition": "template", "value_template": "{{ states(entity) == 'on' }}"}
    conditions = await WatchedConditions.async_create(hass, [template], "Room", scope)
    watch = Watch(conditions)
    await conditions.async_track(watch.report)
    await set_state(hass, "sensor.a", "on")
    assert watch.seen == [TRUE]
    reports = watch.reports
    await set_state(hass, "sensor.b", "on")
    assert watch.reports == reports

    conditions.async_set_variables({"entity": "sensor.b"})
    watch.evaluate()
    await set_state(hass, "sensor.b", "off")
    assert watch.seen == [TRUE, FALSE]
    reports = watch.reports
    await set_state(hass, "sensor.a", "off")
    assert watch.reports == reports
    conditions.async_stop()
    await set_state(hass, "sensor.b", "on")
    assert watch.reports == reports
