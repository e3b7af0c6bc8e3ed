"""What should have been requested for people, computed from the scenario alone."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.states import PRESENCES, STATES

from .scenario import (
    DAYS,
    MONDAY,
    Act,
    Fault,
    FaultStep,
    FollowStep,
    PauseStep,
    PersonStep,
    PlannedRule,
    RoomStep,
    Week,
)

GRACE = timedelta(minutes=5)
LOSSES = 2
LOSSES_WITHIN = timedelta(minutes=15)
RESPECTED = timedelta(minutes=15)
RENEWAL = timedelta(seconds=5400)

_EVER = datetime.max.replace(tzinfo=UTC)

type Spell = tuple[datetime, datetime]
type Expected = tuple[datetime, RequestedPresence | None]


@dataclass(frozen=True, slots=True)
class Truth:
    """A spell in which conditions count as true; one that lapsed could not be read any more."""

    begin: datetime
    end: datetime
    lapsed: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person did, and what was published at that moment."""

    step: PersonStep
    at: datetime
    over: RequestedPresence | None


@dataclass(frozen=True, slots=True)
class Overruled:
    """What a person has overruled, and until when that is respected with no such rule."""

    winner: object
    requested: RequestedPresence
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should have been requested for a person.

    Attributes:
        changes: From when on what was requested, None for nothing.
        insisted: When an insisting rule had to be written again.
    """

    changes: tuple[Expected, ...]
    insisted: tuple[datetime, ...] = ()


# When a rule holds


def rule_spells(rule: PlannedRule, week: Week) -> list[Spell]:
    """Return when a rule holds."""
    trues = _true_spells(_readings(rule, week), week.end)
    return [spell for stretch in _stretches(rule, trues) for spell in _held(rule, stretch)]


def _readings(rule: PlannedRule, week: Week) -> list[tuple[datetime, bool | None]]:
    """Return from when on a rule's conditions are true, false, or None when unreadable."""
    heard = _perceived(rule.room, week)
    moments = {at for at, _ in heard} | {at for spell in _hours(rule) for at in spell}
    readings: list[tuple[datetime, bool | None]] = []
    state = "off"
    heard_at = dict(heard)
    for at in sorted(moments):
        state = heard_at.get(at, state)
        open_now = rule.hours is None or any(begin <= at < end for begin, end in _hours(rule))
        taken = {"on": True, "off": False}.get(state)
        readings.append((at, taken if open_now else False))
    return readings


def _hours(rule: PlannedRule) -> list[Spell]:
    if rule.hours is None:
        return []
    first, last = rule.hours
    days = [MONDAY + timedelta(days=day) for day in range(DAYS)]
    return [(day + timedelta(hours=first), day + timedelta(hours=last)) for day in days]


def _perceived(room: str, week: Week) -> list[tuple[datetime, str]]:
    """Return a room's states as Home Assistant hears of them: after a restart, all at once."""
    restarts = [each for each in week.faults if each.fault is Fault.RESTART]
    heard: list[tuple[datetime, str]] = []
    for step in (each for each in week.rooms if each.room == room):
        at = next((each.until for each in restarts if each.at <= step.at < each.until), step.at)
        if heard and heard[-1][0] == at:
            heard.pop()
        heard.append((at, step.state))
    return heard


def _true_spells(readings: Sequence[tuple[datetime, bool | None]], end: datetime) -> list[Truth]:
    """Return when conditions count as true: while unreadable, as before for the grace."""
    spells: list[Truth] = []
    since: datetime | None = None
    for number, (at, reading) in enumerate(readings):
        following = next((each for each, known in readings[number:] if known is not None), end)
        if reading:
            since = since or at
        elif since is None:
            continue
        elif reading is False:
            spells.append(Truth(since, at))
            since = None
        elif following - at > GRACE:
            spells.append(Truth(since, at + GRACE, lapsed=True))
            since = None
    return [*spells, Truth(since, end)] if since else spells


def _stretches(rule: PlannedRule, spells: list[Truth]) -> Iterator[Truth]:
    """Join what belongs together, and leave out what does not last long enough to begin."""
    current: Truth | None = None
    for spell in spells:
        if current and _goes_on(rule, current) and spell.begin < current.end + rule.after:
            current = replace(spell, begin=current.begin)
            continue
        if current:
            yield current
        current = spell if spell.end - spell.begin >= rule.before else None
    if current:
        yield current


def _goes_on(rule: PlannedRule, stretch: Truth) -> bool:
    """Tell whether a stretch lasts for ``hold``; one that lapsed does so only when it is spent."""
    spent = rule.at_most and stretch.begin + rule.before + rule.at_most <= stretch.end
    return not stretch.lapsed or bool(spent)


