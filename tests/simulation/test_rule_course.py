"""What one rule does in a simulated world: what is known of it, and when it may change next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from homeassistant.core import State
import pytest

from custom_components.cisco_unified_presence.rules import TruthValue
from custom_components.cisco_unified_presence.rules.condition_facts import ConditionFact, FactKind
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.rule_state import Prepared
from custom_components.cisco_unified_presence.rules.simulated.leaf import SimulatedLeaf
from custom_components.cisco_unified_presence.rules.simulated.rule_course import (
    RuleMoment,
    SimulatedRule,
    entities_of,
    to_read,
)
from custom_components.cisco_unified_presence.rules.simulated.world import World
from tests.common.rules import rule

NOW = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TRUE, FALSE, UNKNOWN = TruthValue.TRUE, TruthValue.FALSE, TruthValue.UNKNOWN
ROOM = State("binary_sensor.room", "on", {"friendly_name": "Meeting room"})
STATES = {ROOM.entity_id: ROOM}
HASS: Any = SimpleNamespace(states=SimpleNamespace(get=STATES.get))


class Course:
    """An entity whose next change is known."""

    def __init__(self, change: datetime | None) -> None:
        self.change = change

    def state_at(self, moment: datetime, now: State | None) -> State | None:
        return now and State(now.entity_id, "at", {"moment": moment})

    def next_change(self, after: datetime) -> datetime | None:
        return self.change if self.change is None or self.change > after else None


class Simulated:
    """A rule in a world, whose conditions say what a test wants."""

    def __init__(self, of: Rule | None = None, *, is_new: bool = True) -> None:
        self.world = World(NOW, NOW)
        self.value = TRUE
        self.certain = FALSE
        self.assumes: set[str] = set()
        self.undecided: list[str] = []
        self.entities = {"binary_sensor.room"}
        self.next_moment: datetime | None = None
        self.polled = False
        self.leaf = SimulatedLeaf.__new__(SimulatedLeaf)
        inputs: Any = SimpleNamespace(entities=frozenset())
        self.leaf.inputs = inputs
        self.rule = SimulatedRule(of or rule(), self.world, None)
        if not is_new:
            self.rule = SimulatedRule(of or rule(), self.world, self.rule)
        self.prepared = self._prepared()

    def _prepared(self) -> Prepared:
        leaf: Any = SimpleNamespace(inputs=SimpleNamespace(entities=self.entities))
        conditions: Any = SimpleNamespace(
            async_evaluate=self._evaluate,
            async_next_moment=lambda _: self.next_moment,
            polled_each_minute=self.polled,
            numbered_leaves=[(1, leaf), (2, self.leaf)],
        )
        return Prepared(conditions, None, {})

    def _evaluate(self) -> Any:
        if self.world.certain_only:
            value = self.certain
        else:
            self.world.assumed |= self.assumes
            self.world.undecided += self.undecided
            value = self.value
        return SimpleNamespace(value=value, failing=(), event=None)

    def at(self, now: datetime) -> SimulatedRule:
        self.world.now = now
        self.rule.async_simulate(HASS, self.prepared, None)
        return self.rule


@pytest.mark.parametrize(("value", "holds"), [(TRUE, True), (FALSE, False), (UNKNOWN, False)])
def test_without_a_state_before_conditions_have_been_true_for_long_enough(
    value: TruthValue, *, holds: bool
) -> None:
    simulated = Simulated(rule(duration={"minutes": 5}))
    simulated.value = value
    found = simulated.at(NOW)
    assert found.timing.holds is holds
    if holds:
        assert (found.timing.true_since, found.timing.holds_since) == (NOW - 5 * MINUTE, NOW)


def test_a_rule_goes_on_as_it_was() -> None:
    simulated = Simulated(rule(duration={"minutes": 5}), is_new=False)
    assert not simulated.at(NOW).timing.holds
    assert not simulated.at(NOW + 4 * MINUTE).timing.holds
    assert simulated.at(NOW + 5 * MINUTE).timing.holds


def test_a_condition_that_cannot_be_told_leaves_it_as_it_was() -> None:
    simulated = Simulated(rule(at_most={"minutes": 30}), is_new=False)
    assert simulated.at(NOW).timing.holds
    simulated.value, simulated.undecided = UNKNOWN, ["it cannot be told", "nor this"]
    found = simulated.at(NOW + 10 * MINUTE)
    assert (found.timing.holds, found.value) == (True, UNKNOWN)
    assert found.unknown == "“Desk”: it cannot be told"
    # Time goes on all the same.
    assert not simulated.at(NOW + 31 * MINUTE).timing.holds
    # What is only unknown ends it after its grace.
    other = Simulated(rule(), is_new=False)
    other.at(NOW)
    other.value = UNKNOWN
    assert other.at(NOW + MINUTE).timing.holds
    assert other.rule.unknown is None
    assert not other.at(NOW + 7 * MINUTE).timing.holds


def test_what_it_depends_on_is_named() -> None:
    simulated = Simulated()
    simulated.certain = TRUE
    assert simulated.at(NOW + MINUTE).unknown is None
    simulated.assumes = {"binary_sensor.room", "light.b", "light.a"}
    named = "“Desk” depends on Meeting room, light.a, light.b"
    assert simulated.at(NOW + MINUTE).unknown == named
    simulated.assumes = {"light.a", "light.b", "light.c", "light.d", "light.e"}
    assert simulated.at(NOW + MINUTE).unknown == "“Desk” depends on light.a, light.b, light.c, …"


def test_what_is_false_for_certain_is_known() -> None:
    simulated = Simulated()
    simulated.assumes = {"light.a"}
    # Something besides its conditions depends on it, as its texts.
    assert simulated.at(NOW + MINUTE).unknown == "“Desk” depends on light.a"
    simulated.leaf.assumed = frozenset({"light.a", "light.b"})
    for certain, unknown in (
        (FALSE, None),
        (UNKNOWN, "“Desk” depends on light.a"),
        (TRUE, "“Desk” depends on light.a"),
    ):
        simulated.certain = certain
        assert simulated.at(NOW + MINUTE).unknown == unknown
        assert not simulated.world.certain_only
    # What cannot be told comes first.
    simulated.certain, simulated.value, simulated.undecided = FALSE, UNKNOWN, ["?"]
    assert simulated.at(NOW + MINUTE).unknown == "“Desk”: ?"
    simulated.value = TRUE
    assert simulated.at(NOW + MINUTE).unknown is None


def test_what_it_may_have_begun_goes_on_for_its_hold() -> None:
    simulated = Simulated(rule(hold={"minutes": 10}))
    simulated.certain, simulated.assumes = TRUE, {"light.a"}
    why = "“Desk” depends on light.a"
    assert simulated.at(NOW).unknown == why
    simulated.assumes = set()
    assert simulated.at(NOW + 9 * MINUTE).unknown == why
    assert simulated.rule.next_moment(simulated.prepared) == NOW + 10 * MINUTE
    assert simulated.at(NOW + 10 * MINUTE).unknown is None
    assert simulated.rule.next_moment(simulated.prepared) is None


def test_when_it_may_change_next() -> None:
    simulated = Simulated(rule(at_most={"hours": 3}), is_new=False)
    found = simulated.at(NOW)

    def soon() -> datetime | None:
        return found.next_moment(simulated.prepared)

    assert soon() == NOW + 3 * HOUR
    simulated.next_moment = NOW + 2 * HOUR
    assert soon() == NOW + 2 * HOUR
    simulated.world.courses["light.other"] = Course(NOW + MINUTE)
    assert soon() == NOW + 2 * HOUR
    simulated.world.courses["binary_sensor.room"] = Course(NOW + HOUR)
    assert soon() == NOW + HOUR
    simulated.world.asks_time = True
    assert soon() == NOW + MINUTE / 2
    simulated.world.asks_time, simulated.polled = False, True
    simulated.prepared = simulated._prepared()
    assert soon() == NOW + MINUTE / 2
    # What has come by now is not to come.
    simulated.polled = False
    simulated.prepared = simulated._prepared()
    simulated.next_moment = NOW
    simulated.world.courses["binary_sensor.room"] = Course(None)
    assert soon() == NOW + 3 * HOUR


def prepared_for(*leaves: set[str], texts: set[str] | None = None) -> Prepared:
    numbered = [(1, SimpleNamespace(inputs=SimpleNamespace(entities=each))) for each in leaves]
    conditions: Any = SimpleNamespace(numbered_leaves=numbered)
    said: Any = SimpleNamespace(entities=frozenset(texts)) if texts else None
    return Prepared(conditions, said, {})


def test_the_entities_that_are_known_ahead() -> None:
    prepared = prepared_for(
        {"calendar.room", "light.a"}, {"schedule.office", "sun.sun"}, texts={"calendar.b", "sun.c"}
    )
    assert entities_of(prepared) == {
        "calendar.room",
        "light.a",
        "schedule.office",
        "sun.sun",
        "calendar.b",
        "sun.c",
    }
    assert to_read(prepared, frozenset({"calendar.b"})) == {
        "calendar.room",
        "schedule.office",
        "sun.sun",
    }
    assert entities_of(prepared_for({"light.a"})) == {"light.a"}
    assert entities_of(prepared_for()) == frozenset()


def test_moments_differ_by_what_they_tell() -> None:
    simulated = Simulated()
    evaluation = simulated.at(NOW).evaluation(0, NOW, enabled=True)
    moment = RuleMoment(NOW, evaluation)
    assert moment.differs_from(None)
    assert not replace(moment, at=NOW + HOUR).differs_from(moment)
    assert replace(moment, unknown="?").differs_from(moment)
    for change in (
        {"holds": False},
        {"since": NOW + MINUTE},
        {"failing": ("x",)},
        {"presence": "away"},
        {"request": replace(evaluation.request, priority=7)},
    ):
        assert replace(moment, evaluation=replace(evaluation, **change)).differs_from(moment)
    # While it does not hold, its request would begin now.
    idle = replace(evaluation, holds=False, since=None)
    later = replace(idle, request=replace(idle.request, since=NOW + HOUR))
    assert not RuleMoment(NOW, later).differs_from(RuleMoment(NOW, idle))

    fact = ConditionFact(kind=FactKind.TIME, value=TRUE)
    told = moment.with_facts((fact,), NOW + HOUR)
    assert (told.evaluation.facts(), told.evaluation.expected_end()) == ((fact,), NOW + HOUR)
    assert told == moment


LAMP = State("light.lamp", "on")
GIVEN = State("light.given", "off")


def world(now: datetime = NOW, **more: Any) -> World:
    return World(NOW, now, given={"light.given": GIVEN}, **more)


def hass_with(*states: State) -> Any:
    return SimpleNamespace(states=SimpleNamespace(get={x.entity_id: x for x in states}.get))


def test_states_of_a_world() -> None:
    hass = hass_with(LAMP, ROOM, replace_state(GIVEN, "on"))
    now, later = world(), world(NOW + HOUR, courses={ROOM.entity_id: Course(None)})
    for each in (now, later, world(only_given=True)):
        assert each.state_of(hass, "LIGHT.given") is GIVEN
    assert now.state_of(hass, "light.LAMP") is LAMP
    assert now.state_of(hass, ROOM.entity_id) is ROOM
    assert now.assumed == set()
    assert world(only_given=True).state_of(hass, "light.lamp") is None

    assert later.state_of(hass, "light.lamp") is LAMP
    assert later.state_of(hass, "light.gone") is None
    room = later.state_of(hass, ROOM.entity_id)
    assert room
    assert (room.state, room.attributes["moment"]) == ("at", NOW + HOUR)
    assert later.assumed == {"light.lamp", "light.gone"}
    later.asks_time, later.undecided = True, ["?"]
    later.begin_evaluation()
    assert (later.assumed, later.asks_time, later.undecided) == (set(), False, [])


def replace_state(state: State, word: str) -> State:
    return State(state.entity_id, word)


def test_whether_a_world_is_the_real_one() -> None:
    assert World(NOW, NOW).is_real
    assert not World(NOW, NOW + MINUTE).is_real
    assert not world().is_real
    assert not World(NOW, NOW, only_given=True).is_real


def test_the_next_change_of_entities() -> None:
    courses = {
        "calendar.a": Course(NOW + HOUR),
        "calendar.b": Course(NOW + MINUTE),
        "calendar.c": Course(None),
    }
    found = world(courses=courses)
    assert found.next_change_of(frozenset({"calendar.a", "calendar.c", "light.a"})) == NOW + HOUR
    assert found.next_change_of(frozenset(courses)) == NOW + MINUTE
    assert found.next_change_of(frozenset({"calendar.c"})) is None
    assert found.next_change_of(frozenset({"light.a"})) is None
