"""Runs the tests against changed copies of the tree, each in a process forked from a warm one.

Importing Home Assistant takes seconds. So the tests are collected once, the modules of this
repository are forgotten again, and each fork imports only those, changed.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from itertools import count
import os
from pathlib import Path, PurePosixPath
import resource
import signal
import sys
import time
import traceback
from typing import NoReturn

import pytest

from .changes import Change
from .selection import Selection

_OF_THIS_REPOSITORY = frozenset(
    {"bench", "cup_simulator", "custom_components", "demo", "hassfest", "tests"}
)
# What a process may use beside its tests, and beside the memory that it begins with.
CPU_SECONDS = 15
MEMORY = 4 << 30
_POLL = 0.05
_LOG = "mutant.log"
# None of pytest's exit codes.
_UNLOADABLE = 64
_OPTIONS = ("-q", "-x", "--tb=line", "--no-header", "-p", "no:cacheprovider", "-m", "not browser")


class Result(StrEnum):
    """What the tests said of a change."""

    NOTICED = "noticed"
    TIMEOUT = "timeout"
    SURVIVED = "survived"
    UNTESTED = "untested"
    # The changed module cannot be imported, which takes no test to notice.
    UNLOADABLE = "unloadable"


@dataclass(frozen=True, slots=True)
class Trial:
    """A change and the tests that may notice it."""

    path: str
    change: Change
    selection: Selection


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a trial ended; the last line is pytest's about the failure."""

    trial: Trial
    result: Result
    seconds: float
    last_line: str


class _Chosen:
    """The plug-in of pytest that runs the chosen tests in the chosen order."""

    def __init__(self, selection: Selection, passed_over: frozenset[str]) -> None:
        self._order = {test: index for index, test in enumerate(selection.tests)}
        self._files = frozenset(selection.files)
        self._passed_over = passed_over

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [
            each
            for each in items
            if each.nodeid in self._order
            or (
                each.nodeid.partition("::")[0] in self._files
                and each.nodeid not in self._passed_over
            )
        ]
        items[:] = sorted(chosen, key=lambda each: self._order.get(each.nodeid, -1))


