"""What happens in the week: rooms that are taken, people who act, and what goes wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from custom_components.cisco_unified_presence.pws import Presence

MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
DAYS: Final = 5
BEGIN: Final = timedelta(hours=7)
END: Final = timedelta(hours=19)

INSISTENT: Final = 0.1
ABOVE_MANUAL: Final = 0.15
MAY_YIELD: Final = 0.3
NOT_FOLLOWING: Final = 0.1
DROPPING_OUT: Final = 0.15

WORDS: Final = ("busy", "do_not_disturb", "away", "vacation")
CHOICES: Final = (Presence.AVAILABLE, Presence.UNAVAILABLE, Presence.DND)
YIELDING: Final = ("do_not_disturb", "offline")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRule:
    """A rule of the week: while its room is taken, and between its hours if it has some.

    With `for_each` it is evaluated for each person by itself.
    """

    number: int
    people: tuple[str, ...]
    presence: str
    before: timedelta
    after: timedelta
    at_most: timedelta | None
    priority: int
    insist: bool
    hours: tuple[int, int] | None
    yields_to: frozenset[str] = frozenset()
    beats_manual: bool = False
    for_each: bool = False

    @property
    def id(self) -> str:
        """Return the rule's id."""
        return f"rule_{self.number}"

    @property
    def room(self) -> str:
        """Return the sensor of the rule's room."""
        return f"binary_sensor.room_{self.number}"


class Act(StrEnum):
    """What a person does."""

    SET = "set"
    CLEAR = "clear"
    CHOOSE = "choose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happens at a time."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomStep(Step):
    """A room's sensor changes."""

    room: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonStep(Step):
    """A person acts, through Home Assistant or in the own client."""

    user: str
    act: Act
    presence: str = "busy"
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseStep(Step):
    """Rules are paused: one, or all, for one person or for all.

    Attributes:
        user: For whom, None for all people.
        number: Which rule, None for all.
        until: When the pause ends.
    """

    user: str | None
    number: int | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowStep(Step):
    """A person's switch *Follow rules* is turned on or off."""

    user: str
    follows: bool


class Fault(StrEnum):
    """What goes wrong."""

    OUTAGE = "outage"
    LOSS = "loss"
    SILENCE = "silence"
    THROTTLING = "throttling"
    ANSWERS_LOST = "answers lost"
    RESTART = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultStep(Step):
    """Something goes wrong for a while; a loss happens at the end of an outage."""

    fault: Fault
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The whole week."""

    users: tuple[str, ...]
    rules: tuple[PlannedRule, ...]
    rooms: tuple[RoomStep, ...]
    people: tuple[PersonStep, ...]
    faults: tuple[FaultStep, ...]
    end: datetime
    doors: tuple[PauseStep | FollowStep, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def steps(self) -> list[Step]:
        """Return everything in its order."""
        steps: list[Step] = [*self.rooms, *self.people, *self.faults, *self.doors]
        return sorted(steps, key=lambda step: step.at)


def plan(seed: int, *, people: int = 200, rules: int = 50, days: int = DAYS) -> Week:
    """Return a week."""
    random = Random(seed)  # noqa: S311 (a plan, not a secret)
    users = tuple(f"user{number}" for number in range(people))
    planned = tuple(_rule(random, number, users) for number in range(rules))
    mornings = [MONDAY + timedelta(days=day) + BEGIN for day in range(days)]
    return Week(
        users=users,
        rules=planned,
        rooms=tuple(step for rule in planned for step in _room(random, rule.room, mornings)),
        people=tuple(step for user in users for step in _person(random, user, mornings)),
        faults=tuple(step for morning in mornings for step in _faults(random, morning)),
        end=MONDAY + timedelta(days=days - 1) + timedelta(hours=23),
        doors=tuple(step for morning in mornings for step in _doors(random, morning, users, rules)),
    )


def _rule(random: Random, number: int, users: tuple[str, ...]) -> PlannedRule:
    return PlannedRule(
        number=number,
        people=tuple(random.sample(users, min(len(users), random.randint(2, 12)))),
        presence=random.choice(WORDS),
        before=timedelta(seconds=random.choice([0, 0, 30, 60, 300])),
        after=timedelta(seconds=random.choice([0, 0, 60, 120, 600])),
        at_most=random.choice([None, None, timedelta(hours=1), timedelta(hours=3)]),
        priority=random.choice([0, 10, 50]),
        insist=random.random() < INSISTENT,
        hours=random.choice([None, None, None, (9, 12), (13, 17)]),
        yields_to=frozenset(each for each in YIELDING if random.random() < MAY_YIELD),
        beats_manual=random.random() < ABOVE_MANUAL,
    )


def _room(random: Random, room: str, mornings: list[datetime]) -> Iterator[RoomStep]:
    yield RoomStep(at=MONDAY + timedelta(minutes=1), room=room, state="off")
    for morning in mornings:
        at = morning + _some(random, 0, 120)
        while at < morning + (END - BEGIN):
            yield RoomStep(at=at, room=room, state="on")
            at += _some(random, 1, 110)
            if random.random() < DROPPING_OUT:
                # The sensor drops out, for less or for longer than the time of grace.
                yield RoomStep(at=at, room=room, state="unavailable")
                at += _some(random, 0.5, 12)
                yield RoomStep(at=at, room=room, state="on")
                at += _some(random, 1, 30)
            yield RoomStep(at=at, room=room, state="off")
            at += _some(random, 0.5, 150)


def _person(random: Random, user: str, mornings: list[datetime]) -> Iterator[PersonStep]:
    for morning in mornings:
        at = morning + _some(random, 0, 300)
        while at < morning + (END - BEGIN):
            act = random.choice([Act.SET, Act.CLEAR, Act.CHOOSE])
            yield PersonStep(
                at=at,
                user=user,
                act=act,
                presence=random.choice(WORDS) if act is Act.SET else random.choice(CHOICES).value,
                lasts=random.choice([None, _some(random, 1, 90), _some(random, 60, 300)]),
            )
            at += _some(random, 60, 500)


def _doors(
    random: Random, morning: datetime, users: tuple[str, ...], rules: int
) -> Iterator[PauseStep | FollowStep]:
    for user in users:
        if random.random() < NOT_FOLLOWING:
            at = morning + _some(random, 0, 400)
            yield FollowStep(at=at, user=user, follows=False)
            yield FollowStep(at=at + _some(random, 1, 200), user=user, follows=True)
    for number in (*range(rules), None):
        at = morning + _some(random, 0, 700)
        until = at + _some(random, 1, 120)
        whom = random.choice([None, random.choice(users)])
        yield PauseStep(at=at, user=whom, number=number, until=until)


def _faults(random: Random, morning: datetime) -> Iterator[FaultStep]:
    for fault, shortest, longest in (
        (Fault.OUTAGE, 0.2, 10),
        (Fault.LOSS, 0.5, 5),
        (Fault.SILENCE, 5, 60),
        (Fault.THROTTLING, 0.5, 10),
        (Fault.ANSWERS_LOST, 0.5, 3),
        (Fault.RESTART, 0.5, 4),
    ):
        at = morning + _some(random, 0, 660)
        yield FaultStep(at=at, fault=fault, until=at + _some(random, shortest, longest))


def _some(random: Random, least: float, most: float) -> timedelta:
    """Return some minutes, to the millisecond, so that hardly anything happens at once."""
    return timedelta(milliseconds=random.randint(int(least * 60_000), int(most * 60_000)))
