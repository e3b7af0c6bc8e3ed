"""The files of custom sentences: written whole, checked before, and taken away again.

A file is ours as long as its first line has the digest of the rest. One that the user has changed
is left alone until the user agrees to have it replaced.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
import json
from pathlib import Path
from typing import Any, Final

from ..const import DOMAIN

FOLDER: Final = "custom_sentences"
NAME: Final = f"{DOMAIN}.yaml"
NOTICE: Final = "# Written by Cisco Unified Presence. Edited, it is not replaced without asking."

type Documents = Mapping[str, Mapping[str, Any]]


class BadSentences(Exception):
    """Sentences that would make the conversation agent fail in their language."""


@dataclass(slots=True)
class Outcome:
    """What became of files.

    Attributes:
        changed: Whether one was written or deleted.
        edited: Those that the user has changed, which are as they were.
        failure: Why files could not be written or deleted, None when they could.
    """

    changed: bool = False
    edited: list[Path] = field(default_factory=list)
    failure: str | None = None


def write(root: Path, documents: Documents, *, replace_edited: bool = False) -> Outcome:
    """Write the document of each folder, where it differs from the file.

    Args:
        root: The folder of custom sentences.
        documents: The documents by the names of their folders.
        replace_edited: Whether files that the user has changed are replaced as well.
    """
    outcome = Outcome()
    for folder, document in documents.items():
        path = root / folder / NAME
        try:
            _write(path, document, outcome, replace_edited=replace_edited)
        except (OSError, BadSentences) as error:
            outcome.failure = f"{path}: {_reason(error)}"
    return outcome


def remove(root: Path, folders: frozenset[str]) -> Outcome:
    """Delete our files from folders, and the folders that are empty then."""
    outcome = Outcome()
    for folder in sorted(folders):
        path = root / folder / NAME
        try:
            if not path.exists():
                continue
            if not _is_ours(path):
                outcome.edited.append(path)
                continue
            path.unlink()
            outcome.changed = True
            _remove_empty(path.parent)
        except OSError as error:
            outcome.failure = f"{path}: {_reason(error)}"
    if outcome.changed:
        _remove_empty(root)
    return outcome


def _write(
    path: Path, document: Mapping[str, Any], outcome: Outcome, *, replace_edited: bool
) -> None:
    text = _text_of(document)
    if path.exists():
        if not replace_edited and not _is_ours(path):
            outcome.edited.append(path)
            return
        if _read(path) == text:
            return
    _check(document)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The agent reads whatever ends in .yaml, complete or not.
    beside = path.with_suffix(".new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    outcome.changed = True


def _check(document: Mapping[str, Any]) -> None:
    """Parse sentences as the agent does, which checks nothing and fails for the whole language.

    Raises:
        BadSentences: They cannot be parsed, or name a list that is not there.
    """
    try:
        # A requirement of Home Assistant's conversation, which may not be installed.
        from hassil.intents import Intents  # noqa: PLC0415
        from hassil.parser import ParseError  # noqa: PLC0415
    except ImportError as error:
        raise BadSentences("Assist is not set up") from error
    try:
        intents = Intents.from_dict(dict(document))
        templates = [
            each
            for intent in intents.intents.values()
            for data in intent.data
            for each in data.sentences
        ]
        for each in templates:
            named = set(each.list_names(intents.expansion_rules))
            if unknown := named - intents.slot_lists.keys():
                raise BadSentences(f"{each.text}: there is no list {', '.join(unknown)}")
    except (ParseError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadSentences(repr(error)) from error


def _text_of(document: Mapping[str, Any]) -> str:
    """Return a document as YAML, which JSON is; whatever people are called is quoted."""
    rest = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return f"{_stamp(rest)}\n{rest}"


def _is_ours(path: Path) -> bool:
    first, _, rest = (_read(path) or "").partition("\n")
    return first == _stamp(rest)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def _stamp(rest: str) -> str:
    return f"{NOTICE} {sha256(rest.encode()).hexdigest()}"


def _remove_empty(folder: Path) -> None:
    """Delete a folder, unless there is something in it or it may not be deleted."""
    with suppress(OSError):
        folder.rmdir()


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
