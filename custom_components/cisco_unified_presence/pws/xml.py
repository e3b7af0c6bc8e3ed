"""Parsing what strangers send. The one place where bytes become XML.

Reference: "What an attacker or an accident may send".
"""

import codecs
from functools import lru_cache
import re
from typing import Final

import aiohttp
from lxml import etree

from .errors import AnswerNotUnderstood

# Bytes. 5000 contacts with rich presence are about 5 MB; anything larger is no answer.
MAX_BODY: Final = 8 * 1024 * 1024

# Characters of an answer that is not understood.
LONGEST_SAMPLE: Final = 20_000

_NO_LETTER: Final = re.compile(r"[^a-z]")

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
    try:
        root = etree.fromstring(text, _PARSER)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise AnswerNotUnderstood(_what_it_is(text), _sample_of(text)) from error
    if root.getroottree().docinfo.doctype:
        raise AnswerNotUnderstood("it holds a document type, which the service never sends")
    return root


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
    return next((child for child in element.iterchildren("*") if is_named(child, name)), None)


def field(element: XmlElement, name: str) -> str | None:
    """Return what an attribute or else a child element of that local name says, stripped.

    Spellings of the name do not matter. None when there is neither.
    """
    plain = element.get(name)
    if plain is not None:
        return plain.strip()
    for key, value in element.attrib.items():
        if letters(str(key).rpartition("}")[2]) == letters(name):
            return str(value).strip()
    child = child_named(element, name)
    return None if child is None else (child.text or "").strip()


def field_anywhere(root: XmlElement, name: str) -> str | None:
    """Return the first non-empty ``field`` of the root or of anything inside it."""
    return next((text for element in root.iter("*") if (text := field(element, name))), None)
