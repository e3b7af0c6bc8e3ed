"""Samples, recordings and trials of a small tree."""

from collections import Counter
import os
from pathlib import Path
from shutil import copytree, ignore_patterns
import subprocess
import sys

import pytest

from .__main__ import all_of, changed_lines, difference, sample, scope_of
from .trees import GIT, copy_tree

HERE = Path(__file__).parent
MODULE = "cup_simulator/place.py"
TREE = {
    "pyproject.toml": (
        "[tool.pytest.ini_options]\npythonpath = ['.']\nasyncio_mode = 'auto'\n"
        "markers = ['browser: none']\n"
    ),
    "cup_simulator/__init__.py": "",
    MODULE: (
        "def noticed(a):\n    return a + 1\n\n"
        "def loops(a):\n    while a > 0:\n        a -= 1\n    return a\n\n"
        "def survives(a):\n    return a or 0\n\n"
        "SIZE = int('7')\n"
    ),
    "custom_components/cisco_unified_presence/__init__.py": "",
    "tests/__init__.py": "",
    "tests/cup_simulator/__init__.py": "",
    "tests/cup_simulator/test_place.py": (
        "from cup_simulator.place import loops, noticed, survives\n\n"
        "def test_noticed():\n    assert noticed(1) == 2\n\n"
        "def test_loops():\n    assert loops(1) == 0\n\n"
        "def test_survives():\n    assert survives(1)\n"
    ),
    "tests/cup_simulator/test_broken.py": (
        "from cup_simulator.place import survives\n\ndef test_broken():\n    assert survives(0)\n"
    ),
}
LINES = [f"{MODULE}:{line}" for line in (2, 6, 10, 12)]
# Runs the tool with another checkout. Its own process, since it forgets modules.
PROGRAM = """\
import sys
from pathlib import Path
from tests.mutants import __main__ as tool, trial
trial.CPU_SECONDS = 3
tool.CHECKOUT = Path(sys.argv[1])
tool.CACHE = tool.CHECKOUT / ".cache"
sys.exit(tool.main(sys.argv[2:]))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one module and its tests."""
    for path, text in TREE.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    copytree(HERE, tmp_path / "tests" / "mutants", ignore=ignore_patterns("test_*", "__pycache__"))
    (tmp_path / ".gitignore").write_text(".cache/\n__pycache__/\n")
    subprocess.run([GIT, "init", "-q"], cwd=tmp_path, check=True)  # noqa: S603 (git)
    return tmp_path


@pytest.mark.skipif(
    "tests.home_assistant" in os.environ.get("PYTEST_ADDOPTS", ""),
    reason="The other checkout lacks the plug-in that this version of Home Assistant needs.",
)
@pytest.mark.timeout(300)
def test_the_command(checkout: Path) -> None:
    result = subprocess.run(  # noqa: S603 (our own module)
        [sys.executable, "-c", PROGRAM, checkout, "--all", "--verbose", *LINES],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    *_, last = lines = result.stdout.splitlines()
    outcomes = Counter(
        (line.partition(" ")[0], line.rpartition(":")[2])
        for line in lines
        if f": {MODULE}:" in line
    )
    assert outcomes == {
        ("noticed", "2"): 3,
        ("timeout", "6"): 1,
        ("noticed", "6"): 1,
        ("survived", "10"): 2,
        ("noticed", "10"): 3,
        ("unloadable", "12"): 1,
    }
    assert "  +     return a or 1" in lines
    assert last.startswith("mutants: 8 of 10 noticed (80.0%), 1 of them by time; seed ")
    assert last.endswith("; 1 more do not load and are not counted")
    assert (checkout / MODULE).read_text() == TREE[MODULE]


def test_a_sample_is_the_same_for_the_same_seed(checkout: Path) -> None:
    sources = {MODULE: (checkout / MODULE).read_bytes()}
    drawn = sample(sources, {MODULE: None}, 1, 4)
    assert drawn == sample(sources, {MODULE: None}, 1, 4)
    assert len(drawn) == len({each.change.line for each in drawn}) == 4
    assert drawn != sample(sources, {MODULE: None}, 2, 4)


def test_a_scope_of_lines(checkout: Path) -> None:
    assert scope_of([], checkout)[MODULE] is None
    assert scope_of(["cup_simulator/"], checkout)[MODULE] is None
    scope = scope_of([f"{MODULE}:2", f"{MODULE}:10"], checkout)
    assert scope == {MODULE: {2, 10}}
    sources = {MODULE: (checkout / MODULE).read_bytes()}
    assert {each.change.line for each in all_of(sources, scope)} == {2, 10}


def test_what_is_no_part_of_the_product(checkout: Path) -> None:
    with pytest.raises(SystemExit, match="no part"):
        scope_of(["tests"], checkout)


def test_lines_of_a_diff() -> None:
    assert changed_lines("@@ -1,2 +3,2 @@ def f()\n-a\n@@ -9 +8 @@\n@@ -5,2 +4,0 @@\n") == {3, 4, 8}


def test_what_is_printed_of_a_change(checkout: Path) -> None:
    source = (checkout / MODULE).read_bytes()
    shown = {difference(each, source) for each in all_of({MODULE: source}, {MODULE: {2}})}
    assert f"{MODULE}:2\n  -     return a + 1\n  +     return ((a) - (1))" in shown


def test_a_copy_has_what_git_does_not_ignore(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".cache").mkdir()
    (checkout / ".cache" / "ignored").write_text("")
    copy = tmp_path / ".cache" / "copy"
    copy_tree(checkout, copy)
    assert (copy / MODULE).read_text() == TREE[MODULE]
    assert not (copy / ".cache").exists()
