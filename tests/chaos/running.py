"""Runs a course on a virtual clock and checks the invariants."""

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
from cup_simulator import server as simulator_server
from cup_simulator import sessions
from custom_components.cisco_unified_presence.channel.presence_reader import PresenceReader
from custom_components.cisco_unified_presence.pws.account import AccountClient

from . import invariants, storage
from .clear_watch import ClearWatch
from .course import Act, ActKind, Course, Ending, Fault, FaultKind
from .fault_draws import MINUTE
from .faults import FaultInjector
from .home_assistant import GIVEN_UP, RestartableHomeAssistant
from .log_watch import LogWatch
from .memory import MemoryWatch
from .planning import RECOVERY
from .server import TICK_SECONDS, RestartableServer
from .workday import Workday

# Real seconds; longer than bytes take from one socket of this process to another.
HESITATION = 0.0003
# Home Assistant tries a set-up that failed again after ten minutes at the latest.
MAX_SETUP_SECONDS = 660.0
# What removed people and entries have left is cleared after ten minutes at the latest.
MAX_UNDO_SECONDS = 660.0
STEP = 5.0
# The integration tests the callback again after a quarter of an hour at the latest.
MAX_RETEST_SECONDS = 960.0
# With notifications, a change of this person shows within SOON seconds.
OBSERVED_USER = "anna"
SOON = 2.0
# Home Assistant needs some seconds after people are added, and after the entry is unloaded.
SETTLING = 30.0
# How the server fails while the entry is removed.
FAILING_AT_THE_END = {
    Ending.REMOVE_WHILE_REFUSED: FaultKind.REFUSE,
    Ending.REMOVE_WHILE_HANGING: FaultKind.HANG,
    Ending.REMOVE_WHILE_FAILING: FaultKind.ERROR,
}
FAILING_SECONDS = 120.0
FAILING_CODE = 202


# An outage that is shorter passes between two requests; the sessions that the server has lost then
# look like those that another program ends.
UNSEEN_SECONDS = 15.0
# Rich presence that was not readable is tried again after an hour, and then read at a full refresh.
MAX_RICH_PAUSE_SECONDS = 4600.0


@dataclass(slots=True)
class Outcome:
    """The result of a course.

    Attributes:
        failures: The violated invariants, a sentence each.
        injected: How often each kind of fault was injected.
        checked: How often each invariant was checked.
        seconds: Simulated seconds.
        lines: The number of log records.
        growth: The number of objects that stay in memory after a round; None if not measured.
    """

    failures: list[str] = field(default_factory=list)
    injected: Counter[FaultKind] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    lines: int = 0
    growth: float | None = None

    def note(self, invariant: str, failures: Iterable[str], at: float | None = None) -> None:
        """Note that an invariant was checked, and its violations."""
        self.checked[invariant] += 1
        when = "" if at is None else f"at second {at:.0f}: "
        self.failures += [f"{when}{each}" for each in failures]


def run_course(course: Course, certificates: Path) -> Outcome:
    """Run a course; the certificates are those of ``server.make_certificates``."""
    clock = VirtualClock(MONDAY)
    watch = LogWatch()
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        virtual_time(clock),
        _only_handler(watch),
        _session_keys_noted(watch),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(clock, hesitation=HESITATION)) as runner,
    ):
        random.seed(course.seed)
        config = Path(folder) / "config"
        config.mkdir()
        return runner.run(_run(course, clock, watch, config, certificates))


@contextmanager
def _only_handler(watch: LogWatch) -> Iterator[None]:
    """Set all loggers to debug and the watch as their only handler."""
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
def _session_keys_noted(watch: LogWatch) -> Iterator[None]:
    """Tell the watch each session key that the server hands out."""

    def new_key() -> str:
        key = str(uuid4())
        watch.secrets.add(key)
        return key

    with (
        patch.object(sessions, "_new_key", new_key),
        patch.object(simulator_server, "TICK_SECONDS", TICK_SECONDS),
    ):
        yield


