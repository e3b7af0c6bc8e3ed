"""How a rule is followed step by step, up to the end of a simulation."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from homeassistant.core import State
import pytest

from custom_components.cisco_unified_presence.rules import RuleSnapshot, TimingState, TruthValue
from custom_components.cisco_unified_presence.rules.calendars import CALENDARS
from custom_components.cisco_unified_presence.rules.rule_state import RuleState
from custom_components.cisco_unified_presence.rules.simulated import rules as module
from custom_components.cisco_unified_presence.rules.simulated.rules import (
    MOST_STEPS,
    SimulatedRules,
)
from custom_components.cisco_unified_presence.rules.simulated.world import World
from custom_components.cisco_unified_presence.rules.store import InstanceRecord
from tests.common.rules import rule
from tests.common.turns import turns_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOON = NOW + timedelta.resolution
END = NOW + timedelta(hours=1)
ANNA, BEN = ("entry", "anna"), ("entry", "ben")


class Around:
    """Conditions that are true from some minutes on and false from others on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.values: dict[int, TruthValue] = {}
        self.each_minute = False
        self.views: list[object] = []
        self.prepared: list[Any] = []
        self.evaluated: list[datetime] = []
        self.entities: set[str] = set()
        self.reads: list[tuple[list[str], datetime, datetime]] = []
        self.validated: list[tuple[object, str]] = []
        self.world = World(NOW, NOW)
        self.view: Any = SimpleNamespace(data={})
        monkeypatch.setattr(module, "hass_view", lambda *_: self.view)
        monkeypatch.setattr(module, "async_read_courses", self._read)
        monkeypatch.setattr(module, "async_validated", self._validate)
        monkeypatch.setattr(module, "WatchedConditions", SimpleNamespace(async_build=self._build))

    def rules(self, **world: Any) -> SimulatedRules:
        self.world = World(NOW, NOW, **world)
        hass: Any = SimpleNamespace(states=SimpleNamespace(get=lambda _: None))
        return SimulatedRules(hass, self.world, END, self._view_of)

    def _view_of(self, person: tuple[str, str]) -> dict[str, Any]:
        self.views.append(person)
        return {"links": {"desk": person[1]}}

    async def _validate(self, view: object, when: object, name: str) -> Any:
        assert view is self.view
        self.validated.append((when, name))
        return f"validated {name}"

    async def _build(
        self, view: object, validated: object, name: str, scope: Any, make_leaf: Any
    ) -> Any:
        assert view is self.view
        assert validated == f"validated {name}"
        assert make_leaf.args == (self.world,)
        leaf = SimpleNamespace(inputs=SimpleNamespace(entities=self.entities))
        conditions = SimpleNamespace(
            async_evaluate=self._evaluate,
            async_next_moment=self._next,
            async_facts=lambda: (SimpleNamespace(as_needed=False, at=self.world.now),),
            async_expected_end=lambda _: None,
            async_stop=lambda: self.prepared.append("stopped"),
            numbered_leaves=[(1, leaf)],
            polled_each_minute=False,
        )
        self.prepared.append(scope)
        return conditions

    def _evaluate(self) -> Any:
        now = self.world.now
        self.evaluated.append(now)
        past = [each for each in self.values if NOW + each * MINUTE <= now]
        value = self.values[max(past)] if past else TruthValue.FALSE
        return SimpleNamespace(value=value, failing=(), event=None)

    def _next(self, now: datetime) -> datetime | None:
        if self.each_minute:
            return now + timedelta(seconds=1)
        later = [NOW + each * MINUTE for each in self.values if NOW + each * MINUTE > now]
        return min(later, default=None)

    async def _read(self, _hass: object, world: World, *of: Any) -> None:
        calendars, entities, end = of
        self.reads.append((sorted(entities), world.now, end))
        world.now = NOW + 99 * MINUTE
        for each in entities:
            calendars.events[each] = ()


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def snapshot(concerned: tuple[str, str] | None = None, **said: Any) -> RuleSnapshot:
    made = said.pop("rule", None) or rule(hold={"minutes": 5})
    usual = {"state": RuleState(made, InstanceRecord()), "order": 3}
    return RuleSnapshot(rule=made, concerned=concerned, **{**usual, **said})


def told(course: Any) -> list[tuple[float, bool]]:
    return [((each.at - NOW) / MINUTE, each.evaluation.holds) for each in course]


