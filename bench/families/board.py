"""The board in a browser: its size, and what scripts take, against Home Assistant's own cards."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from bench.board.browser import Browser, browser
from bench.board.house import BOARD, EMPTY, REPOSITORY, TILES, USER, House, house
from bench.course import Course
from bench.row import Row

MODULE = REPOSITORY / (
    "custom_components/cisco_unified_presence/board/frontend/presence-board.js.gz"
)
FEW, MANY = 6, 300
LARGEST_BYTES = 40_000
PAINT_MOST = 0.5
CHANGE_MOST = 2.0
PAUSE_SECONDS = 0.15
# Only many people are worth a target: with few of them the frontend itself is most of it.
PAINTS = {FEW: 1, MANY: 2}
CHANGES = {FEW: 1, MANY: 3}
WORDS = ("BUSY", "AWAY")

type Samples = Mapping[str, Sequence[float]]


async def measure(course: Course) -> Sequence[Row]:
    rows = [_size()]
    for people in course.choose(thorough=(FEW, MANY), quick=(FEW,)):
        async with house(people, course.new_folder()) as home, browser(home) as page:
            rows += await _rows_of(course, home, page)
    return rows


def _size() -> Row:
    return Row(
        name="the board's module, gzipped",
        ours=[MODULE.stat().st_size / 1000],
        against="40 kB",
        base=[LARGEST_BYTES / 1000],
        unit="kB",
        most=1.0,
    )


async def _rows_of(course: Course, home: House, page: Browser) -> list[Row]:
    is_large = home.people > FEW
    requests: list[float] = []
    paints = await _paints(page, requests, course.choose(thorough=PAINTS[home.people], quick=1))
    rounds = course.choose(thorough=CHANGES[home.people], quick=1)
    changes = await _changes(course, home, page, rounds)
    of = f"of {home.people} people"
    return [
        Row(
            name=f"first paint {of}, scripting",
            ours=paints[BOARD],
            against="tile cards",
            base=paints[TILES],
            unit="ms",
            most=PAINT_MOST if is_large else None,
        ),
        Row(
            name=f"first paint {of}, commands sent",
            ours=requests,
            against="one subscription",
            base=[1.0],
            unit="",
            most=1.0,
        ),
        Row(
            name=f"one change {of}, scripting",
            ours=changes[BOARD],
            against="an empty dashboard",
            base=changes[EMPTY],
            unit="ms",
            most=CHANGE_MOST if is_large else None,
        ),
        Row(
            name=f"one change {of}, scripting",
            ours=changes[BOARD],
            against="tile cards",
            base=changes[TILES],
            unit="ms",
        ),
    ]


async def _paints(page: Browser, requests: list[float], rounds: int) -> Samples:
    """Return the scripting of first paints, each dashboard in turn, and the board's requests."""
    for dashboard in (TILES, BOARD):
        # What the frontend loads at the first visit is not counted.
        await page.load(dashboard)
    found: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for dashboard in (TILES, BOARD):
            found[dashboard].append(await page.scripting_of_paint(dashboard))
            if dashboard == BOARD:
                requests.append(sum(each.startswith("cisco_") for each in page.sent.elements()))
    return found


async def _changes(course: Course, home: House, page: Browser, rounds: int) -> Samples:
    """Return the scripting of one change of one person."""
    count = course.choose(thorough=20, quick=4)
    found: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for dashboard in (EMPTY, TILES, BOARD):
            await page.load(dashboard)
            spent = await page.scripting_of(partial(_change, home, count))
            found[dashboard].append(spent / count)
    return found


async def _change(home: House, count: int) -> None:
    for number in range(count):
        await home.cup.choose(USER, WORDS[number % len(WORDS)])
        await asyncio.sleep(PAUSE_SECONDS)
    await asyncio.sleep(PAUSE_SECONDS)
