"""Kills Home Assistant at random moments, and checks what stands at the server after each start."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
from random import Random
import signal
import sys
import tempfile
import time
from typing import Any, Final

from bench.core import seed_web_server
from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.faults import Fault, FaultKind
from cup_simulator.model import Presence, Status
from cup_simulator.server import Simulator
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.states import PRESENCES
from tests.common.ports import unused_port

from .acts import MAX_DURATION, Act, Kind, draw
from .expectation import ANY_WORD, Expectation, Requested
from .installation import APPLICATION, MEMBERS, PASSWORD, PEOPLE, PRESENCE_DOMAIN, WATCHER

REPOSITORY: Final = Path(__file__).parents[3]
# Seconds after the first act within which the process is killed: while it talks to the server, or
# until timers have stored everything.
WITHIN: Final = (0.5, 2.0)
# How many seconds late the server answers; what is asked of it is done at once.
DELAYS: Final = (0.0, 0.15, 0.15)
# Whether the delay ends with the kill, or only once what stands is checked.
STARTS_FAST: Final = (True, True, False)
# On a machine that is busy with something else.
START_SECONDS: Final = 600.0
# Characters of its log that are shown when Home Assistant does not start.
LOG_SHOWN: Final = 4000
# Real seconds within which the server has what is requested after a start, on a busy machine too:
# a set-up that fails is tried again after 5, 10, 20 seconds. What is never cleared stays two hours.
SETTLE_SECONDS: Final = 90.0
CHECK_EVERY: Final = 0.2
# What is right for a moment may be on its way to something else.
STAYS_SECONDS: Final = 0.5
# A chain mostly waits: for the moment to kill, and for what is settled after the start.
CHAINS_PER_PROCESSOR: Final = 4
KILLS_PER_CHAIN: Final = 6
TOLD_EVERY: Final = 25


@dataclass(slots=True)
class Outcome:
    """The result of some kills; ``failures`` has a sentence each."""

    kills: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    confirmed: Counter[str] = field(default_factory=Counter)
    checks: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.kills += other.kills
        self.acts += other.acts
        self.confirmed += other.confirmed
        self.checks += other.checks
        self.failures += other.failures

    def as_json(self) -> str:
        return json.dumps(
            {
                "kills": self.kills,
                "acts": dict(sorted(self.acts.items())),
                "confirmed": dict(sorted(self.confirmed.items())),
                "checks": self.checks,
                "failures": len(self.failures),
            }
        )


def run_chains(seed: int, kills: int) -> Outcome:
    """Run as many chains of kills side by side as there are processors; return their sum."""
    return asyncio.run(_run_chains(seed, kills))


async def _run_chains(seed: int, kills: int) -> Outcome:
    chains = max(1, min((os.cpu_count() or 1) * CHAINS_PER_PROCESSOR, kills // KILLS_PER_CHAIN))
    total = Outcome()
    with tempfile.TemporaryDirectory(prefix="kills-") as parent:
        async with _spawner(Path(parent)) as spawner:

            async def run(chain: int) -> None:
                folder = Path(parent) / str(chain)
                folder.mkdir()
                share = kills // chains + (chain < kills % chains)
                async for outcome in Kills(seed + chain, folder, spawner).run(share):
                    total.add(outcome)
                    if outcome.failures or total.kills % TOLD_EVERY == 0:
                        print(f"  {total.as_json()}", *outcome.failures, sep="\n  ", flush=True)

            async with asyncio.TaskGroup() as group:
                for chain in range(chains):
                    group.create_task(run(chain))
    return total


@asynccontextmanager
async def _spawner(folder: Path) -> AsyncIterator[Path]:
    """Run the process that processes of Home Assistant are forked from; yield its socket."""
    path = folder / "spawner"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.kills.spawner", str(path)),
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        # It ends with this process.
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        yield path
    finally:
        process.kill()
        await process.wait()


class Victim:
    """A process of Home Assistant.

    Attributes:
        confirmed: The numbers of the acts that it has said to be done.
    """

    def __init__(
        self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.confirmed: dict[int, str | None] = {}
        self.ready: dict[str, Any] = {}
        self._requested: dict[str, Any] = {}
        self._pid = pid
        self._reader, self._writer = reader, writer
        self._is_ready = asyncio.Event()
        self._answered = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, spawner: Path, folder: Path, rooms: dict[str, bool], log: Path) -> Victim:
        """Start a process and wait until it has set up everything that is stored."""
        reader, writer = await asyncio.open_unix_connection(spawner)
        order = {"folder": str(folder), "rooms": rooms, "log": str(log)}
        writer.write(json.dumps(order).encode() + b"\n")
        victim = cls(json.loads(await reader.readline())["pid"], reader, writer)
        try:
            async with asyncio.timeout(START_SECONDS):
                await victim._is_ready.wait()
        except TimeoutError:
            await victim.kill()
        if not victim.ready:
            raise RuntimeError(f"Home Assistant did not start; its log ends with:\n{_end_of(log)}")
        return victim

    def send(self, number: int, act: Act) -> None:
        line = json.dumps({"number": number, "act": act.as_json()})
        self._writer.write(line.encode() + b"\n")

    async def do(self, number: int, act: Act) -> None:
        """Do something and wait until it is done."""
        self.send(number, act)
        async with asyncio.timeout(START_SECONDS):
            while number not in self.confirmed:
                self._answered.clear()
                await self._answered.wait()

    async def requested(self, number: int) -> dict[str, Any]:
        """Return what Home Assistant requests for the people whom it has loaded."""
        await self.do(number, Act(Kind.ASK))
        return self._requested

    async def kill(self) -> None:
        """End the process as a power failure would."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        # The connection ends with the last thread of the process.
        await self._reading
        self._writer.close()

    async def _read(self) -> None:
        while line := await self._line():
            answer = json.loads(line)
            if "ready" in answer:
                self.ready = answer["ready"]
                self._is_ready.set()
            else:
                self._requested = answer.get("requested", self._requested)
                self.confirmed[answer["number"]] = answer.get("failed")
                self._answered.set()
        # Not to be waited for any longer: the process has ended.
        self._is_ready.set()

    async def _line(self) -> bytes:
        try:
            return await self._reader.readline()
        except ConnectionError:
            return b""


