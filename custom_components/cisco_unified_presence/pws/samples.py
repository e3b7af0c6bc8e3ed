"""Samples of what cannot be read, of a bounded length whatever it is."""

from collections.abc import Iterator
from itertools import islice
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from .xml import XmlElement

# Characters.
LONGEST_SAMPLE_OF_CONTACT: Final = 2000

_MAX_ATTRIBUTES: Final = 20
_LONGEST_PART: Final = 200


def sample_of_element(element: XmlElement) -> str:
    """Return the beginning of an element, written anew."""
    sample = ""
    for part in _parts(element):
        sample += part
        if len(sample) > LONGEST_SAMPLE_OF_CONTACT:
            break
    return sample[:LONGEST_SAMPLE_OF_CONTACT]


def _parts(root: XmlElement) -> Iterator[str]:
    waiting: list[XmlElement | str] = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
            continue
        tag = part.tag[:_LONGEST_PART]
        attributes = islice(part.attrib.items(), _MAX_ATTRIBUTES)
        written = (f" {name}={quoteattr(value[:_LONGEST_PART])}" for name, value in attributes)
        yield f"<{tag}{''.join(written)}>{_text(part.text)}"
        waiting.append(f"</{tag}>{_text(part.tail) if part is not root else ''}")
        waiting.extend(reversed(part[:LONGEST_SAMPLE_OF_CONTACT]))


def _text(text: str | None) -> str:
    return escape((text or "")[:_LONGEST_PART])
