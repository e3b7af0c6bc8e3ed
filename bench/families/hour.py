"""An hour without changes on a virtual clock: what the node is asked, live and while polling."""

import asyncio
from collections.abc import Sequence

from bench.course import Course
from bench.processes import answer_of
from bench.row import Row

ALLOWED_LIVE = 100.0
ALLOWED_POLLING = 150.0
# A quarter has one full refresh, and as many polls as any other.
QUARTER = 0.25


async def measure(course: Course) -> Sequence[Row]:
    size = course.choose(thorough=5000, quick=20)
    return await asyncio.gather(
        _row(course, size, "live", "reached", ALLOWED_LIVE),
        _row(course, size, "polling, as no notification arrives", "unreachable", ALLOWED_POLLING),
    )


async def _row(course: Course, size: int, what: str, callback: str, allowed: float) -> Row:
    spans = await passed(
        course, *("--people", str(size)), *("--hours", str(QUARTER)), *("--callback", callback)
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


async def passed(course: Course, *arguments: str) -> list[dict[str, float]]:
    """Let time pass in a process of its own, and return what each span cost."""
    async with course.cores:
        spans: list[dict[str, float]] = await answer_of("bench.company", *arguments)
    return spans