async def _run(
    course: Course, clock: VirtualClock, watch: LogWatch, folder: Path, certificates: Path
) -> Outcome:
    loop = asyncio.get_running_loop()
    outcome = Outcome()
    tasks, sockets = asyncio.all_tasks(), invariants.sockets()
    home = RestartableHomeAssistant(folder, course.shape)
    # The integration does not pass a clock to these, which then take the real one.
    with (
        patch.dict(AccountClient.__init__.__kwdefaults__, {"clock": loop.time}),
        patch.dict(PresenceReader.__init__.__kwdefaults__, {"clock": loop.time}),
    ):
        async with RestartableServer(certificates, course.shape, home.callback_port) as server:
            await home.start()
            await home.add_entry(server.port, server.callback_url, server.fingerprint)
            run = _Run(course, clock, watch, home, server, outcome)
            await run.run()
            await run.finish()
        await asyncio.sleep(SETTLING)
    outcome.note("no task is left", invariants.left_tasks(tasks))
    left = invariants.sockets() - sockets
    outcome.note("no socket is left", [f"{left} sockets are left"] if left > 0 else [])
    outcome.seconds = loop.time()
    outcome.lines = watch.lines
    return outcome


def _ends_sessions_unseen(fault: Fault) -> bool:
    restarts = fault.kind in {
        FaultKind.RESTART_SERVER,
        FaultKind.CHANGE_CERTIFICATE,
        FaultKind.STOP_NODE,
    }
    return fault.kind is FaultKind.LOSE_SESSIONS or (restarts and fault.lasts < UNSEEN_SECONDS)


def _loses_keys_of_sessions(fault: Fault) -> bool:
    damages = fault.kind is FaultKind.DAMAGE_STORAGE and fault.text.endswith(storage.NODES)
    return damages or fault.kind is FaultKind.RESTORE_STORAGE


