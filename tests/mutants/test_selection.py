"""Which tests are run for a change."""

from pathlib import Path

from coverage import CoverageData
import pytest

from .changes import Change, changes_of
from .recording import Record, digest
from .selection import Recorded, Selector

MODULE = "cup_simulator/place.py"
OTHER = "cup_simulator/other.py"
SOURCE = "LIMIT = 1\ndef f(a):\n    return a + 1\ndef g(a):\n    return a + 2\n"
USER = "from .place import LIMIT\ndef h(a):\n    return a + LIMIT\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with two modules and three files of tests."""
    for path, text in {
        MODULE: SOURCE,
        OTHER: USER,
        "tests/cup_simulator/__init__.py": "",
        "tests/cup_simulator/test_place.py": "place",
        "tests/cup_simulator/test_slow.py": "slow",
        "tests/pws/__init__.py": "",
        "tests/pws/test_client.py": "client",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


CLIENT = "tests/pws/test_client.py::test_f"
PLACE = "tests/cup_simulator/test_place.py::test_f"
PLACE_SLOWLY = "tests/cup_simulator/test_place.py::test_f_slowly"
SLOW = "tests/cup_simulator/test_slow.py::test_g"
STATED = "tests/cup_simulator/test_slow.py::test_stated_value[place-LIMIT-1]"


@pytest.fixture
def recorded(tree: Path) -> Recorded:
    """What was recorded of the tree."""
    data = CoverageData(no_disk=True)
    for test, lines in {
        CLIENT: {MODULE: [3], OTHER: [3]},
        PLACE: {MODULE: [3]},
        PLACE_SLOWLY: {MODULE: [3]},
        SLOW: {MODULE: [5]},
        "tests/pws/test_client.py::test_broken": {MODULE: [3]},
    }.items():
        data.set_context(f"{test}|run")
        data.add_lines(lines)
    tests = (CLIENT, PLACE, SLOW)
    return Recorded(
        Record(
            seconds={CLIENT: 0.1, PLACE: 0.2, PLACE_SLOWLY: 3.0, SLOW: 9.0, STATED: 0.1},
            failed=["tests/pws/test_client.py::test_broken"],
            tests={
                each.partition("::")[0]: digest(tree / each.partition("::")[0]) for each in tests
            },
            sources={MODULE: SOURCE, OTHER: USER},
        ),
        data,
    )


def change_in(tree: Path, line: int) -> Change:
    return changes_of((tree / MODULE).read_bytes())[line][0]


def test_those_that_run_the_line_and_first_those_named_after_the_module(
    tree: Path, recorded: Recorded
) -> None:
    selected = Selector(tree, [recorded], budget=60).select(MODULE, change_in(tree, 3))
    assert selected.tests == (PLACE, PLACE_SLOWLY, CLIENT)
    assert selected.seconds == pytest.approx(3.3)
    assert not selected.is_cut


def test_no_more_than_the_budget_allows(tree: Path, recorded: Recorded) -> None:
    selected = Selector(tree, [recorded], budget=1).select(MODULE, change_in(tree, 3))
    assert selected.tests == (PLACE, CLIENT)
    assert selected.is_cut
    assert Selector(tree, [recorded], budget=1).select(MODULE, change_in(tree, 5)).tests == (SLOW,)


def test_a_constant_is_noticed_where_it_is_used_or_stated(tree: Path, recorded: Recorded) -> None:
    selected = Selector(tree, [recorded], budget=60).select(MODULE, change_in(tree, 1))
    assert selected.tests == (STATED, CLIENT)


def test_a_constant_that_is_built_into_another_is_noticed_where_that_is(
    tree: Path, recorded: Recorded
) -> None:
    (tree / OTHER).write_text("PART = 1\nLIMIT = PART + 1\n")
    change = changes_of((tree / OTHER).read_bytes())[1][0]
    selected = Selector(tree, [recorded], budget=60).select(OTHER, change)
    assert STATED in selected.tests


def test_a_constant_is_noticed_by_tests_that_run_nothing_where_they_name_it(
    tree: Path, recorded: Recorded
) -> None:
    reading = {
        f"tests/cup_simulator/{file}::test_texts": text
        for file, text in (("test_texts.py", "LIMIT"), ("test_others.py", "LIMITS"))
    }
    for test, text in reading.items():
        (tree / test.partition("::")[0]).write_text(text)
    others = Recorded(Record(seconds=dict.fromkeys(reading, 0.1)), CoverageData(no_disk=True))
    selector = Selector(tree, [recorded, others], budget=60)
    naming, _ = reading
    assert set(selector.select(MODULE, change_in(tree, 1)).tests) == {STATED, CLIENT, naming}
    assert set(selector.select(MODULE, change_in(tree, 5)).tests) == {SLOW}


def test_lines_that_moved_since(tree: Path, recorded: Recorded) -> None:
    (tree / MODULE).write_text('"""A text."""\n' + SOURCE.replace("a + 2", "a + 3"))
    selected = Selector(tree, [recorded], budget=60).select(MODULE, change_in(tree, 6))
    assert selected.tests == (SLOW,)


def test_test_files_that_changed_since_are_named(tree: Path, recorded: Recorded) -> None:
    (tree / "tests/cup_simulator/test_place.py").write_text("changed")
    (tree / "tests/cup_simulator/test_new.py").write_text("new")
    (tree / "tests/pws/test_new.py").write_text("new, and elsewhere")
    selected = Selector(tree, [recorded], budget=60).select(MODULE, change_in(tree, 3))
    assert selected.tests == (PLACE, PLACE_SLOWLY, CLIENT)
    assert selected.files == (
        "tests/cup_simulator/test_new.py",
        "tests/cup_simulator/test_place.py",
    )


def test_the_folder_of_the_module_where_no_test_runs_it(tree: Path) -> None:
    files = [each.partition("::")[0] for each in (CLIENT, PLACE)]
    nothing = Recorded(
        Record(
            seconds={CLIENT: 0.1, PLACE: 0.2}, tests={each: digest(tree / each) for each in files}
        ),
        CoverageData(no_disk=True),
    )
    (tree / "tests/cup_simulator/test_slow.py").unlink()
    assert Selector(tree, [nothing], budget=60).select(MODULE, change_in(tree, 3)).tests == (PLACE,)


def test_the_folder_around_where_a_package_in_a_package_has_none(
    tree: Path, recorded: Recorded
) -> None:
    inner = "cup_simulator/words/english.py"
    (tree / inner).parent.mkdir()
    (tree / inner).write_text("GREETING = 'hello'\n")
    change = changes_of((tree / inner).read_bytes())[1][0]
    selected = Selector(tree, [recorded], budget=60).select(inner, change)
    assert set(selected.tests) == {PLACE, PLACE_SLOWLY, SLOW, STATED}


@pytest.mark.parametrize(
    ("name", "folder"), [("place", "place"), ("sensor", "entities"), ("__init__", "runtime")]
)
def test_the_folder_of_the_tests_of_a_module_comes_first(
    tree: Path, recorded: Recorded, name: str, folder: str
) -> None:
    module = f"custom_components/cisco_unified_presence/{name}.py"
    inside, beside = f"tests/{folder}/test_writing.py::test_f", "tests/test_others.py::test_f"
    for path in (
        module,
        f"tests/{folder}/__init__.py",
        *(f.partition("::")[0] for f in (inside, beside)),
    ):
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(SOURCE)
    data = CoverageData(no_disk=True)
    for test in (inside, beside):
        data.set_context(f"{test}|run")
        data.add_lines({module: [3]})
    record = Record(seconds={inside: 0.2, beside: 0.1}, sources={module: SOURCE})
    selector = Selector(tree, [recorded, Recorded(record, data)], budget=60)
    assert selector.select(module, change_in(tree, 3)).tests == (inside, beside)


def test_a_changed_file_that_names_a_constant_is_named(tree: Path, recorded: Recorded) -> None:
    (tree / "tests/test_stated.py").write_text("LIMIT")
    (tree / "tests/test_other.py").write_text("LIMITS")
    recorded_top = Recorded(Record(), CoverageData(no_disk=True))
    selector = Selector(tree, [recorded, recorded_top], budget=60)
    assert selector.select(MODULE, change_in(tree, 1)).files == ("tests/test_stated.py",)
    assert selector.select(MODULE, change_in(tree, 3)).files == ()
