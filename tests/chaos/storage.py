"""Damages the integration's files while Home Assistant is stopped, and restores earlier ones."""

from collections.abc import Callable, Iterator
import json
from pathlib import Path
from typing import Any, Final

from custom_components.cisco_unified_presence.const import DOMAIN

from .scenario import contact_of

RECORDS: Final = "kept"
PAUSES: Final = "pauses"
NODES: Final = "backup"
# The ends of the names of the integration's files that are damaged.
FILES: Final = (RECORDS, "rules", PAUSES, "leftovers", NODES)
MISSING: Final = "missing"
# Of the stored form, later than any that the integration knows.
FUTURE: Final = 99
# A record of another form than any.
BROKEN: Final = {"manual": 7, "written": "x"}

type Damage = Callable[[bytes], bytes]
type Snapshot = dict[str, bytes]


def _of_future(content: bytes) -> bytes:
    stored: dict[str, Any] = json.loads(content)
    return json.dumps({**stored, "version": FUTURE, "minor_version": FUTURE}).encode()


DAMAGES: Final[dict[str, Damage]] = {
    "half": lambda content: content[: len(content) // 2],
    "empty": lambda _: b"",
    "{}": lambda _: b"{}",
    "null": lambda _: b"null",
    "[]": lambda _: b"[]",
    "NUL": lambda content: bytes(len(content)),
    "future": _of_future,
}


def files_in(storage: Path) -> Iterator[Path]:
    """Yield the integration's files."""
    for file in sorted(storage.glob(f"{DOMAIN}*")):
        if ".corrupt." not in file.name:
            yield file


def damage(storage: Path, how: str, name: str) -> None:
    """Damage, or delete, the file whose name ends so, if there is one."""
    for file in files_in(storage):
        if not file.name.endswith(name):
            continue
        if how == MISSING:
            file.unlink()
        else:
            file.write_bytes(DAMAGES[how](file.read_bytes()))


def break_record(storage: Path, user: str) -> None:
    """Give the record of one person another form, if there is one."""
    for file in files_in(storage):
        if file.name.endswith(RECORDS):
            stored = json.loads(file.read_bytes())
            if contact_of(user) in stored["data"]:
                stored["data"][contact_of(user)] = BROKEN
                file.write_text(json.dumps(stored))


def save(storage: Path) -> Snapshot:
    """Return the content of the integration's files."""
    return {file.name: file.read_bytes() for file in files_in(storage)}


def restore(storage: Path, snapshot: Snapshot) -> None:
    """Give the integration's files the content that they had; others are deleted."""
    for file in files_in(storage):
        file.unlink()
    for name, content in snapshot.items():
        (storage / name).write_bytes(content)
