"""Reading a list of contacts of which one is not well-formed: each contact by itself."""

from collections.abc import Callable, Generator
import re
from typing import Final
from xml.etree.ElementTree import Element
from xml.parsers import expat
from xml.sax.saxutils import unescape

from .errors import AnswerNotUnderstood
from .model import MAX_CONTACTS

# Bytes of one contact.
_LONGEST_CONTACT: Final = 256 * 1024

# Bytes before the name of the field in which a contact begins.
_LONGEST_BEGINNING: Final = 4096

# Bytes of a contact that is not well-formed, which go into its text.
_LONGEST_SAMPLE: Final = 2000

_PIECES_PER_TURN: Final = 20

_NAME: Final = b"contactURI"
_BEGINNING: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?contact[\s>]")
_END: Final = re.compile(rb"</(?:[\w.-]{1,40}:)?contact\s*>\Z")
_URI: Final = re.compile(rb"contactURI\s*(?:=\s*[\"']|>)([^<>\"']{1,512})[<\"']")
_PLACE: Final = b"<contact/>"

type Parsing = Generator[None, None, Element]
type Parse = Callable[[bytes], Parsing]


def in_pieces(text: bytes, parse: Parse) -> Generator[None, None, Element | None]:
    """Return the root of a list in which each contact that is not well-formed is a text.

    None when it is no such list or is cut off, or when none of several contacts is well-formed.

    Args:
        text: The list, in UTF-8.
        parse: Parses a document in slices.
    """
    begins = yield from _beginnings(text)
    end = _end_of_last(text, begins[-1]) if begins else None
    if end is None:
        return None
    try:
        root = yield from parse(text[: begins[0]] + _PLACE + text[end:])
    except expat.ExpatError, AnswerNotUnderstood:
        return None
    parent = next((each for each in root.iter() if any(map(_is_place, each))), None)
    if parent is None:
        return None
    contacts: list[Element] = []
    broken = 0
    for begin, stop in zip(begins, [*begins[1:], end], strict=True):
        piece = text[begin:stop].strip()
        try:
            contacts.append((yield from _parsed(piece, parse)))
        except expat.ExpatError, AnswerNotUnderstood:
            contacts.append(_as_text(piece))
            broken += 1
        if len(contacts) % _PIECES_PER_TURN == 0:
            yield
    if broken == len(contacts) > 1:
        return None
    parent[:] = contacts
    return root


def _beginnings(text: bytes) -> Generator[None, None, list[int]]:
    found: list[int] = []
    position = text.find(_NAME)
    while position >= 0 and len(found) < MAX_CONTACTS:
        begin = _beginning_before(text, position)
        if begin is not None and begin not in found[-1:]:
            found.append(begin)
        position = text.find(_NAME, position + len(_NAME))
        if len(found) % _PIECES_PER_TURN == 0:
            yield
    # Of more than a subscription holds, none is read.
    return [] if position >= 0 else found


def _beginning_before(text: bytes, position: int) -> int | None:
    """Return where the contact begins whose field is at a position: an attribute or a child."""
    earliest = max(position - _LONGEST_BEGINNING, 0)
    for _ in range(2):
        position = text.rfind(b"<", earliest, position)
        if position < 0:
            return None
        if _BEGINNING.match(text, position):
            return position
    return None


def _end_of_last(text: bytes, begin: int) -> int | None:
    name = text.rfind(b"contact", begin)
    close = text.find(b">", name)
    if close >= 0 and _END.search(text[max(name - 50, 0) : close + 1]):
        return close + 1
    empty = text.find(b"/>", begin)
    return empty + 2 if empty >= 0 else None


def _parsed(piece: bytes, parse: Parse) -> Parsing:
    if len(piece) > _LONGEST_CONTACT:
        raise AnswerNotUnderstood("a contact that is too long")
    return (yield from parse(piece))


def _as_text(piece: bytes) -> Element:
    """Return a contact with its own markup as a text, which then is what cannot be read."""
    contact = Element("contact")
    uri = _URI.search(piece[:_LONGEST_BEGINNING])
    if uri is not None:
        contact.set("contactURI", unescape(uri[1].decode(errors="replace")))
    contact.text = piece[:_LONGEST_SAMPLE].decode(errors="replace")
    return contact


def _is_place(element: Element) -> bool:
    return element.tag == "contact" and not element.attrib
