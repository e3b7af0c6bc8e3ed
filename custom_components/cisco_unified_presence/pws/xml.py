"""Parsing what strangers send. The one place where bytes become XML.

Reference: "What an attacker or an accident may send".
"""

import codecs
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
import re
from typing import Final

import aiohttp
from lxml import etree

from .errors import AnswerNotUnderstood

# Bytes. 5000 contacts with rich presence are about 5 MB; anything larger is no answer.
MAX_BODY: Final = 8 * 1024 * 1024

# Elements, their ends and attributes. 5000 contacts with rich presence have half as many; making so
# many of them takes a fraction of a second, and 8 MiB of nothing else would take several.
MAX_MARKUP: Final = 600_000

# Elements among which one is looked for that stands near the beginning, where it is there at all.
MAX_SEARCHED: Final = 1000

# Characters of an answer that is not understood.
LONGEST_SAMPLE: Final = 20_000

_NO_LETTER: Final = re.compile(r"[^a-z]")

_ENCODING: Final = re.compile(rb"""<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.:-]{1,40})""")

_PARSER: Final = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    recover=False,
    remove_comments=True,
    remove_pis=True,
)

type XmlElement = etree._Element  # noqa: SLF001 - lxml has no public name for it


async def read_body(response: aiohttp.ClientResponse) -> bytes:
    """Return the body, reading no more than ``MAX_BODY``; the request's time-out bounds the time.

    Raises:
        AnswerNotUnderstood: It is larger.
        aiohttp.ClientError: The connection broke.
    """
    if (response.content_length or 0) > MAX_BODY:
        raise _too_large()
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_BODY:
            raise _too_large()
    return bytes(body)


def _too_large() -> AnswerNotUnderstood:
    return AnswerNotUnderstood(f"it is larger than {MAX_BODY // 1024 // 1024} MiB")


def parse(body: bytes) -> XmlElement:
    """Parse a document and return its root. Nothing outside the bytes is ever looked at.

    Raises:
        AnswerNotUnderstood: It is not well-formed XML, holds a document type, or is no XML at all.
    """
    text = _without_leading_blanks(body)
    if not text:
        raise AnswerNotUnderstood("it is empty")
    if len(text) > MAX_BODY:
        raise _too_large()
    if not _is_markup_seen(text):
        raise AnswerNotUnderstood(_what_it_is(text), _sample_of(text))
    if text.count(b"<") + text.count(b"=") > MAX_MARKUP:
        raise AnswerNotUnderstood("it holds too many elements")
    try:
        root = etree.fromstring(text, _PARSER)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise AnswerNotUnderstood(_what_it_is(text), _sample_of(text)) from error
    if root.getroottree().docinfo.doctype:
        raise AnswerNotUnderstood("it holds a document type, which the service never sends")
    return root


def _is_markup_seen(text: bytes) -> bool:
    """Tell whether an element begins with the byte that is counted, whatever the encoding."""
    declared = _ENCODING.match(text)
    if declared is None:
        return b"<" in text[:8]
    try:
        encoding = codecs.lookup(declared[1].decode()).name
        # In UTF-7 an element may begin as other characters do.
        return encoding != "utf-7" and b"<" in "<".encode(encoding)
    except LookupError, UnicodeError:
        return False


def _sample_of(text: bytes) -> str:
    return text[:LONGEST_SAMPLE].decode(errors="replace")


def _without_leading_blanks(body: bytes) -> bytes:
    # Some servers put blank lines before the XML declaration, where the standard allows none.
    return body.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")


def _what_it_is(text: bytes) -> str:
    start = text[:512].lower()
    if b"<html" in start or b"<!doctype html" in start:
        return "it is an HTML page"
    return "it is not well-formed XML"


def local_name(element: XmlElement) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


@lru_cache(maxsize=1024)
def letters(name: str) -> str:
    """Return the letters of a name, small: what is left when spellings of it differ.

    Reference: "SOAP". ``app-session-id``, ``appSessionId`` and ``APPSESSIONID`` are one name.
    """
    return _NO_LETTER.sub("", name.lower())


def is_named(element: XmlElement, name: str) -> bool:
    """Tell whether an element's local name has the same letters."""
    return letters(local_name(element)) == letters(name)


def child_named(element: XmlElement, name: str) -> XmlElement | None:
    """Return the first child of that local name, in whatever spelling."""
    children = islice(element.iterchildren("*"), MAX_SEARCHED)
    return next((child for child in children if is_named(child, name)), None)


def field(element: XmlElement, name: str) -> str | None:
    """Return what an attribute or else a child element of that local name says, stripped.

    Spellings of the name do not matter. None when there is neither.
    """
    plain = element.get(name)
    if plain is not None:
        return plain.strip()
    for key, value in islice(element.attrib.items(), MAX_SEARCHED):
        if letters(str(key).rpartition("}")[2]) == letters(name):
            return str(value).strip()
    child = child_named(element, name)
    return None if child is None else (child.text or "").strip()


def elements_near_the_beginning(root: XmlElement) -> Iterator[XmlElement]:
    """Yield the root and what is inside it, as far as it is worth while to look for something."""
    return islice(root.iter("*"), MAX_SEARCHED)


def field_anywhere(root: XmlElement, name: str) -> str | None:
    """Return the first non-empty ``field`` of the root or of anything inside it."""
    elements = elements_near_the_beginning(root)
    return next((text for element in elements if (text := field(element, name))), None)
