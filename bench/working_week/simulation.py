"""Lets the week pass, and compares what was published with what should have been."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
import os
from pathlib import Path
import tempfile

from homeassistant.util import dt as dt_util

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.pws import ContactPresence, Presence

from .installation import Installation
from .oracle import Deed, Doors, Expected, Person, least_writes, rooms_at, rule_spells
from .scenario import (
    MONDAY,
    Act,
    Fault,
    FaultStep,
    FollowStep,
    PauseStep,
    PersonStep,
    RoomStep,
    Week,
)
from .server import ModelServer
from .virtual_time import VirtualClock, VirtualLoop, virtual_time

TELLING = 0.2
POLLING = 60.0

# docs/rules.md, "Writing": the settle time and some requests; while notifications are lost a poll
# more; after other faults a poll and a repetition.
BOUND = timedelta(seconds=5 + 2)
BOUND_IN_SILENCE = BOUND + timedelta(seconds=POLLING)
BOUND_AFTER_FAULT = BOUND_IN_SILENCE + timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A spell in which another presence was published than should have been."""

    user: str
    begin: datetime
    end: datetime
    requested: RequestedPresence | None
    published: RequestedPresence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the week went.

    Attributes:
        wrong: The spells that lasted longer than the stated bound.
        longest: The longest spell outside of faults.
        writes: How often a presence was set or cleared.
        least: How often it had to be.
        changes: How often what was requested changed, of all people.
    """

    wrong: tuple[Wrong, ...]
    longest: timedelta
    writes: int
    least: int
    changes: int


def run_week(week: Week) -> Outcome:
    """Let a week pass."""
    clock = VirtualClock(MONDAY)
    with (
        tempfile.TemporaryDirectory(prefix="week-", dir=in_memory()) as folder,
        virtual_time(clock),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner,
    ):
        return runner.run(_Run(Path(folder), week).run())


class _Run:
    """The week while it passes."""

    def __init__(self, folder: Path, week: Week) -> None:
        self._folder = folder
        self._week = week
        self._server = ModelServer(week.users, self._tell)
        self._server.rich = True
        self._installation: Installation | None = None
        self._silent = False
        self._spells = {rule.number: rule_spells(rule, week) for rule in week.rules}
        self._deeds: defaultdict[str, list[Deed]] = defaultdict(list)
        # What was really done of the steps; without Home Assistant nothing is.
        self._doors: list[PauseStep | FollowStep] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> Outcome:
        await self._open()
        poll = asyncio.create_task(self._poll())
        for step in self._week.steps:
            await _until(step.at)
            self._begin(step)
        await _until(self._week.end)
        poll.cancel()
        with suppress(asyncio.CancelledError):
            await poll
        await self._close()
        return self._judge()

    def _begin(self, step: object) -> None:
        match step:
            case RoomStep(room=room, state=state):
                if self._installation:
                    self._installation.hass.states.async_set(room, state)
            case PersonStep(act=Act.CHOOSE):
                self._choose(step)
            case PersonStep():
                self._spawn(self._act(step))
            case PauseStep() | FollowStep():
                self._spawn(self._turn(step))
            case FaultStep():
                self._spawn(self._undergo(step))

    def _spawn(self, coroutine: object) -> None:
        task = asyncio.ensure_future(coroutine)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # What people do

    def _choose(self, step: PersonStep) -> None:
        unseen = self._faults(Fault.OUTAGE, Fault.LOSS, Fault.THROTTLING)
        if any(each.at - BOUND <= step.at < each.until for each in unseen):
            # Which winner it overruled, and whether before the server lost the session, could not
            # be told afterwards.
            return
        published = self._server.accounts[step.user].published
        if published and self._may_change(step.user, step.at, self._allowed(step.at)):
            # It overrules what is still requested after the settle time. Whether it has been
            # noticed by the time of the change could not be told afterwards.
            return
        self._server.choose(step.user, Presence(step.presence))
        self._deeds[step.user].append(Deed(step, step.at, published))

    def _may_change(self, user: str, begin: datetime, end: datetime) -> bool:
        """Tell whether what is requested for a person may change between two moments."""
        rules = [rule for rule in self._week.rules if user in rule.people]
        moments = [at for rule in rules for spell in self._spells[rule.number] for at in spell]
        for door in self._week.doors:
            if door.user in {None, user}:
                moments += [door.at, door.until] if isinstance(door, PauseStep) else [door.at]
        moments += [
            deed.at + deed.step.lasts
            for deed in self._deeds[user]
            if deed.step.act is Act.SET and deed.step.lasts
        ]
        return any(begin <= at <= end for at in moments)

    async def _act(self, step: PersonStep) -> None:
        if self._installation and await self._installation.act(step):
            self._deeds[step.user].append(Deed(step, step.at, None))

    async def _turn(self, step: PauseStep | FollowStep) -> None:
        if self._installation is None:
            return
        self._doors.append(step)
        if isinstance(step, FollowStep):
            await self._installation.follow_rules(step.user, follows=step.follows)
        else:
            rule_id = None if step.number is None else self._week.rules[step.number].id
            users = [step.user] if step.user else None
            await self._installation.pause(users, rule_id, step.until)

    # What goes wrong

    async def _undergo(self, step: FaultStep) -> None:
        match step.fault:
            case Fault.OUTAGE | Fault.LOSS:
                self._server.up = False
                await _until(step.until)
                self._server.up = True
                if step.fault is Fault.LOSS:
                    self._server.lose()
            case Fault.SILENCE:
                self._silent = True
                await _until(step.until)
                self._silent = False
            case Fault.THROTTLING:
                self._server.busy = True
                await _until(step.until)
                self._server.busy = False
            case Fault.ANSWERS_LOST:
                self._server.loses_answers = True
                await _until(step.until)
                self._server.loses_answers = False
            case Fault.RESTART:
                await self._close()
                await _until(step.until)
                await self._open()

    async def _open(self) -> None:
        installation = Installation(self._folder, self._week, self._server)
        await installation.start(rooms_at(self._week.rooms, dt_util.utcnow()))
        self._installation = installation

    async def _close(self) -> None:
        installation, self._installation = self._installation, None
        if installation:
            await installation.stop()

    # What watchers see

    def _tell(self, presence: ContactPresence) -> None:
        if not self._silent and self._server.up:
            asyncio.get_running_loop().call_later(TELLING, self._see, presence)

    def _see(self, presence: ContactPresence) -> None:
        if self._installation:
            # A notification says that there is news; what it is, is asked then.
            self._installation.see([self._server.seen(presence.contact.partition("@")[0])])

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLLING)
            self._server.expire()
            if self._installation and self._server.up:
                self._installation.see(self._server.all_contacts())

    # What it came to

    def _faults(self, *kinds: Fault) -> list[FaultStep]:
        return [each for each in self._week.faults if each.fault in kinds]

    def _judge(self) -> Outcome:
        doors = Doors(self._doors)
        least, changes, longest = 0, 0, timedelta()
        wrong: list[Wrong] = []
        for user in self._week.users:
            deeds = sorted(self._deeds[user], key=lambda deed: deed.at)
            expectation = Person(user, self._week.rules, self._spells, doors).walk(deeds)
            least += least_writes(
                expectation, self._week.faults, BOUND, BOUND_AFTER_FAULT, self._week.end
            )
            changes += len(expectation.changes)
            history = self._server.accounts[user].history
            for each in _differences(user, expectation.changes, history, self._week.end):
                if _shows_all_the_same(each, deeds):
                    continue
                if each.end > self._allowed(each.begin, each.end):
                    wrong.append(each)
                elif each.end - each.begin <= BOUND:
                    longest = max(longest, each.end - each.begin)
        return Outcome(
            wrong=tuple(wrong),
            longest=longest,
            writes=self._server.writes,
            least=least,
            changes=changes,
        )

    def _allowed(self, begin: datetime, end: datetime | None = None) -> datetime:
        """Return until when a presence may be wrong that is wrong from one moment to another."""
        last = end or begin + BOUND
        during = [
            fault
            for fault in self._week.faults
            if fault.at <= last and begin <= fault.until + BOUND_AFTER_FAULT
        ]
        excuses = [
            begin + BOUND_IN_SILENCE
            if fault.fault is Fault.SILENCE
            else fault.until + BOUND_AFTER_FAULT
            for fault in during
        ]
        return max([begin + BOUND, *excuses])


def _differences(
    user: str, expected: Sequence[Expected], history: Sequence[Expected], end: datetime
) -> Iterator[Wrong]:
    """Walk through both, and return where they differ."""
    moments = sorted({at for at, _ in (*expected, *history)} | {end})
    begin: datetime | None = None
    requested = published = None
    was: tuple[RequestedPresence | None, RequestedPresence | None] = (None, None)
    due, had = dict(expected), dict(history)
    for at in moments:
        if begin is not None and (due.get(at, requested) == had.get(at, published) or at == end):
            yield Wrong(user, begin, at, *was)
            begin = None
        requested, published = due.get(at, requested), had.get(at, published)
        if requested != published and begin is None:
            begin, was = at, (requested, published)


def _shows_all_the_same(wrong: Wrong, deeds: Sequence[Deed]) -> bool:
    """Tell whether others see what is requested, since the person has chosen the same.

    That the server has lost what was published shows in nothing then.
    """
    choices = (
        deed.step for deed in deeds if deed.step.act is Act.CHOOSE and deed.at <= wrong.begin
    )
    chosen = [Presence(step.presence) for step in choices][-1:]
    return wrong.published is None and [wrong.requested and wrong.requested.presence] == chosen


def in_memory() -> str | None:
    """Return a folder in memory, where there is one: a week stores thousands of times."""
    folder = Path("/dev/shm")  # noqa: S108 (the folder in it has a name of its own)
    return str(folder) if os.access(folder, os.W_OK) else None


async def _until(moment: datetime) -> None:
    await asyncio.sleep(max((moment - dt_util.utcnow()).total_seconds(), 0))
