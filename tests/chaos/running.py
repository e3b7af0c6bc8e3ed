"""Runs a course on a clock of its own, and tells what was not as it must be."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import logging
from pathlib import Path
import random
import tempfile
from unittest.mock import patch
from uuid import uuid4

from bench.working_week.scenario import MONDAY
from bench.working_week.virtual_time import VirtualClock, VirtualLoop, virtual_time
from cup_simulator import server, sessions
from custom_components.cisco_unified_presence.pws.account import AccountClient

from . import invariants
from .course import Act, ActKind, Course, Fault, FaultKind
from .house import House
from .log_watch import LogWatch
from .memory import MemoryWatch
from .office import TICK_SECONDS, Office
from .people import People
from .planning import MINUTE, RECOVERY
from .trouble import Trouble

# Real seconds: what one socket of this process sends to another is there much sooner.
HESITATION = 0.0003
# Home Assistant tries a set-up that failed again after ten minutes at the latest.
LONGEST_SET_UP = 660.0
STEP = 5.0
# The integration tests the callback again after a quarter of an hour at the latest.
LONGEST_RETEST = 960.0
# A live channel shows a change of this person within so many seconds.
WITNESS = "anna"
SOON = 2.0
# Home Assistant is left some time for what it does after the entry is gone.
PARTING = 30.0


@dataclass(slots=True)
class Outcome:
    """How a course went.

    Attributes:
        wrong: What was not as it must be, a sentence each.
        struck: How often each kind of fault struck.
        checked: How often each invariant was looked at.
        seconds: How much simulated time has passed.
        lines: How many log records were heard.
        growth: How many objects each spell has left in memory, where that could be told.
    """

    wrong: list[str] = field(default_factory=list)
    struck: Counter[FaultKind] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    lines: int = 0
    growth: float | None = None

    def note(self, invariant: str, wrong: Iterable[str], at: float | None = None) -> None:
        """Note that an invariant was looked at, and what was wrong."""
        self.checked[invariant] += 1
        when = "" if at is None else f"at second {at:.0f}: "
        self.wrong += [f"{when}{each}" for each in wrong]


def run_course(course: Course, certificates: Path) -> Outcome:
    """Run a course; the certificates are those of ``office.make_certificates``."""
    clock = VirtualClock(MONDAY)
    watch = LogWatch()
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        virtual_time(clock),
        _heard(watch),
        _loud(watch),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(clock, hesitation=HESITATION)) as runner,
    ):
        random.seed(course.seed)
        home = Path(folder) / "house"
        home.mkdir()
        return runner.run(_run(course, clock, watch, home, certificates))


@contextmanager
def _heard(watch: LogWatch) -> Iterator[None]:
    """Let every logger say everything, and only the watch hear it."""
    root = logging.getLogger()
    before = root.level, root.handlers
    root.handlers = [watch]
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.handlers = before[1]
        root.setLevel(before[0])


@contextmanager
def _loud(watch: LogWatch) -> Iterator[None]:
    """Note each session key that the server hands out."""

    def new_key() -> str:
        key = str(uuid4())
        watch.secrets.add(key)
        return key

    with (
        patch.object(sessions, "_new_key", new_key),
        patch.object(server, "TICK_SECONDS", TICK_SECONDS),
    ):
        yield


async def _run(
    course: Course, clock: VirtualClock, watch: LogWatch, folder: Path, certificates: Path
) -> Outcome:
    loop = asyncio.get_running_loop()
    outcome = Outcome()
    tasks, sockets = asyncio.all_tasks(), invariants.sockets()
    house = House(folder, course.shape)
    # The client's clock is its caller's to give; the integration takes the machine's.
    with patch.dict(AccountClient.__init__.__kwdefaults__, {"clock": loop.time}):
        async with Office(certificates, course.shape, house.callback_port) as office:
            await house.start()
            await house.add_entry(office.port, office.callback_url, office.fingerprint)
            run = _Run(course, clock, watch, house, office, outcome)
            await run.run()
            await run.part()
        await asyncio.sleep(PARTING)
    outcome.note("no task is left", invariants.left_tasks(tasks))
    left = invariants.sockets() - sockets
    outcome.note("no socket is left", [f"{left} sockets are left"] if left > 0 else [])
    outcome.seconds = loop.time()
    outcome.lines = watch.lines
    return outcome


class _Run:
    """A course while it runs."""

    def __init__(
        self,
        course: Course,
        clock: VirtualClock,
        watch: LogWatch,
        house: House,
        office: Office,
        outcome: Outcome,
    ) -> None:
        self._course = course
        self._watch = watch
        self._house = house
        self._office = office
        self._outcome = outcome
        self._people = People(house, office)
        self._trouble = Trouble(house, office, self._people, clock)
        self._acts: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._waited = 0.0
        self._memory = MemoryWatch()

    async def run(self) -> None:
        """Let happen what the course says."""
        steps = [(step.at, step) for step in self._course.steps]
        checks = [(at, None) for at in self._course.checks]
        for at, step in sorted([*steps, *checks], key=lambda each: each[0]):
            await asyncio.sleep(max(self._began + at - self._loop.time(), 0))
            if step is None:
                await self._check()
            elif isinstance(step, Fault):
                self._trouble.begin(step)
            else:
                self._acts.add(self._loop.create_task(self._people.act(step), name=f"{step}"))

    async def _check(self) -> None:
        await self._trouble.ended()
        await self._recovered(max(self._trouble.last_end, await self._loaded()))
        await self._acted()
        house, office, now = self._house, self._office, self._loop.time() - self._began
        note = self._outcome.note
        note("every state is the server's", invariants.wrong_states(house, office), now)
        note(
            "what is wanted stands at the server",
            invariants.wrong_wishes(house, office, self._people),
            now,
        )
        note("nobody is logged in needlessly", invariants.needless_sessions(house, office), now)
        note("nothing secret is told", await invariants.told_secrets(house, self._watch), now)
        note("the log is quiet", self._watch.repetitions(), now)
        office.simulator.log.clear()
        self._memory.weigh(house.hass)

    async def _recovered(self, began: float) -> None:
        """Wait until everything has to be right, which is the later the later a node is trusted."""
        while True:
            if await self._trouble.trust_further_nodes():
                began = self._loop.time()
            left = began + RECOVERY - self._loop.time()
            if left <= 0:
                return
            await asyncio.sleep(min(left, MINUTE))

    async def _loaded(self) -> float:
        """Return when Home Assistant has set the entry up, which it tries at pauses of its own."""
        for _ in range(int(LONGEST_SET_UP / STEP)):
            if self._house.is_loaded:
                break
            await asyncio.sleep(STEP)
            self._waited = self._loop.time()
        return self._waited

    async def _dead_channel(self) -> list[str]:
        """Return what is wrong with the channel once the callback has been tested again."""
        for _ in range(int(LONGEST_RETEST / STEP)):
            if invariants.is_live(self._house):
                break
            await asyncio.sleep(STEP)
        now = self._loop.time() - self._began
        word = "AWAY" if self._office.shown(WITNESS) == "DND" else "DND"
        await self._people.act(Act(at=now, kind=ActKind.CHOOSE, whom=WITNESS, word=word))
        await asyncio.sleep(SOON)
        if not invariants.is_live(self._house):
            return ["presence is still polled"]
        return list(invariants.wrong_states(self._house, self._office))

    async def _acted(self) -> None:
        """Wait for what people do; whatever they are told, it is no failure of our own."""
        acts, self._acts = self._acts, set()
        if acts:
            await asyncio.wait(acts)
        failed = [act for act in acts if not act.cancelled() and act.exception() is not None]
        self._outcome.note(
            "actions fail with a sentence",
            (f"{act.get_name()} ended with {act.exception()!r}" for act in failed),
        )

    async def part(self) -> None:
        """Wait for the channel, unload the entry, stop Home Assistant, and look what is left."""
        note = self._outcome.note
        if self._memory.growth is not None:
            note("memory does not grow", self._memory.grown())
            self._outcome.growth = self._memory.growth
        note("the channel is live again", await self._dead_channel())
        note("no repair issue stands", invariants.standing_issues(self._house))
        entry = self._house.entry
        if entry is not None:
            await self._house.running.config_entries.async_unload(entry.entry_id)
        await asyncio.sleep(PARTING)
        note("nothing is left at the server", invariants.left_at_the_server(self._office))
        await self._house.stop()
        note("nothing secret is told", await invariants.told_secrets(self._house, self._watch))
        note("the log is quiet", self._watch.repetitions())
        self._outcome.struck = self._trouble.struck
