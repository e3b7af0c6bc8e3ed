"""Run courses, print their results and a summary."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
import json
from pathlib import Path
import secrets
import sys
import tempfile
import time

from .course import Course
from .kills.running import run_chains
from .planning import (
    plan,
    plan_every_byte,
    plan_one_run,
    plan_removals,
    plan_storage,
    plan_week,
)
from .running import Outcome, run_course
from .server import make_certificates
from .shrinking import shrink

SEEDS = 1_000_000
DEFAULT_MINUTES = 10.0
DEFAULT_KILLS = 500
FAILURES_SHOWN = 10

# Courses that failed, which the tests run from then on.
FOUND = Path(__file__).parent / "found"

type Plan = Callable[[int], Course]

PLANS: dict[str, Plan] = {
    "course": plan,
    "every-byte": plan_every_byte,
    "one-run": plan_one_run,
    "removals": plan_removals,
    "storage": plan_storage,
    "week": plan_week,
}
# Not a course on a virtual clock, but processes on the real one.
KILLS = "kills"


@dataclass(slots=True)
class Summary:
    """The results of all courses."""

    courses: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    lines: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, outcome: Outcome) -> None:
        self.courses += 1
        self.seconds += outcome.seconds
        self.lines += outcome.lines
        self.injected.update({kind.value: count for kind, count in outcome.injected.items()})
        self.checked.update(outcome.checked)
        if outcome.failures:
            self.failed.append(name)

    def as_json(self) -> str:
        """Return the summary as one line."""
        return json.dumps(
            {
                "courses": self.courses,
                "failed": self.failed,
                "simulated_hours": round(self.seconds / 3600, 1),
                "log_records": self.lines,
                "faults": dict(sorted(self.injected.items())),
                "checked": dict(sorted(self.checked.items())),
            }
        )


class Runner:
    """Runs courses one after the other and sums up their results."""

    def __init__(self, certificates: Path, *, shrinks: bool, keeps: bool) -> None:
        self.summary = Summary()
        self._certificates = certificates
        self._shrinks = shrinks
        self._keeps = keeps

    def run(self, kind: str, course: Course) -> None:
        name = f"--plan {kind} --seed {course.seed}"
        print(f"chaos: {name} ...", flush=True)
        began = time.perf_counter()
        outcome = run_course(course, self._certificates)
        self.summary.add(name, outcome)
        took = time.perf_counter() - began
        print(f"chaos: {name}: {'FAILED' if outcome.failures else 'passed'} after {took:.1f} s")
        if outcome.growth is not None:
            print(f"  {outcome.growth:.0f} objects stayed in memory after each round")
        for failure in outcome.failures[:FAILURES_SHOWN]:
            print(f"  {failure}")
        if outcome.failures:
            self._print_replay(name, course)

    def _print_replay(self, name: str, course: Course) -> None:
        if self._shrinks:
            course = shrink(
                course, lambda each: bool(run_course(each, self._certificates).failures)
            )
        print(f"Replay it with script/chaos {name}, or with --course FILE and these lines:")
        print(*course.lines(), sep="\n", flush=True)
        if self._keeps:
            print(f"chaos: kept as {keep(course, name)}", flush=True)


def keep(course: Course, name: str) -> Path:
    """Keep a course as a case for the tests; return its file."""
    FOUND.mkdir(exist_ok=True)
    words = name.replace("--plan", "").replace("--seed", "").split()
    file = FOUND / f"{'-'.join(words)}.course"
    file.write_text("".join(f"{line}\n" for line in course.lines()))
    return file


def main(arguments: list[str]) -> int:
    """Run the courses that the command line selects; return 1 when one failed."""
    options = _parser().parse_args(arguments)
    if options.plan == KILLS:
        return _kill(options)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        make_certificates(Path(folder), 2)
        runner = Runner(Path(folder), shrinks=options.shrink, keeps=options.keep)
        for kind, course in _courses(options):
            small = replace(course.shape, small=options.small or course.shape.small)
            runner.run(kind, replace(course, shape=small))
    print(f"chaos: {runner.summary.as_json()}")
    return 1 if runner.summary.failed else 0


def _kill(options: argparse.Namespace) -> int:
    """Kill real processes of Home Assistant; return 1 when something wrong stood at the server."""
    seed = secrets.randbelow(SEEDS) if options.seed is None else options.seed
    print(f"chaos: --plan {KILLS} --kills {options.kills} --seed {seed} ...", flush=True)
    outcome = run_chains(seed, options.kills)
    for failure in outcome.failures:
        print(f"  {failure}")
    print(f"chaos: {outcome.as_json()}")
    return 1 if outcome.failures else 0


def _courses(options: argparse.Namespace) -> Iterator[tuple[str, Course]]:
    if options.course is not None:
        yield "course", Course.from_lines(options.course.read_text().splitlines())
        return
    if options.seed is not None:
        for seed in range(options.seed, options.seed + (options.courses or 1)):
            yield options.plan, PLANS[options.plan](seed)
        return
    first = secrets.randbelow(SEEDS)
    if options.courses is not None:
        for seed in range(first, first + options.courses):
            yield options.plan, PLANS[options.plan](seed)
        return
    end = time.monotonic() + 60 * options.minutes
    for kind in ("every-byte", "one-run", "week"):
        yield kind, PLANS[kind](first)
    while time.monotonic() < end:
        yield "course", plan(first)
        first += 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="the seed of the first course")
    parser.add_argument(
        "--plan", choices=[*PLANS, KILLS], default="course", help="the kind of course"
    )
    parser.add_argument(
        "--kills", type=int, default=DEFAULT_KILLS, help="how many processes to kill (%(default)s)"
    )
    parser.add_argument("--courses", type=int, help="how many courses, each with the next seed")
    parser.add_argument("--course", type=Path, metavar="FILE", help="replay a course from a file")
    parser.add_argument("--small", action="store_true", help="let nodes refuse as small ones do")
    parser.add_argument("--shrink", action="store_true", help="reduce courses that fail")
    parser.add_argument("--keep", action="store_true", help=f"keep them in {FOUND.name}/")
    parser.add_argument(
        "--minutes",
        type=float,
        default=DEFAULT_MINUTES,
        help="without these options: one course of each plan, then more for so long (%(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