class _Run:
    """The run of a course."""

    def __init__(
        self,
        course: Course,
        clock: VirtualClock,
        watch: LogWatch,
        home: RestartableHomeAssistant,
        server: RestartableServer,
        outcome: Outcome,
    ) -> None:
        self._course = course
        self._watch = watch
        self._home = home
        self._server = server
        self._outcome = outcome
        self._workday = Workday(home, server)
        self.clears = ClearWatch(server, self._workday)
        self._faults = FaultInjector(home, server, self._workday, self.clears, clock)
        self._acts: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._waited = 0.0
        self._memory = MemoryWatch()

    async def run(self) -> None:
        """Carry out all steps and checks."""
        steps = [(step.at, step) for step in self._course.steps]
        checks = [(at, None) for at in self._course.checks]
        for at, step in sorted([*steps, *checks], key=lambda each: each[0]):
            await asyncio.sleep(max(self._began + at - self._loop.time(), 0))
            if step is None:
                await self._check()
            elif isinstance(step, Fault):
                self._faults.begin(step)
            else:
                self._acts.add(self._loop.create_task(self._workday.act(step), name=f"{step}"))

    async def _check(self) -> None:
        await self._faults.ended()
        await self._recovered(max(self._faults.last_end, await self._loaded()))
        await self._acted()
        await self._undone()
        home, server, now = self._home, self._server, self._loop.time() - self._began
        note = self._outcome.note
        note("every state is the server's", invariants.wrong_states(home, server), now)
        note(
            "the server has what is requested",
            invariants.wrong_requested_presences(home, server, self._workday),
            now,
        )
        note("only what is requested is set and cleared", self.clears.take(), now)
        note(
            "nothing is left of removed people",
            invariants.left_by_removed_people(home, server),
            now,
        )
        note("no needless login", invariants.needless_sessions(home, server), now)
        note("no secret is disclosed", await invariants.disclosed_secrets(home, self._watch), now)
        note("the log is quiet", self._watch.repetitions(), now)
        server.simulator.log.clear()
        self._workday.note_rest()
        self._faults.save_storage()
        self._memory.measure(home.hass)

    async def _recovered(self, began: float) -> None:
        """Wait for the time to recover, which begins anew with each node that is trusted."""
        while True:
            if await self._faults.trust_further_nodes():
                began = self._loop.time()
            left = began + RECOVERY - self._loop.time()
            if left <= 0:
                return
            await asyncio.sleep(min(left, MINUTE))

    async def _loaded(self) -> float:
        """Wait until Home Assistant has set the entry up; return the time of the last wait."""
        for _ in range(int(MAX_SETUP_SECONDS / STEP)):
            if self._home.is_loaded:
                break
            await asyncio.sleep(STEP)
            self._waited = self._loop.time()
        return self._waited

    async def _undone(self) -> None:
        """Wait until nothing is left for removed people, as far as it takes not too long."""
        for _ in range(int(MAX_UNDO_SECONDS / STEP)):
            if not any(invariants.left_by_removed_people(self._home, self._server)):
                return
            await asyncio.sleep(STEP)

    async def _dead_channel(self) -> list[str]:
        """Return the failures of the channel after the callback has been tested again."""
        for _ in range(int(MAX_RETEST_SECONDS / STEP)):
            if invariants.is_live(self._home):
                break
            await asyncio.sleep(STEP)
        now = self._loop.time() - self._began
        word = "AWAY" if self._server.shown(OBSERVED_USER) == "DND" else "DND"
        await self._workday.act(Act(at=now, kind=ActKind.CHOOSE, whom=OBSERVED_USER, word=word))
        await asyncio.sleep(SOON)
        if not invariants.is_live(self._home):
            return ["presence is still polled"]
        return list(invariants.wrong_states(self._home, self._server))

    async def _acted(self) -> None:
        """Wait for all acts; an action may fail with an error for people only."""
        acts, self._acts = self._acts, set()
        if acts:
            await asyncio.wait(acts)
        failed = [act for act in acts if not act.cancelled() and act.exception() is not None]
        self._outcome.note(
            "actions fail with an error for people only",
            (f"{act.get_name()} raised {act.exception()!r}" for act in failed),
        )

    async def _rich_presence_read(self) -> None:
        """Wait until rich presence is tried again that was not readable."""
        for _ in range(int(MAX_RICH_PAUSE_SECONDS / MINUTE)):
            issues = invariants.standing_issues(self._home, sessions_were_lost=False)
            if not any(GIVEN_UP in each for each in issues):
                return
            await asyncio.sleep(MINUTE)

    async def finish(self) -> None:
        """Wait for the channel, unload the entry, stop Home Assistant, and check what is left."""
        note = self._outcome.note
        if self._memory.growth is not None:
            note("memory does not grow", self._memory.grown())
            self._outcome.growth = self._memory.growth
        self._workday.add_all_people()
        await asyncio.sleep(SETTLING)
        note("the channel is live again", await self._dead_channel())
        lost = any(map(_ends_sessions_unseen, self._course.faults))
        await self._rich_presence_read()
        note(
            "no repair issue stands",
            invariants.standing_issues(self._home, sessions_were_lost=lost),
        )
        with self.clears.excused():
            await self._end_entry()
        await asyncio.sleep(SETTLING)
        note("only what is requested is set and cleared", self.clears.take())
        note("nothing is left at the server", self._left())
        await self._home.stop()
        note("no secret is disclosed", await invariants.disclosed_secrets(self._home, self._watch))
        note("the log is quiet", self._watch.repetitions())
        self._outcome.injected = self._faults.injected

    async def _end_entry(self) -> None:
        """Unload the entry, or remove it while the server may fail."""
        entry, ending = self._home.entry, self._course.ending
        if entry is None:
            return
        if ending is Ending.UNLOAD:
            await self._home.running.config_entries.async_unload(entry.entry_id)
            return
        if kind := FAILING_AT_THE_END.get(ending):
            fault = Fault(at=0, kind=kind, lasts=FAILING_SECONDS, number=FAILING_CODE)
            self._faults.begin(fault)
            await asyncio.sleep(1)
        await self._home.running.config_entries.async_remove(entry.entry_id)
        await self._faults.ended()
        for _ in range(int(MAX_UNDO_SECONDS / STEP)):
            await asyncio.sleep(STEP)
            if not any(self._left()):
                return

    def _left(self) -> Iterator[str]:
        forgotten = any(map(_loses_keys_of_sessions, self._course.faults))
        return invariants.left_at_the_server(self._server, nodes_were_forgotten=forgotten)
