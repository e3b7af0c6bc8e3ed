"""Lets time pass for the integration and a simulated node in one process, and counts its cost."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import gc
import os
from pathlib import Path
import random
import sys
import tempfile
import time
from typing import Any, override
from unittest.mock import patch

from aiohttp import ClientResponse, ClientSession
from homeassistant.config_entries import ConfigEntry

from bench.arrivals import WORDS
from bench.core import add_entry, home_assistant, server_entry
from bench.loop_clock import LoopClock
from bench.node import configuration
from bench.population import OURS, Population, contact_of
from bench.serving import NodeAt
from bench.working_week.scenario import MONDAY
from bench.working_week.virtual_time import VirtualClock, VirtualLoop, virtual_time
from cup_simulator import server as simulator_server
from cup_simulator.model import JABBER, Presence, Status
from cup_simulator.request_log import Record, RequestLog
from cup_simulator.server import Simulator
from custom_components.cisco_unified_presence.pws import Presence as ServerPresence
from custom_components.cisco_unified_presence.pws import PresenceServiceError
from custom_components.cisco_unified_presence.pws.account import AccountClient
from custom_components.cisco_unified_presence.requested_presence import request_presence

# Where the server's notifications go: to Home Assistant, to a port where nothing listens, or the
# user wants none.
CALLBACKS = ("reached", "unreachable", "none")
UNREACHABLE = "http://127.0.0.1:9"

# Real seconds for which an answer that is on its way is waited for; longer than bytes take from one
# socket of this process to another.
HESITATION = 0.002
# The simulator's own interval would take most of the time of a year.
TICK_SECONDS = 60.0
# Until all that follows a start is over, the test of the callback and its repetitions included.
SETTLING = 600.0
STRANGERS_A_DAY = 20
STRANGERS_AT_FIRST = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who is watched, and what happens.

    Attributes:
        controlled: The number of people whose presence can be set; each is, once a day.
        changes_a_day: How often each person's presence changes.
        changes_at_once: How many of these come in the same moment, as when a meeting begins.
        refresh_seconds: The interval of full refreshes.
        poll_seconds: The interval at which the subscription is fetched without a notification.
    """

    people: int
    controlled: int = 0
    callback: str = CALLBACKS[0]
    changes_a_day: float = 0.0
    changes_at_once: int = 1
    refresh_seconds: int = 900
    poll_seconds: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a span of time cost.

    Attributes:
        requests: Of the integration to the node.
        seconds: Computing time of both.
        blocks: What is allocated at the end, in blocks of Python's allocator.
        memory: Of the process, in bytes.
    """

    requests: int
    seconds: float
    blocks: int
    memory: int


class _CountingLog(RequestLog):
    """Counts requests, of which the simulator itself remembers the latest only."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @override
    def add(self, record: Record) -> None:
        self.count += 1


class _Requests:
    """Counts the requests of this process, the node's notifications included, while they last."""

    def __init__(self) -> None:
        self._under_way = 0

    def any_under_way(self) -> bool:
        return self._under_way > 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        send = ClientSession._request  # noqa: SLF001 (each request passes here)

        async def counting(*args: Any, **kwargs: Any) -> ClientResponse:
            self._under_way += 1
            try:
                return await send(*args, **kwargs)
            finally:
                self._under_way -= 1

        with patch.object(ClientSession, "_request", counting):
            yield


def pass_time(
    company: Company, spans: Sequence[float], on_span: Callable[[Span], None] = lambda _: None
) -> list[Span]:
    """Start, settle, and let spans of so many seconds pass; return what each cost.

    ``on_span`` is called with each when it has passed.
    """
    clock, requests = VirtualClock(MONDAY), _Requests()
    with (
        tempfile.TemporaryDirectory(prefix="company-") as folder,
        virtual_time(clock),
        requests.counted(),
        patch.object(simulator_server, "TICK_SECONDS", TICK_SECONDS),
        asyncio.Runner(
            loop_factory=lambda: VirtualLoop(
                clock, hesitation=HESITATION, is_awaiting=requests.any_under_way
            )
        ) as runner,
    ):
        return runner.run(_pass(company, spans, on_span, Path(folder)))


