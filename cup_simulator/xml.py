"""XML: reading what strangers send, and writing answers as the real server does."""

import codecs

from lxml import etree

from .errors import Code, PresenceServiceError

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
INDENT = "    "

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""Byte order marks; that of UTF-32-LE begins like that of UTF-16-LE."""


def read(body: bytes, encoding: str | None = None) -> etree._Element:
    """Return the root of a document, in an encoding that stands over what it says itself.

    A byte order mark stands over both, and an encoding that nobody knows is passed over (RFC 7303).
    Document types are refused, so that no entity can be declared; lxml's own limits on
    depth and size stay on.

    Raises:
        PresenceServiceError: 102, it cannot be read.
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
    """Return an encoding if there is one of this name."""
    try:
        etree.XMLParser(encoding=encoding)
    except LookupError:
        return None
    return encoding


def read_root(body: bytes, name: str, encoding: str | None = None) -> etree._Element:
    """Return the root of a document, which must have this local name.

    Raises:
        PresenceServiceError: 102, it cannot be read; 103, it is another root.
    """
    root = read(body, encoding)
    if local_name(root) != name:
        raise PresenceServiceError(Code.WRONG_ROOT)
    return root


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Return the children with this local name, in any namespace."""
    return [child for child in element if local_name(child) == name]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first child with this local name, in any namespace."""
    return next(iter(children(element, name)), None)


def text(element: etree._Element | None) -> str:
    """Return the text of an element without the space around it, empty when there is none."""
    if element is None:
        return ""
    return (element.text or "").strip()


def write(root: etree._Element) -> bytes:
    """Return a document with its declaration, four spaces a level, UTF-8."""
    etree.indent(root, space=INDENT)
    return DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False) + b"\n"
