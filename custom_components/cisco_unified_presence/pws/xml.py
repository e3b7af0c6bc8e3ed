"""Parsing XML that a server sends: the one place where its bytes become elements.

A document is read in slices, so that a long one can be read with pauses between them. What is
counted before anything is built: bytes and elements; while it is built: the length of a tag and the
number of different names. expat parses, because all that it allocates goes with the document;
lxml keeps each name that it meets until the process ends.

Namespaces are not resolved: senders disagree about them, so only local names are compared.

Reference: "What an attacker or an accident may send".
"""

import asyncio
from collections.abc import Generator, Iterator
from functools import lru_cache
from itertools import islice
import re
from typing import Final, Protocol
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from .encodings import utf8_of
from .errors import AnswerNotUnderstood
from .salvage import in_pieces

# Bytes. 5000 contacts with rich presence are about 5 MB; anything larger is no answer.
MAX_BODY: Final = 8 * 1024 * 1024

# 5000 contacts with rich presence have half as many.
MAX_ELEMENTS: Final = 250_000

# Elements, their ends and attributes.
MAX_MARKUP: Final = 600_000

# Bytes. All attributes of an element are read at once.
LONGEST_TAG: Final = 64 * 1024

# Names of elements and attributes in a document. The protocol has about a hundred.
MAX_NAMES: Final = 2000

# Elements and attributes among which one is searched.
MAX_SEARCHED: Final = 1000

# Characters of a field or a text; what is longer is cut.
LONGEST_TEXT: Final = 4096

# Characters of an answer that is not understood.
LONGEST_SAMPLE: Final = 20_000

# Bytes. Parsing so many takes a few milliseconds at worst.
SLICE: Final = 16 * 1024

_LONGEST_NAME: Final = 100
_MAX_TEXTS: Final = 200

_NO_LETTER: Final = re.compile(r"[^a-z]")

type XmlElement = Element

# Yields where others may have their turn, and returns the root.
type _Parsing = Generator[None, None, XmlElement]


class PartReader(Protocol):
    """Reads parts of a document while it is parsed, so that they need not all be held."""

    def take(self, root: XmlElement) -> None:
        """Read what is complete below the root so far, and remove it."""

    def forget(self) -> None:
        """Forget what was read: the document is refused."""


class Tagged(Protocol):
    """An element of any library."""

    @property
    def tag(self) -> object: ...


def parse(body: bytes, charset: str | None = None) -> XmlElement:
    """Parse a document at once and return its root. Nothing outside the bytes is ever read.

    Args:
        body: The document.
        charset: The encoding that is said beside the document; the document's own word wins.

    Raises:
        AnswerNotUnderstood: It is not well-formed XML, holds a document type, or is no XML at all.
    """
    return _finished(_parsing(body, charset))


def parse_text(text: str) -> XmlElement:
    """Parse a document that is text already: what it says of its encoding does not count.

    Raises:
        AnswerNotUnderstood: As for ``parse``.
    """
    return _finished(_parsing(text.encode(errors="replace"), None, is_text=True))


async def parse_in_turns(
    body: bytes, charset: str | None = None, parts: PartReader | None = None
) -> XmlElement:
    """Parse a document slice by slice, so that the loop is not blocked.

    Args:
        body: The document.
        charset: The encoding that is said beside the document.
        parts: What reads parts of a long document between slices.

    Raises:
        AnswerNotUnderstood: As for ``parse``.
    """
    steps = _parsing(body, charset, parts=parts)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            root: XmlElement = end.value
            return root
        await asyncio.sleep(0)


def _finished(steps: _Parsing) -> XmlElement:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            root: XmlElement = end.value
            return root


def too_large() -> AnswerNotUnderstood:
    return AnswerNotUnderstood(f"it is larger than {MAX_BODY // 1024 // 1024} MiB")


def _parsing(
    body: bytes,
    charset: str | None,
    *,
    is_text: bool = False,
    parts: PartReader | None = None,
) -> _Parsing:
    if len(body) > MAX_BODY:
        raise too_large()
    text = yield from utf8_of(body, "utf-8" if is_text else charset, SLICE, declared=not is_text)
    if not text:
        raise AnswerNotUnderstood("it is empty")
    if not text.startswith(b"<"):
        raise AnswerNotUnderstood(_what_it_is(text), sample_of(text))
    try:
        yield from _counted(text)
        return (yield from _built(text, parts))
    except expat.ExpatError as error:
        refusal = AnswerNotUnderstood(_what_it_is(text), sample_of(text))
        refusal.__cause__ = error
    except AnswerNotUnderstood as error:
        refusal = error
    if parts is not None:
        parts.forget()
    root = None if is_text else (yield from in_pieces(text, _built))
    if root is None:
        raise refusal
    return root


def _counted(text: bytes) -> Generator[None]:
    """Refuse a document of too many elements before any is made."""
    starts = ends = values = 0
    for begin in range(0, len(text), SLICE):
        if begin:
            yield
        piece = text[begin : begin + SLICE]
        starts += piece.count(b"<")
        ends += piece.count(b"</")
        values += piece.count(b"=")
        if starts + values > MAX_MARKUP or starts - ends > MAX_ELEMENTS:
            raise AnswerNotUnderstood("it holds too many elements", sample_of(text))


