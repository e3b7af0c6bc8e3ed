"""The simulated node in a process of its own, directed by lines of JSON on its standard input.

The control port of the simulator would do, but its answers would be read by the very loop whose
time is measured, just while it is.
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

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.faults import Fault, FaultKind
from cup_simulator.model import JABBER, Presence, Status
from cup_simulator.server import Simulator

from .crowd import ACCOUNTS, DOMAIN, PASSWORD, Crowd

# A line names thousands of people.
LONGEST_LINE = 4 * 1024 * 1024


class Direction:
    """Does what it is told."""

    def __init__(self, simulator: Simulator) -> None:
        """Direct this simulator."""
        self._simulator = simulator
        self._sent = 0.0
        self._offset = 0.0

    async def obey(self, order: dict[str, Any]) -> object:
        """Do what an order says and return the answer, None for no answer."""
        handlers: dict[str, Callable[..., object]] = {
            "change": self.change,
            "sent": lambda: self._sent,
            "requests": self.requests,
            "delay": self.delay,
            "jump": self.jump,
        }
        details = {key: value for key, value in order.items() if key != "do"}
        if order["do"] == "burst":
            return await self.burst(**details)
        return handlers[order["do"]](**details)

    def change(self, changes: list[tuple[str, str]]) -> None:
        """Let people's devices report other words, all at once."""
        self._sent = time.perf_counter()
        people = self._simulator.service.people
        for user, word in changes:
            people.report(people[user], Status(Presence(word)), JABBER)

    async def burst(self, changes: list[tuple[str, str]], seconds: float) -> dict[str, float]:
        """Spread changes over a time, and notify of each, whether or not it was asked for."""
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
        """Return how often each method and kind of path was asked for, and begin anew."""
        counted: dict[str, int] = {}
        for record in self._simulator.log:
            kind = f"{record.method} {re.sub(r'[0-9]+|[^/]+@[^/]+', 'N', record.path)}"
            counted[kind] = counted.get(kind, 0) + 1
        self._simulator.log.clear()
        return counted

    def delay(self, path: str, seconds: float) -> bool:
        """Answer requests for a path late from now on."""
        pattern = re.compile(path)
        self._simulator.faults.add(Fault(FaultKind.DELAY, delay=seconds, path=pattern))
        return True

    def jump(self, seconds: float) -> bool:
        """Set the clock of the loop forward, by which connections age."""
        self._offset += seconds
        jump_loop(asyncio.get_running_loop(), self._offset)
        return True


def jump_loop(loop: asyncio.AbstractEventLoop, offset: float) -> None:
    """Let a loop live so many seconds ahead of the machine's clock."""
    loop.time = lambda: time.monotonic() + offset  # type: ignore[method-assign]


def configuration(crowd: Crowd) -> Configuration:
    """Return a server with everybody on it."""
    return Configuration(
        domain=DOMAIN,
        application_users={account: ApplicationUser(PASSWORD) for account in ACCOUNTS},
        people=tuple(
            ConfiguredPerson(user, user.title(), Status(Presence.AVAILABLE))
            for user in crowd.everybody()
        ),
    )


async def serve(crowd: Crowd, folder: Path) -> None:
    """Serve until the standard input ends."""
    # asyncio takes the pipe over and closes it in the end.
    orders = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), os.fdopen(os.dup(0), "rb")
    )
    async with Simulator(configuration(crowd), tls_dir=folder) as simulator:
        # With each request it looks among thousands whether something has expired. That would take
        # longer than what is measured, on both sides of every ratio, and make them look alike.
        simulator.deployment.expire = lambda: False  # type: ignore[method-assign]
        _say({"http": simulator.ports.http, "https": simulator.ports.https})
        direction = Direction(simulator)
        async for line in orders:
            answer = await direction.obey(json.loads(line))
            if answer is not None:
                _say(answer)


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(Crowd(int(sys.argv[1])), Path(sys.argv[2])))