class Kills:
    """A server, and one installation of Home Assistant that is killed again and again."""

    def __init__(self, seed: int, folder: Path, spawner: Path) -> None:
        self._outcome = Outcome()
        self._spawner = spawner
        self._random = Random(seed)
        self._folder = folder
        self._expected = Expectation()
        self._dialect = self._random.choice(["rest", "soap"])
        self._kills = 0
        self._numbers = 0
        self._last: list[Act] = []
        self._all_ended = 0.0

    async def run(self, kills: int) -> AsyncIterator[Outcome]:
        """Kill so many times, checking after each start; yield what each kill adds."""
        config = self._folder / "config"
        config.mkdir()
        async with Simulator(_configuration()) as simulator:
            self._simulator = simulator
            for _ in range(kills):
                victim = await self._start(config)
                await self._act_and_kill(victim)
                yield self._take()
            await (await self._start(config)).kill()
            yield self._take()

    def _take(self) -> Outcome:
        taken, self._outcome = self._outcome, Outcome()
        return taken

    async def _start(self, config: Path) -> Victim:
        """Start Home Assistant, check what stands at the server, and complete the installation."""
        simulator = self._simulator
        if self._random.choice(STARTS_FAST):
            simulator.faults.clear()
        seed_web_server(config, unused_port())
        log, rooms = self._folder / "log", self._expected.rooms
        victim = await Victim.start(self._spawner, config, rooms, log)
        self._expected.members = frozenset(victim.ready["members"])
        await self._check(victim, set(victim.ready["people"]))
        simulator.faults.clear()
        if not victim.ready["people"] and not victim.ready["loaded"]:
            port = str(simulator.ports.http)
            await victim.do(self._next(), Act(Kind.ADD_ENTRY, port, self._dialect))
            await _until_stored(config)
            for user in PEOPLE:
                self._expected.forget(user)
            self._expected.members = frozenset(MEMBERS)
        else:
            for user in set(PEOPLE) - set(victim.ready["people"]):
                await victim.do(self._next(), Act(Kind.ADD_PERSON, user))
                self._expected.forget(user)
        await self._check(victim, set(PEOPLE))
        return victim

    async def _act_and_kill(self, victim: Victim) -> None:
        random, expected = self._random, self._expected
        # What is done next must not meet what is about to end.
        await asyncio.sleep(max(self._all_ended - time.monotonic(), 0.0))
        if delay := random.choice(DELAYS):
            self._simulator.faults.add(Fault(FaultKind.DELAY, delay=delay))
        self._last = draw(random)
        killed_at = time.monotonic() + random.uniform(0.0, random.choice(WITHIN))
        numbers: dict[int, Act] = {}
        for act in self._last:
            number = self._next()
            numbers[number] = act
            expected.begin(act)
            victim.send(number, act)
            await asyncio.sleep(random.choice([0.0, random.uniform(0.0, 0.2)]))
        await asyncio.sleep(max(killed_at - time.monotonic(), 0.0))
        await victim.kill()
        self._kills += 1
        self._outcome.kills += 1
        for number, act in numbers.items():
            self._outcome.acts[act.kind] += 1
            # Once more, since what is confirmed of an earlier act may be undone by this one.
            expected.begin(act)
            if number in victim.confirmed and victim.confirmed[number] is None:
                self._outcome.confirmed[act.kind] += 1
                expected.confirm(act)
        if any(act.lasts for act in self._last):
            self._all_ended = time.monotonic() + MAX_DURATION

    async def _check(self, victim: Victim, people: set[str]) -> None:
        """Wait until the server has what is requested; note what it has not in time."""
        deadline = time.monotonic() + SETTLE_SECONDS
        right_since: float | None = None
        while right_since is None or time.monotonic() < right_since + STAYS_SECONDS:
            if wrong := await self._all_wrong(victim, people):
                right_since = None
                if time.monotonic() > deadline:
                    break
            elif right_since is None:
                right_since = time.monotonic()
            await asyncio.sleep(CHECK_EVERY)
        self._outcome.checks += len(PEOPLE)
        acts = ", ".join(f"{each.kind} {each.subject} {each.word}".strip() for each in self._last)
        self._outcome.failures += [f"after {self._kills} kills ({acts}): {each}" for each in wrong]

    async def _all_wrong(self, victim: Victim, people: set[str]) -> list[str]:
        if wrong := [*self._wrong(people)]:
            return wrong
        requested = await victim.requested(self._next())
        return [
            f"{stands} stands for {user}, and Home Assistant requests {requested[user]}"
            for user in people & requested.keys()
            if (stands := self._stands_for(user)) != (requested[user] and tuple(requested[user]))
        ]

    def _stands_for(self, user: str) -> tuple[str, str] | None:
        override = self._simulator.deployment.people[user].override
        status = override.device.status if override else None
        return (status.presence.value, status.note) if status else None

    def _wrong(self, people: set[str]) -> Iterable[str]:
        deployment = self._simulator.deployment
        for user in PEOPLE:
            stands = self._stands_for(user)
            requested = self._expected.requested_for(user) if user in people else {None}
            if not any(_agrees(stands, each) for each in requested):
                yield f"{stands} stands for {user}, and {requested} may be requested"
        service = deployment.first.service
        for session in service.sessions.end_users():
            if session.user != WATCHER and deployment.people[session.user].override is None:
                yield f"{session.user} is logged in without a presence"

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers


def _agrees(stands: tuple[str, str] | None, requested: Requested) -> bool:
    if stands is None or requested is None:
        return stands == requested
    word, note = requested
    return stands[1] == note and (word == ANY_WORD or stands[0] == PRESENCES[word].value)


async def _until_stored(config: Path) -> None:
    """Wait until Home Assistant has stored an entry, which it does a second late.

    A server of which Home Assistant does not know is cleared by nobody.
    """
    file = config / ".storage" / "core.config_entries"
    async with asyncio.timeout(START_SECONDS):
        while not file.exists() or DOMAIN not in file.read_text():  # noqa: ASYNC110 (a file)
            await asyncio.sleep(CHECK_EVERY)


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-LOG_SHOWN:]


def _configuration() -> Configuration:
    return Configuration(
        domain=PRESENCE_DOMAIN,
        application_users={APPLICATION: ApplicationUser(PASSWORD)},
        people=(
            *(ConfiguredPerson(user, user.title(), Status(Presence.AVAILABLE)) for user in PEOPLE),
            ConfiguredPerson(WATCHER, "Watcher"),
        ),
    )
