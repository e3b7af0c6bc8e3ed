"""A rule for all its people together, or for each of them: what runs, and what is kept."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.rules import runner as module
from custom_components.cisco_unified_presence.rules.conditions import ConditionsInvalid
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.runner import RuleRunner
from custom_components.cisco_unified_presence.rules.status import RuleReading
from custom_components.cisco_unified_presence.rules.store import InstanceRecord, RuleRecord
from custom_components.cisco_unified_presence.rules.timing import TimingState
from tests.common.rules import ELSEWHERE, rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANNA, BEN, CLARA = ("entry", "anna"), ("entry", "ben"), ("other", "clara")


def record_of(minutes: int) -> InstanceRecord:
    return InstanceRecord(TimingState(holds_since=NOW + minutes * MINUTE))


class Prepared:
    """Conditions that were prepared."""

    def __init__(self, who: str, rule: Rule) -> None:
        self.who, self.rule, self.stopped = who, rule, False

    def async_stop(self) -> None:
        self.stopped = True


class Instance:
    """A rule for one person, or for all, of which the calls are noted."""

    made: list[Instance]
    prepared: list[Prepared]
    refused: dict[str, str]

    def __init__(
        self, _hass: object, rule: Rule, record: InstanceRecord, view: Any, on_change: Any
    ) -> None:
        self.rule, self.record, self.view, self.on_change = rule, record, view, on_change
        self.state: Any = f"state of {self.who}"
        self.timing = record.timing
        self.calls: list[object] = []
        self.change: RuleChange | None = None
        self.until: datetime | None = None
        self.running: Any = None
        self.has_other_links = False
        Instance.made.append(self)

    @property
    def who(self) -> str:
        view = self.view()
        return view["name"] if view else "all"

    @property
    def is_running(self) -> bool:
        return self.running is not None

    async def async_prepare(self, rule: Rule) -> Prepared:
        if problem := Instance.refused.get(self.who):
            raise ConditionsInvalid(problem)
        Instance.prepared.append(Prepared(self.who, rule))
        return Instance.prepared[-1]

    def async_use(self, prepared: Prepared) -> None:
        self.running = prepared

    def async_release(self) -> None:
        self.running = None
        self.calls.append("release")

    def async_reset(self) -> None:
        self.timing = TimingState()
        self.record = InstanceRecord()
        self.calls.append("reset")

    def async_replace(self, rule: Rule) -> None:
        self.rule = rule
        self.calls.append(("replace", rule.name))

    def async_evaluate(self) -> None:
        self.calls.append("evaluate")

    def async_own_changed(self, *, follows: bool) -> None:
        self.calls.append(("own", follows))

    def request(self, order: int) -> Any:
        if not self.timing.holds:
            return None
        return SimpleNamespace(who=self.who, order=order, until=self.until)

    def evaluation(self, order: int, *, enabled: bool) -> Any:
        return self.who, order, enabled


class Around:
    """What is raised about rules."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Instance.made, Instance.prepared, Instance.refused = [], [], {}
        self.issues: dict[tuple[str, str], dict[str, str]] = {}
        monkeypatch.setattr(module, "RuleInstance", Instance)
        monkeypatch.setattr(module, "async_raise_rule_issue", self._raise)
        monkeypatch.setattr(module, "async_clear_rule_issue", self._clear)

    def _raise(self, _hass: object, issue: str, rule_id: str, **said: str) -> None:
        self.issues[issue, rule_id] = said

    def _clear(self, _hass: object, issue: str, rule_id: str) -> None:
        self.issues.pop((issue, rule_id), None)


@pytest.fixture(autouse=True)
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def personal(name: str = "Desk", **changes: Any) -> Rule:
    """Return a rule that is evaluated for each person."""
    made = rule(name, **changes)
    object.__setattr__(made, "is_personal", True)
    return made