def _held(rule: PlannedRule, stretch: Truth) -> Iterator[Spell]:
    begin = stretch.begin + rule.before
    end = stretch.end if stretch.lapsed else stretch.end + rule.after
    if rule.at_most:
        end = min(end, begin + rule.at_most)
    if begin < end:
        yield begin, end


# Whether a rule may act


class Doors:
    """The pauses of rules, and the switches of people who do not follow them."""

    def __init__(self, steps: Iterable[PauseStep | FollowStep]) -> None:
        """Take what was done, in its order."""
        self._not_following: defaultdict[str, list[Spell]] = defaultdict(list)
        self._pauses: defaultdict[tuple[str | None, int | None], list[Spell]] = defaultdict(list)
        for step in steps:
            if isinstance(step, PauseStep):
                self._pause(step)
            elif step.follows:
                self._follow(step)
            else:
                self._not_following[step.user].append((step.at, _EVER))

    def _pause(self, step: PauseStep) -> None:
        """Note a pause, which replaces one of the same scope."""
        spells = self._pauses[step.user, step.number]
        if spells and spells[-1][1] > step.at:
            spells[-1] = (spells[-1][0], step.at)
        spells.append((step.at, step.until))

    def _follow(self, step: FollowStep) -> None:
        spells = self._not_following[step.user]
        if spells and spells[-1][1] == _EVER:
            spells[-1] = (spells[-1][0], step.at)

    def spells(self, user: str, number: int) -> list[Spell]:
        """Return when a rule does not act for a person."""
        scopes = ((user, number), (user, None), (None, number), (None, None))
        pauses = [spell for scope in scopes for spell in self._pauses.get(scope, ())]
        return [*pauses, *self._not_following.get(user, ())]


# Who wins


class Person:
    """Walks through a person's week."""

    def __init__(
        self,
        user: str,
        rules: Sequence[PlannedRule],
        spells: Mapping[int, Sequence[Spell]],
        doors: Doors,
    ) -> None:
        """Take the rules about this person, when they hold, and when they may not act."""
        self._rules = [rule for rule in rules if user in rule.people]
        self._spells = spells
        self._closed = {rule.number: doors.spells(user, rule.number) for rule in self._rules}
        self._own = Presence.AVAILABLE
        self._manual: tuple[datetime, RequestedPresence, datetime | None] | None = None
        self._winner: object = None
        self._overruled: Overruled | None = None
        self._losses: list[datetime] = []
        self._insisted: list[datetime] = []

    def walk(self, deeds: Sequence[Deed]) -> Expectation:
        """Return what was requested."""
        changes: list[Expected] = []
        for at, deed in self._moments(deeds):
            if deed:
                self._decide(at)
                self._do(deed)
            requested = self._decide(at)
            if not changes or changes[-1][1] != requested:
                changes.append((at, requested))
        return Expectation(tuple(changes), tuple(self._insisted))

    def _moments(self, deeds: Sequence[Deed]) -> list[tuple[datetime, Deed | None]]:
        moments: list[tuple[datetime, Deed | None]] = [(deed.at, deed) for deed in deeds]
        moments += [
            (at, None)
            for rule in self._rules
            for spell in (*self._spells[rule.number], *self._closed[rule.number])
            for at in spell
            if at != _EVER
        ]
        moments += [
            (deed.at + deed.step.lasts, None)
            for deed in deeds
            if deed.step.act is Act.SET and deed.step.lasts
        ]
        return sorted(moments, key=lambda moment: moment[0])

    def _do(self, deed: Deed) -> None:
        if deed.step.act is Act.CHOOSE:
            self._choose(deed)
            return
        self._overruled, self._losses = None, []
        self._manual = None
        if deed.step.act is Act.SET:
            until = deed.at + deed.step.lasts if deed.step.lasts else None
            requested = RequestedPresence(PRESENCES[deed.step.presence], override=True)
            self._manual = (deed.at, requested, until)

    def _choose(self, deed: Deed) -> None:
        self._own = Presence(deed.step.presence)
        # A rule that yields to the choice is not overruled by it.
        requested = self._decide(deed.at)
        if requested is None or deed.over != requested or requested.presence is self._own:
            return
        rule = self._winner if isinstance(self._winner, PlannedRule) else None
        self._losses = [loss for loss in self._losses if deed.at - loss < LOSSES_WITHIN]
        self._losses.append(deed.at)
        if rule and rule.insist and len(self._losses) < LOSSES:
            self._insisted.append(deed.at)
        else:
            self._overruled = Overruled(self._winner, requested)

    def _decide(self, at: datetime) -> RequestedPresence | None:
        winner, requested = self._win(at)
        if winner != self._winner:
            self._winner, self._losses = winner, []
        is_overruled = self._is_overruled(winner, requested, at)
        return None if is_overruled else requested

    def _is_overruled(
        self, winner: object, requested: RequestedPresence | None, at: datetime
    ) -> bool:
        """Tell whether the choice still stands, and remember for how long it will."""
        overruled = self._overruled
        if overruled is None or (overruled.until is not None and overruled.until <= at):
            self._overruled = None
            return False
        if not isinstance(overruled.winner, PlannedRule):
            self._overruled = overruled if winner == overruled.winner else None
            return self._overruled is not None
        wanted = {rule.presence for rule in self._acting(at)}
        if overruled.winner.presence in wanted:
            self._overruled = replace(overruled, until=None)
        elif overruled.until is None:
            self._overruled = replace(overruled, until=at + RESPECTED)
        return isinstance(winner, PlannedRule) and requested == overruled.requested

    def _win(self, at: datetime) -> tuple[object, RequestedPresence | None]:
        own = STATES[self._own]
        free = [rule for rule in self._acting(at) if own not in rule.yields_to]
        if self._manual and (self._manual[2] is None or at < self._manual[2]):
            free = [rule for rule in free if rule.beats_manual]
            if not free:
                return self._manual, self._manual[1]
        if not free:
            return None, None
        winner = max(free, key=lambda rule: (rule.priority, -rule.number))
        return winner, RequestedPresence(PRESENCES[winner.presence], override=True)

    def _acting(self, at: datetime) -> list[PlannedRule]:
        return [
            rule
            for rule in self._rules
            if _holds(self._spells[rule.number], at)
            and not any(begin <= at < end for begin, end in self._closed[rule.number])
        ]


