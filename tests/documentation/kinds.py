"""The kinds of code blocks, recognized by their content. Each kind has a test that runs it."""

from enum import StrEnum, auto
from typing import Any

from lxml import etree
import yaml

from custom_components.cisco_unified_presence.const import DOMAIN

from .pages import Block, pages


class Kind(StrEnum):
    """The kinds of examples."""

    ACTION = auto()
    ANSWER = auto()
    AUTOMATION = auto()
    CARD = auto()
    CONFIGURATION = auto()
    DIAGRAM = auto()
    PROTOCOL = auto()
    PYTHON = auto()
    REPORT = auto()
    RULES = auto()
    SCRIPT = auto()
    SHELL = auto()
    SIMULATOR = auto()
    STATE = auto()


class UnknownKind(AssertionError):
    """No test runs a block."""


_LANGUAGES = {
    "json": Kind.STATE,
    "mermaid": Kind.DIAGRAM,
    "python": Kind.PYTHON,
    "sh": Kind.SHELL,
    "text": Kind.REPORT,
    "xml": Kind.PROTOCOL,
}
# The first key that a block has decides.
_KEYS = (
    (DOMAIN, Kind.RULES),
    ("triggers", Kind.AUTOMATION),
    ("use_blueprint", Kind.AUTOMATION),
    ("sequence", Kind.SCRIPT),
    ("action", Kind.ACTION),
    ("type", Kind.CARD),
    ("domain", Kind.SIMULATOR),
    ("nodes", Kind.SIMULATOR),
    ("people", Kind.ANSWER),
    ("logger", Kind.CONFIGURATION),
)


def kind_of(block: Block) -> Kind:
    """Return the kind of a block.

    Raises:
        UnknownKind: No test runs it.
    """
    if block.language != "yaml":
        if block.language in _LANGUAGES:
            return _LANGUAGES[block.language]
        raise UnknownKind(f"{block} is in {block.language or 'no language'}.")
    content = read(block)
    if isinstance(content, list) and all("presence" in each for each in content):
        return Kind.RULES
    for key, kind in _KEYS:
        if isinstance(content, dict) and key in content:
            return kind
    raise UnknownKind(f"{block} is YAML of no known kind.")


def read(block: Block) -> Any:
    return yaml.safe_load(block.text)


def read_xml(block: Block) -> etree._Element:
    """Parse a block of XML, which may begin with a blank line."""
    return etree.fromstring(block.text.strip().encode())


def blocks_of(*kinds: Kind) -> list[Block]:
    """Return all blocks of these kinds. Blocks of unknown kind fail in a test of their own."""
    return [block for page in pages() for block in page.blocks if _is_of(block, kinds)]


def _is_of(block: Block, kinds: tuple[Kind, ...]) -> bool:
    try:
        return kind_of(block) in kinds
    except UnknownKind:
        return False
