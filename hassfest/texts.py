"""The texts of every language: where they stand, and what may be in them."""

from collections.abc import Iterator
from pathlib import Path
import re
import string

from .repository import Finding, Repository
from .shape import misshapen
from .text_shape import TRANSLATIONS

_RULES = (
    (re.compile(r"https?:|://|www\."), "an address belongs into a placeholder"),
    (re.compile(r"</?[a-zA-Z!]"), "HTML is not shown"),
    (re.compile(r"'[{}]"), "an apostrophe before a brace switches the placeholder off"),
    (re.compile(r"^\s|\s$"), "a space at the edge is lost"),
    (re.compile(r"  |\t"), "two spaces are shown as one"),
    (re.compile(r"^$"), "there is nothing in it"),
)


def check(repository: Repository) -> Iterator[Finding]:
    """Walk through what is wrong with the texts."""
    for file in files_of_texts(repository):
        content = repository.json(file)
        wrong = list(misshapen(TRANSLATIONS, content))
        for sentence in wrong or _sentences(content):
            yield Finding(file, sentence)


def files_of_texts(repository: Repository) -> list[Path]:
    """Return the files, one a language."""
    return repository.glob(f"{repository.integration}/translations/*.json")


def texts_in(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Walk through all texts with their places, such as config.step.user.title."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from texts_in(value, (*path, key))
    else:
        yield ".".join(path), str(tree)


def placeholders_in(text: str) -> set[str]:
    """Return the names that a text leaves open.

    Raises:
        ValueError: A brace has no partner.
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _sentences(content: object) -> Iterator[str]:
    for place, text in texts_in(content):
        for pattern, why in _RULES:
            if pattern.search(text):
                yield f"{place}: {why}."
        yield from (f"{place}: {why}." for why in _wrong_with_placeholders(text))


def _wrong_with_placeholders(text: str) -> Iterator[str]:
    try:
        names = placeholders_in(text)
    except ValueError:
        yield "a brace has no partner"
        return
    for name in sorted(names):
        if not re.fullmatch("[a-z0-9_]+", name):
            yield f"{{{name}}} is no placeholder"