async def _pass(
    company: Company, spans: Sequence[float], on_span: Callable[[Span], None], folder: Path
) -> list[Span]:
    population = Population(company.people)
    simulator = Simulator(configuration(population), tls_dir=folder, clock=LoopClock())
    simulator.log = log = _CountingLog()
    with _client_clock():
        async with simulator, home_assistant(folder / "home") as hass:
            ports = {"http": simulator.ports.http}
            entry = server_entry(
                NodeAt(population, folder, ports),
                "http",
                controlled=company.controlled,
                poll_interval=company.poll_seconds,
                look_interval=company.refresh_seconds,
                **_callback_options(company.callback),
            )
            await add_entry(hass, entry)
            await asyncio.sleep(SETTLING)
            day = _Day(company, simulator, entry)
            passed: list[Span] = []
            for seconds in spans:
                passed.append(await _span(day, seconds, log))
                on_span(passed[-1])
            return passed


async def _span(day: _Day, seconds: float, log: _CountingLog) -> Span:
    requests, computed = log.count, time.process_time()
    await day.run(seconds)
    computed = time.process_time() - computed
    gc.collect()
    return Span(
        requests=log.count - requests,
        seconds=computed,
        blocks=sys.getallocatedblocks(),
        memory=_memory(),
    )


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class _Day:
    """What people do while time passes."""

    def __init__(self, company: Company, simulator: Simulator, entry: ConfigEntry) -> None:
        self._company = company
        self._people = simulator.service.people
        self._users = Population(company.people).watched_by(OURS)
        self._runtime = entry.runtime_data
        self._random = random.Random(1)  # noqa: S311 (it only picks people)
        self._strangers = 0

    async def run(self, seconds: float) -> None:
        end = asyncio.get_running_loop().time() + seconds
        share = seconds / (24 * 3600)
        changes = round(self._company.people * self._company.changes_a_day * share)
        moments = -(-changes // self._company.changes_at_once)
        for number in range(moments):
            left = end - asyncio.get_running_loop().time()
            await asyncio.sleep(left / (moments - number))
            for _ in range(self._company.changes_at_once):
                self._change()
        if self._company.changes_a_day:
            await self._set_all()
            await self._ask_strangers()
        await asyncio.sleep(max(end - asyncio.get_running_loop().time(), 0))

    def _change(self) -> None:
        user = self._random.choice(self._users)
        word = self._random.choice(WORDS)
        self._people.report(self._people[user], Status(Presence(word)), JABBER)

    async def _set_all(self) -> None:
        runtime = self._runtime
        for person in runtime.coordinator.controlled.values():
            presence = self._random.choice((ServerPresence.BUSY, ServerPresence.DND))
            requested = request_presence(presence, override=None, note=None)
            await runtime.reconciler.async_set_manual(person, requested, until=None)
            await runtime.reconciler.async_clear_manual(person)

    async def _ask_strangers(self) -> None:
        """Ask for contacts that are nobody's here, others each day."""
        # At first so many that what remembers the latest of them is full.
        for _ in range(STRANGERS_A_DAY if self._strangers else STRANGERS_AT_FIRST):
            self._strangers += 1
            try:
                await self._runtime.poller.async_read([contact_of(f"other{self._strangers}")])
            except PresenceServiceError:
                continue


def _callback_options(callback: str) -> dict[str, str]:
    match callback:
        case "none":
            return {"callback": "none"}
        case "unreachable":
            return {"callback": "webhook", "callback_url": UNREACHABLE}
        case _:
            return {"callback": "webhook"}


@contextmanager
def _client_clock() -> Iterator[None]:
    """Let the client read the loop's time; the integration does not pass it a clock."""
    loop = asyncio.get_running_loop()
    with patch.dict(AccountClient.__init__.__kwdefaults__, {"clock": loop.time}):
        yield
