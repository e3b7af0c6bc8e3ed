"""Makes courses from seeds."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Final

from .act_draws import (
    OWN_WORDS,
    SERVER_WORDS,
    acts_before_check,
    acts_during,
    acts_of_day,
    changes,
    return_to_usual,
)
from .course import Act, ActKind, Course, Ending, Fault, FaultKind, Scheme, Shape
from .fault_draws import (
    ANSWER_BYTES,
    DAY,
    HOUR,
    MINUTE,
    Draw,
    broken_record,
    damage,
    faults_of_round,
    restored,
)
from .scenario import CONTROLLED

# Before the first fault.
WARM_UP: Final = 2 * MINUTE

# How long after the last fault all invariants have to hold. docs/chaos.md lists its parts.
RECOVERY: Final = 5 * MINUTE
# No acts this long before a check.
STILLNESS: Final = 75.0

ROUNDS_OF_ONE_RUN: Final = 30
BYTES_UNTIL_CHECK: Final = 20
# A failing action logs a line, and one a minute is allowed.
BETWEEN_BYTES: Final = 65.0


def plan(seed: int, *, rounds: int = 3, often: tuple[Draw, ...] = ()) -> Course:
    """Return a short course: rounds of faults, each followed by time to recover.

    Args:
        seed: Determines the course.
        rounds: How many rounds.
        often: Faults of which each round has at least one.
    """
    random = Random(seed)
    shape = _shape(random)
    faults: list[Fault] = []
    checks: list[float] = []
    at = WARM_UP
    for _ in range(rounds):
        round_faults = faults_of_round(random, shape, at, random.uniform(1, 12) * MINUTE)
        for _ in often[:1]:
            round_faults += random.choice(often)(random, at + random.uniform(0, MINUTE))
        faults += round_faults
        at = max(fault.until for fault in round_faults) + RECOVERY + STILLNESS
        checks.append(at)
        at += random.uniform(1, 60)
    acts = (
        *acts_of_day(random, at, every=40.0),
        *acts_during(random, faults),
        *changes(random, at, every=400.0),
        *(each for check in checks for each in acts_before_check(random, check - STILLNESS)),
    )
    return Course(
        seed=seed,
        shape=shape,
        faults=tuple(faults),
        acts=_in_order(act for act in acts if not _is_still(act.at, checks)),
        checks=tuple(checks),
    )


def plan_one_run(seed: int) -> Course:
    """Return a long course without a restart of Home Assistant, to measure memory.

    What is measured at a check has to be the same each time.
    """
    course = plan(seed, rounds=ROUNDS_OF_ONE_RUN)
    restarts = {
        FaultKind.RESTART_HOME,
        FaultKind.KILL_HOME,
        FaultKind.DAMAGE_STORAGE,
        FaultKind.BREAK_RECORD,
    }
    usual = [act for check in course.checks for act in return_to_usual(check - STILLNESS - 1)]
    return replace(
        course,
        faults=tuple(fault for fault in course.faults if fault.kind not in restarts),
        acts=_in_order([*course.acts, *usual]),
    )


def plan_removals(seed: int) -> Course:
    """Return a short course with many removals of people, after which the entry is removed."""
    course = plan(seed)
    random = Random(seed)
    removals = changes(random, course.ends, every=60.0)
    acts = (*course.acts, *(act for act in removals if not _is_still(act.at, [*course.checks])))
    return replace(course, acts=_in_order(acts), ending=random.choice(list(Ending)))


def plan_storage(seed: int) -> Course:
    """Return a short course in which storage is damaged or restored from an earlier moment."""
    return plan(seed, often=(damage, broken_record, restored))


def plan_week(seed: int, *, days: int = 5) -> Course:
    """Return a working week: people act from seven to seven, with rounds of faults."""
    random = Random(seed)
    shape = _shape(random)
    faults: list[Fault] = []
    acts: list[Act] = []
    checks: list[float] = []
    for day in range(days):
        morning = day * DAY + 7 * HOUR
        at = morning
        while at < morning + 12 * HOUR:
            at += random.uniform(5, 90) * MINUTE
            round_faults = faults_of_round(random, shape, at, random.uniform(1, 20) * MINUTE)
            faults += round_faults
            at = max(fault.until for fault in round_faults) + RECOVERY + STILLNESS
            checks.append(at)
        began = random.uniform(0, MINUTE)
        acts += [
            act
            for act in acts_of_day(random, at, every=240.0, begin=morning + began)
            if not _is_still(act.at, checks)
        ]
        checks.append(day * DAY + 23 * HOUR)
    return Course(
        seed=seed, shape=shape, faults=tuple(faults), acts=tuple(acts), checks=tuple(checks)
    )


def plan_every_byte(seed: int, *, stride: int = 1) -> Course:
    """Return a course in which answers break off at every byte, or every ``stride`` bytes."""
    random = Random(seed)
    faults: list[Fault] = []
    acts: list[Act] = []
    checks: list[float] = []
    at = WARM_UP
    for number, offset in enumerate(range(0, ANSWER_BYTES + 1, stride)):
        faults.append(Fault(at=at, kind=FaultKind.CUT_ANSWERS, lasts=5.0, number=offset))
        word = random.choice(SERVER_WORDS)
        acts.append(Act(at=at + 0.5, kind=ActKind.CHOOSE, whom="anna", word=word))
        kind = random.choice([ActKind.SET, ActKind.CLEAR])
        here = random.choice(OWN_WORDS) if kind is ActKind.SET else ""
        acts.append(Act(at=at + 1.0, kind=kind, whom=random.choice(CONTROLLED), word=here))
        at += BETWEEN_BYTES
        if number % BYTES_UNTIL_CHECK == 0:
            at += RECOVERY
            checks.append(at)
            at += 1.0
    return Course(
        seed=seed,
        shape=Shape(dialect=random.choice(["rest", "soap"]), rich=random.random() < 0.5),
        faults=tuple(faults),
        acts=tuple(acts),
        checks=(*checks, at + RECOVERY),
    )


def _in_order(acts: Iterable[Act]) -> tuple[Act, ...]:
    return tuple(sorted(acts, key=lambda act: act.at))


def _is_still(at: float, checks: list[float]) -> bool:
    """Return whether no acts are drawn then: before each check, and after the last one."""
    return at > checks[-1] or any(check - STILLNESS <= at <= check + 1 for check in checks)


def _shape(random: Random) -> Shape:
    return Shape(
        scheme=random.choice(list(Scheme)),
        dialect=random.choice(["rest", "rest", "soap", "automatic"]),
        callback=random.choice(["webhook", "port"]),
        rich=random.random() < 0.5,
        cluster=random.random() < 0.4,
    )
