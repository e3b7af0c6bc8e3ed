"""Lets time pass for a company, and prints what it cost as one line of JSON.

A soak of a year:  python -m bench.company --people 1000 --days 365 --changes 8 --look 21600
"""

import argparse
from dataclasses import asdict
import json
import logging
import sys

from .passing import CALLBACKS, Company, pass_time


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    company = Company(
        people=asked.people,
        controlled=asked.controlled,
        callback=asked.callback,
        changes_a_day=asked.changes,
        refresh_seconds=asked.look,
    )
    spans = [asked.hours * 3600.0] if asked.hours else [24 * 3600.0] * asked.days
    print(json.dumps([asdict(span) for span in pass_time(company, spans)]))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.company", description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--controlled", type=int, default=0, help="of them, whose presence is set")
    parser.add_argument("--callback", choices=CALLBACKS, default="reached")
    parser.add_argument("--changes", type=float, default=0, help="of each person in a day")
    parser.add_argument("--look", type=int, default=900, help="seconds between full refreshes")
    parser.add_argument("--hours", type=float, default=0, help="in place of days")
    parser.add_argument("--days", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
