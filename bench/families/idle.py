"""The cost of an hour without changes, with eventing and with polling.

Extrapolated from the cost of a request for news, measured at one a second, and of a full refresh,
each times its number in an hour. The two renewals in more than two hours are left out.
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
REFRESHES = HOUR / DEFAULT_FULL_REFRESH_INTERVAL.total_seconds()
# Of Linux's struct tcp_info: tcpi_bytes_acked and tcpi_bytes_received.
BYTES_SENT_AND_RECEIVED = struct.Struct("120xQQ")
TCP_INFO_LENGTH = 256


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost; ``seconds`` is CPU time, ``volume`` the bytes on the connections, TLS included."""

    requests: float
    seconds: float
    volume: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.requests + other.requests,
            self.seconds + other.seconds,
            self.volume + other.volume,
        )

    def __mul__(self, times: float) -> Cost:
        return Cost(self.requests * times, self.seconds * times, self.volume * times)


async def measure(course: Course) -> Sequence[Row]:
    """Count polls and full refreshes, and extrapolate."""
    size = course.choose(thorough=5000, quick=20)
    seconds = course.choose(thorough=8.0, quick=1.5)
    async with integration(course, size, "https") as ready:
        resting = await _count(ready, asyncio.sleep(seconds))
        refreshes = await _refreshes(ready, course.choose(thorough=3, quick=1))
    async with integration(course, size, "https", poll_interval=1) as ready:
        counted = await _count(ready, asyncio.sleep(seconds))
    # In a short run the background outweighs the requests at times.
    spent = max(0.0, counted.seconds - resting.seconds)
    poll = Cost(counted.requests, spent, counted.volume) * (1 / counted.requests)
    eventing = [poll * POLLS + refresh * REFRESHES for refresh in refreshes]
    polling = [(poll + refresh) * POLLS for refresh in refreshes]
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
            against="the full refreshes",
            base=[refresh.seconds * REFRESHES for refresh in refreshes],
            unit="s",
            remark="extrapolated",
        ),
    ]


async def _refreshes(ready: Stage, times: int) -> list[Cost]:
    eventing = ready.entry.runtime_data.eventing
    return [await _count(ready, eventing.async_refresh_now()) for _ in range(times)]


async def _count(ready: Stage, happening: Awaitable[None]) -> Cost:
    """Return the cost of an awaitable while nothing else happens."""
    port = ready.node.at.ports["https"]
    await ready.node.requests()
    volume, began = sum(_volumes(port)), time.process_time()
    await happening
    seconds = time.process_time() - began
    requests = sum((await ready.node.requests()).values())
    return Cost(requests, seconds, sum(_volumes(port)) - volume)


def _volumes(port: int) -> Iterator[int]:
    """Yield the bytes carried by each connection of this process to a port."""
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
