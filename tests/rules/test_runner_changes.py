"""A runner of a rule: other versions of the rule, and what is asked of it."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.rules.runner import RuleRunner
from custom_components.cisco_unified_presence.rules.status import RuleReading
from custom_components.cisco_unified_presence.rules.store import InstanceRecord
from custom_components.cisco_unified_presence.rules.timing import TimingState
from tests.common.rules import ELSEWHERE, rule
from tests.rules.runner_parts import (
    ANNA,
    BEN,
    CLARA,
    MINUTE,
    NOW,
    Around,
    Changes,
    Instance,
    calls,
    personal,
    record_of,
    runner_of,
    running,
)


@pytest.fixture(autouse=True)
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


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