def _built(text: bytes, parts: PartReader | None = None) -> _Parsing:
    builder = TreeBuilder()
    roots: list[XmlElement] = []
    names: dict[str, str] = {}
    parser = expat.ParserCreate("utf-8", intern=names)
    parser.buffer_text = True

    def begin_root(tag: str, attributes: dict[str, str]) -> None:
        roots.append(builder.start(tag, attributes))
        parser.StartElementHandler = builder.start

    parser.StartElementHandler = begin_root
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_document_type
    # A tag is then parsed as soon as it is whole, so that what is left over is one that is not.
    parser.SetReparseDeferralEnabled(False)  # noqa: FBT003 - positional only
    for begin in range(0, len(text), SLICE):
        if begin:
            if parts is not None and roots:
                parts.take(roots[0])
            yield
        parser.Parse(text[begin : begin + SLICE])
        if begin + SLICE - parser.CurrentByteIndex > LONGEST_TAG:
            raise AnswerNotUnderstood("it holds too long a tag", sample_of(text))
        if len(names) > MAX_NAMES:
            raise AnswerNotUnderstood("it holds too many different names", sample_of(text))
    parser.Parse(b"", True)  # noqa: FBT003 - positional only
    return builder.close()


def _refuse_document_type(name: str, *_: object) -> None:
    if name.lower() == "html":
        raise AnswerNotUnderstood("it is an HTML page")
    raise AnswerNotUnderstood("it holds a document type, which the service never sends")


def sample_of(text: bytes) -> str:
    """Return the beginning of an answer that is not understood."""
    return text[:LONGEST_SAMPLE].decode(errors="replace")


def _what_it_is(text: bytes) -> str:
    start = text[:512].lower()
    if b"<html" in start or b"<!doctype html" in start:
        return "it is an HTML page"
    return "it is not well-formed XML"


def local_name(element: Tagged) -> str:
    """Return an element's name without its namespace or prefix."""
    name = str(element.tag)
    # The longest names are not remembered.
    return (_local if len(name) <= _LONGEST_NAME else _without_namespace)(name)


def _without_namespace(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]


_local: Final = lru_cache(maxsize=1024)(_without_namespace)


def letters(name: str) -> str:
    """Return the letters of a name in lower case: what is left when spellings of it differ.

    Reference: "SOAP". ``app-session-id``, ``appSessionId`` and ``APPSESSIONID`` are one name.
    """
    return (_letters if len(name) <= _LONGEST_NAME else _letters.__wrapped__)(name)


@lru_cache(maxsize=1024)
def _letters(name: str) -> str:
    return _NO_LETTER.sub("", name.lower())


def is_named(element: Tagged, name: str) -> bool:
    """Return whether an element's local name has the same letters."""
    return element.tag == name or _is_spelled(str(element.tag), name)


def _is_spelled(tag: str, name: str) -> bool:
    """Return whether a name with its namespace or prefix is another spelling of a name."""
    read = _local_letters if len(tag) <= _LONGEST_NAME else _local_letters.__wrapped__
    return read(tag) == _letters(name)


@lru_cache(maxsize=1024)
def _local_letters(name: str) -> str:
    return _NO_LETTER.sub("", _without_namespace(name).lower())


def child_named(element: XmlElement, name: str) -> XmlElement | None:
    """Return the first child of that local name, in whatever spelling."""
    children = islice(element, MAX_SEARCHED)
    return next((child for child in children if is_named(child, name)), None)


def field(element: XmlElement, name: str) -> str | None:
    """Return the stripped value of an attribute or else of a child element of that local name.

    Spellings of the name do not matter. None when there is neither.
    """
    value = attribute(element, name)
    if value is not None:
        return value
    child = child_named(element, name)
    return None if child is None else own_text(child)


def attribute(element: XmlElement, name: str) -> str | None:
    """Return the stripped value of an attribute, whatever the spelling of its name."""
    plain = element.get(name)
    if plain is not None:
        return plain[:LONGEST_TEXT].strip()
    for key in islice(element.attrib, MAX_SEARCHED):
        if not key.startswith("xmlns:") and _is_spelled(key, name):
            return element.attrib[key][:LONGEST_TEXT].strip()
    return None


def own_text(element: XmlElement) -> str:
    """Return the text at the beginning of an element, stripped."""
    return (element.text or "")[:LONGEST_TEXT].strip()


def whole_text(element: XmlElement) -> str:
    """Return all text inside an element, each run of blanks as one."""
    pieces = islice(element.itertext(), _MAX_TEXTS)
    text = "".join(piece[:LONGEST_TEXT] for piece in pieces)
    return " ".join(text[:LONGEST_TEXT].split())


def elements_near_the_beginning(root: XmlElement) -> Iterator[XmlElement]:
    """Yield the root and what is inside it, as far as a search is worth while."""
    return islice(root.iter(), MAX_SEARCHED)


def field_anywhere(root: XmlElement, name: str) -> str | None:
    """Return the first non-empty ``field`` of the root or of anything inside it."""
    budget = MAX_SEARCHED
    for element in elements_near_the_beginning(root):
        if element is not root and is_named(element, name) and (inside := own_text(element)):
            return inside
        budget -= len(element.attrib)
        if budget < 0:
            return None
        if value := attribute(element, name):
            return value
    return None
