"""The simulated node in a process of its own, with orders as lines of JSON on standard input.

Answers of the simulator's control port would be read by the loop whose time is being measured.
"""

import asyncio
from collections.abc import Callable
import json
import os
from pathlib import Path
import re
import sys
import time
from typing import Any

from cup_simulator.budget import Budget
from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.faults import Fault, FaultKind
from cup_simulator.model import JABBER, Presence, Status
from cup_simulator.server import Simulator

from .population import ACCOUNTS, DOMAIN, PASSWORD, Population

# An order may contain thousands of people.
LONGEST_LINE = 4 * 1024 * 1024


class Direction:
    """Carries out orders on a simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._sent = 0.0
        self._offset = 0.0

    async def run(self, order: dict[str, Any]) -> object:
        """Carry out an order; None is no answer."""
        handlers: dict[str, Callable[..., object]] = {
            "change": self.change,
            "sent": lambda: self._sent,
            "requests": self.requests,
            "delay": self.delay,
            "limit": self.limit,
            "jump": self.jump,
        }
        details = {key: value for key, value in order.items() if key != "do"}
        if order["do"] == "burst":
            return await self.burst(**details)
        return handlers[order["do"]](**details)

    def change(self, changes: list[tuple[str, str]]) -> None:
        """Let users' devices report new words, all at once."""
        self._sent = time.perf_counter()
        people = self._simulator.service.people
        for user, word in changes:
            people.report(people[user], Status(Presence(word)), JABBER)

    async def burst(self, changes: list[tuple[str, str]], seconds: float) -> dict[str, float]:
        """Spread changes over a time, and notify of each unconditionally."""
        began = time.perf_counter()
        notify = self._simulator.notifier.notify
        for number, change in enumerate(changes):
            await asyncio.sleep(began + seconds * number / len(changes) - time.perf_counter())
            self.change([change])
            for subscription in self._simulator.service.subscriptions:
                for endpoint in self._simulator.service.endpoints:
                    if endpoint.id == subscription.endpoint:
                        notify(endpoint, subscription)
        return {"began": began, "ended": time.perf_counter()}

    def requests(self) -> dict[str, int]:
        """Return and reset the number of requests by method and kind of path."""
        counted: dict[str, int] = {}
        for record in self._simulator.log:
            kind = f"{record.method} {re.sub(r'[0-9]+|[^/]+@[^/]+', 'N', record.path)}"
            counted[kind] = counted.get(kind, 0) + 1
        self._simulator.log.clear()
        return counted

    def delay(self, path: str, seconds: float) -> bool:
        """Delay the answers to requests for a path from now on."""
        pattern = re.compile(path)
        self._simulator.faults.add(Fault(FaultKind.DELAY, delay=seconds, path=pattern))
        return True

    def limit(self, requests: int, cpu: int) -> bool:
        """Refuse requests beyond a budget from now on; ``cpu`` is milliseconds in a second."""
        for node in self._simulator.deployment.nodes.values():
            node.meter.budget = Budget(requests, cpu)
        return True

    def jump(self, seconds: float) -> bool:
        """Advance the clock of the loop, by which connections age."""
        self._offset += seconds
        jump_loop(asyncio.get_running_loop(), self._offset)
        return True


def jump_loop(loop: asyncio.AbstractEventLoop, offset: float) -> None:
    """Let a loop's clock run this many seconds ahead."""
    loop.time = lambda: time.monotonic() + offset  # type: ignore[method-assign]


def configuration(population: Population) -> Configuration:
    """Return a server with all users of a population."""
    return Configuration(
        domain=DOMAIN,
        application_users={account: ApplicationUser(PASSWORD) for account in ACCOUNTS},
        people=tuple(
            ConfiguredPerson(user, user.title(), Status(Presence.AVAILABLE))
            for user in population.users()
        ),
    )


async def serve(population: Population, folder: Path) -> None:
    """Serve until the standard input ends."""
    # asyncio owns and closes the duplicated descriptor.
    orders = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), os.fdopen(os.dup(0), "rb")
    )
    async with Simulator(configuration(population), tls_dir=folder) as simulator:
        # The search for expiries among thousands of people, at each request, would take longer than
        # what is measured, and bring all ratios near 1.
        simulator.deployment.expire = lambda: False  # type: ignore[method-assign]
        _say({"http": simulator.ports.http, "https": simulator.ports.https})
        direction = Direction(simulator)
        async for line in orders:
            answer = await direction.run(json.loads(line))
            if answer is not None:
                _say(answer)


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(Population(int(sys.argv[1])), Path(sys.argv[2])))
