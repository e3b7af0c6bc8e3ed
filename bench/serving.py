"""Starting the simulated node, and directing it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import sys
from typing import Any

from .crowd import Crowd
from .node import LONGEST_LINE

REPOSITORY = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class NodeAt:
    """Where a simulated node is.

    Attributes:
        crowd: Who is on it.
        folder: Where its certificate lies.
        ports: Its ports by scheme.
    """

    crowd: Crowd
    folder: Path
    ports: Mapping[str, int]


class Node:
    """The simulated node, in its own process.

    Attributes:
        at: Where it is.
        crowd: Who is on it.
    """

    def __init__(self, process: asyncio.subprocess.Process, at: NodeAt) -> None:
        """Direct a process that serves already."""
        self.at = at
        self.crowd = at.crowd
        self._process = process

    def change(self, *changes: tuple[str, str]) -> None:
        """Let users' devices report other words. Nothing is answered."""
        self._tell(do="change", changes=changes)

    async def sent(self) -> float:
        """Return when the last change was made, on this machine's performance counter."""
        return float(await self._ask(do="sent"))

    async def requests(self) -> dict[str, int]:
        """Return what was asked since the last time, by method and kind of path."""
        counted: dict[str, int] = await self._ask(do="requests")
        return counted

    async def delay(self, path: str, seconds: float) -> None:
        """Answer requests for a path so many seconds late."""
        await self._ask(do="delay", path=path, seconds=seconds)

    async def jump(self, seconds: float) -> None:
        """Set the clock of its loop forward."""
        await self._ask(do="jump", seconds=seconds)

    async def burst(self, changes: Iterable[tuple[str, str]], seconds: float) -> dict[str, float]:
        """Spread changes over a time with a notification of each; return when it was."""
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
    """Run a simulated node with so many people for each side."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.node", str(people), folder),
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    try:
        yield Node(process, NodeAt(Crowd(people), folder, await _answer(process)))
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()
