"""A copy of the files that script/hassfest checks, for tests to break."""

from collections.abc import Callable, Iterable
import json
from pathlib import Path
import shutil
from typing import Any

from hassfest.repository import Finding, Repository

ROOT = Path(__file__).parents[2]
INTEGRATION = Path("custom_components/cisco_unified_presence")
ENGLISH = INTEGRATION / "translations" / "en.json"

type Change = Callable[[Any], object]
type Check = Callable[[Repository], Iterable[Finding]]


def copy_to(folder: Path) -> Repository:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / INTEGRATION, folder / INTEGRATION, ignore=ignored)
    shutil.copytree(ROOT / "blueprints", folder / "blueprints")
    return Repository(folder)


def change_json(copy: Repository, file: Path, change: Change) -> None:
    content = copy.json(file)
    change(content)
    write(copy, file, json.dumps(content))


def replace(copy: Repository, file: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text, which has to be there."""
    text = copy.read(file)
    assert old in text
    write(copy, file, text.replace(old, new, 1))


def write(copy: Repository, file: Path, text: str) -> None:
    (copy.root / file).write_text(text)


def said(check: Check, copy: Repository) -> list[str]:
    """Return the sentences of a check's findings."""
    return [found.sentence for found in check(copy)]
