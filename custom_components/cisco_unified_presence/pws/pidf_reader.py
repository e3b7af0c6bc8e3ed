"""Reading rich presence documents.

Reference: "Rich presence: the PIDF document" and "Documents met in the wild".
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, islice
import logging
from typing import Final

from .contact_uri import LONGEST_CONTACT
from .errors import AnswerNotUnderstood
from .rich import Activity, Device, Note, RichPresence
from .samples import LONGEST_SAMPLE_OF_CONTACT, sample_of_element
from .xml import LONGEST_TEXT, XmlElement, letters, local_name, parse, parse_text

_LOGGER = logging.getLogger(__name__)

# Of one document. Beyond, it is no document of a person.
MAX_DOCUMENT_ELEMENTS: Final = 2000
LONGEST_DOCUMENT: Final = 128 * 1024

# Beyond these, what is read is cut or left out: all of it becomes attributes, of which Home
# Assistant's recorder stores 16 kB for a state. Characters, but for the first two.
MAX_DEVICES: Final = 32
MAX_NOTES: Final = 8
LONGEST_NOTE: Final = 1000
LONGEST_NAME: Final = 64

_LANGUAGE: Final = frozenset({"lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"})

# Words of RFC 4480, and other spellings, by what they say. Those that say nothing are left out.
_READ_AS: Final = {
    **{letters(activity): activity for activity in Activity},
    "donotdisturb": Activity.DND,
    "holiday": Activity.VACATION,
    **dict.fromkeys(
        (
            "appointment",
            "presentation",
            "performance",
            "working",
            "intransit",
            "steering",
            "worship",
        ),
        Activity.BUSY,
    ),
    **dict.fromkeys(
        (
            "breakfast",
            "dinner",
            "lunch",
            "meal",
            "shopping",
            "travel",
            "spectator",
            "tv",
            "lookingforwork",
        ),
        Activity.AWAY,
    ),
    **dict.fromkeys(("permanentabsence", "sleeping"), Activity.UNAVAILABLE),
}
_SAY_NOTHING: Final = frozenset(
    {"other", "unknown", "phonestatus", "imstatus", "userinput", "note"}
)


def read_pidf(document: XmlElement | bytes | str, *, now: datetime | None = None) -> RichPresence:
    """Read a PIDF document, given as its root element, as bytes, or as text.

    Senders disagree on namespaces, so only local names count.

    Args:
        document: The document.
        now: What ``until`` is compared with; the present time without it.

    Raises:
        AnswerNotUnderstood: It is not a PIDF document, or longer than one of a person.
    """
    root = _root_of(document)
    if local_name(root) != "presence":
        raise _not_understood("a rich presence that is no PIDF document", root)
    if next(islice(root.iter(), MAX_DOCUMENT_ELEMENTS, None), None) is not None:
        raise _not_understood("a rich presence of too many elements", root)
    return _Document(root, now or datetime.now(UTC)).read()


def _root_of(document: XmlElement | bytes | str) -> XmlElement:
    if isinstance(document, bytes):
        return parse(document)
    if not isinstance(document, str):
        return document
    if len(document) > LONGEST_DOCUMENT or document.count("<") > 2 * MAX_DOCUMENT_ELEMENTS:
        sample = document[:LONGEST_SAMPLE_OF_CONTACT]
        raise AnswerNotUnderstood("a rich presence that is too long", sample)
    try:
        return parse_text(document)
    except AnswerNotUnderstood as error:
        error.sample = document[:LONGEST_SAMPLE_OF_CONTACT]
        raise


def _not_understood(detail: str, root: XmlElement) -> AnswerNotUnderstood:
    return AnswerNotUnderstood(detail, sample_of_element(root))


class _Document:
    """The parts of a document that are the person's own."""

    def __init__(self, root: XmlElement, now: datetime) -> None:
        self._root = root
        self._now = now
        self._persons = list(_children(root, "person"))
        tuples = (each for each in _children(root, "tuple") if _is_own(each))
        self._tuples = list(islice(tuples, MAX_DEVICES))

    def read(self) -> RichPresence:
        persons = self._persons
        return RichPresence(
            entity=self._root.get("entity", "")[:LONGEST_CONTACT].strip(),
            display_name=self._display_name(),
            activities=_all_activities(persons, self._now),
            notes=self._notes(),
            devices=tuple(self._device(each) for each in self._tuples),
            user_input=_first_text(persons, "user-input"),
            manual=any(
                _text(kind) == "manual" for each in persons for kind in _children(each, "class")
            ),
        )

    def _device(self, element: XmlElement) -> Device:
        basic = _basic(element)
        notes = _notes_of([element])
        return Device(
            id=element.get("id", "")[:LONGEST_NAME].strip(),
            source=_first_text([element], "source"),
            is_open=None if basic is None else basic.lower() == "open",
            activities=_all_activities([element], self._now),
            note=notes[0].text if notes else None,
            user_input=_first_text([element], "user-input"),
        )

    def _notes(self) -> tuple[Note, ...]:
        """Return the person's notes, else the document's, else those of the devices."""
        return _notes_of(self._persons) or _notes_of([self._root]) or _notes_of(self._tuples)

    def _display_name(self) -> str | None:
        own = chain(self._root, *(each.iter() for each in (*self._persons, *self._tuples)))
        names = (each for each in own if letters(local_name(each)) == "displayname")
        return next((text for name in names if (text := _text(name))), None)


