"""Kills Home Assistant at random moments, and checks what stands at the server after each start."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
from random import Random
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

from .acts import MAX_DURATION, Act, Expectation, Kind, draw
from .installation import APPLICATION, PASSWORD, PEOPLE, PRESENCE_DOMAIN, WATCHER

REPOSITORY: Final = Path(__file__).parents[3]
# Seconds after the first act within which the process is killed: while it talks to the server, or
# until timers have stored everything.
WITHIN: Final = (0.5, 2.0)
# How many seconds late the server answers; what is asked of it is done at once.
DELAYS: Final = (0.0, 0.15, 0.15)
# On a machine that is busy with something else.
START_SECONDS: Final = 600.0
# Characters of its log that are shown when Home Assistant does not start.
LOG_SHOWN: Final = 4000
# Real seconds within which the server has what is requested after a start, on a busy machine too:
# a set-up that fails is tried again after 5, 10, 20 seconds. What is never cleared stays two hours.
SETTLE_SECONDS: Final = 90.0
CHECK_EVERY: Final = 0.2
ROUNDS_UNTIL_REMOVAL: Final = 12


@dataclass(slots=True)
class Outcome:
    """The result of some kills; ``failures`` has a sentence each."""

    kills: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    confirmed: int = 0
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
                "confirmed": self.confirmed,
                "checks": self.checks,
                "failures": len(self.failures),
            }
        )


def run_chains(seed: int, kills: int) -> Outcome:
    """Run as many chains of kills side by side as there are processors; return their sum."""
    return asyncio.run(_run_chains(seed, kills))


async def _run_chains(seed: int, kills: int) -> Outcome:
    chains = min(os.cpu_count() or 1, kills)
    total = Outcome()
    with tempfile.TemporaryDirectory(prefix="kills-") as parent:

        async def run(chain: int) -> Outcome:
            folder = Path(parent) / str(chain)
            folder.mkdir()
            share = kills // chains + (chain < kills % chains)
            return await Kills(seed + chain, folder).run(share)

        for outcome in await asyncio.gather(*map(run, range(chains))):
            total.add(outcome)
    return total


class Victim:
    """A process of Home Assistant.

    Attributes:
        confirmed: The numbers of the acts that it has said to be done.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.confirmed: dict[int, str | None] = {}
        self.ready: dict[str, Any] = {}
        self._process = process
        self._is_ready = asyncio.Event()
        self._answered = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, folder: Path, rooms: dict[str, bool], log: Path) -> Victim:
        """Start a process and wait until it has set up everything that is stored."""
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.chaos.kills.victim",
                str(folder),
                json.dumps({"rooms": rooms}),
                cwd=REPOSITORY,
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
            )
        victim = cls(process)
        try:
            async with asyncio.timeout(START_SECONDS):
                await victim._is_ready.wait()
        except TimeoutError:
            await victim.kill()
        if not victim.ready:
            raise RuntimeError(f"Home Assistant did not start; its log ends with:\n{_end_of(log)}")
        return victim

    def send(self, number: int, act: Act) -> None:
        assert self._process.stdin is not None
        line = json.dumps({"number": number, "act": act.as_json()})
        self._process.stdin.write(line.encode() + b"\n")

    async def do(self, number: int, act: Act) -> None:
        """Do something and wait until it is done."""
        self.send(number, act)
        async with asyncio.timeout(START_SECONDS):
            while number not in self.confirmed:
                self._answered.clear()
                await self._answered.wait()

    async def kill(self) -> None:
        """End the process as a power failure would."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            answer = json.loads(line)
            if "ready" in answer:
                self.ready = answer["ready"]
                self._is_ready.set()
            else:
                self.confirmed[answer["number"]] = answer.get("failed")
                self._answered.set()
        # Not to be waited for any longer: the process has ended.
        self._is_ready.set()


class Kills:
    """A server, and one installation of Home Assistant that is killed again and again."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.outcome = Outcome()
        self._random = Random(seed)
        self._folder = folder
        self._expected = Expectation()
        self._dialect = self._random.choice(["rest", "soap"])
        self._numbers = 0
        self._last: list[Act] = []

    async def run(self, kills: int) -> Outcome:
        """Kill so many times, checking after each start."""
        config = self._folder / "config"
        config.mkdir()
        seed_web_server(config)
        async with Simulator(_configuration()) as simulator:
            self._simulator = simulator
            for number in range(kills):
                victim = await self._start(config)
                removes_entry = number % ROUNDS_UNTIL_REMOVAL == ROUNDS_UNTIL_REMOVAL - 1
                await self._act_and_kill(victim, removes_entry=removes_entry)
            await (await self._start(config)).kill()
        return self.outcome

    async def _start(self, config: Path) -> Victim:
        """Start Home Assistant, check what stands at the server, and complete the installation."""
        simulator = self._simulator
        simulator.faults.clear()
        victim = await Victim.start(config, self._expected.rooms, self._folder / "log")
        await self._check(set(victim.ready["people"]))
        if not victim.ready["people"] and not victim.ready["loaded"]:
            port = str(simulator.ports.http)
            await victim.do(self._next(), Act(Kind.ADD_ENTRY, port, self._dialect))
            await _until_stored(config)
            for user in PEOPLE:
                self._expected.forget(user)
        else:
            for user in set(PEOPLE) - set(victim.ready["people"]):
                await victim.do(self._next(), Act(Kind.ADD_PERSON, user))
                self._expected.forget(user)
        await self._check(set(PEOPLE))
        return victim

    async def _act_and_kill(self, victim: Victim, *, removes_entry: bool) -> None:
        random, expected = self._random, self._expected
        if delay := random.choice(DELAYS):
            self._simulator.faults.add(Fault(FaultKind.DELAY, delay=delay))
        self._last = draw(random, removes_entry=removes_entry)
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
        self.outcome.kills += 1
        for number, act in numbers.items():
            self.outcome.acts[act.kind] += 1
            # Once more, since what is confirmed of an earlier act may be undone by this one.
            expected.begin(act)
            if number in victim.confirmed and victim.confirmed[number] is None:
                self.outcome.confirmed += 1
                expected.confirm(act)
        if any(act.lasts for act in self._last):
            await asyncio.sleep(MAX_DURATION)

    async def _check(self, people: set[str]) -> None:
        """Wait until the server has what is requested; note what it has not in time."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while wrong := [*self._wrong(people)]:
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(CHECK_EVERY)
        self.outcome.checks += len(PEOPLE)
        acts = ", ".join(f"{each.kind} {each.subject} {each.word}".strip() for each in self._last)
        self.outcome.failures += [f"kill {self.outcome.kills} ({acts}): {each}" for each in wrong]

    def _wrong(self, people: set[str]) -> Iterable[str]:
        deployment = self._simulator.deployment
        for user in PEOPLE:
            override = deployment.people[user].override
            stands = override.device.status.presence.value if override else None
            requested = self._expected.requested_for(user) if user in people else {None}
            if stands not in {PRESENCES[word].value if word else None for word in requested}:
                yield f"{stands} stands for {user}, and {requested} may be requested"
        service = deployment.first.service
        for session in service.sessions.end_users():
            if session.user != WATCHER and deployment.people[session.user].override is None:
                yield f"{session.user} is logged in without a presence"

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers


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
