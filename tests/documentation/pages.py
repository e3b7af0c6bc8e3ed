"""The pages of the documentation, and what is on them: headings, links, names, blocks of code."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
import re
from typing import Self, override

from markdown_it import MarkdownIt
from markdown_it.token import Token

REPOSITORY = Path(__file__).parents[2]

_MARKDOWN = MarkdownIt("commonmark").enable("table")
# As GitHub makes the name of a heading that a link may lead to.
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code.

    Attributes:
        page: The page on which it is, from the repository's root.
        line: The line of the page in which it begins.
        language: What it says it is written in.
        text: What it says.
        before: The block before it on the page, None for the first.
    """

    page: str
    line: int
    language: str
    text: str
    before: Self | None

    @override
    def __str__(self) -> str:
        """Return where it is, to name a test."""
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        name: Where it is, from the repository's root.
        text: What it says.
        tokens: The same, read as Markdown.
    """

    name: str
    text: str
    tokens: tuple[Token, ...]

    @property
    def blocks(self) -> list[Block]:
        """Return the blocks of code in their order."""
        found: list[Block] = []
        for token in self.tokens:
            if token.type == "fence" and token.map:
                before = found[-1] if found else None
                found.append(Block(self.name, token.map[0] + 1, token.info, token.content, before))
        return found

    @property
    def headings(self) -> list[str]:
        """Return the texts of the headings, without their markup."""
        pairs = pairwise(self.tokens)
        return [_plain(inline) for opening, inline in pairs if opening.type == "heading_open"]

    @property
    def anchors(self) -> set[str]:
        """Return what links may name after a #."""
        return {anchor_of(heading) for heading in self.headings}

    @property
    def links(self) -> list[str]:
        """Return where links lead."""
        return [str(each.attrs["href"]) for each in self._inline("link_open")]

    @property
    def images(self) -> list[str]:
        """Return where images are."""
        return [str(each.attrs["src"]) for each in self._inline("image")]

    @property
    def commands(self) -> list[str]:
        """Return what is set like code within sentences."""
        return [each.content for each in self._inline("code_inline")]

    def first_cells(self, markup: str) -> list[str]:
        """Return what has a markup (strong, em) in the first column of tables."""
        return [
            found
            for opening, cell in pairwise(self.tokens)
            if opening.type == "td_open" and opening.attrs.get("first")
            for found in _marked(cell, markup)
        ]

    def _inline(self, kind: str) -> Iterator[Token]:
        for token in self.tokens:
            yield from (each for each in token.children or () if each.type == kind)


@cache
def pages() -> tuple[Page, ...]:
    """Return all pages."""
    files = [
        REPOSITORY / "README.md",
        REPOSITORY / "CHANGELOG.md",
        *sorted((REPOSITORY / "docs").glob("**/*.md")),
    ]
    return tuple(_read(file) for file in files)


def page(name: str) -> Page:
    """Return the page of this name."""
    return next(each for each in pages() if each.name == name)


def anchor_of(heading: str) -> str:
    """Return what a link to a heading has after the #."""
    return _NOT_IN_ANCHORS.sub("", heading.lower()).replace(" ", "-")


def _read(file: Path) -> Page:
    text = file.read_text()
    tokens = _MARKDOWN.parse(text)
    _tell_first_cells(tokens)
    return Page(str(file.relative_to(REPOSITORY)), text, tuple(tokens))


def _tell_first_cells(tokens: list[Token]) -> None:
    for opening, cell in pairwise(tokens):
        if opening.type == "tr_open" and cell.type == "td_open":
            cell.attrs["first"] = 1


def _plain(inline: Token) -> str:
    return "".join(each.content for each in inline.children or ())


def _marked(inline: Token, markup: str) -> Iterator[str]:
    """Walk through the texts with a markup."""
    inside = False
    for token in inline.children or ():
        if token.type == f"{markup}_open":
            inside = True
        elif token.type == f"{markup}_close":
            inside = False
        elif inside and token.content:
            yield token.content