class _Failures:
    """The plug-in of pytest that writes the ids of tests that fail to a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            with self._file.open("a") as file:
                file.write(f"{report.nodeid}\n")


def warm_up(tree: Path, trials: Iterable[Trial]) -> None:
    """Import what the tests need, and forget what belongs to this repository."""
    files = {file for each in trials for file in _files_of(each.selection)}
    with _quiet(tree):
        pytest.main(["--collect-only", *_OPTIONS, *sorted(files)])
    for name in list(sys.modules):
        if name.partition(".")[0] in _OF_THIS_REPOSITORY:
            del sys.modules[name]


def broken_tests(tree: Path, trials: Iterable[Trial], known: frozenset[str]) -> frozenset[str]:
    """Return the tests without a record that fail without any change."""
    files = tuple(sorted({file for each in trials for file in each.selection.files}))
    if not files:
        return frozenset()
    found = tree / "broken.log"
    found.touch()
    pid = os.fork()
    if pid == 0:
        options = [each for each in _OPTIONS if each != "-x"]
        plugins = [_Failures(found), _Chosen(Selection(files, (), 0.0), known)]
        _run_in_fork(tree, [*options, *files], plugins, cpu_seconds=None)
    os.waitpid(pid, 0)
    return frozenset(found.read_text().splitlines())


def run_all(
    trials: Iterable[Trial], trees: Sequence[Path], passed_over: frozenset[str]
) -> Iterator[Outcome]:
    """Run trials side by side, one in each tree; yield their outcomes as they come.

    Of the files that changed, the tests in ``passed_over`` run only where they are selected.
    """
    waiting = iter(trials)
    free = list(trees)
    running: list[_Running] = []
    try:
        while True:
            while free and (trial := next(waiting, None)) is not None:
                if not _files_of(trial.selection):
                    yield Outcome(trial, Result.UNTESTED, 0.0, "")
                    continue
                running.append(_Running(trial, free.pop(), passed_over))
            if not running:
                return
            ended = [each for each in running if each.has_ended()]
            for each in ended:
                running.remove(each)
                free.append(each.tree)
                yield each.outcome()
            if not ended:
                time.sleep(_POLL)
    finally:
        for each in running:
            each.end()


class _Running:
    """A process that runs the tests of one trial."""

    _serial = count(1)

    def __init__(self, trial: Trial, tree: Path, passed_over: frozenset[str]) -> None:
        self.tree = tree
        self._trial = trial
        self._module = tree / trial.path
        self._times = self._module.stat()
        self._source = self._module.read_bytes()
        self._module.write_bytes(trial.change.applied_to(self._source))
        # Python compares whole seconds to see whether a compiled module is out of date.
        changed_at = int(self._times.st_mtime) + next(self._serial)
        os.utime(self._module, (changed_at, changed_at))
        self._began = time.monotonic()
        self._status: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            selection = trial.selection
            _run_in_fork(
                tree,
                [*_OPTIONS, *_files_of(selection)],
                [_Chosen(selection, passed_over)],
                cpu_seconds=CPU_SECONDS + 3 * int(selection.seconds),
                module=trial.path,
            )

    def has_ended(self) -> bool:
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid:
            self._status = os.waitstatus_to_exitcode(status)
        elif time.monotonic() - self._began > _wall_limit(self._trial.selection):
            self.end()
        return self._status is not None

    def end(self) -> None:
        """End the process and those it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._status = -signal.SIGKILL

    def outcome(self) -> Outcome:
        self._module.write_bytes(self._source)
        os.utime(self._module, (self._times.st_atime, self._times.st_mtime))
        match self._status:
            case pytest.ExitCode.OK:
                result = Result.SURVIVED
            case pytest.ExitCode.NO_TESTS_COLLECTED:
                result = Result.UNTESTED
            case int(status) if status == _UNLOADABLE:
                result = Result.UNLOADABLE
            case int(status) if status < 0:
                result = Result.TIMEOUT
            case _:
                result = Result.NOTICED
        lines = (self.tree / _LOG).read_text(errors="replace").splitlines()
        return Outcome(
            self._trial, result, time.monotonic() - self._began, next(filter(_tells, lines), "")
        )


def _tells(line: str) -> bool:
    return line.startswith(("FAILED ", "ERROR "))


def _wall_limit(selection: Selection) -> float:
    return 120 + 20 * selection.seconds


def _files_of(selection: Selection) -> list[str]:
    return sorted({*selection.files, *(each.partition("::")[0] for each in selection.tests)})


def _run_in_fork(
    tree: Path,
    arguments: list[str],
    plugins: list[object],
    *,
    cpu_seconds: int | None,
    module: str | None = None,
) -> NoReturn:
    """Run tests, unless a module cannot be imported, and end this process with the exit code."""
    status = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        os.setpgid(0, 0)
        if cpu_seconds is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        # What was recorded takes gigabytes, which the process has from its parent.
        memory = MEMORY + 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        with _quiet(tree):
            if module is None or _loads(module):
                status = int(pytest.main(arguments, plugins))
            else:
                status = _UNLOADABLE
    finally:
        # Nothing that the parent opened is to be closed twice.
        os._exit(status)


def _loads(module: str) -> bool:
    """Tell whether a module of the tree, in which the process works, can be imported."""
    name = ".".join(PurePosixPath(module).with_suffix("").parts).removesuffix(".__init__")
    sys.path.insert(0, str(Path.cwd()))
    try:
        import_module(name)
    except Exception:  # noqa: BLE001 (whatever the change causes)
        traceback.print_exc()
        return False
    finally:
        sys.path.pop(0)
    return True


@contextmanager
def _quiet(tree: Path) -> Iterator[None]:
    """Work in a tree, with all that is printed in its log."""
    before = Path.cwd(), sys.path[:]
    streams = os.dup(1), os.dup(2)
    os.chdir(tree)
    sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != before[0]]
    sys.stdout.flush()
    with (tree / _LOG).open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for stream, number in zip(streams, (1, 2), strict=True):
                os.dup2(stream, number)
                os.close(stream)
            os.chdir(before[0])
            sys.path[:] = before[1]
