"""Rules through a working week, with faults: what stands at the server is what should.

The reconciler, rules, conditions, timers and storage are real; the expectation is
reckoned apart from them, from the scenario alone (``bench/working_week/oracle.py``).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
import json
from pathlib import Path
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from bench.working_week.oracle import Expectation, least_writes
from bench.working_week.scenario import (
    MONDAY,
    Act,
    Fault,
    FaultStep,
    PersonStep,
    PlannedRule,
    RoomStep,
    Week,
)
from bench.working_week.simulation import BOUND, run_week
from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.pws import Presence

REPOSITORY = Path(__file__).parents[2]
AT_ONCE = timedelta(0)
BUSY = RequestedPresence(Presence.BUSY, override=True)


def passed(*arguments: str) -> dict[str, float]:
    """Let a week pass in a process of its own, whose clock is not this one's."""
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "bench.working_week", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, float] = json.loads(done.stdout)
    return result


@pytest.mark.timeout(600)
def test_people_and_rules_through_two_days() -> None:
    week = passed("--seed", "1", "--people", "100", "--rules", "40", "--days", "2")

    assert week["wrong"] == 0
    assert week["longest"] <= week["bound"]
    assert week["changes"] > 1_000
    assert week["writes"] <= week["least"] * 1.05


@pytest.mark.timeout(600)
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**31))
def test_few_people_through_any_day(seed: int) -> None:
    day = passed("--seed", str(seed), "--people", "12", "--rules", "9", "--days", "1")

    assert day["wrong"] == 0


# Two for each time that the rule is active, unless the choice overrules it.
@pytest.mark.parametrize(("seconds", "writes"), [(2.6, 4), (5.3, 4), (8, 2)])
def test_nothing_is_chosen_just_before_the_rule_ends(seconds: float, writes: int) -> None:
    rule = PlannedRule(
        number=0,
        people=("anna",),
        presence="vacation",
        before=AT_ONCE,
        after=AT_ONCE,
        at_most=None,
        priority=0,
        insist=False,
        hours=None,
    )
    states = [("on", 60.0), ("off", 90 + seconds / 60), ("on", 100.0), ("off", 150.0)]
    week = Week(
        users=("anna",),
        rules=(rule,),
        rooms=tuple(RoomStep(at=minutes_in(at), room=rule.room, state=to) for to, at in states),
        people=(PersonStep(at=minutes_in(90), user="anna", act=Act.CHOOSE, presence="DND"),),
        faults=(),
        end=minutes_in(200),
    )

    outcome = run_week(week)

    assert outcome.wrong == ()
    assert outcome.writes == writes


def least(
    *changes: tuple[float, RequestedPresence | None], faults: Sequence[FaultStep] = ()
) -> int:
    """Return the least writes for changes that begin so many minutes after Monday's beginning."""
    moments = tuple((minutes_in(at), requested) for at, requested in changes)
    return least_writes(Expectation(moments), faults, BOUND, AT_ONCE, minutes_in(24 * 60))


def minutes_in(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


@pytest.mark.parametrize(("minutes", "writes"), [(60, 1 + 1), (96, 1 + 1 + 1), (192, 1 + 2 + 1)])
def test_least_are_a_write_for_each_difference_and_renewal(minutes: float, writes: int) -> None:
    assert least((0, BUSY), (minutes, None)) == writes


def test_what_is_wanted_for_less_than_the_bound_need_not_be_written() -> None:
    assert least((0, None), (10, BUSY), (10.1, None)) == 0
    assert least((0, BUSY), (10, None), (10.1, BUSY), (60, None)) == 2
    assert least((0, None), (10, BUSY), (10.2, None)) == 2


@pytest.mark.parametrize("fault", [Fault.OUTAGE, Fault.RESTART])
def test_what_is_wanted_while_nobody_can_write_need_not_be_written(fault: Fault) -> None:
    away = FaultStep(at=minutes_in(9), fault=fault, until=minutes_in(21))

    assert least((0, None), (10, BUSY), (20, None), faults=[away]) == 0
    assert least((0, None), (10, BUSY), (22, None), faults=[away]) == 2


def test_what_the_server_loses_is_written_again() -> None:
    lost = FaultStep(at=minutes_in(9), fault=Fault.LOSS, until=minutes_in(21))

    assert least((0, BUSY), (60, None), faults=[lost]) == 3
    assert least((0, BUSY), (20, None), (60, BUSY), (90, None), faults=[lost]) == 4
