"""Lets a working week pass, and prints how it went as one line of JSON."""

import argparse
import json
import logging
import sys

from .scenario import DAYS, plan
from .simulation import BOUND, run_week


def main(arguments: list[str]) -> int:
    """Run what the command line asks for; return 1 when a presence was wrong for too long."""
    parser = argparse.ArgumentParser(prog="python -m bench.working_week", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--rules", type=int, default=50)
    parser.add_argument("--days", type=int, default=DAYS)
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    outcome = run_week(plan(asked.seed, people=asked.people, rules=asked.rules, days=asked.days))
    for wrong in outcome.wrong:
        print(f"{wrong.user}: {wrong.published} in the place of {wrong.requested}", file=sys.stderr)
        print(f"  from {wrong.begin} to {wrong.end}", file=sys.stderr)
    told = {
        "seed": asked.seed,
        "wrong": len(outcome.wrong),
        "longest": outcome.longest.total_seconds(),
        "bound": BOUND.total_seconds(),
        "writes": outcome.writes,
        "least": outcome.least,
        "changes": outcome.changes,
    }
    print(json.dumps(told))
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
