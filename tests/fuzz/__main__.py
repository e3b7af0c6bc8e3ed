"""The long form of fuzzing: runs each target for some time and prints a table of results."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
from pathlib import Path
import re
import shutil
import subprocess
import sys
from typing import Final

from .cases import FOUND, keep
from .exploring import explore_wire
from .targets import Target, targets

FOLDER: Final = Path(".fuzz")

# The target that is fed over real connections, by tests of hypothesis.
WIRE: Final = "wire"

# The longest valid document has a few thousand.
MAX_INPUT_BYTES: Final = 65_536
# Seconds for one input, and megabytes for the process. Exceeding them counts as a crash.
TIMEOUT: Final = 20
MAX_MEGABYTES: Final = 2048

_RUNS: Final = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE)
_COVERAGE: Final = re.compile(r"cov: (\d+)")
_CRASH: Final = re.compile(r"Test unit written to (\S+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one target.

    Attributes:
        runs: The number of inputs.
        coverage: The number of branches reached, None when it is not known.
        corpus: The number of inputs that the next run starts with.
        crash: The input that made the target fail, None without one.
        failed: Whether the fuzzer failed.
        output: The last lines of the fuzzer's output.
    """

    runs: int
    coverage: int | None
    corpus: int
    crash: Path | None
    failed: bool
    output: str


def main() -> int:
    """Run the selected targets and return the exit status."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(_names()))
        return 0
    names = arguments.targets or _names()
    if unknown := set(names).difference(_names()):
        parser.error(f"There is no target {', '.join(unknown)}; --list prints all.")
    if arguments.replay is not None:
        return _replay(names, arguments.replay)
    print(f"{'target':<18}{'executions':>12}{'branches':>10}{'corpus':>7}  crash", flush=True)
    outcomes = [
        _explore(arguments.seconds) if name == WIRE else _fuzz(name, arguments.seconds)
        for name in names
    ]
    for name, outcome in zip(names, outcomes, strict=True):
        if outcome.failed:
            print(f"\n{name}:\n{outcome.output}")
        if outcome.crash is not None:
            print(f"Replay it with script/fuzz {name} --replay {outcome.crash}")
    crashes = sum(outcome.failed for outcome in outcomes)
    print(f"\n{sum(each.runs for each in outcomes)} executions, {crashes} crashes")
    return 1 if crashes else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/fuzz", description=__doc__)
    names = ", ".join(_names())
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"{names}; all by default")
    parser.add_argument(
        "--seconds", type=_seconds, default=60, help="seconds for each target (%(default)s)"
    )
    parser.add_argument("--list", action="store_true", help="print the targets and exit")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run one input again")
    return parser


def _seconds(text: str) -> int:
    seconds = int(text) if text.isdecimal() else 0
    if seconds < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds, such as 60")
    return seconds


def _names() -> list[str]:
    return [*targets(), WIRE]


def _explore(seconds: int) -> Outcome:
    runs, ended = explore_wire(seconds)
    outcome = Outcome(
        runs=runs,
        coverage=None,
        corpus=len(list(FOUND.glob(f"{WIRE}-*/*"))),
        crash=None,
        failed=ended.returncode != 0,
        output=_last_lines(ended.stdout),
    )
    _print(WIRE, outcome)
    return outcome


def _fuzz(name: str, seconds: int) -> Outcome:
    target, folder = targets()[name], FOLDER / name
    corpus, crashes = folder / "corpus", folder / "crashes"
    for each in (corpus, crashes):
        each.mkdir(parents=True, exist_ok=True)
    outcome = _outcome(
        corpus,
        _libfuzzer(
            name,
            corpus,
            _seeds(folder, target),
            f"-artifact_prefix={crashes}/",
            f"-max_total_time={seconds}",
            f"-max_len={MAX_INPUT_BYTES}",
            f"-timeout={TIMEOUT}",
            f"-rss_limit_mb={MAX_MEGABYTES}",
            "-print_final_stats=1",
        ),
    )
    if outcome.crash is not None:
        keep(name, outcome.crash.read_bytes())
    _print(name, outcome)
    return outcome


def _print(name: str, outcome: Outcome) -> None:
    coverage = "-" if outcome.coverage is None else outcome.coverage
    verdict = outcome.crash or ("yes" if outcome.failed else "none")
    print(f"{name:<18}{outcome.runs:>12}{coverage:>10}{outcome.corpus:>7}  {verdict}", flush=True)


def _last_lines(output: str) -> str:
    return "\n".join(output.splitlines()[-40:])


def _seeds(folder: Path, target: Target) -> Path:
    """Write the valid documents to a folder, from which the fuzzer starts, and return it."""
    seeds = folder / "seeds"
    shutil.rmtree(seeds, ignore_errors=True)
    seeds.mkdir()
    for document in target.documents:
        seed = target.seed(document)
        (seeds / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    return seeds


def _libfuzzer(name: str, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (our own module)
        [sys.executable, "-m", "tests.fuzz.long", name, *map(str, arguments)],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _outcome(corpus: Path, ended: subprocess.CompletedProcess[str]) -> Outcome:
    output = ended.stdout
    runs, crash, coverage = _RUNS.search(output), _CRASH.search(output), _COVERAGE.findall(output)
    return Outcome(
        runs=int(runs[1]) if runs else 0,
        coverage=int(coverage[-1]) if coverage else None,
        corpus=sum(1 for _ in corpus.iterdir()),
        crash=Path(crash[1]) if crash else None,
        failed=ended.returncode != 0,
        output=_last_lines(output),
    )


def _replay(names: Sequence[str], file: Path) -> int:
    if len(names) != 1 or WIRE in names:
        print("--replay needs exactly one target, and not the wire.", file=sys.stderr)
        return 2
    ended = _libfuzzer(names[0], file)
    print(ended.stdout)
    return 1 if ended.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
