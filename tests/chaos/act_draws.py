"""Draws acts of people and rooms, and changes of the configuration."""

from collections.abc import Iterator
from random import Random
from typing import Final

from .course import ALL, Act, ActKind, Fault, FaultKind
from .fault_draws import HOUR
from .rules import ADDED_RULES, RULES
from .scenario import (
    CHANGING_GROUP,
    CONTROLLED,
    GROUPS,
    MEETING_ROOM,
    RARE_ROOMS,
    ROOMS,
    USERS,
    USUAL_ROOMS,
    WATCHED,
    WITH_MANUAL_CHANGES,
)

OWN_WORDS: Final = ("busy", "do_not_disturb", "away", "vacation", "offline")
SERVER_WORDS: Final = ("AVAILABLE", "BUSY", "DND", "AWAY", "VACATION", "UNAVAILABLE")
# What happens all day, and how often; so often that something is requested for most people.
DAILY: Final = {
    ActKind.CHOOSE: 2,
    ActKind.UNCHOOSE: 2,
    ActKind.REPORT: 8,
    ActKind.SET: 2,
    ActKind.CLEAR: 2,
    ActKind.ENTER: 8,
    ActKind.LEAVE: 4,
    ActKind.PAUSE: 2,
    ActKind.RESUME: 3,
    ActKind.FOLLOW: 4,
    ActKind.UNFOLLOW: 1,
}
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


def acts_before_check(random: Random, still: float) -> Iterator[Act]:
    """Yield acts that end when all is still, so that own presences and choices count then."""
    if random.random() < 0.5:
        yield Act(at=still - 90, kind=ActKind.ENTER, whom=MEETING_ROOM)
    for whom in CONTROLLED:
        if random.random() < 0.6:
            word = random.choice(["AVAILABLE", "AWAY", "AWAY", "BUSY"])
            yield Act(at=still - random.uniform(5, 60), kind=ActKind.REPORT, whom=whom, word=word)
    for whom in WITH_MANUAL_CHANGES:
        if random.random() < 0.5:
            word = random.choice(SERVER_WORDS)
            yield Act(at=still - random.uniform(1, 4), kind=ActKind.CHOOSE, whom=whom, word=word)


def return_to_usual(at: float) -> Iterator[Act]:
    """Yield acts after which people, rules and groups are those of the beginning."""
    for user in CHANGING:
        yield Act(at=at, kind=ActKind.ADD_PERSON, whom=user)
    for rule in ADDED_RULES:
        yield Act(at=at, kind=ActKind.REMOVE_RULE, whom=rule)
    members = " ".join(GROUPS[CHANGING_GROUP])
    yield Act(at=at, kind=ActKind.CHANGE_GROUP, whom=CHANGING_GROUP, word=members)
    yield Act(at=at, kind=ActKind.RESUME, whom=ALL)


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
        yield random.choice(_CHANGES)(random, at)
        at += random.expovariate(1 / every)


def _change_of_person(random: Random, at: float) -> Act:
    kind = random.choice([ActKind.ADD_PERSON, ActKind.ADD_PERSON, ActKind.REMOVE_PERSON])
    return Act(at=at, kind=kind, whom=random.choice(CHANGING))


def _change_of_rule(random: Random, at: float) -> Act:
    kind = random.choice([ActKind.ADD_RULE, ActKind.ADD_RULE, ActKind.REMOVE_RULE])
    return Act(at=at, kind=kind, whom=random.choice([*ADDED_RULES]))


def _change_of_group(random: Random, at: float) -> Act:
    members = random.sample(CONTROLLED, random.randint(1, len(CONTROLLED)))
    return Act(at=at, kind=ActKind.CHANGE_GROUP, whom=CHANGING_GROUP, word=" ".join(members))


def _pause(random: Random, kind: ActKind, at: float) -> Act:
    """Draw a pause, or its end, of one rule or all, for one person or all."""
    rule, whom = random.choice(RULES).name, random.choice(CONTROLLED)
    if kind is ActKind.RESUME:
        word, whom = random.choice([rule, "", ""]), random.choice([whom, ALL, ALL])
        return Act(at=at, kind=kind, whom=whom, word=word)
    word, whom = random.choice([rule, rule, rule, ""]), random.choice([whom, whom, whom, ALL])
    lasts = random.choice([0.0, random.uniform(30, 900), random.uniform(900, 4 * HOUR)])
    return Act(at=at, kind=kind, whom=whom, word=word, lasts=lasts)


def _act(random: Random, at: float) -> Act:
    (kind,) = random.choices([*DAILY], [*DAILY.values()])
    match kind:
        case ActKind.SET | ActKind.CLEAR:
            return _manual(random, kind, at)
        case ActKind.PAUSE | ActKind.RESUME:
            return _pause(random, kind, at)
        case _:
            says = random.choice(SERVER_WORDS) if kind in _SAYING else ""
            return Act(at=at, kind=kind, whom=random.choice(_WHOM[kind]), word=says)


_SAYING: Final = frozenset({ActKind.CHOOSE, ActKind.REPORT})
_WHOM: Final = {
    ActKind.CHOOSE: (*WATCHED, *WITH_MANUAL_CHANGES),
    ActKind.UNCHOOSE: (*WATCHED, *WITH_MANUAL_CHANGES),
    ActKind.REPORT: (*USERS, *CONTROLLED),
    ActKind.FOLLOW: CONTROLLED,
    ActKind.UNFOLLOW: CONTROLLED,
    ActKind.ENTER: (*USUAL_ROOMS, *ROOMS),
    ActKind.LEAVE: (*RARE_ROOMS, *RARE_ROOMS, *ROOMS),
}
_CHANGES: Final = (_change_of_person, _change_of_person, _change_of_rule, _change_of_group)
