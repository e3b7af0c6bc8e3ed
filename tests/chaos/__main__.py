"""Runs courses, prints how they went, and sums up."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import json
from pathlib import Path
import secrets
import sys
import tempfile
import time

from .course import Course
from .office import make_certificates
from .planning import plan, plan_every_byte, plan_one_run, plan_week
from .running import Outcome, run_course
from .shrinking import shrink

SEEDS = 1_000_000
DEFAULT_MINUTES = 10.0
FAILURES_SHOWN = 10

type Plan = Callable[[int], Course]

PLANS: dict[str, Plan] = {
    "course": plan,
    "every-byte": plan_every_byte,
    "one-run": plan_one_run,
    "week": plan_week,
}


@dataclass(slots=True)
class Summary:
    """How all courses went."""

    courses: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    lines: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, outcome: Outcome) -> None:
        """Add a course."""
        self.courses += 1
        self.seconds += outcome.seconds
        self.lines += outcome.lines
        self.struck.update({kind.value: count for kind, count in outcome.struck.items()})
        self.checked.update(outcome.checked)
        if outcome.wrong:
            self.failed.append(name)

    def told(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(
            {
                "courses": self.courses,
                "failed": self.failed,
                "simulated_hours": round(self.seconds / 3600, 1),
                "log_records": self.lines,
                "faults": dict(sorted(self.struck.items())),
                "checked": dict(sorted(self.checked.items())),
            }
        )


class Runner:
    """Runs one course after the other."""

    def __init__(self, certificates: Path, *, shrinks: bool) -> None:
        """Have run nothing yet."""
        self.summary = Summary()
        self._certificates = certificates
        self._shrinks = shrinks

    def run(self, kind: str, course: Course) -> None:
        """Run a course and print how it went."""
        name = f"--plan {kind} --seed {course.seed}"
        print(f"chaos: {name} ...", flush=True)
        began = time.perf_counter()
        outcome = run_course(course, self._certificates)
        self.summary.add(name, outcome)
        took = time.perf_counter() - began
        print(f"chaos: {name}: {'WRONG' if outcome.wrong else 'right'} after {took:.1f} s")
        if outcome.growth is not None:
            print(f"  each spell has left {outcome.growth:.0f} objects in memory")
        for wrong in outcome.wrong[:FAILURES_SHOWN]:
            print(f"  {wrong}")
        if outcome.wrong:
            self._tell_how_to_replay(name, course)

    def _tell_how_to_replay(self, name: str, course: Course) -> None:
        if self._shrinks:
            course = shrink(course, lambda each: bool(run_course(each, self._certificates).wrong))
        print(f"To be replayed with script/chaos {name}; the course, for --course FILE:")
        print(*course.lines(), sep="\n", flush=True)


def main(arguments: list[str]) -> int:
    """Run what the command line asks for; return 1 when anything was wrong."""
    asked = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        make_certificates(Path(folder), 2)
        runner = Runner(Path(folder), shrinks=asked.shrink)
        for kind, course in _courses(asked):
            runner.run(kind, course)
    print(f"chaos: {runner.summary.told()}")
    return 1 if runner.summary.failed else 0


def _courses(asked: argparse.Namespace) -> Iterator[tuple[str, Course]]:
    """Return what is to be run."""
    if asked.course is not None:
        yield "course", Course.from_lines(asked.course.read_text().splitlines())
        return
    if asked.seed is not None:
        for seed in range(asked.seed, asked.seed + (asked.courses or 1)):
            yield asked.plan, PLANS[asked.plan](seed)
        return
    first = secrets.randbelow(SEEDS)
    if asked.courses is not None:
        for seed in range(first, first + asked.courses):
            yield asked.plan, PLANS[asked.plan](seed)
        return
    end = time.monotonic() + 60 * asked.minutes
    for kind in ("every-byte", "one-run", "week"):
        yield kind, PLANS[kind](first)
    while time.monotonic() < end:
        yield "course", plan(first)
        first += 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="replay the course of a seed")
    parser.add_argument("--plan", choices=[*PLANS], default="course", help="what a seed makes")
    parser.add_argument("--courses", type=int, help="so many courses, of seeds that follow")
    parser.add_argument("--course", type=Path, metavar="FILE", help="play a course as written")
    parser.add_argument("--shrink", action="store_true", help="make courses that fail smaller")
    parser.add_argument(
        "--minutes",
        type=float,
        default=DEFAULT_MINUTES,
        help="without any of these: one of each plan, then courses for so long (%(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
