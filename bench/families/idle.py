"""What an hour costs in which nothing happens, with changes told by the server and with polling.

Extrapolated: what one request for news costs is counted over some that come every second, what a
look at everybody costs over some looks, and both are multiplied by how often they come in an hour.
The renewals, two small requests in more than two hours, are left out.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
import os
from pathlib import Path
import socket
import stat
import struct
import time

from bench.course import Course
from bench.families.stage import Stage, integration
from bench.row import Row
from custom_components.cisco_unified_presence.const import (
    DEFAULT_FULL_REFRESH_INTERVAL,
    DEFAULT_POLL_INTERVAL,
)

HOUR = 3600.0
POLLS = HOUR / DEFAULT_POLL_INTERVAL.total_seconds()
LOOKS = HOUR / DEFAULT_FULL_REFRESH_INTERVAL.total_seconds()
# Of Linux's struct tcp_info: tcpi_bytes_acked and tcpi_bytes_received.
BYTES_SENT_AND_RECEIVED = struct.Struct("120xQQ")
TCP_INFO_LENGTH = 256


@dataclass(frozen=True, slots=True)
class Cost:
    """What something cost.

    Attributes:
        requests: How many were sent.
        seconds: Computing time of Home Assistant's process.
        volume: Bytes sent and received on the connections to the node, with those of TLS.
    """

    requests: float
    seconds: float
    volume: float

    def __add__(self, other: Cost) -> Cost:
        """Return the cost of both."""
        return Cost(
            self.requests + other.requests,
            self.seconds + other.seconds,
            self.volume + other.volume,
        )

    def __mul__(self, times: float) -> Cost:
        """Return the cost of so many."""
        return Cost(self.requests * times, self.seconds * times, self.volume * times)


async def measure(course: Course) -> Sequence[Row]:
    """Count polls and looks, and extrapolate."""
    size = course.choose(thorough=5000, quick=20)
    seconds = course.choose(thorough=20.0, quick=1.5)
    async with integration(course, size, "https") as ready:
        resting = await _count(ready, asyncio.sleep(seconds))
    async with integration(course, size, "https", poll_interval=1) as ready:
        counted = await _count(ready, asyncio.sleep(seconds))
    rest = Cost(0, -resting.seconds, 0)
    poll = (counted + rest) * (1 / counted.requests)
    looks: list[Cost] = []
    async with integration(course, size, "https") as ready:
        for _ in range(course.choose(thorough=3, quick=1)):
            everybody = ready.entry.runtime_data.poller.async_refresh_all()
            looks.append(await _count(ready, everybody))
    eventing = [poll * POLLS + look * LOOKS for look in looks]
    polling = [(poll + look) * POLLS for look in looks]
    what = f"idle hour with {size} people"

    def row(name: str, unit: str, ours: list[float], base: list[float]) -> Row:
        return Row(
            name=f"{what}, {name}",
            ours=ours,
            against="polling",
            base=base,
            unit=unit,
            remark="extrapolated",
        )

    return [
        row("requests", "requests", [c.requests for c in eventing], [c.requests for c in polling]),
        row("computing time", "s", [c.seconds for c in eventing], [c.seconds for c in polling]),
        row("traffic", "B", [c.volume for c in eventing], [c.volume for c in polling]),
        Row(
            name=f"{what}, computing time of the requests for news",
            ours=[poll.seconds * POLLS],
            against="the looks",
            base=[look.seconds * LOOKS for look in looks],
            unit="s",
            remark="extrapolated",
        ),
    ]


async def _count(ready: Stage, happening: Awaitable[None]) -> Cost:
    """Return what something costs while nothing else happens."""
    port = ready.node.at.ports["https"]
    await ready.node.requests()
    volume, began = sum(_volumes(port)), time.process_time()
    await happening
    seconds = time.process_time() - began
    requests = sum((await ready.node.requests()).values())
    return Cost(requests, seconds, sum(_volumes(port)) - volume)


def _volumes(port: int) -> Iterator[int]:
    """Yield the bytes that each connection of this process to a port has carried."""
    for each in [*Path("/proc/self/fd").iterdir()]:
        descriptor = int(each.name)
        try:
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
            with socket.socket(fileno=os.dup(descriptor)) as connection:
                if connection.family != socket.AF_INET or connection.getpeername()[1] != port:
                    continue
                info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_LENGTH)
        except OSError:
            # It has been closed, or has no peer.
            continue
        yield sum(BYTES_SENT_AND_RECEIVED.unpack_from(info))
