"""The pages of the documentation: their headings, links, names and code blocks."""

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
# The characters that GitHub leaves out of the anchors of headings.
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Block:
    """A code block.

    Attributes:
        page: The page, relative to the repository's root.
        line: Its first line on the page.
        before: The previous block of the page, None for the first.
    """

    page: str
    line: int
    language: str
    text: str
    before: Self | None

    @override
    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        name: Its path, relative to the repository's root.
        tokens: The text, parsed as Markdown.
    """

    name: str
    text: str
    tokens: tuple[Token, ...]

    @property
    def blocks(self) -> list[Block]:
        found: list[Block] = []
        for token in self.tokens:
            if token.type == "fence" and token.map:
                before = found[-1] if found else None
                found.append(Block(self.name, token.map[0] + 1, token.info, token.content, before))
        return found

    def blocks_below(self, heading: str) -> list[Block]:
        """Return the blocks of a section, up to the next heading of any level."""
        lines = self.text.splitlines()
        (first,) = (number for number, line in enumerate(lines) if line.lstrip("# ") == heading)
        after = (number for number, line in enumerate(lines) if line.startswith("#"))
        last = next((number for number in after if number > first), len(lines))
        return [block for block in self.blocks if first < block.line <= last]

    @property
    def headings(self) -> list[str]:
        """Return the headings without markup."""
        pairs = pairwise(self.tokens)
        return [_plain(inline) for opening, inline in pairs if opening.type == "heading_open"]

    @property
    def anchors(self) -> set[str]:
        return {anchor_of(heading) for heading in self.headings}

    @property
    def links(self) -> list[str]:
        """Return the targets of links."""
        return [str(each.attrs["href"]) for each in self._inline("link_open")]

    @property
    def images(self) -> list[str]:
        """Return the sources of images."""
        return [str(each.attrs["src"]) for each in self._inline("image")]

    @property
    def commands(self) -> list[str]:
        """Return the inline code."""
        return [each.content for each in self._inline("code_inline")]

    def first_cells(self, markup: str) -> list[str]:
        """Return the texts with a markup (strong, em) in the first column of tables."""
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
    files = [
        REPOSITORY / "README.md",
        REPOSITORY / "CHANGELOG.md",
        *sorted((REPOSITORY / "docs").glob("**/*.md")),
    ]
    return tuple(_read(file) for file in files)


def page(name: str) -> Page:
    return next(each for each in pages() if each.name == name)


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading."""
    return _NOT_IN_ANCHORS.sub("", heading.lower()).replace(" ", "-")


def _read(file: Path) -> Page:
    text = file.read_text()
    tokens = _MARKDOWN.parse(text)
    _mark_first_cells(tokens)
    return Page(str(file.relative_to(REPOSITORY)), text, tuple(tokens))


def _mark_first_cells(tokens: list[Token]) -> None:
    for opening, cell in pairwise(tokens):
        if opening.type == "tr_open" and cell.type == "td_open":
            cell.attrs["first"] = 1


def _plain(inline: Token) -> str:
    return "".join(each.content for each in inline.children or ())


def _marked(inline: Token, markup: str) -> Iterator[str]:
    """Yield the texts with a markup."""
    inside = False
    for token in inline.children or ():
        if token.type == f"{markup}_open":
            inside = True
        elif token.type == f"{markup}_close":
            inside = False
        elif inside and token.content:
            yield token.content