def _holds(spells: Sequence[Spell], at: datetime) -> bool:
    number = bisect_right(spells, at, key=lambda spell: spell[0]) - 1
    return number >= 0 and at < spells[number][1]


# What it costs at least


def least_writes(
    expectation: Expectation,
    faults: Sequence[FaultStep],
    bound: timedelta,
    bound_after_fault: timedelta,
    end: datetime,
) -> int:
    """Return how many writes are needed at least: for each difference, renewal and loss.

    Args:
        expectation: What should have been requested for a person.
        faults: What went wrong.
        bound: What is requested for less need not be written, as the presence may be wrong so long.
        bound_after_fault: Nor need anything that is over so soon after a fault.
        end: When the week ends.
    """
    away = [
        (each.at, each.until + bound_after_fault) for each in faults if each.fault in _NO_WRITES
    ]
    losses = [each.until for each in faults if each.fault is Fault.LOSS]
    again = sorted([*losses, *expectation.insisted])
    count = 0
    seen_to = _seen_to(expectation.changes, away, bound, end)
    following = [*(at for at, _ in seen_to[1:]), end]
    for number, ((at, requested), until) in enumerate(zip(seen_to, following, strict=True)):
        if requested is None:
            count += number > 0
            continue
        starts = [at, *(each for each in again if at < each < until), until]
        for begin, stop in pairwise(starts):
            count += 1 + int((stop - begin - _within(away, begin, stop)) / RENEWAL)
    return count


# While these last a write may be impossible.
_NO_WRITES = (
    Fault.OUTAGE,
    Fault.LOSS,
    Fault.RESTART,
    Fault.THROTTLING,
    Fault.ANSWERS_LOST,
)


def _seen_to(
    changes: Sequence[Expected], away: Sequence[Spell], bound: timedelta, end: datetime
) -> list[Expected]:
    """Leave out what could not have been written, and what was too short to matter."""
    begins = [(_back(at, away), requested) for at, requested in changes]
    untils = [*(at for at, _ in begins[1:]), end]
    seen_to: list[Expected] = []
    for (at, requested), until in zip(begins, untils, strict=True):
        if until - at < bound or (seen_to and seen_to[-1][1] == requested):
            continue
        seen_to.append((at, requested))
    return seen_to


def _within(spells: Sequence[Spell], begin: datetime, end: datetime) -> timedelta:
    """Return how much of the time between two moments lies in these spells, at the most."""
    overlaps = (min(until, end) - max(at, begin) for at, until in spells)
    return sum((each for each in overlaps if each > timedelta(0)), timedelta(0))


def _back(at: datetime, away: Sequence[Spell]) -> datetime:
    """Return when it is possible to write again."""
    for begin, until in sorted(away):
        if begin <= at < until:
            at = until
    return at


def rooms_at(steps: Sequence[RoomStep], at: datetime) -> dict[str, str]:
    """Return the rooms' states at a time."""
    return {step.room: step.state for step in steps if step.at <= at}
