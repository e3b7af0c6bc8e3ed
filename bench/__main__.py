"""Measures, and prints a table of ratios."""

import argparse
import asyncio
from collections.abc import Sequence
import gc
import json
import logging
from pathlib import Path
import sys
import tempfile
import time

from homeassistant.const import __version__ as home_assistant_version

from .course import Course
from .registry import FAMILIES, SIDE_BY_SIDE
from .row import Row
from .table import comparison, table


async def run(names: list[str], course: Course) -> tuple[list[Row], dict[str, float]]:
    """Return the rows, and the seconds that each family took."""
    rows: dict[str, Sequence[Row]] = {}
    took: dict[str, float] = {}

    async def measure(name: str) -> None:
        began = time.monotonic()
        rows[name] = await FAMILIES[name](course)
        gc.collect()
        took[name] = round(time.monotonic() - began, 1)
        print(f"bench: {name} took {took[name]:.0f} s", file=sys.stderr)

    side_by_side = [name for name in SIDE_BY_SIDE if name in names]
    await asyncio.gather(*map(measure, side_by_side))
    for name in names:
        if name not in side_by_side:
            await measure(name)
    return [row for name in names for row in rows[name]], took


def main(arguments: list[str]) -> int:
    """Return 1 if a target is missed."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        names = asked.names or [*FAMILIES]
        rows, took = asyncio.run(run(names, Course(asked.quick, Path(folder))))
    seconds = time.monotonic() - began
    print(table(rows))
    print(f"\n{seconds:.0f} s: {', '.join(f'{n} {s:.0f}' for n, s in took.items())}")
    if asked.json is not None:
        found = {
            "home_assistant": home_assistant_version,
            "seconds": took,
            "rows": [row.as_json() for row in rows],
        }
        asked.json.write_text(json.dumps(found, indent=2) + "\n")
    if asked.compare is not None:
        print(f"\n{comparison(rows, json.loads(asked.compare.read_text())['rows'])}")
    missed = [row for row in rows if row.met is False]
    print(f"\n{len(missed)} of {sum(row.met is not None for row in rows)} targets missed")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        choices=[[], *FAMILIES],
        metavar="NAME",
        help=f"rows to measure, all by default: {', '.join(FAMILIES)}",
    )
    parser.add_argument("--quick", action="store_true", help="few samples, small sizes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows as JSON")
    parser.add_argument(
        "--compare", type=Path, metavar="FILE", help="say what has changed since that JSON"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
