"""Making courses of seeds."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Final

from .cast import CONTROLLED, EVERYBODY, ROOMS, STUBBORN, WATCHED
from .course import Act, ActKind, Course, Fault, FaultKind, Scheme, Shape

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

# Everything runs for so long before the first fault.
WARM_UP: Final = 2 * MINUTE

# "Within a stated time after faults end": after so long every state is the server's, and what is
# wanted stands there. docs/chaos.md says what it is made of.
RECOVERY: Final = 5 * MINUTE
# Nobody does anything just before it is looked.
STILLNESS: Final = 75.0

NODES: Final = ("alpha", "beta")
WORDS_HERE: Final = ("busy", "do_not_disturb", "away", "vacation", "offline")
WORDS_THERE: Final = ("AVAILABLE", "BUSY", "DND", "AWAY", "VACATION", "UNAVAILABLE")
THROTTLES: Final = (210, 211, 212)
# What a server in trouble answers to requests that are right. Not 101: said to a login, it is taken
# for a refused password, and after that nobody asks for a quarter of an hour, so that no account is
# locked. Sessions that are lost have a fault of their own.
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
# Longer than any answer of a small course, so that some go through whole.
ANSWER_BYTES: Final = 1200

SPELLS_OF_ONE_RUN: Final = 30
BYTES_UNTIL_CHECK: Final = 20
# What a person does that fails is told; it may be the same each time, and a minute is the measure.
BETWEEN_BYTES: Final = 65.0

type Draw = Callable[[Random, float], Fault]


def plan(seed: int, *, spells: int = 3) -> Course:
    """Return a short course: spells of trouble, each followed by time to recover."""
    random = Random(seed)
    shape = _shape(random)
    faults: list[Fault] = []
    checks: list[float] = []
    at = WARM_UP
    for _ in range(spells):
        trouble = _trouble(random, shape, at, random.uniform(1, 12) * MINUTE)
        faults += trouble
        at = max(fault.until for fault in trouble) + RECOVERY + STILLNESS
        checks.append(at)
        at += random.uniform(1, 60)
    acts = [act for act in _acts(random, at, every=40.0) if not _is_still(act.at, checks)]
    return Course(
        seed=seed, shape=shape, faults=tuple(faults), acts=tuple(acts), checks=tuple(checks)
    )


def plan_one_run(seed: int) -> Course:
    """Return a long course in which Home Assistant is never restarted, to see whether it grows."""
    course = plan(seed, spells=SPELLS_OF_ONE_RUN)
    restarts = {FaultKind.RESTART_HOME, FaultKind.KILL_HOME}
    return replace(
        course, faults=tuple(fault for fault in course.faults if fault.kind not in restarts)
    )


def plan_week(seed: int, *, days: int = 5) -> Course:
    """Return a week of working days: people from seven to seven, trouble now and then."""
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
            trouble = _trouble(random, shape, at, random.uniform(1, 20) * MINUTE)
            faults += trouble
            at = max(fault.until for fault in trouble) + RECOVERY + STILLNESS
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
    """Return a course in which answers break off at every byte, or at every so many."""
    random = Random(seed)
    faults: list[Fault] = []
    acts: list[Act] = []
    checks: list[float] = []
    at = WARM_UP
    for number, offset in enumerate(range(0, ANSWER_BYTES + 1, stride)):
        faults.append(Fault(at=at, kind=FaultKind.CUT_ANSWERS, lasts=5.0, number=offset))
        word = random.choice(WORDS_THERE)
        acts.append(Act(at=at + 0.5, kind=ActKind.CHOOSE, whom="anna", word=word))
        kind = random.choice([ActKind.HOLD, ActKind.CLEAR])
        here = random.choice(WORDS_HERE) if kind is ActKind.HOLD else ""
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


# What goes wrong


def _trouble(random: Random, shape: Shape, begin: float, lasts: float) -> list[Fault]:
    """Return some faults that overlap as they like, all over soon after this time."""
    draws = [*_DRAWS, *(_DRAWS_OF_CLUSTERS if shape.cluster else ())]
    if shape.scheme is Scheme.HTTPS:
        draws.append(_certificate)
    count = random.randint(1, 6)
    return sorted(
        (random.choice(draws)(random, begin + random.uniform(0, lasts)) for _ in range(count)),
        key=lambda fault: fault.at,
    )


def _lasting(random: Random) -> float:
    """Return how long something lasts: mostly seconds, at times many minutes."""
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
    """Draw another certificate, which a person trusts in the end (1) or which goes away (0)."""
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


# What people do


def _acts(random: Random, end: float, *, every: float, begin: float = 1.0) -> Iterator[Act]:
    at = begin
    while at < end:
        yield _act(random, at)
        at += random.expovariate(1 / every)


def _act(random: Random, at: float) -> Act:
    kind = random.choice(list(ActKind))
    match kind:
        case ActKind.CHOOSE:
            whom = random.choice((*WATCHED, *STUBBORN))
            return Act(at=at, kind=kind, whom=whom, word=random.choice(WORDS_THERE))
        case ActKind.UNCHOOSE:
            return Act(at=at, kind=kind, whom=random.choice((*WATCHED, *STUBBORN)))
        case ActKind.REPORT:
            word = random.choice(WORDS_THERE)
            return Act(at=at, kind=kind, whom=random.choice(EVERYBODY), word=word)
        case ActKind.HOLD:
            lasts = random.choice([0.0, random.uniform(30, 900), random.uniform(900, 4 * HOUR)])
            word = random.choice(WORDS_HERE)
            return Act(at=at, kind=kind, whom=random.choice(CONTROLLED), word=word, lasts=lasts)
        case ActKind.CLEAR:
            return Act(at=at, kind=kind, whom=random.choice(CONTROLLED))
        case _:
            return Act(at=at, kind=kind, whom=random.choice(ROOMS))