class Changes:
    """What a runner has reported."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, Any]] = []

    def __call__(self, rule_id: str, concerned: Any) -> None:
        self.noted.append((rule_id, concerned and concerned[1]))

    def taken(self) -> list[tuple[str, Any]]:
        taken, self.noted = self.noted, []
        return taken


def runner_of(of: Rule, changes: Changes | None = None, **record: Any) -> RuleRunner:
    hass: Any = None
    kept = RuleRecord(**{"entry_id": "entry", "conditions": of.fingerprint, **record})
    return RuleRunner(hass, of, kept, lambda person: {"name": person[1]}, changes or Changes())


async def started(
    *people: tuple[str, str], changes: Changes | None = None, **record: Any
) -> RuleRunner:
    """Return a rule that is evaluated for each of these people."""
    runner = runner_of(personal(), changes, **record)
    await runner.async_start()
    await runner.async_set_people(frozenset(people), lambda _: True)
    if changes:
        changes.taken()
    return runner


def running(runner: RuleRunner) -> dict[str, bool]:
    return {
        concerned[1] if concerned else "all": each.is_running
        for concerned, each in runner.instances.items()
    }


def calls(runner: RuleRunner) -> list[list[object]]:
    return [each.calls for each in runner.instances.values()]  # type: ignore[attr-defined]


async def test_a_rule_for_all_runs_once_it_is_started() -> None:
    runner = runner_of(rule(), enabled=True, shared=record_of(0))
    assert running(runner) == {"all": False}
    assert (runner.entry_id, runner.enabled, runner.since) == ("entry", True, NOW)
    assert await runner.async_prepare(rule(priority=1)) == {}
    await runner.async_catch_up()
    assert running(runner) == {"all": False}

    await runner.async_start()
    await runner.async_start()
    assert running(runner) == {"all": True}
    assert len(Instance.prepared) == 1
    assert runner.record == RuleRecord(
        entry_id="entry", conditions=rule().fingerprint, shared=record_of(0)
    )
    runner.async_stop()
    assert running(runner) == {"all": False}
    assert runner.since == NOW
    await runner.async_start()
    assert running(runner) == {"all": True}


async def test_a_rule_that_is_switched_off_does_not_run() -> None:
    changes = Changes()
    runner = runner_of(rule(), changes, enabled=False, shared=record_of(0))
    await runner.async_start()
    assert running(runner) == {"all": False}
    await runner.async_set_enabled(enabled=False)
    assert changes.taken() == []
    await runner.async_set_enabled(enabled=True)
    assert running(runner) == {"all": True}
    assert (runner.enabled, runner.since) == (True, None)
    assert changes.taken() == [("desk", None)]
    await runner.async_set_enabled(enabled=False)
    assert running(runner) == {"all": False}
    assert not runner.enabled
    assert not runner.record.enabled


async def test_a_rule_for_each_person_is_recorded_for_each() -> None:
    changes = Changes()
    people = {"entry/anna": record_of(1), "other/clara": record_of(2), "entry/gone": record_of(3)}
    runner = runner_of(personal(), changes, people=people)
    assert running(runner) == {}
    assert runner.record.people == people
    await runner.async_start()

    # Of entries that are not loaded, nothing is known.
    await runner.async_set_people(frozenset({ANNA, BEN}), lambda entry_id: entry_id == "entry")
    assert running(runner) == {"anna": True, "ben": True}
    assert sorted(changes.taken()) == [("desk", "anna"), ("desk", "ben")]
    recorded = {"entry/anna": record_of(1), "entry/ben": InstanceRecord()}
    assert runner.record.people == {**recorded, "other/clara": record_of(2)}
    assert runner.record.shared == InstanceRecord()

    anna = runner.instances[ANNA]
    await runner.async_set_people(frozenset({ANNA, CLARA}), lambda _: True)
    assert running(runner) == {"anna": True, "clara": True}
    assert runner.instances[ANNA] is anna
    assert changes.taken() == [("desk", "clara")]
    assert runner.record.people == {"entry/anna": record_of(1), "other/clara": record_of(2)}
    gone = next(each for each in Instance.made if each.who == "ben")
    assert gone.calls == ["release"]

    # Who comes again while the entry is not loaded goes on.
    await runner.async_set_people(frozenset(), lambda _: False)
    assert running(runner) == {}
    await runner.async_set_people(frozenset({CLARA}), lambda _: True)
    assert runner.since == NOW + 2 * MINUTE


async def test_conditions_that_are_refused_for_one_of_several_run_for_none(
    around: Around,
) -> None:
    changes = Changes()
    runner = runner_of(personal(), changes)
    await runner.async_start()
    Instance.refused = {"ben": "no such device"}
    await runner.async_set_people(frozenset({ANNA, BEN, CLARA}), lambda _: True)
    assert set(running(runner).values()) == {False}
    assert all(each.stopped for each in Instance.prepared)
    conditions = ("rule_conditions", "desk")
    assert around.issues == {conditions: {"rule": "Desk", "problem": "no such device"}}
    assert all(each[-2:] == ["release", "reset"] for each in calls(runner))
    noted = changes.taken()
    assert len(noted) == 6
    assert set(noted) == {("desk", "anna"), ("desk", "ben"), ("desk", "clara")}

    # Until it is mended, or stopped.
    Instance.refused = {}
    mended = personal(when=[ELSEWHERE])
    runner.async_replace(mended, await runner.async_prepare(mended))
    assert set(running(runner).values()) == {True}
    assert around.issues == {}
    runner.async_use(ConditionsInvalid("again"))
    assert set(around.issues) == {conditions}
    runner.async_stop()
    assert around.issues == {}
    runner.async_use(ConditionsInvalid("again"))
    assert around.issues == {}


async def test_another_version_with_the_same_conditions_goes_on() -> None:
    changes = Changes()
    runner = await started(ANNA, changes=changes, people={"entry/anna": record_of(0)})
    before = len(Instance.prepared)
    renamed = personal("Table", id="desk")
    runner.async_replace(renamed, await runner.async_prepare(renamed))
    assert len(Instance.prepared) == before
    assert runner.rule is renamed
    assert calls(runner) == [[("replace", "Table")]]
    assert (running(runner), runner.since) == ({"anna": True}, NOW)
    assert changes.taken() == [("desk", "anna")]
    # The same once more is no news.
    same = personal("Table", id="desk")
    runner.async_replace(same, await runner.async_prepare(same))
    assert changes.taken() == []


async def test_another_presence_is_prepared_and_keeps_the_times() -> None:
    changes = Changes()
    runner = await started(ANNA, changes=changes, people={"entry/anna": record_of(0)})
    away = personal(presence="away")
    prepared: Any = await runner.async_prepare(away)
    assert prepared == {ANNA: Instance.prepared[-1]}
    assert Instance.prepared[-1].rule is away
    runner.async_replace(away, prepared)
    used: Any = runner.instances[ANNA].running
    assert used is Instance.prepared[-1]
    assert runner.since == NOW
    assert calls(runner) == [[("replace", "Desk")]]


async def test_other_conditions_begin_anew() -> None:
    changes = Changes()
    runner = await started(ANNA, changes=changes, people={"entry/anna": record_of(0)})
    other = personal(when=[ELSEWHERE])
    runner.async_replace(other, await runner.async_prepare(other))
    assert calls(runner) == [["release", "reset", ("replace", "Desk")]]
    assert (running(runner), runner.since) == ({"anna": True}, None)
    assert changes.taken() == [("desk", "anna")] * 2
    assert runner.record.conditions == other.fingerprint


async def test_a_rule_becomes_one_for_all_and_one_for_each_again() -> None:
    changes = Changes()
    runner = await started(ANNA, changes=changes, people={"entry/anna": record_of(0)})
    for_all = rule()
    prepared = await runner.async_prepare(for_all)
    assert prepared == {}
    runner.async_replace(for_all, prepared)
    assert running(runner) == {"all": False}
    assert changes.taken() == [("desk", None)] * 2
    await runner.async_catch_up()
    assert running(runner) == {"all": True}
    assert runner.record.people == {}
    runner.instances[None].record = record_of(0)  # type: ignore[misc]

    for_each = personal()
    runner.async_replace(for_each, await runner.async_prepare(for_each))
    assert running(runner) == {"anna": False}
    assert runner.record.shared == InstanceRecord()
    assert runner.since is None


async def test_a_rule_that_is_halted_runs_again_once_it_is_another_one() -> None:
    runner = await started(ANNA)
    runner.async_halt()
    assert running(runner) == {"anna": False}
    await runner.async_set_people(frozenset({ANNA, BEN}), lambda _: True)
    assert running(runner) == {"anna": False, "ben": False}
    same = personal()
    runner.async_replace(same, await runner.async_prepare(same))
    await runner.async_catch_up()
    assert running(runner) == {"anna": False, "ben": False}
    other = personal(priority=1)
    runner.async_replace(other, await runner.async_prepare(other))
    assert running(runner) == {"anna": True, "ben": True}

    runner.async_halt()
    await runner.async_set_enabled(enabled=False)
    await runner.async_set_enabled(enabled=True)
    assert running(runner) == {"anna": True, "ben": True}


async def test_what_is_prepared_is_stopped_where_it_is_not_used() -> None:
    runner = await started(ANNA)
    away = personal(presence="away")

    async def prepared() -> Any:
        return await runner.async_prepare(away)

    # The person has gone meanwhile.
    made = await prepared()
    await runner.async_set_people(frozenset(), lambda _: True)
    runner.async_use(made)
    assert Instance.prepared[-1].stopped
    await runner.async_set_people(frozenset({ANNA}), lambda _: True)
    assert not Instance.prepared[-1].stopped
    # It was switched off.
    made = await prepared()
    await runner.async_set_enabled(enabled=False)
    runner.async_use(made)
    assert Instance.prepared[-1].stopped
    assert running(runner) == {"anna": False}
    await runner.async_set_enabled(enabled=True)
    # It was stopped.
    made = await prepared()
    runner.async_stop()
    runner.async_use(made)
    assert Instance.prepared[-1].stopped
    assert running(runner) == {"anna": False}


async def test_what_is_asked_of_each() -> None:
    people = {"entry/anna": record_of(2), "entry/ben": record_of(1)}
    runner = await started(ANNA, BEN, CLARA, people=people)
    found: Any = runner.requests(7)
    assert {each[1]: (request.who, request.order) for each, request in found.items() if each} == {
        "anna": ("anna", 7),
        "ben": ("ben", 7),
    }
    request: Any = runner.request_of(BEN, 3)
    assert (request.who, request.order) == ("ben", 3)
    assert runner.request_of(CLARA, 3) is None
    assert runner.request_of(None, 3) is None
    assert runner.since == NOW + MINUTE
    assert runner.until is None
    instances: Any = runner.instances
    instances[ANNA].until, instances[BEN].until = NOW + 9 * MINUTE, NOW + 8 * MINUTE
    instances[CLARA].until = NOW
    assert runner.until == NOW + 8 * MINUTE

    assert runner.last_change is None
    for person, minute in ((ANNA, 1), (BEN, 3), (CLARA, 2)):
        instances[person].change = RuleChange(at=NOW + minute * MINUTE)
        assert runner.change_of(person) is instances[person].change
    assert runner.last_change == RuleChange(at=NOW + 3 * MINUTE)
    assert runner.change_of(("entry", "nobody")) is None

    evaluations: Any = runner.evaluations(4)
    assert sorted(evaluations) == [(name, 4, True) for name in ("anna", "ben", "clara")]
    one: Any = runner.evaluation(4, BEN)
    # Of who is being added as well.
    new: Any = runner.evaluation(4, ("entry", "dora"))
    assert (one, new) == (("ben", 4, True), ("dora", 4, True))

    for each in instances.values():
        each.running = SimpleNamespace(conditions=SimpleNamespace(readings=(each.who,)))
    instances[CLARA].running = None
    readings: Any = {each.person: each for each in runner.readings}
    assert readings == {
        ANNA: RuleReading(ANNA, NOW + 2 * MINUTE, ("anna",)),  # type: ignore[arg-type]
        BEN: RuleReading(BEN, NOW + MINUTE, ("ben",)),  # type: ignore[arg-type]
        CLARA: RuleReading(CLARA, None, ()),
    }


async def test_a_snapshot() -> None:
    runner = await started(ANNA)
    found: Any = runner.snapshot(3, ANNA, rests=True)
    assert (found.rule, found.order, found.concerned) == (runner.rule, 3, ANNA)
    assert (found.state, found.enabled, found.runs, found.rests) == (
        "state of anna",
        True,
        True,
        True,
    )
    new = runner.snapshot(3, BEN, rests=False)
    assert (new.concerned, new.runs, new.rests) == (BEN, False, False)
    assert new.state
    assert (new.state.rule, new.state.timing) == (runner.rule, TimingState())
    runner.async_stop()
    assert not runner.snapshot(3, ANNA, rests=False).runs

    for_all = runner_of(rule(), enabled=False)
    found = for_all.snapshot(0, ANNA, rests=False)
    assert (found.concerned, found.state, found.enabled) == (None, "state of all", False)


async def test_whom_a_change_of_the_own_presence_concerns() -> None:
    runner = await started(ANNA, BEN)
    instances: Any = runner.instances
    runner.async_own_changed(ANNA, follows=True)
    runner.async_own_changed(CLARA, follows=False)
    assert (instances[ANNA].calls, instances[BEN].calls) == ([("own", True)], [])
    runner.async_reevaluate()
    assert (instances[ANNA].calls[1:], instances[BEN].calls) == (["evaluate"], ["evaluate"])


async def test_other_links_are_prepared_anew() -> None:
    runner = await started(ANNA, BEN)
    instances: Any = runner.instances
    before = len(Instance.prepared)
    await runner.async_update_links()
    assert len(Instance.prepared) == before
    instances[BEN].has_other_links = True
    await runner.async_update_links()
    assert (instances[ANNA].calls, instances[BEN].calls) == ([], ["release"])
    assert [each.who for each in Instance.prepared[before:]] == ["ben"]
    assert running(runner) == {"anna": True, "ben": True}


async def test_changes_are_told_with_whom_they_concern() -> None:
    changes = Changes()
    runner = await started(ANNA, changes=changes)
    instances: Any = runner.instances
    instances[ANNA].on_change()
    assert changes.taken() == [("desk", "anna")]
