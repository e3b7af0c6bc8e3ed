"""Lets time pass for a company, and prints what it cost as one line of JSON.

A soak of a year:  python -m bench.company --people 1000 --controlled 100 --days 365 --changes 8 \
      --at-once 20 --look 21600 --poll 600 --progress
"""

import argparse
from dataclasses import asdict
import json
import logging
import sys

from .passing import CALLBACKS, Company, Span, pass_time


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    company = Company(
        people=asked.people,
        controlled=asked.controlled,
        callback=asked.callback,
        changes_a_day=asked.changes,
        changes_at_once=asked.at_once,
        refresh_seconds=asked.look,
        poll_seconds=asked.poll,
    )
    spans = [asked.hours * 3600.0] if asked.hours else [24 * 3600.0] * asked.days
    on_span = _print_progress if asked.progress else _print_nothing
    print(json.dumps([asdict(span) for span in pass_time(company, spans, on_span)]))
    return 0


def _print_progress(span: Span) -> None:
    print(json.dumps(asdict(span)), file=sys.stderr, flush=True)


def _print_nothing(_span: Span) -> None:
    """Print what was asked for at the end only."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.company", description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--controlled", type=int, default=0, help="of them, whose presence is set")
    parser.add_argument("--callback", choices=CALLBACKS, default="reached")
    parser.add_argument("--changes", type=float, default=0, help="of each person in a day")
    parser.add_argument("--at-once", type=int, default=1, help="changes in the same moment")
    parser.add_argument("--poll", type=int, default=60, help="seconds between fetches")
    parser.add_argument("--look", type=int, default=900, help="seconds between full refreshes")
    parser.add_argument("--hours", type=float, default=0, help="in place of days")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--progress", action="store_true", help="print each span when it is over")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
