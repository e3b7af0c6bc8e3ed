"""A rule for all its people together, or for each of them: what runs, and what is kept."""

import pytest

from custom_components.cisco_unified_presence.rules.conditions import ConditionsInvalid
from custom_components.cisco_unified_presence.rules.store import InstanceRecord, RuleRecord
from tests.common.rules import ELSEWHERE, rule
from tests.common.turns import turns_of
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


@pytest.mark.parametrize(("people", "turns"), [(9, 1), (10, 2), (19, 2), (25, 3)])
async def test_other_tasks_run_while_conditions_of_many_are_prepared(
    people: int, turns: int
) -> None:
    runner = runner_of(personal())
    await runner.async_start()
    about = frozenset(("entry", f"p{number}") for number in range(people))
    assert await turns_of(runner.async_set_people(about, lambda _: True)) == turns
    assert len(Instance.prepared) == people
