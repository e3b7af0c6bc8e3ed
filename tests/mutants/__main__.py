"""Draw changes, run the tests that can notice them, and print the share that is noticed."""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import gc
from pathlib import Path
import random
import re
import secrets
import subprocess
import sys
import tempfile

from .changes import Change, changes_of
from .recording import CHANGED, changed_files, folders_of, modules_of, record
from .selection import Recorded, Selector
from .trees import GIT, copy_tree
from .trial import Outcome, Result, Trial, broken_tests, run_all, warm_up

CHECKOUT = Path(__file__).parents[2]
CACHE = CHECKOUT / ".cache" / "mutants"
SEEDS = 1_000_000
# So many times the budget is allowed for a change that survived at first.
SURVIVORS = 10
HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)

# The lines of a module that may change; None for all.
type Scope = dict[str, set[int] | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change of a module."""

    path: str
    change: Change


def scope_of(paths: Sequence[str], tree: Path) -> Scope:
    """Return what paths name: folders, modules, or single lines as in module.py:12."""
    modules = list(modules_of(tree))
    if not paths:
        return dict.fromkeys(modules)
    scope: Scope = {}
    for each in paths:
        path, _, line = each.removeprefix("./").rstrip("/").partition(":")
        found = [module for module in modules if module == path or module.startswith(f"{path}/")]
        if not found:
            raise SystemExit(f"mutants: {path} is no part of the product")
        for module in found:
            lines = scope.setdefault(module, {int(line)} if line else None)
            if lines is not None and line:
                lines.add(int(line))
    return scope


def changed_lines(diff: str) -> set[int]:
    """Return the new lines of a diff of one file without context."""
    lines: set[int] = set()
    for first, count in HUNK.findall(diff):
        lines.update(range(int(first), int(first) + int(count or 1)))
    return lines


def only_changed_since(reference: str, scope: Scope) -> Scope:
    """Leave the lines that differ from a commit."""
    changed: Scope = {}
    for path, lines in scope.items():
        diff = subprocess.run(  # noqa: S603 (git)
            [GIT, "diff", "-U0", "--no-ext-diff", reference, "--", path],
            cwd=CHECKOUT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        new = changed_lines(diff)
        changed[path] = new if lines is None else new & lines
    return changed


def sample(sources: dict[str, bytes], scope: Scope, seed: int, count: int) -> list[Candidate]:
    """Draw lines, and of each line one change."""
    dice = random.Random(seed)
    lines = [
        (path, changes)
        for path, source in sources.items()
        for line, changes in changes_of(source).items()
        if _contains(scope[path], line)
    ]
    dice.shuffle(lines)
    drawn: list[Candidate] = []
    for path, changes in lines:
        if len(drawn) == count:
            break
        dice.shuffle(changes)
        if valid := next((each for each in changes if each.is_valid_in(sources[path])), None):
            drawn.append(Candidate(path, valid))
    return drawn


def all_of(sources: dict[str, bytes], scope: Scope) -> list[Candidate]:
    """Return all changes of all lines."""
    return [
        Candidate(path, change)
        for path, source in sources.items()
        for line, changes in changes_of(source).items()
        for change in changes
        if _contains(scope[path], line) and change.is_valid_in(source)
    ]


def _contains(lines: set[int] | None, line: int) -> bool:
    return lines is None or line in lines


def difference(candidate: Candidate, source: bytes) -> str:
    """Return what changes, as the lines before and after."""
    change = candidate.change
    start = source.rfind(b"\n", 0, change.start) + 1
    end = source.find(b"\n", change.end)
    end = len(source) if end < 0 else end
    before = source[start:end].decode()
    after = source[start : change.start] + change.replacement.encode() + source[change.end : end]
    removed = "".join(f"\n  - {line}" for line in before.splitlines())
    added = "".join(f"\n  + {line}" for line in after.decode().splitlines())
    return f"{candidate.path}:{change.line}{removed}{added}"


def main(arguments: list[str]) -> int:
    """Run what the command line asks for; return 1 when a change survived."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees = [Path(folder, f"tree-{job}") for job in range(options.jobs)]
        for tree in trees:
            copy_tree(CHECKOUT, tree)
        _record(trees[0], options.record)
        return _run(options, trees)


def _record(tree: Path, which: str) -> None:
    """Record which test runs which line, folder by folder."""
    for folder in folders_of(tree):
        if which == "all" or (which != "none" and not _is_recorded(folder)):
            print(f"mutants: recording which lines the tests in {folder} run ...", flush=True)
            record(tree, folder, CACHE)
    if which == "changed" and (files := changed_files(tree, CACHE)):
        print(f"mutants: recording which lines {len(files)} changed files run ...", flush=True)
        record(tree, CHANGED, CACHE, files)


def _run(options: argparse.Namespace, trees: list[Path]) -> int:
    tree = trees[0]
    scope = scope_of(options.paths, tree)
    if options.changed_since is not None:
        scope = only_changed_since(options.changed_since, scope)
    sources = {path: (tree / path).read_bytes() for path in scope}
    seed = secrets.randbelow(SEEDS) if options.seed is None else options.seed
    if options.all:
        candidates = all_of(sources, scope)
    else:
        candidates = sample(sources, scope, seed, options.count)
    candidates = candidates[options.skip :]
    # What is recorded later counts.
    names = filter(_is_recorded, (*folders_of(tree), CHANGED))
    recorded = [Recorded.read(CACHE, each) for each in names]
    selector = Selector(tree, recorded, options.budget)
    wider = Selector(tree, recorded, SURVIVORS * options.budget)
    trials = _trials(candidates, selector)
    # More tests for those that the budget allows at first too few.
    later = {
        id(trial): again
        for trial, again in zip(trials, _trials(candidates, wider), strict=True)
        if trial.selection.is_cut
    }
    known = selector.known
    print(f"mutants: {len(trials)} changes, seed {seed}", flush=True)
    # What was recorded takes gigabytes, which no process that is forked has to look through.
    del recorded, selector, wider
    gc.collect()
    gc.freeze()
    warm_up(tree, trials)
    broken = broken_tests(tree, trials, known)
    for each in sorted(broken):
        print(f"mutants: {each} fails without a change, and is left out", flush=True)
    outcomes = _run_twice(trials, later, trees, broken | known)
    results = Counter(_reported(outcomes, sources, verbose=options.verbose))
    noticed = results[Result.NOTICED] + results[Result.TIMEOUT]
    counted = len(trials) - results[Result.UNLOADABLE]
    share = noticed / counted if counted else 1.0
    print(
        f"mutants: {noticed} of {counted} noticed ({share:.1%}),"
        f" {results[Result.TIMEOUT]} of them by time; seed {seed};"
        f" {results[Result.UNLOADABLE]} more do not load and are not counted"
    )
    return 0 if noticed == counted else 1


def _trials(candidates: Iterable[Candidate], selector: Selector) -> list[Trial]:
    return [
        Trial(each.path, each.change, selector.select(each.path, each.change))
        for each in candidates
    ]


def _run_twice(
    trials: Iterable[Trial],
    later: Mapping[int, Trial],
    trees: list[Path],
    passed_over: frozenset[str],
) -> Iterator[Outcome]:
    """Run more tests for what survives those that the budget allowed."""
    again: list[Trial] = []
    for outcome in run_all(trials, trees, passed_over):
        trial = later.get(id(outcome.trial))
        if outcome.result is Result.SURVIVED and trial is not None:
            again.append(trial)
        else:
            yield outcome
    yield from run_all(again, trees, passed_over)


def _is_recorded(folder: str) -> bool:
    return (CACHE / f"{folder}.json").exists()


def _reported(
    outcomes: Iterable[Outcome], sources: dict[str, bytes], *, verbose: bool
) -> Iterator[Result]:
    for each in outcomes:
        trial = each.trial
        if verbose or each.result in (Result.SURVIVED, Result.UNTESTED):
            shown = difference(Candidate(trial.path, trial.change), sources[trial.path])
            tests = len(trial.selection.tests)
            print(
                f"{each.result} after {each.seconds:.0f} s, {tests} tests"
                f" and {len(trial.selection.files)} files: {shown}\n{each.last_line}".rstrip(),
                flush=True,
            )
        yield each.result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/mutants", description=__doc__)
    parser.add_argument(
        "paths", nargs="*", help="folders, modules or lines (module.py:12); else all"
    )
    parser.add_argument("--seed", type=int, help="the seed of the sample; else a fresh one")
    parser.add_argument("--count", type=int, default=200, help="how many changes (%(default)s)")
    parser.add_argument("--skip", type=int, default=0, help="leave the first of them out")
    parser.add_argument("--all", action="store_true", help="all changes instead of a sample")
    parser.add_argument(
        "--changed-since", metavar="REF", help="only lines that differ from a commit"
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (%(default)s)")
    parser.add_argument(
        "--budget",
        type=float,
        default=20.0,
        help="how many seconds of tests run for a change at first (%(default)s)",
    )
    parser.add_argument(
        "--record",
        choices=["missing", "changed", "all", "none"],
        default="missing",
        help="of which tests to record anew what they run (%(default)s)",
    )
    parser.add_argument("--verbose", action="store_true", help="print what is noticed too")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
