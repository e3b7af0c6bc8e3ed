"""An hour without changes on a virtual clock: what the node is asked, live and while polling."""

import asyncio
from collections.abc import Sequence
import json
import sys

from bench.course import Course
from bench.row import Row
from bench.serving import REPOSITORY

ALLOWED_LIVE = 100.0
ALLOWED_POLLING = 150.0
# A quarter has one full refresh, and as many polls as any other.
QUARTER = 0.25


async def measure(course: Course) -> Sequence[Row]:
    size = course.choose(thorough=5000, quick=20)
    return [
        await _row(size, "live", "reached", ALLOWED_LIVE),
        await _row(size, "polling, as no notification arrives", "unreachable", ALLOWED_POLLING),
    ]


async def _row(size: int, what: str, callback: str, allowed: float) -> Row:
    spans = await passed(
        *("--people", str(size)), *("--hours", str(QUARTER)), *("--callback", callback)
    )
    return Row(
        name=f"hour with {size} people, {what}, requests",
        ours=[span["requests"] / QUARTER for span in spans],
        against="allowed",
        base=[allowed],
        unit="requests",
        most=1,
        remark=f"four times a quarter, {spans[0]['seconds']:.1f} s of both sides",
    )


async def passed(*arguments: str) -> list[dict[str, float]]:
    """Let time pass in a process of its own, and return what each span cost."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.company", *arguments),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError("The company failed; the lines above say why")
    spans: list[dict[str, float]] = json.loads(output)
    return spans
