"""A working week of presence rules on a virtual clock: wrong presence, and writes."""

import asyncio
from collections.abc import Sequence
from typing import Any

from bench.course import Course
from bench.processes import answer_of
from bench.row import Row

SEEDS = (1, 2)


async def measure(course: Course) -> Sequence[Row]:
    people, rules, days = course.choose(thorough=(200, 50, 5), quick=(20, 10, 1))
    name = f"{people} people, {rules} rules, {days} days with faults"
    sizes = ("--people", str(people), "--rules", str(rules), "--days", str(days))
    weeks = await asyncio.gather(*(_passed(course, "--seed", str(seed), *sizes) for seed in SEEDS))
    wrong = sum(week["wrong"] for week in weeks)
    changes = sum(week["changes"] for week in weeks)
    return [
        Row(
            name=f"wrong presence, {name}",
            # A presence that is wrong for longer than the bound fails the row.
            ours=[week["bound"] * 2 if week["wrong"] else week["longest"] for week in weeks],
            against="the stated bound",
            base=[week["bound"] for week in weeks],
            unit="s",
            most=1.0,
            remark=f"{wrong} too long among {changes} changes",
        ),
        Row(
            name=f"writes, {name}",
            ours=[week["writes"] for week in weeks],
            against="the least possible",
            base=[week["least"] for week in weeks],
            unit="",
            most=1.05,
        ),
    ]


async def _passed(course: Course, *arguments: str) -> Any:
    async with course.cores:
        # The exit status says whether a presence was wrong for too long, as the answer does.
        return await answer_of("bench.working_week", *arguments, statuses=(0, 1))
