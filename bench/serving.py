"""Starts the simulated node, and sends it orders."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import sys
from typing import Any

from .node import LONGEST_LINE
from .population import Population

REPOSITORY = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class NodeAt:
    """The place of a simulated node: ``folder`` has its certificate, ``ports`` are by scheme."""

    population: Population
    folder: Path
    ports: Mapping[str, int]


class Node:
    """The simulated node, in its own process."""

    def __init__(self, process: asyncio.subprocess.Process, at: NodeAt) -> None:
        self.at = at
        self.population = at.population
        self._process = process

    def change(self, *changes: tuple[str, str]) -> None:
        """Let users' devices report new words, without an answer."""
        self._tell(do="change", changes=changes)

    async def sent(self) -> float:
        """Return the time of the last change, on this machine's performance counter."""
        return float(await self._ask(do="sent"))

    async def requests(self) -> dict[str, int]:
        """Return and reset the number of requests by method and kind of path."""
        counted: dict[str, int] = await self._ask(do="requests")
        return counted

    async def delay(self, path: str, seconds: float) -> None:
        """Delay the answers to requests for a path."""
        await self._ask(do="delay", path=path, seconds=seconds)

    async def limit(self, requests: int, cpu: int) -> None:
        """Refuse requests beyond a budget; ``cpu`` is milliseconds of computing in a second."""
        await self._ask(do="limit", requests=requests, cpu=cpu)

    async def jump(self, seconds: float) -> None:
        """Advance the clock of the node's loop."""
        await self._ask(do="jump", seconds=seconds)

    async def burst(self, changes: Iterable[tuple[str, str]], seconds: float) -> dict[str, float]:
        """Spread changes over a time and notify of each; return when it began and ended."""
        answer: dict[str, float] = await self._ask(do="burst", changes=[*changes], seconds=seconds)
        return answer

    def _tell(self, **order: object) -> None:
        if self._process.stdin is None:
            raise RuntimeError("The node takes no orders")
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _ask(self, **order: object) -> Any:
        self._tell(**order)
        return await _answer(self._process)


async def _answer(process: asyncio.subprocess.Process) -> Any:
    line = await process.stdout.readline() if process.stdout else b""
    if not line:
        raise RuntimeError("The simulated node ended; the lines above say why")
    return json.loads(line)


@asynccontextmanager
async def node(people: int, folder: Path) -> AsyncGenerator[Node]:
    """Run a simulated node with this many people for each side."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.node", str(people), folder),
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    try:
        yield Node(process, NodeAt(Population(people), folder, await _answer(process)))
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()