async def test_a_rule_is_followed_to_the_end(around: Around) -> None:
    around.values = {10: TruthValue.TRUE, 20: TruthValue.FALSE, 70: TruthValue.TRUE}
    rules = around.rules()
    course: Any = await rules.async_course_of(snapshot())
    assert told(course) == [(0, False), (10, True), (25, False), (60, False)]
    minutes = [NOW, SOON, *(NOW + each * MINUTE for each in (10, 20, 25, 60))]
    assert around.evaluated == minutes
    # What its conditions are is told at the beginning and at the end.
    facts = [[fact.at for fact in each.evaluation.facts()] for each in course]
    assert facts == [[NOW], [], [], [END]]
    assert all(each.evaluation.request.order == 3 for each in course)
    assert all(each.evaluation.enabled for each in course)
    assert around.prepared[-1] == "stopped"
    assert around.view.data[CALENDARS] is rules._calendars


async def test_a_rule_for_all_is_followed_once(around: Around) -> None:
    rules = around.rules()
    first: Any = await rules.async_course_of(snapshot())
    assert await rules.async_course_of(snapshot()) is first
    assert around.views == []
    scope = around.prepared[0]
    assert (scope.variables, scope.links) == ({}, {})
    around.world.now = END
    assert scope.now() == END
    other: Any = await rules.async_course_of(snapshot(rule=rule("Other")))
    assert other is not first
    assert [name for _, name in around.validated] == ["Desk", "Other"]


async def test_a_rule_for_each_person_is_followed_for_each(around: Around) -> None:
    rules = around.rules()
    for person in (ANNA, BEN, ANNA):
        await rules.async_course_of(snapshot(person))
    assert around.views == [ANNA, BEN, ANNA]
    scopes = [each for each in around.prepared if each != "stopped"]
    assert [each.links for each in scopes] == [{"desk": each} for each in ("anna", "ben", "anna")]
    # Its conditions are validated once.
    assert len(around.validated) == 1


async def test_a_rule_that_does_not_run_is_told_as_it_is(around: Around) -> None:
    rules = around.rules()
    around.world.now = END
    (moment,) = await rules.async_course_of(snapshot(runs=False, enabled=False))
    assert (moment.at, moment.evaluation.enabled, moment.evaluation.holds) == (NOW, False, False)
    assert (around.evaluated, around.prepared) == ([], [])


async def test_a_rule_that_changes_too_often_is_followed_no_further(around: Around) -> None:
    assert MOST_STEPS == 3000
    around.each_minute = True
    course: Any = await around.rules().async_course_of(snapshot())
    assert len(around.evaluated) == 3000
    assert course[-1].unknown == "“Desk” changes too often to be followed"
    assert course[-1].evaluation is course[-2].evaluation
    assert [each.unknown for each in course[:-1]] == [None] * (len(course) - 1)
    assert around.prepared[-1] == "stopped"


async def test_what_is_known_ahead_is_read_once(around: Around) -> None:
    around.entities = {"calendar.room", "schedule.office", "light.lamp"}
    around.values = {10: TruthValue.TRUE}
    course: Any = await around.rules().async_course_of(snapshot())
    assert around.reads == [(["calendar.room", "schedule.office"], NOW, END)]
    # It is evaluated again with what was read.
    assert around.evaluated[:3] == [NOW, NOW, SOON]
    assert told(course) == [(0, False), (10, True), (60, True)]


async def test_in_tests_of_rules_only_what_is_given_is_known(around: Around) -> None:
    around.entities = {"calendar.room"}
    await around.rules(only_given=True).async_course_of(snapshot())
    assert around.reads == []
    around.entities = {"calendar.room", "calendar.other"}
    given = {"calendar.room": State("calendar.room", "on", {"message": "Review"})}
    rules = around.rules(given=given)
    (event,) = rules._calendars.events["calendar.room"] or ()
    assert (event.summary, event.start) == ("Review", NOW)
    await rules.async_course_of(snapshot())
    assert [each for each, _, _ in around.reads] == [["calendar.other"]]
    off = {"calendar.room": State("calendar.room", "off"), "light.x": State("light.x", "on")}
    rules = around.rules(given=off)
    assert rules._calendars.events == {"calendar.room": ()}


async def test_a_state_goes_on(around: Around) -> None:
    since = NOW - 3 * MINUTE
    before = RuleState(
        rule(hold={"minutes": 5}), InstanceRecord(TimingState(false_since=since, holds_since=since))
    )
    course: Any = await around.rules().async_course_of(snapshot(state=before))
    assert told(course) == [(0, True), (2, False), (60, False)]


@pytest.mark.parametrize(
    ("changes", "steps", "turns"), [(0, 3, 2), (6, 9, 2), (7, 10, 3), (27, 30, 5)]
)
async def test_other_tasks_run_before_a_rule_and_after_some_steps(
    around: Around, changes: int, steps: int, turns: int
) -> None:
    around.values = dict.fromkeys(range(1, changes + 1), TruthValue.FALSE)
    assert await turns_of(around.rules().async_course_of(snapshot())) == turns
    assert len(around.evaluated) == steps
    assert await turns_of(around.rules().async_course_of(snapshot(runs=False))) == 2
