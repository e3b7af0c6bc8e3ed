"""Parses untrusted XML and writes answers in the real server's format."""

import codecs

from lxml import etree

from .errors import Code, PresenceServiceError

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
INDENT = "    "

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""Byte order marks; that of UTF-32-LE begins like that of UTF-16-LE."""


def read(body: bytes, encoding: str | None = None) -> etree._Element:
    """Parse a document. Codes: 102.

    A byte order mark takes precedence over `encoding`, which takes precedence over the declaration;
    unknown encodings are ignored (RFC 7303). Document types are refused, so no entity can be
    declared; lxml's limits on depth and size stay in force.
    """
    parser = etree.XMLParser(
        encoding=None if body.startswith(_MARKS) else _known(encoding),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PresenceServiceError(Code.UNREADABLE_XML) from error
    if root.getroottree().docinfo.doctype:
        raise PresenceServiceError(Code.UNREADABLE_XML)
    return root


def _known(encoding: str | None) -> str | None:
    """Return an encoding if lxml knows it, else None."""
    try:
        etree.XMLParser(encoding=encoding)
    except LookupError:
        return None
    return encoding


def read_root(body: bytes, name: str, encoding: str | None = None) -> etree._Element:
    """Parse a document with this local name as its root. Codes: 102, 103."""
    root = read(body, encoding)
    if local_name(root) != name:
        raise PresenceServiceError(Code.WRONG_ROOT)
    return root


def local_name(element: etree._Element) -> str:
    return etree.QName(element).localname


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Return the children with this local name, in any namespace."""
    return [child for child in element if local_name(child) == name]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first child with this local name, in any namespace."""
    return next(iter(children(element, name)), None)


def text(element: etree._Element | None) -> str:
    """Return the stripped text of an element, empty if it is None."""
    if element is None:
        return ""
    return (element.text or "").strip()


def write(root: etree._Element) -> bytes:
    """Serialize with a declaration, four spaces a level, in UTF-8."""
    etree.indent(root, space=INDENT)
    return DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False) + b"\n"
