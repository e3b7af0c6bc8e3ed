"""Reading rich presence documents. Reference: "Rich presence: the PIDF document"."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
import logging
from typing import Final

from .errors import AnswerNotUnderstood
from .rich import Activity, Device, RichPresence
from .xml import XmlElement, local_name, parse

_LOGGER = logging.getLogger(__name__)


def read_pidf(document: XmlElement | bytes) -> RichPresence:
    """Read a PIDF document, given as its root element or as bytes.

    Senders disagree on namespaces, so only local names count.

    Raises:
        AnswerNotUnderstood: It is not a PIDF document.
    """
    root = parse(document) if isinstance(document, bytes) else document
    if local_name(root) != "presence":
        raise AnswerNotUnderstood("a rich presence that is no PIDF document")
    children = list(_elements(root))
    person = next((child for child in children if local_name(child) == "person"), None)
    about = _facts(person) if person is not None else _Facts()
    return RichPresence(
        entity=root.get("entity", "").strip(),
        display_name=_display_name(root),
        activities=about.activities,
        note=about.note or _first_text(children, "note"),
        devices=tuple(_device(child) for child in children if local_name(child) == "tuple"),
        user_input=about.user_input,
        manual=about.kind == "manual",
    )


def _device(element: XmlElement) -> Device:
    facts = _facts(element)
    return Device(
        id=element.get("id", "").strip(),
        source=facts.source,
        is_open=None if facts.basic is None else facts.basic.lower() == "open",
        activities=facts.activities,
        note=facts.note,
        user_input=facts.user_input,
    )


@dataclass(slots=True)
class _Facts:
    """What is said, at any depth, inside one person or tuple element."""

    activities: frozenset[Activity] = frozenset()
    basic: str | None = None
    kind: str | None = None
    note: str | None = None
    source: str | None = None
    user_input: str | None = None


def _facts(element: XmlElement) -> _Facts:
    facts = _Facts()
    for inner in _elements(element, deep=True):
        match local_name(inner):
            case "activities":
                facts.activities |= _read_activities(inner)
            case "basic":
                facts.basic = facts.basic or _text(inner)
            case "class":
                facts.kind = facts.kind or _text(inner)
            case "note":
                facts.note = facts.note or _text(inner)
            case "source":
                facts.source = facts.source or _text(inner)
            case "user-input":
                facts.user_input = facts.user_input or _text(inner)
    return facts


_TEXTS_AMONG_ACTIVITIES: Final = frozenset({"phone-status", "im-status", "user-input", "note"})


def _read_activities(element: XmlElement) -> frozenset[Activity]:
    names = {local_name(child) for child in _elements(element)} - _TEXTS_AMONG_ACTIVITIES
    for name in names:
        if name not in Activity:
            _report_unknown_activity(name[:40])
    return frozenset(Activity(name) for name in names if name in Activity)


@lru_cache(maxsize=64)
def _report_unknown_activity(name: str) -> None:
    """Log a name once; the cache is what remembers which ones were seen."""
    _LOGGER.debug("The server used the unknown activity %r", name)


def _display_name(root: XmlElement) -> str | None:
    names = root.iter("{*}display-name", "{*}displayname")
    return next((text for name in names if (text := _text(name))), None)


def _first_text(elements: list[XmlElement], name: str) -> str | None:
    texts = (_text(element) for element in elements if local_name(element) == name)
    return next((text for text in texts if text), None)


def _elements(parent: XmlElement, *, deep: bool = False) -> Iterator[XmlElement]:
    """Yield the elements inside, and nothing else that a parser may have left there."""
    return parent.iterdescendants("*") if deep else parent.iterchildren("*")


def _text(element: XmlElement) -> str | None:
    return (element.text or "").strip() or None
