"""Files in Home Assistant's storage: written and read by tests, and damaged in many ways."""

import json
from pathlib import Path
import shutil
from typing import Any


def on_disk(directory: Path, key: str) -> Any:
    """Return what is stored, None without a file."""
    file = directory / key
    return json.loads(file.read_text())["data"] if file.exists() else None


def put(directory: Path, key: str, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    (directory / key).write_bytes(data)


def put_data(directory: Path, key: str, data: object) -> None:
    """Store data of the first version."""
    put(directory, key, json.dumps({"version": 1, "minor_version": 1, "key": key, "data": data}))


def files(directory: Path, key: str) -> dict[str, bytes]:
    """Return the contents of a file and of what it was moved to, by their names."""
    return {file.name: file.read_bytes() for file in directory.glob(f"{key}*")}


def replace_by_file(directory: Path) -> None:
    """Let nothing be stored there any more."""
    shutil.rmtree(directory)
    directory.write_text("no directory")


# Files that Home Assistant moves away itself, with an issue of its own.
NO_JSON = {
    "empty": b"",
    "NUL bytes": b"\0" * 512,
    "half a file": b'{"version": 1, "data": {"x": {"num',
    "no UTF-8": b"\xff\xfe{}",
    "too deep": b"[" * 100_000,
}

# JSON that Home Assistant's store cannot read, or reads as what no record is in.
OTHER_JSON = (
    "null",
    "[]",
    "5",
    '"minor_version"',
    "true",
    '{"a": 1}',
    '{"version": 1}',
    '{"version": "1", "data": {}}',
    '{"version": null, "data": {}}',
    '{"version": 0, "data": {}}',
    '{"version": 2, "data": {}}',
    '{"version": 1, "minor_version": 1, "data": []}',
    '{"version": 1, "minor_version": 1, "data": 5}',
    '{"version": 1, "minor_version": 1, "data": "x"}',
)
