"""A copy of what script/hassfest checks, to be broken."""

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
    """Copy what is checked to where it may be broken."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / INTEGRATION, folder / INTEGRATION, ignore=ignored)
    shutil.copytree(ROOT / "blueprints", folder / "blueprints")
    shutil.copy(ROOT / "hacs.json", folder)
    return Repository(folder)


def change_json(copy: Repository, file: Path, change: Change) -> None:
    """Change what a JSON file says."""
    content = copy.json(file)
    change(content)
    write(copy, file, json.dumps(content))


def replace(copy: Repository, file: Path, old: str, new: str) -> None:
    """Change the first such text in a file, which has to be there."""
    text = copy.read(file)
    assert old in text
    write(copy, file, text.replace(old, new, 1))


def write(copy: Repository, file: Path, text: str) -> None:
    """Put something else into a file."""
    (copy.root / file).write_text(text)


def said(check: Check, copy: Repository) -> list[str]:
    """Return what a check says, without the file's name."""
    return [found.sentence for found in check(copy)]
