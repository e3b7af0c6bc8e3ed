"""Leaves names, addresses and keys out of what servers say.

What a server says is free text. Only words that the suite itself uses pass; all others, and the
inputs of the run wherever they stand, are replaced.
"""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path
import re
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from cup_simulator.errors import DESCRIPTIONS
from custom_components.cisco_unified_presence import pws

from .target import SIMULATED, Target

LEFT_OUT: Final = "[...]"

# Fewer characters are replaced only where they stand alone: they are part of most words.
_SHORTEST_PART: Final = 3

# What is not divided: an address, a URL or a number of a version is one word.
_WORD: Final = re.compile(r"[^\s\"'`(){}\[\]<>,;|=]+")
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z_-]*")
_SHORT_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_SEVERAL_LEFT_OUT: Final = re.compile(rf"{re.escape(LEFT_OUT)}(?: ?{re.escape(LEFT_OUT)})+")
_NAME: Final = re.compile(r"[A-Za-z_][\w.-]{0,60}", re.ASCII)


def inputs_of(target: Target) -> list[str]:
    """Return all that a run was told about a server and its people."""
    servers = (target.http, target.https, target.contact_service)
    said: list[object] = [
        target.application_user,
        target.password,
        target.watcher,
        target.person,
        target.domain,
        target.contact(target.watcher),
        target.contact(target.person),
        target.federated,
        target.callback_url,
        target.callback_host,
        None if target.callback_url is None else target.callback_url.host,
    ]
    for server in servers:
        if server is not None:
            pins = getattr(server.security, "fingerprints", ())
            said += [server.host, server.bare_host, server.address, *pins]
    return [str(each) for each in said if each]


class Anonymizer:
    """Knows the inputs of a run."""

    def __init__(self, inputs: Iterable[str]) -> None:
        spelled = {way for each in inputs for way in _spellings(each) if way}
        self._alone = {each.casefold() for each in spelled}
        self._parts = sorted(
            (each for each in self._alone if len(each) >= _SHORTEST_PART), key=len, reverse=True
        )

    def text(self, text: str) -> str:
        """Return one line of what a server said, with unknown words replaced."""
        one_line = " ".join(text.split())
        shown = _WORD.sub(lambda found: self._word(found[0]), self._without_inputs(one_line))
        return _SEVERAL_LEFT_OUT.sub(LEFT_OUT, shown)

    def name(self, name: str) -> str:
        """Return the name of an element or a header, which programs give and not people."""
        if _NAME.fullmatch(name) is None or self._holds_input(name):
            return LEFT_OUT
        return name

    def _word(self, word: str) -> str:
        core = word.strip(".:!?-/")
        if not core:
            return word if word.isascii() else LEFT_OUT
        if core.casefold() in self._alone or not _is_known(core):
            return LEFT_OUT
        return word

    def _without_inputs(self, text: str) -> str:
        text = text if text.isascii() else text.casefold()
        for part in self._parts:
            text = re.sub(re.escape(part), LEFT_OUT, text, flags=re.IGNORECASE)
        return text

    def _holds_input(self, name: str) -> bool:
        folded = name.casefold()
        return folded in self._alone or any(part in folded for part in self._parts)


def _spellings(text: str) -> Iterable[str]:
    """Yield the ways in which messages spell a text."""
    yield from (text, quote(text, safe=""), quote(text), escape(text, {'"': "&quot;"}))
    yield from (repr(text)[1:-1], text.encode("unicode_escape").decode(), text.replace(":", ""))
    yield text.casefold()


def _is_known(word: str) -> bool:
    if _SHORT_NUMBER.fullmatch(word):
        return True
    return word.casefold() in known_words()


@cache
def known_words() -> frozenset[str]:
    """Return the words of the suite, of the client's errors and of the service's, in lower case."""
    own, client = Path(__file__).parent, Path(pws.__file__).parent
    found = {word for file in (*_cases(own), *client.glob("*.py")) for word in _words_of(file)}
    for each in DESCRIPTIONS.values():
        found.update(_plain(each.message), _plain(each.fix))
    return frozenset(found - _of_simulated_people())


def _cases(folder: Path) -> Iterable[Path]:
    others = {"target.py", "__init__.py", "__main__.py"}
    return (f for f in folder.glob("*.py") if f.name not in others and "test" not in f.name)


def _words_of(file: Path) -> Iterable[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Constant(value=str(text)):
                yield from _plain(text)
            case ast.Constant(value=int(number)):
                yield str(number)
            case ast.ClassDef(name=name):
                yield name.casefold()


def _plain(text: str) -> Iterable[str]:
    """Yield the plain words of a text, without those that are parts of addresses."""
    for run in _WORD.findall(text):
        core = run.strip(".:!?-/")
        if _PLAIN.fullmatch(core):
            yield core.casefold()


def _of_simulated_people() -> set[str]:
    people = (*SIMULATED.people, *SIMULATED.federated)
    names = [word for each in people for word in re.split(r"\W", f"{each.user} {each.name}")]
    accounts = [*SIMULATED.application_users, *SIMULATED.domain.split("."), "made-up"]
    return {each.casefold() for each in (*names, *accounts)}
