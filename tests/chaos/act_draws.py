"""Draws acts of people and rooms, and changes of the configuration."""

from collections.abc import Iterator
from random import Random
from typing import Final

from .course import Act, ActKind, Fault, FaultKind
from .fault_draws import HOUR
from .scenario import ADDED_RULES, CONTROLLED, ROOMS, USERS, WATCHED, WITH_MANUAL_CHANGES

OWN_WORDS: Final = ("busy", "do_not_disturb", "away", "vacation", "offline")
SERVER_WORDS: Final = ("AVAILABLE", "BUSY", "DND", "AWAY", "VACATION", "UNAVAILABLE")
# What happens all day.
DAILY: Final = (
    ActKind.CHOOSE,
    ActKind.UNCHOOSE,
    ActKind.REPORT,
    ActKind.SET,
    ActKind.CLEAR,
    ActKind.ENTER,
    ActKind.LEAVE,
)
# Who is added and removed: not the one whose changes show whether notifications arrive.
CHANGING: Final = ("ben", *CONTROLLED)
# Meanwhile people set and clear presences: while the server is silent, and while the node changes.
DELAYING: Final = frozenset(
    {FaultKind.HANG, FaultKind.DELAY, FaultKind.REFUSE, FaultKind.STOP_NODE, FaultKind.CUT_NODE}
)


def acts_of_day(random: Random, end: float, *, every: float, begin: float = 1.0) -> Iterator[Act]:
    at = begin
    while at < end:
        yield _act(random, at)
        at += random.expovariate(1 / every)


def acts_during(random: Random, faults: list[Fault]) -> Iterator[Act]:
    """Yield manual settings and clears around the beginning or the end of delaying faults."""
    for fault in faults:
        if fault.kind in DELAYING:
            for _ in range(random.randint(0, 3)):
                kind = random.choice([ActKind.SET, ActKind.CLEAR])
                at = random.choice([fault.at, fault.until]) + random.uniform(-1, 12)
                yield _manual(random, kind, at)


def _manual(random: Random, kind: ActKind, at: float) -> Act:
    whom = random.choice(CONTROLLED)
    if kind is ActKind.CLEAR:
        return Act(at=at, kind=kind, whom=whom)
    lasts = random.choice([0.0, random.uniform(30, 900), random.uniform(900, 4 * HOUR)])
    return Act(at=at, kind=kind, whom=whom, word=random.choice(OWN_WORDS), lasts=lasts)


def changes(random: Random, end: float, *, every: float) -> Iterator[Act]:
    """Yield changes of the configuration."""
    at = random.expovariate(1 / every)
    while at < end:
        if random.random() < 0.5:
            kind = random.choice([ActKind.ADD_PERSON, ActKind.REMOVE_PERSON])
            whom = random.choice(CHANGING)
        else:
            kind = random.choice([ActKind.ADD_RULE, ActKind.REMOVE_RULE])
            whom = random.choice([*ADDED_RULES])
        yield Act(at=at, kind=kind, whom=whom)
        at += random.expovariate(1 / every)


def _act(random: Random, at: float) -> Act:
    kind = random.choice(DAILY)
    match kind:
        case ActKind.CHOOSE:
            whom = random.choice((*WATCHED, *WITH_MANUAL_CHANGES))
            return Act(at=at, kind=kind, whom=whom, word=random.choice(SERVER_WORDS))
        case ActKind.UNCHOOSE:
            return Act(at=at, kind=kind, whom=random.choice((*WATCHED, *WITH_MANUAL_CHANGES)))
        case ActKind.REPORT:
            word = random.choice(SERVER_WORDS)
            return Act(at=at, kind=kind, whom=random.choice(USERS), word=word)
        case ActKind.SET | ActKind.CLEAR:
            return _manual(random, kind, at)
        case _:
            return Act(at=at, kind=kind, whom=random.choice(ROOMS))
