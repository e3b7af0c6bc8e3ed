"""docs/security.md names existing tests, and all tests of attacks."""

import ast
import json
from pathlib import Path
import re
import tomllib

from packaging.requirements import Requirement

REPOSITORY = Path(__file__).parents[2]
TEXT = (REPOSITORY / "docs/security.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT))


def defined_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {each.name for each in tree.body if isinstance(each, found) and each.name[:5] == "test_"}


def test_every_named_test_exists() -> None:
    assert len(NAMED) > 50
    assert not {
        f"{file}::{name}"
        for file, name in NAMED
        if not (REPOSITORY / file).is_file() or name not in defined_in(REPOSITORY / file)
    }


def test_every_path_of_a_test_is_recognized() -> None:
    assert TEXT.count("::test_") == len(re.findall(r"`tests/[\w/]+\.py::test_\w+`", TEXT))


def test_every_test_of_an_attack_is_named() -> None:
    folder = Path(__file__).parent
    attacks = {
        (f"tests/security/{file.name}", name)
        for file in folder.glob("test_*.py")
        if file != Path(__file__)
        for name in defined_in(file)
    }
    assert not attacks - NAMED


def test_the_integration_needs_one_package_within_a_range() -> None:
    folder = REPOSITORY / "custom_components/cisco_unified_presence"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (requirement,) = manifest["requirements"]
    bounds = re.fullmatch(r"lxml>=([\d.]+),<\d+", requirement)
    assert bounds
    # Home Assistant 2026.10 and 2026.11 pin these in their own integrations.
    assert {"6.1.2", "6.1.3"} <= set(Requirement(requirement).specifier.filter(["6.1.2", "6.1.3"]))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"].values()
    assert all("==" in each for group in groups for each in group)
    (pin,) = (Requirement(each) for group in groups for each in group if each.startswith("lxml=="))
    assert all(each.version in Requirement(requirement).specifier for each in pin.specifier)
    runs = (REPOSITORY / ".ci/run").read_text(encoding="utf-8")
    assert f"script/test --lxml {bounds[1]} " in runs
