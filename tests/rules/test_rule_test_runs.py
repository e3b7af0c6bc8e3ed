"""How tests beside rules are run: for whom, with which rules, and what is said of each."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import (
    NOT_KNOWN,
    OwnPresence,
    RequestedPresence,
    RuleRequest,
)
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import rule_test_run as module
from custom_components.cisco_unified_presence.rules.conditions import ConditionsInvalid
from custom_components.cisco_unified_presence.rules.rule_test import RuleTest
from custom_components.cisco_unified_presence.rules.rule_test_run import (
    STOOD_FOR,
    async_run_tests,
)
from custom_components.cisco_unified_presence.rules.status import RuleEvaluation

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN = datetime(2026, 11, 30, 10, tzinfo=UTC)
BUSY = RequestedPresence(Presence.BUSY, override=True)
ANNA, BEN = ("entry", "anna"), ("entry", "ben")
WORDS = {"anna": {ANNA}, "ben": {BEN}, "all": {BEN, ANNA}, "gone": None, "empty": set()}


def evaluation(
    rule_id: str, requested: RequestedPresence | None = BUSY, order: int = 0, **said: Any
) -> RuleEvaluation:
    usual = {"enabled": True, "holds": True, "since": NOW, "failing": (), "presence": "busy"}
    request = RuleRequest(
        rule_id=rule_id,
        name=rule_id.title(),
        requested=requested,
        priority=0,
        order=order,
        insist=False,
        since=NOW,
    )
    values = {**usual, **said}
    return RuleEvaluation(rule_id=rule_id, name=rule_id.title(), request=request, **values)


class Around:
    """People, and rules that evaluate as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.evaluations: dict[str, RuleEvaluation | None] = {}
        self.left_out: dict[str, set[tuple[str, str]]] = {}
        self.snapshots: list[Any] = []
        self.worlds: list[Any] = []
        self.views: list[Any] = []
        self.explained: list[Any] = []
        entry = SimpleNamespace(
            entry_id="entry",
            get_subentries_of_type=lambda kind: [f"{kind} of the entry"],
        )
        people = {each[1]: SimpleNamespace(name=each[1].title()) for each in (ANNA, BEN)}
        self.hass: Any = SimpleNamespace(
            config_entries=SimpleNamespace(async_entries=lambda _: [entry])
        )
        monkeypatch.setattr("homeassistant.util.dt.DEFAULT_TIME_ZONE", UTC)
        monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: NOW)
        monkeypatch.setattr(module, "people_of", lambda _: people)
        monkeypatch.setattr(
            module, "PeopleDirectory", lambda *_: SimpleNamespace(by_word=WORDS.get)
        )
        monkeypatch.setattr(
            module,
            "answer_keys",
            lambda _, every: {(entry_id, each.name.lower()): each.name for entry_id, each in every},
        )
        monkeypatch.setattr(module, "SimulatedRules", self._simulated)
        monkeypatch.setattr(module, "explanation_of", self._explain)
        monkeypatch.setattr(module, "async_person_view", lambda _hass, *of: of)
        monkeypatch.setattr(
            module, "Rule", SimpleNamespace(from_subentry=lambda each: self.rule(each[:4]))
        )

    def rule(self, rule_id: str, *, is_personal: bool = False) -> Any:
        def resolve(_directory: object) -> Any:
            def without(left_out: set[tuple[str, str]]) -> Any:
                return SimpleNamespace(people={ANNA, BEN} - left_out)

            return SimpleNamespace(without=without)

        left_out = self.left_out.get(rule_id, set())
        return SimpleNamespace(
            id=rule_id,
            is_personal=is_personal,
            people=SimpleNamespace(resolve=resolve),
            left_out=SimpleNamespace(resolve=lambda _: left_out),
        )

    def _simulated(self, _hass: object, world: Any, end: datetime, view_of: Any) -> Any:
        assert end == world.began == world.now
        self.worlds.append(world)
        self.views.append([view_of(each) for each in (ANNA, BEN)])

        async def course(snapshot: Any) -> list[Any]:
            self.snapshots.append((snapshot.rule.id, snapshot.order, snapshot.concerned))
            found = self.evaluations.get(snapshot.rule.id)
            if found is None:
                raise ConditionsInvalid("refused")
            return [SimpleNamespace(evaluation=None), SimpleNamespace(evaluation=found)]

        return SimpleNamespace(async_course_of=course)

    def _explain(self, *of: Any, **said: Any) -> dict[str, Any]:
        self.explained.append((of, said))
        return {"rule": "a rule", "at": "other"}


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def rule_test(**said: Any) -> RuleTest:
    return RuleTest.of({"name": "Test", "expect": {"anna": "busy"}, **said})


