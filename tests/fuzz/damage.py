"""Ways to damage a valid document: its bytes, elements, encoding and size."""

from collections.abc import Sequence
from copy import deepcopy
from functools import reduce
import json

from hypothesis import strategies as st
from lxml import etree

type Damage = st.SearchStrategy[bytes]

HUGE = "9" * 5000

# Values that parsers of numbers, names, addresses and texts tend to fail on.
WORDS = (
    "",
    " ",
    "0",
    "-1",
    "1e400",
    HUGE,
    "٣",
    "²",
    "NaN",
    "true",
    "\u202e",
    "\ufffe",
    "%00",
    "../../etc/passwd",
    "file:///etc/passwd",
    "http://192.0.2.1:9/",
    "//[",
    "[::1%25]",
    "x" * 5000,
    "a@b@c",
    "{urn:x}y",
    "&lt;presence/&gt;",
    "<presence/>",
    "]]>",
    "\r\nSet-Cookie: a",
)

BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"&#0;",
    b"&#x110000;",
    b"&undeclared;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<?xml version='1.0' encoding='utf-7'?>",
    b"<x xmlns:x=''/>",
    b"<" * 300,
    b"<a>" * 400,
    b"<a " + b"b='1' " * 300,
    b" a='" + b"x" * 20_000 + b"'",
    b"\r\n\r\n",
    b"%0a",
    b"?id=" + HUGE.encode(),
)

DOCTYPES = (
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE a SYSTEM "http://192.0.2.1:9/x.dtd">',
    b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 40) for name in b"bcdefghijkl")
    + b"]>",
)

ENCODINGS = ("utf-8", "utf-16", "utf-32", "iso-8859-1", "windows-1252", "cp037", "ascii")


def damaged(documents: Sequence[bytes]) -> Damage:
    """Return a strategy for the documents with one to three damages, and for random bytes."""
    whole = st.sampled_from(documents)
    if documents[0].startswith(b"{"):
        return st.one_of(st.tuples(whole, _FILLINGS).map(fill), st.tuples(whole, _CUTS).map(cut))
    return st.one_of(
        st.tuples(whole, _CUTS).map(cut),
        st.tuples(whole, st.lists(_EDITS, min_size=1, max_size=3)).map(edit),
        st.tuples(whole, st.sampled_from(DOCTYPES), st.booleans()).map(declare),
        st.tuples(whole, st.sampled_from(ENCODINGS), st.sampled_from(ENCODINGS)).map(encode),
        st.tuples(whole, st.integers(1, 3000)).map(nest),
        st.binary(max_size=200),
    )


# Bytes: a place as a fraction of the document, the number of removed bytes, the replacement.
_CUTS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 20),
        st.one_of(st.sampled_from(BYTES), st.binary(max_size=4)),
    ),
    min_size=1,
    max_size=3,
)


def cut(drawn: tuple[bytes, list[tuple[float, int, bytes]]]) -> bytes:
    """Replace bytes."""
    return reduce(_cut_once, drawn[1], drawn[0])


def _cut_once(document: bytes, cut: tuple[float, int, bytes]) -> bytes:
    place, removed, replacement = cut
    start = int(place * len(document))
    return document[:start] + replacement + document[start + removed :]


# Elements: the place, the kind of change, and a word for it.
EDITS = ("drop", "double", "rename", "attribute", "text", "strip", "bare", "swallow")
_EDITS = st.tuples(
    st.floats(0, 0.999),
    st.sampled_from(EDITS),
    st.one_of(st.sampled_from(WORDS), st.text(max_size=6)),
)


def edit(drawn: tuple[bytes, list[tuple[float, str, str]]]) -> bytes:
    """Change elements, if the document is XML."""
    document, edits = drawn
    try:
        root = etree.fromstring(document)
    except etree.XMLSyntaxError:
        return document
    for edit in edits:
        _edit_once(root, edit)
    return etree.tostring(root)


def _edit_once(root: etree._Element, edit: tuple[float, str, str]) -> None:
    place, kind, word = edit
    elements = list(root.iter("*"))
    element = elements[int(place * len(elements))]
    try:
        _change(element, kind, word)
    except ValueError:
        # XML does not allow that word.
        element.text = None


def _change(element: etree._Element, kind: str, word: str) -> None:
    parent = element.getparent()
    name = etree.QName(element).localname
    match kind:
        case "rename":
            element.tag = word or name.swapcase()
        case "attribute":
            element.set(next(iter(element.attrib), "contactURI"), word)
        case "text":
            element.text = word
        case "strip":
            element.attrib.clear()
        case "bare":
            element.tag = name
        case "swallow":
            element[:] = [deepcopy(element)]
        case "drop" if parent is not None:
            parent.remove(element)
        case "double" if parent is not None:
            parent.append(deepcopy(element))


def declare(drawn: tuple[bytes, bytes, bool]) -> bytes:
    """Insert a document type declaration."""
    document, doctype, used = drawn
    start = document.find(b"?>") + 2 if document.startswith(b"<?xml") else 0
    text = document[start:]
    if used:
        text = text.replace(b">", b">&x;&l;", 2)
    return document[:start] + doctype + text


def encode(drawn: tuple[bytes, str, str]) -> bytes:
    """Declare one encoding and use another."""
    document, declared, real = drawn
    text = document.decode(errors="replace").replace("UTF-8", declared)
    if not text.startswith("<?xml"):
        text = f'<?xml version="1.0" encoding="{declared}"?>{text}'
    return text.encode(real, errors="replace")


def nest(drawn: tuple[bytes, int]) -> bytes:
    """Nest the document deeply."""
    document, depth = drawn
    body = document[document.find(b"?>") + 2 :] if document.startswith(b"<?xml") else document
    return b"<contact>" * depth + body + b"</contact>" * depth


# JSON: the place of the field, and its value.
NUMBERS = (-1, 0, 1, 10**18, 10**400, 1e308, float("inf"), float("nan"), 0.1)
TEXTS = ("\ud800", "(" * 2000, "a{99999999999}", "\0", "(?P<a", "GET\r\n", "\u202e")
_VALUES: st.SearchStrategy[object] = st.one_of(
    st.sampled_from((*WORDS, *NUMBERS, *TEXTS, None, True, [], {}, [[]], ["BUSY", {}])),
    st.text(max_size=4),
)
_FILLINGS = st.dictionaries(st.integers(0, 9), _VALUES, min_size=1, max_size=2)


def fill(drawn: tuple[bytes, dict[int, object]]) -> bytes:
    """Fill fields with wrong values."""
    document, fillings = drawn
    fields: dict[str, object] = json.loads(document)
    names = [*fields, "seconds", "count", "extra"]
    for place, value in fillings.items():
        fields[names[place % len(names)]] = value
    return json.dumps(fields).encode()
