"""Which test runs which line of the product, recorded once for each folder of tests."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
import json
import os
from pathlib import Path
import subprocess
import sys

import pytest

PRODUCT = ("custom_components/cisco_unified_presence", "cup_simulator")
# Those that run the product in other processes, or anything at random, or no code of it.
_NOT_RECORDED = frozenset(
    {"chaos", "common", "conformance", "documentation", "e2e", "hassfest", "mutants"}
)
# Tests beside the folders.
_TOP = "top"
# What is recorded of test files that were changed or added after their folder was recorded.
CHANGED = "changed"
_FILE = "MUTANTS_RECORD"
_CONFIGURATION = """\
[run]
branch = false
relative_files = true
source =
  {sources}
data_file = {data_file}
"""


@dataclass(slots=True)
class Record:
    """What was true when the tests of a folder were recorded.

    Attributes:
        seconds: How long each test took, by its id.
        failed: Tests that failed; they can notice nothing.
        tests: The digest of each test file.
        sources: The text of each module of the product.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    tests: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Record:
        return cls(**json.loads(file.read_text()))

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)))


def digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def folders_of(tree: Path) -> list[str]:
    """Return the names of what is recorded on its own."""
    folders = (each.name for each in (tree / "tests").iterdir() if (each / "__init__.py").exists())
    return [*sorted(set(folders) - _NOT_RECORDED), _TOP]


def files_in(tree: Path, folder: str) -> list[str]:
    """Return the test files of a folder."""
    top = tree / "tests"
    files = top.glob("test_*.py") if folder == _TOP else (top / folder).glob("test_*.py")
    return sorted(str(each.relative_to(tree)) for each in files)


def changed_files(tree: Path, cache: Path) -> list[str]:
    """Return the test files that are others than when their folders were recorded."""
    folders = folders_of(tree)
    recorded: dict[str, str] = {}
    for file in (cache / f"{each}.json" for each in folders):
        if file.exists():
            recorded |= Record.read(file).tests
    files = (file for folder in folders for file in files_in(tree, folder))
    return [file for file in files if recorded.get(file) != digest(tree / file)]


def record(tree: Path, folder: str, cache: Path, files: Sequence[str] | None = None) -> None:
    """Run the tests of a folder in a copy of the checkout, and store what they run.

    Args:
        tree: The copy.
        folder: Under which name it is stored.
        cache: Where.
        files: The test files, by default all in the folder.
    """
    cache.mkdir(parents=True, exist_ok=True)
    data_file = cache / f"{folder}.coverage"
    data_file.unlink(missing_ok=True)
    configuration = cache / f"{folder}.ini"
    configuration.write_text(
        _CONFIGURATION.format(sources="\n  ".join(PRODUCT), data_file=data_file)
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", __name__, "-p", "no:cacheprovider"]
    command += ["-m", "not browser", "--cov", f"--cov-config={configuration}"]
    command += ["--cov-context=test", "--cov-report="]
    command += files_in(tree, folder) if files is None else files
    # The faster way to measure cannot tell one test from another yet.
    environment = os.environ | {
        "COVERAGE_CORE": "ctrace",
        _FILE: str(cache / f"{folder}.json"),
        "PYTHONPATH": str(tree),
    }
    with (cache / f"{folder}.log").open("w") as log:
        subprocess.run(  # noqa: S603 (our own tests)
            command, cwd=tree, env=environment, stdout=log, stderr=log, check=False
        )


class _Recorder:
    """The plug-in of pytest that notes durations and failures."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._record = Record()

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        seconds = self._record.seconds
        seconds[report.nodeid] = seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self._record.failed.append(report.nodeid)

    @pytest.hookimpl
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        root = session.config.rootpath
        files = {each.partition("::")[0] for each in self._record.seconds}
        self._record.tests = {each: digest(root / each) for each in sorted(files)}
        self._record.sources = {each: (root / each).read_text() for each in modules_of(root)}
        self._record.write(self._file)


def modules_of(tree: Path) -> Iterable[str]:
    """Return the paths of the product's modules."""
    for package in PRODUCT:
        for file in sorted((tree / package).rglob("*.py")):
            yield str(file.relative_to(tree))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Recorder(Path(os.environ[_FILE])))
