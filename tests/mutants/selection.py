"""Which tests can notice a change, and in which order they do it soonest."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import chain, zip_longest
from pathlib import Path, PurePosixPath
import re

from coverage import CoverageData

from .changes import Change, defined_by
from .recording import Record, digest, files_in, folders_of, modules_of

# What is said of a line: which tests run it.
type Lines = dict[int, list[str]]

_INTEGRATION = "custom_components/cisco_unified_presence/"

# Where the tests are of the modules that Home Assistant asks for by name.
_TESTED_IN = {
    "__init__": "runtime",
    "binary_sensor": "entities",
    "intent": "voice",
    "llm": "voice",
    "repairs": "repair",
    "select": "entities",
    "sensor": "entities",
    "services": "actions",
    "switch": "entities",
    "text": "entities",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Tests for one change.

    Attributes:
        files: Test files that changed after the recording; what is new in them runs too.
        tests: Ids of tests, in the order in which they run.
        seconds: How long they took when they were recorded.
        is_cut: Whether the budget left others out.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]
    seconds: float
    is_cut: bool = False


class Recorded:
    """The record of one folder of tests, read for the product as it is now."""

    def __init__(self, record: Record, data: CoverageData) -> None:
        self._record = record
        self._data = data
        self._lines: dict[str, Lines] = {}

    @classmethod
    def read(cls, cache: Path, folder: str) -> Recorded:
        data = CoverageData(str(cache / f"{folder}.coverage"))
        data.read()
        return cls(Record.read(cache / f"{folder}.json"), data)

    @property
    def seconds(self) -> dict[str, float]:
        return self._record.seconds

    @property
    def tests(self) -> dict[str, str]:
        return self._record.tests

    @cached_property
    def _failed(self) -> frozenset[str]:
        return frozenset(self._record.failed)

    @property
    def running(self) -> set[str]:
        """The ids of the tests that run a line of the product."""
        return {each.rpartition("|")[0] for each in self._data.measured_contexts()}

    def tests_of(self, path: str, source: str) -> Lines:
        """Return the tests that run each line of a module, by the lines of its present source."""
        if path not in self._lines:
            self._lines[path] = self._mapped(path, source)
        return self._lines[path]

    def _mapped(self, path: str, source: str) -> Lines:
        recorded = self._data.contexts_by_lineno(path)
        tests = {line: self._named(contexts) for line, contexts in recorded.items()}
        then = self._record.sources.get(path, "").splitlines()
        now = source.splitlines()
        if then == now:
            return tests
        mapped: Lines = {}
        matcher = SequenceMatcher(None, then, now, autojunk=False)
        for _, first, last, new_first, new_last in matcher.get_opcodes():
            # What replaces lines is run by the tests that ran those, or the line before them.
            replaced = list(range(first, last)) or [first - 1]
            for index in range(new_first, new_last):
                old = replaced[min(index - new_first, len(replaced) - 1)]
                mapped[index + 1] = tests.get(old + 1, [])
        return mapped

    def _named(self, contexts: Iterable[str]) -> list[str]:
        ids = (each.rpartition("|")[0] for each in contexts)
        return sorted({each for each in ids if each and each not in self._failed})


class Selector:
    """Selects the tests for changes of one tree."""

    def __init__(self, tree: Path, recorded: Iterable[Recorded], budget: float) -> None:
        self._tree = tree
        self._recorded = list(recorded)
        self._budget = budget
        self._seconds = {
            test: seconds for each in self._recorded for test, seconds in each.seconds.items()
        }
        digests = {file: known for each in self._recorded for file, known in each.tests.items()}
        present = [file for folder in folders_of(tree) for file in files_in(tree, folder)]
        self._changed = {file for file in present if digests.get(file) != digest(tree / file)}
        self._present = frozenset(present)

    @property
    def known(self) -> frozenset[str]:
        """The ids of the tests that were recorded."""
        return frozenset(self._seconds)

    def select(self, path: str, change: Change) -> Selection:
        """Return the tests that run a change, the likeliest to notice it first."""
        tests = self._running(path, change) or self._running_module(path)
        own = self._own_of(path)
        if not tests:
            tests = {test for test in self._seconds if _file_of(test) in own}
        files = self._changed & (own | {_file_of(test) for test in tests})
        files |= {file for file in self._changed if self._names_any_of(file, change.names)}
        ordered = _ordered(
            [each for each in tests if _file_of(each) in self._present],
            self._seconds,
            lambda file: (not _is_named_after(file, path), file not in own),
        )
        # Those that only compare what is defined first, which are quick, then those of the module's
        # own file, and of its folder; one that takes most of the budget must not keep all others
        # out.
        share = self._budget / 10
        ordered.sort(
            key=lambda each: (
                each not in self._idle,
                not _is_named_after(_file_of(each), path),
                self._seconds[each] > share,
                _file_of(each) not in own,
            )
        )
        chosen: list[str] = []
        seconds = 0.0
        for each in ordered:
            if chosen and seconds + self._seconds[each] > self._budget:
                continue
            chosen.append(each)
            seconds += self._seconds[each]
        is_cut = len(chosen) < len(ordered)
        return Selection(tuple(sorted(files)), tuple(chosen), seconds, is_cut)

    def _names_any_of(self, file: str, names: frozenset[str]) -> bool:
        words = set(re.findall(r"\w+", (self._tree / file).read_text())) if names else set()
        return not words.isdisjoint(names)

    def _own_of(self, path: str) -> set[str]:
        """Return the test files of a module or its package, or of the package around that."""
        mirrored, stem = PurePosixPath(mirrored_in(path)), PurePosixPath(path).stem
        named = _TESTED_IN.get(stem, stem) if mirrored == PurePosixPath("tests") else stem
        around = (mirrored / named, mirrored, *mirrored.parents)
        files = (
            {file for file in self._present if PurePosixPath(file).parent == folder}
            for folder in around
        )
        return next(filter(None, files), set())

    def _running(self, path: str, change: Change) -> set[str]:
        if change.names:
            return set(self._using(change.names))
        first, last = change.runs
        return set(self._running_lines(path, range(first, last + 1)))

    def _using(self, names: frozenset[str]) -> Iterator[str]:
        """Yield the tests that run lines which name what is defined on import, or name it.

        What is built from it on import counts as well. Tests that run no line, as those that
        compare texts, count where their file names it.
        """
        names = self._built_from(names)
        name = _any_of(names)
        yield from filter(name.search, self._seconds)
        for file, tests in self._idle_by_file.items():
            if self._names_any_of(file, names):
                yield from tests
        for module, source in self._sources.items():
            lines = [
                number for number, line in enumerate(source.splitlines(), 1) if name.search(line)
            ]
            yield from self._running_lines(module, lines)

    @cached_property
    def _idle(self) -> frozenset[str]:
        """The tests that run no line of the product."""
        running = set[str]().union(*(each.running for each in self._recorded))
        return frozenset(self._seconds.keys() - running)

    @cached_property
    def _idle_by_file(self) -> dict[str, list[str]]:
        files: dict[str, list[str]] = {}
        for test in sorted(self._idle):
            if _file_of(test) in self._present:
                files.setdefault(_file_of(test), []).append(test)
        return files

    def _built_from(self, names: frozenset[str]) -> frozenset[str]:
        found, new = names, names
        while new:
            name = _any_of(new)
            using = (defined for defined, text in self._definitions if name.search(text))
            new = frozenset[str]().union(*using) - found
            found |= new
        return found

    @cached_property
    def _definitions(self) -> list[tuple[frozenset[str], str]]:
        """The constants of all modules: the names, and the statement that defines them."""
        return [
            (names, ast.unparse(statement))
            for source in self._sources.values()
            for statement in ast.parse(source).body
            if isinstance(statement, ast.Assign | ast.AnnAssign)
            and (names := defined_by(statement))
        ]

    def _running_module(self, path: str) -> set[str]:
        return set(self._running_lines(path, range(1, len(self._sources[path].splitlines()) + 1)))

    def _running_lines(self, path: str, lines: Iterable[int]) -> Iterator[str]:
        lines = list(lines)
        for each in self._recorded:
            tests = each.tests_of(path, self._sources[path])
            yield from chain.from_iterable(tests.get(line, []) for line in lines)

    @cached_property
    def _sources(self) -> dict[str, str]:
        return {each: (self._tree / each).read_text() for each in modules_of(self._tree)}


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b")


def mirrored_in(path: str) -> str:
    """Return the folder of tests that mirrors the package of a module."""
    inner = path.removeprefix(_INTEGRATION)
    return str(PurePosixPath("tests", inner).parent)


def _is_named_after(file: str, path: str) -> bool:
    return PurePosixPath(file).stem.startswith(f"test_{PurePosixPath(path).stem}")


def _file_of(test: str) -> str:
    return test.partition("::")[0]


def _ordered(
    tests: Iterable[str], seconds: dict[str, float], rank: Callable[[str], tuple[bool, ...]]
) -> list[str]:
    """Return tests so that all files take turns, by rank, each with its fastest test first."""
    files: dict[str, list[str]] = {}
    for test in sorted(tests, key=lambda each: (seconds[each], each)):
        files.setdefault(_file_of(test), []).append(test)
    rounds = zip_longest(
        *(files[file] for file in sorted(files, key=lambda each: (rank(each), each)))
    )
    return [test for turn in rounds for test in turn if test is not None]
