"""Makes courses from seeds."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Final

from .course import Act, ActKind, Course, Fault, FaultKind, Scheme, Shape
from .scenario import CONTROLLED, ROOMS, USERS, WATCHED, WITH_MANUAL_CHANGES

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

# Before the first fault.
WARM_UP: Final = 2 * MINUTE

# How long after the last fault all invariants have to hold. docs/chaos.md lists its parts.
RECOVERY: Final = 5 * MINUTE
# No acts this long before a check.
STILLNESS: Final = 75.0

NODES: Final = ("alpha", "beta")
OWN_WORDS: Final = ("busy", "do_not_disturb", "away", "vacation", "offline")
SERVER_WORDS: Final = ("AVAILABLE", "BUSY", "DND", "AWAY", "VACATION", "UNAVAILABLE")
THROTTLES: Final = (210, 211, 212)
# Codes with which a failing server answers valid requests. Not 101: at a login it means a refused
# password, after which the client pauses for a quarter of an hour so that no account is locked.
# Lost sessions are a fault of their own.
ERRORS: Final = (132, 133, 150, *range(200, 210))
BODIES: Final = (
    "",
    "<html><body>Please log in</body></html>",
    "<not-closed>",
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<presenceList type="basic"><contact contactURI="',
    "\x00\x01\x02 not even text \x7f",
    "<a>" * 400,
)
# Longer than any answer of a small course, so that some answers are complete.
ANSWER_BYTES: Final = 1200

ROUNDS_OF_ONE_RUN: Final = 30
BYTES_UNTIL_CHECK: Final = 20
# A failing action logs a line, and one a minute is allowed.
BETWEEN_BYTES: Final = 65.0

type Draw = Callable[[Random, float], Fault]


def plan(seed: int, *, rounds: int = 3) -> Course:
    """Return a short course: rounds of faults, each followed by time to recover."""
    random = Random(seed)
    shape = _shape(random)
    faults: list[Fault] = []
    checks: list[float] = []
    at = WARM_UP
    for _ in range(rounds):
        round_faults = _faults_of_round(random, shape, at, random.uniform(1, 12) * MINUTE)
        faults += round_faults
        at = max(fault.until for fault in round_faults) + RECOVERY + STILLNESS
        checks.append(at)
        at += random.uniform(1, 60)
    acts = [act for act in _acts(random, at, every=40.0) if not _is_still(act.at, checks)]
    return Course(
        seed=seed, shape=shape, faults=tuple(faults), acts=tuple(acts), checks=tuple(checks)
    )


def plan_one_run(seed: int) -> Course:
    """Return a long course without a restart of Home Assistant, to measure memory."""
    course = plan(seed, rounds=ROUNDS_OF_ONE_RUN)
    restarts = {FaultKind.RESTART_HOME, FaultKind.KILL_HOME}
    return replace(
        course, faults=tuple(fault for fault in course.faults if fault.kind not in restarts)
    )


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
            round_faults = _faults_of_round(random, shape, at, random.uniform(1, 20) * MINUTE)
            faults += round_faults
            at = max(fault.until for fault in round_faults) + RECOVERY + STILLNESS
            checks.append(at)
        began = random.uniform(0, MINUTE)
        acts += [
            act
            for act in _acts(random, at, every=240.0, begin=morning + began)
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


def _is_still(at: float, checks: list[float]) -> bool:
    return any(check - STILLNESS <= at <= check + 1 for check in checks)


def _shape(random: Random) -> Shape:
    return Shape(
        scheme=random.choice(list(Scheme)),
        dialect=random.choice(["rest", "rest", "soap", "automatic"]),
        callback=random.choice(["webhook", "port"]),
        rich=random.random() < 0.25,
        cluster=random.random() < 0.4,
    )


# Faults


def _faults_of_round(random: Random, shape: Shape, begin: float, lasts: float) -> list[Fault]:
    """Return faults that begin within a time span and may overlap."""
    draws = [*_DRAWS, *(_DRAWS_OF_CLUSTERS if shape.cluster else ())]
    if shape.scheme is Scheme.HTTPS:
        draws.append(_certificate)
    count = random.randint(1, 6)
    return sorted(
        (random.choice(draws)(random, begin + random.uniform(0, lasts)) for _ in range(count)),
        key=lambda fault: fault.at,
    )


def _lasting(random: Random) -> float:
    """Draw a duration: seconds, minutes, or many minutes."""
    return random.choice([random.uniform(1, 20), random.uniform(20, 180), random.uniform(60, 1200)])


def _everywhere(kind: FaultKind, numbers: tuple[float, ...] = (0.0,)) -> Draw:
    def draw(random: Random, at: float) -> Fault:
        return Fault(at=at, kind=kind, lasts=_lasting(random), number=random.choice(numbers))

    return draw


def _once(kind: FaultKind) -> Draw:
    return lambda _, at: Fault(at=at, kind=kind)


def _garbage(random: Random, at: float) -> Fault:
    kind = FaultKind.GARBAGE
    return Fault(
        at=at,
        kind=kind,
        lasts=_lasting(random),
        number=random.choice([200, 200, 404, 502]),
        text=random.choice(BODIES),
    )


def _cut(random: Random, at: float) -> Fault:
    offset = random.randint(0, ANSWER_BYTES)
    return Fault(at=at, kind=FaultKind.CUT_ANSWERS, lasts=_lasting(random), number=offset)


def _clock(random: Random, at: float) -> Fault:
    seconds = random.choice([-1, 1]) * random.choice([1.0, 70.0, 20 * MINUTE, 3 * HOUR, 2 * DAY])
    return Fault(at=at, kind=FaultKind.SET_CLOCK, number=seconds)


def _certificate(random: Random, at: float) -> Fault:
    """Draw a change of certificate that a person trusts (1) or that is undone (0)."""
    return Fault(
        at=at,
        kind=FaultKind.CHANGE_CERTIFICATE,
        lasts=_lasting(random),
        number=random.choice([0, 1]),
    )


def _node(kind: FaultKind) -> Draw:
    def draw(random: Random, at: float) -> Fault:
        return Fault(at=at, kind=kind, lasts=_lasting(random), node=random.choice(NODES))

    return draw


_DRAWS: Final[tuple[Draw, ...]] = (
    _everywhere(FaultKind.THROTTLE, THROTTLES),
    _everywhere(FaultKind.ERROR, ERRORS),
    _everywhere(FaultKind.DELAY, (0.3, 4.0, 9.9, 15.0)),
    _garbage,
    _everywhere(FaultKind.TRUNCATE, (0, 1, 60, 200)),
    _cut,
    _cut,
    _once(FaultKind.DROP_CONNECTIONS),
    _everywhere(FaultKind.HANG),
    _everywhere(FaultKind.REFUSE),
    _once(FaultKind.LOSE_SESSIONS),
    _once(FaultKind.LOSE_ENDPOINTS),
    _once(FaultKind.LOSE_SUBSCRIPTIONS),
    _everywhere(FaultKind.LOSE_NOTIFICATIONS),
    _everywhere(FaultKind.REPEAT_NOTIFICATIONS, (2, 5, 20)),
    _everywhere(FaultKind.DELAY_NOTIFICATIONS, (0.5, 4.0, 30.0)),
    _everywhere(FaultKind.FORGE_NOTIFICATIONS, (0.05, 1.0, 20.0)),
    _everywhere(FaultKind.RESTART_SERVER),
    _everywhere(FaultKind.RESTART_HOME),
    _everywhere(FaultKind.KILL_HOME),
    _once(FaultKind.RELOAD_ENTRY),
    _everywhere(FaultKind.UNLOAD_ENTRY),
    _clock,
)
_DRAWS_OF_CLUSTERS: Final[tuple[Draw, ...]] = (
    _node(FaultKind.STOP_NODE),
    _node(FaultKind.CUT_NODE),
    _node(FaultKind.REFUSE),
    _node(FaultKind.HANG),
)


# Acts


def _acts(random: Random, end: float, *, every: float, begin: float = 1.0) -> Iterator[Act]:
    at = begin
    while at < end:
        yield _act(random, at)
        at += random.expovariate(1 / every)


def _act(random: Random, at: float) -> Act:
    kind = random.choice(list(ActKind))
    match kind:
        case ActKind.CHOOSE:
            whom = random.choice((*WATCHED, *WITH_MANUAL_CHANGES))
            return Act(at=at, kind=kind, whom=whom, word=random.choice(SERVER_WORDS))
        case ActKind.UNCHOOSE:
            return Act(at=at, kind=kind, whom=random.choice((*WATCHED, *WITH_MANUAL_CHANGES)))
        case ActKind.REPORT:
            word = random.choice(SERVER_WORDS)
            return Act(at=at, kind=kind, whom=random.choice(USERS), word=word)
        case ActKind.SET:
            lasts = random.choice([0.0, random.uniform(30, 900), random.uniform(900, 4 * HOUR)])
            word = random.choice(OWN_WORDS)
            return Act(at=at, kind=kind, whom=random.choice(CONTROLLED), word=word, lasts=lasts)
        case ActKind.CLEAR:
            return Act(at=at, kind=kind, whom=random.choice(CONTROLLED))
        case _:
            return Act(at=at, kind=kind, whom=random.choice(ROOMS))
