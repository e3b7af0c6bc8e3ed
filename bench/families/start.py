"""Starts: time until all states are known, requests, memory, blocks of the loop."""

import asyncio
from collections.abc import Sequence
import json
from statistics import median
from typing import Any

from bench.blocks import LONGEST_ALLOWED
from bench.course import Course
from bench.processes import answer_of
from bench.row import Row
from bench.serving import Node, node
from bench.starter import BARE

SIZES = (50, 500, 5000)
OURS = "integration"
KINDS = (OURS, BARE)
MOST = 1.15
MOST_FOR_EACH = 1.25
MOST_MEMORY = 1.5

type Starts = dict[str, list[dict[str, float]]]


async def measure(course: Course) -> Sequence[Row]:
    """Measure each size; integration and bare entities take turns."""
    sizes = course.choose(thorough=SIZES, quick=(5, 10))
    starts: dict[int, Starts] = {}
    rows: list[Row] = []
    async with node(max(sizes), course.folder / "tls") as server:
        for size in sizes:
            starts[size] = {kind: [] for kind in KINDS}
            requests: list[float] = []
            # The target is that of the largest size.
            rounds = 4 if size == max(sizes) else 2
            for _ in range(course.choose(thorough=rounds, quick=1)):
                for kind in KINDS:
                    await server.requests()
                    starts[size][kind].append(await _start(course, server, kind, size))
                    if kind == OURS:
                        requests.append(sum((await server.requests()).values()))
            most = MOST if size == max(sizes) else None
            rows += _rows_of(size, starts[size], requests, most)
        rows.append(await _memory_for_each(course, server))
    few, many = sizes[-2:]
    rows.append(
        Row(
            name=f"start, time for each of {many} people",
            ours=[seconds / many for seconds in _values(starts[many], OURS, "seconds")],
            against=f"each of {few}",
            base=[seconds / few for seconds in _values(starts[few], OURS, "seconds")],
            unit="s",
            most=MOST_FOR_EACH,
        )
    )
    return rows


async def _memory_for_each(course: Course, server: Node) -> Row:
    """Compare what each person takes with everything on; what a start takes anyhow is left out."""
    few, many = course.choose(thorough=(200, 2000), quick=(5, 10))
    # Both at once, since memory is not time; and once, since it hardly varies.
    less = await _memory(course, server, few)
    more = await _memory(course, server, many)
    taken = {kind: (more[kind] - less[kind]) / (many - few) * 1024 for kind in KINDS}
    return Row(
        name=f"memory for each of {many} people with everything on",
        ours=[taken[OURS]],
        against="as many bare entities",
        base=[taken[BARE]],
        unit="KiB",
        most=MOST_MEMORY,
        remark=f"beyond {few} people",
    )


async def _memory(course: Course, server: Node, size: int) -> dict[str, float]:
    starts = (_start(course, server, kind, size, everything=True) for kind in KINDS)
    return {
        kind: started["memory"]
        for kind, started in zip(KINDS, await asyncio.gather(*starts), strict=True)
    }


async def _start(
    course: Course, server: Node, kind: str, size: int, *, everything: bool = False
) -> dict[str, float]:
    order: dict[str, Any] = {
        "kind": kind,
        "people": size,
        "everything": everything,
        "home": str(course.new_folder()),
        "folder": str(server.at.folder),
        "ports": server.at.ports,
        "scheme": "https",
    }
    found: dict[str, float] = await answer_of("bench.starter", json.dumps(order))
    return found


def _values(starts: Starts, kind: str, name: str) -> list[float]:
    return [each[name] for each in starts[kind]]


def _rows_of(size: int, starts: Starts, requests: Sequence[float], most: float | None) -> list[Row]:
    def compared(what: str, name: str, unit: str, most: float | None = None) -> Row:
        return Row(
            name=f"start with {size} people, {what}",
            ours=_values(starts, OURS, name),
            against="bare entities",
            base=_values(starts, BARE, name),
            unit=unit,
            most=most,
        )

    bare_block = median(_values(starts, BARE, "longest"))
    return [
        compared("until the picture is complete", "seconds", "s", most),
        compared("computing time", "computed", "s"),
        compared("memory", "memory", "MiB"),
        Row(
            name=f"start with {size} people, requests",
            ours=requests,
            against="one for each",
            base=[size],
            unit="requests",
            remark="the four of leaving included",
        ),
        Row(
            name=f"start with {size} people, longest block",
            ours=_values(starts, OURS, "longest"),
            against="allowed",
            base=[LONGEST_ALLOWED],
            unit="ms",
            most=1,
            remark=f"bare entities: {bare_block:.0f} ms",
        ),
    ]
