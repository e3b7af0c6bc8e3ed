"""Which encoding a document is in, and the same document in UTF-8."""

import codecs
from collections.abc import Generator
import encodings
from encodings.aliases import aliases
from functools import lru_cache
import pkgutil
import re
import sys
from typing import Final

from .errors import AnswerNotUnderstood

# What begins a document that says nothing else; the longer of two that begin alike comes first.
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)

_DECLARATION: Final = re.compile(
    rb"""[ \t\r\n]*<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.ASCII
)

# Encodings that hold ASCII as it is, by the names that Python has for them. In others an element
# may begin with other bytes; some of Python's are no encodings of text at all.
_LIKE_ASCII: Final = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp125\d|cp(437|85\d|86\d)|koi8-[ru]|mac-\w+|"
    r"gb2312|gbk|gb18030|big5|euc_(jp|kr)|cp93[26]|cp949|cp950|shift_jis"
)
_WIDE: Final = re.compile(r"utf-(16|32)(-[bl]e)?")

# The control characters that XML does not know; senders let them through in notes.
_PRINTABLE: Final = bytes(
    ord("?") if byte < ord(" ") and byte not in b"\t\n\r" else byte for byte in range(256)
)

_BLANKS: Final = b" \t\r\n"

_LONGEST_NAME: Final = 40

# Python remembers every other name that it is asked for, after searching the disk for it.
_NAMES: Final = frozenset(
    (*aliases, *(each.name for each in pkgutil.iter_modules(encodings.__path__)))
)

_FALLBACK: Final = "cisco_unified_presence.windows-1252"

# The fallback is called for each byte, which takes some 600 ns. A slice in which more than one of
# so many bytes needs it is no UTF-8.
_BYTES_FOR_A_FALLBACK: Final = 64


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as what they are most often: Windows' own encoding."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_FALLBACK, _as_windows_1252)


def encoding_of(body: bytes, charset: str | None) -> str:
    """Return the encoding by the document's own word, else by ``charset``, else UTF-8.

    Raises:
        AnswerNotUnderstood: The document is in an encoding that is not read.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return encoding
    declaration = _DECLARATION.match(body[:400])
    if declaration is None:
        return _known(charset) or "utf-8"
    declared = declaration[1].decode()
    if known := _known(declared):
        return known
    if _WIDE.fullmatch(_python_name(declared)):
        # The declaration was readable, so it is not true.
        return _known(charset) or "utf-8"
    raise AnswerNotUnderstood("it is not well-formed XML")


def _python_name(name: str) -> str:
    if encodings.normalize_encoding(name).lower() not in _NAMES:
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError, ValueError:
        return ""


def _known(name: str | None) -> str | None:
    return _like_ascii(name) if name and len(name) <= _LONGEST_NAME else None


@lru_cache(maxsize=64)
def _like_ascii(name: str) -> str | None:
    found = _python_name(name)
    return found if _LIKE_ASCII.fullmatch(found) else None


def utf8_of(
    body: bytes, charset: str | None, slice_size: int, *, declared: bool = True
) -> Generator[None, None, bytes]:
    """Return a document in UTF-8 without blanks before it, slice by slice.

    Bytes that do not belong to the encoding, and control characters, are replaced.

    Args:
        body: The document.
        charset: The encoding that is said beside the document.
        slice_size: Bytes that are decoded between two pauses.
        declared: Whether the document's own word counts.
    """
    encoding = encoding_of(body, charset) if declared else charset or "utf-8"
    errors = _FALLBACK if encoding in {"utf-8", "ascii"} else "replace"
    if len(body) <= slice_size and encoding == "utf-8" and _is_utf_8(body):
        return _without_beginning(body.translate(_PRINTABLE))
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    text = bytearray()
    for begin in range(0, len(body), slice_size):
        if begin:
            yield
        piece = body[begin : begin + slice_size]
        if errors == _FALLBACK and _is_mostly_foreign(piece):
            decoded = (decoder.getstate()[0] + piece).decode("cp1252", "replace")
            decoder.reset()
        else:
            decoded = decoder.decode(piece, begin + slice_size >= len(body))
        text += decoded.encode(errors="replace").translate(_PRINTABLE)
    return _without_beginning(bytes(text))


def _is_mostly_foreign(piece: bytes) -> bool:
    foreign = len(piece) - len(piece.decode(errors="ignore").encode())
    return foreign > max(len(piece), 4096) // _BYTES_FOR_A_FALLBACK


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _without_beginning(text: bytes) -> bytes:
    return text.lstrip(_BLANKS).removeprefix(codecs.BOM_UTF8).lstrip(_BLANKS)


def utf8_at_once(body: bytes, charset: str | None) -> bytes:
    """Return a short document in UTF-8 without blanks before it.

    Raises:
        AnswerNotUnderstood: The document is in an encoding that is not read.
    """
    steps = utf8_of(body, charset, sys.maxsize)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            text: bytes = end.value
            return text