def _is_own(element: XmlElement) -> bool:
    """Return whether a tuple is the person's, not that of an assistant or a relative."""
    for relationship in _children(element, "relationship"):
        of = next((local_name(child) for child in relationship), None) or _text(relationship)
        if of and letters(of) != "self":
            return False
    return True


def _basic(element: XmlElement) -> str | None:
    """Return the basic status; that of ``willingness`` says something else."""
    statuses = chain((element,), _children(element, "status"))
    return next((text for each in statuses if (text := _child_text(each, "basic"))), None)


def _notes_of(parents: Iterable[XmlElement]) -> tuple[Note, ...]:
    """Return the notes that are the elements' own, not those of a mood or an activity."""
    notes = (_note(each) for parent in parents for each in _children(parent, "note"))
    return tuple(islice((note for note in notes if note.text), MAX_NOTES))


def _note(element: XmlElement) -> Note:
    pieces = islice(element.itertext(), MAX_DOCUMENT_ELEMENTS)
    text = "".join(piece[:LONGEST_TEXT] for piece in pieces).strip()[:LONGEST_NOTE].rstrip()
    tag = next((value for key, value in element.attrib.items() if key in _LANGUAGE), "")
    return Note(text, tag.strip()[:LONGEST_NAME] or None)


def _all_activities(parents: Iterable[XmlElement], now: datetime) -> frozenset[Activity]:
    words = (
        word
        for parent in parents
        for group in _inside(parent, "activities")
        if _is_now(group, now)
        for element in group
        if _is_now(element, now) and (word := _word_of(element))
    )
    return frozenset(activity for word in words if (activity := _activity(word)))


def _word_of(element: XmlElement) -> str | None:
    """Return what an activity is: its name, or its text in the form of the drafts."""
    name = local_name(element)
    return _text(element) if letters(name) == "activity" else name


def _activity(word: str) -> Activity | None:
    key = letters(word)
    found = _READ_AS.get(key)
    if found is None and key not in _SAY_NOTHING:
        _report_unknown_activity(word[:40])
    return found


@lru_cache(maxsize=64)
def _report_unknown_activity(name: str) -> None:
    """Log a name once; the cache is what remembers which ones were seen."""
    _LOGGER.debug("The server used the unknown activity %r", name)


def _is_now(element: XmlElement, now: datetime) -> bool:
    begin, end = _time(element.get("from")), _time(element.get("until"))
    return (begin is None or begin <= now) and (end is None or end > now)


def _time(text: str | None) -> datetime | None:
    """Return a point in time, None where there is none or none that can be read."""
    try:
        time = datetime.fromisoformat((text or "")[:LONGEST_NAME].strip())
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _children(parent: XmlElement, name: str) -> Iterator[XmlElement]:
    return (each for each in parent if local_name(each) == name)


def _inside(parent: XmlElement, name: str) -> Iterator[XmlElement]:
    return (each for each in parent.iter() if local_name(each) == name)


def _first_text(parents: Iterable[XmlElement], name: str) -> str | None:
    found = (each for parent in parents for each in _inside(parent, name))
    return next((text for each in found if (text := _text(each))), None)


def _child_text(parent: XmlElement, name: str) -> str | None:
    return next((text for each in _children(parent, name) if (text := _text(each))), None)


def _text(element: XmlElement) -> str | None:
    return (element.text or "")[:LONGEST_TEXT].strip()[:LONGEST_NAME] or None