async def test_people_are_tested_with_the_rules_about_them(around: Around) -> None:
    around.left_out = {"desk": {BEN}}
    around.evaluations = {
        "desk": evaluation("desk"),
        "call": evaluation("call", None, 1, presence="own"),
        "rule": evaluation("rule", holds=False),
    }
    rules = [around.rule("desk"), around.rule("call", is_personal=True), around.rule("bad")]
    test = rule_test(expect={"ben": "own", "all": "busy", "gone": "away", "empty": "away"})
    (outcome,) = await async_run_tests(around.hass, rules, [test])
    assert outcome.test is test
    assert [(each.key, each.expected, each.came_out) for each in outcome.people] == [
        ("Ben", "own", "own"),
        ("Anna", "busy", "busy"),
        ("Ben", "busy", "own"),
    ]
    assert outcome.unmatched == ("gone", "empty")
    # The rules of YAML come first, then those of the interface.
    assert around.snapshots[:3] == [("call", 1, BEN), ("bad", 2, None), ("rule", 3, None)]
    assert around.snapshots[3:5] == [("desk", 0, None), ("call", 1, ANNA)]


async def test_the_world_of_a_test(around: Around) -> None:
    assert timedelta(days=1000) == STOOD_FOR
    test = rule_test(
        at=TEN,
        given={"light.lamp": "on"},
        own={"all": "away", "ben": "busy", "gone": "busy"},
    )
    (outcome,) = await async_run_tests(around.hass, [], [test])
    (world,) = around.worlds
    assert (world.began, world.only_given) == (TEN, True)
    lamp = world.given["light.lamp"]
    assert (lamp.state, lamp.last_changed) == ("on", TEN - STOOD_FOR)
    people = [("entry", each) for each in ("Anna", "Ben")]
    assert [(entry_id, each.name) for entry_id, each, _ in around.views[0]] == people
    assert [each for _, _, each in around.views[0]] == [OwnPresence("away"), OwnPresence("busy")]
    assert outcome.unmatched == ("gone",)
    await async_run_tests(around.hass, [], [rule_test()])
    assert around.views[1][0][2] is NOT_KNOWN
    assert around.worlds[1].began == NOW
    assert await async_run_tests(around.hass, [], []) == []
    assert len(around.worlds) == 2


@pytest.mark.parametrize(
    ("evaluations", "came_out", "shown", "why"),
    [
        ([evaluation("desk")], "busy", "busy", "Busy, because of the rule “Desk”"),
        (
            [evaluation("desk", holds=False, failing=("one", "two"))],
            "own",
            "away",
            "decided by the person's own devices; “Desk” does not hold: one, two",
        ),
        (
            [
                evaluation("desk", holds=False, failing=("one",), presence=None),
                evaluation("call", holds=False, failing=("two",), presence="away"),
                evaluation("rule", holds=False),
            ],
            "own",
            "away",
            "decided by the person's own devices; “Desk” does not hold: one",
        ),
        (
            [evaluation("desk", failing=("x",)), evaluation("call", holds=False, failing=("y",))],
            "busy",
            "busy",
            "Busy, because of the rule “Desk”; “Call” does not hold: y",
        ),
    ],
)
async def test_why_it_came_out(
    around: Around, evaluations: list[RuleEvaluation], came_out: str, shown: str, why: str
) -> None:
    around.evaluations = {each.rule_id: each for each in evaluations}
    rules = [around.rule(each.rule_id) for each in evaluations if each.rule_id != "rule"]
    (outcome,) = await async_run_tests(around.hass, rules, [rule_test(own={"anna": "away"})])
    (anna,) = outcome.people
    assert (anna.came_out, anna.why) == (came_out, why)
    assert anna.explained == {"rule": "a rule", "at": "2026-11-23T12:00:00+00:00"}
    ((of, said),) = around.explained
    assert (of[0].name, of[1], list(of[2])) == ("Anna", shown, evaluations)
    assert of[3].follows
    assert said == {
        "manual": None,
        "overruled": None,
        "own": OwnPresence("away"),
        "waiting_until": None,
        "refused_until": None,
        "now": NOW,
    }
