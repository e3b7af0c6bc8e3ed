"""Reading rich presence documents.

Reference: "Rich presence: the PIDF document" and "Documents met in the wild".
"""

from collections.abc import Iterable, Iterator, Sequence
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

# Elements that may stand at any depth of a person or a tuple.
_ANYWHERE: Final = frozenset(
    {
        "activities",
        "activity",
        "display-name",
        "displayname",
        "relationship",
        "source",
        "user-input",
    }
)

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
    return _read(root, now or datetime.now(UTC))


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


class _Part:
    """A person, a tuple or the document, with its elements by their local names.

    Attributes:
        children: Those directly in it.
        inside: Those at any depth that may stand anywhere.
    """

    def __init__(self, element: XmlElement) -> None:
        self.element = element
        self.children = _by_name(element)
        self.inside: dict[str, list[XmlElement]] = {}
        for each in element.iter():
            name = local_name(each)
            if name in _ANYWHERE:
                self.inside.setdefault(name, []).append(each)

    def notes(self) -> Iterator[XmlElement]:
        """Yield its own notes, not those of a mood or an activity."""
        return iter(self.children.get("note", ()))

    def text(self, *names: str) -> str | None:
        """Return the first text of an element that may stand anywhere."""
        found = (each for name in names for each in self.inside.get(name, ()))
        return next((text for each in found if (text := _text(each))), None)

    def basic(self) -> str | None:
        """Return the basic status; that of ``willingness`` says something else."""
        statuses = (_by_name(each) for each in self.children.get("status", ()))
        found = (each for every in (self.children, *statuses) for each in every.get("basic", ()))
        return next((text for each in found if (text := _text(each))), None)

    def activities(self, now: datetime) -> frozenset[Activity]:
        groups = self.inside.get("activities", ())
        stated = chain.from_iterable(group for group in groups if _is_now(group, now))
        words = (
            word
            for element in chain(stated, self._activities_outside(groups))
            if _is_now(element, now) and (word := _word_of(element))
        )
        return frozenset(activity for word in words if (activity := _activity(word)))

    def begins(self, now: datetime) -> Iterator[datetime]:
        """Yield when the present activities began, of those that say it."""
        groups = self.inside.get("activities", ())
        for element in chain(groups, *groups, self._activities_outside(groups)):
            text = element.get("from")
            if text and (begin := _time(text)) and _is_now(element, now):
                yield begin

    def timestamp(self) -> datetime | None:
        return next((_time(each.text) for each in self.children.get("timestamp", ())), None)

    def _activities_outside(self, groups: Sequence[XmlElement]) -> Iterable[XmlElement]:
        """Return the elements ``activity`` that no ``activities`` hold, as the first drafts had."""
        alone = self.inside.get("activity", ())
        if not alone:
            return ()
        held = {id(element) for group in groups for element in group.iter()}
        return (each for each in alone if id(each) not in held)

    def is_own(self) -> bool:
        """Return whether a tuple is the person's, not that of an assistant or a relative."""
        for relationship in self.inside.get("relationship", ()):
            of = next((local_name(child) for child in relationship), None) or _text(relationship)
            if of and letters(of) != "self":
                return False
        return True

    def is_manual(self) -> bool:
        return any(_text(kind) == "manual" for kind in self.children.get("class", ()))


def _by_name(parent: XmlElement) -> dict[str, list[XmlElement]]:
    found: dict[str, list[XmlElement]] = {}
    for each in parent:
        found.setdefault(local_name(each), []).append(each)
    return found


def _read(root: XmlElement, now: datetime) -> RichPresence:
    parts = _by_name(root)
    persons = [_Part(each) for each in parts.get("person", ())]
    all_tuples = map(_Part, parts.get("tuple", ()))
    tuples = list(islice((each for each in all_tuples if each.is_own()), MAX_DEVICES))
    own = iter(parts.get("note", ()))
    names = chain(parts.get("display-name", ()), parts.get("displayname", ()))
    return RichPresence(
        entity=root.get("entity", "")[:LONGEST_CONTACT].strip(),
        display_name=next((text for each in names if (text := _text(each))), None)
        or _first(each.text("display-name", "displayname") for each in (*persons, *tuples)),
        activities=frozenset[Activity]().union(*(each.activities(now) for each in persons)),
        # The person's notes, else the document's, else those of the devices.
        notes=_notes_of(each.notes() for each in persons)
        or _notes_of([own])
        or _notes_of(each.notes() for each in tuples),
        devices=tuple(_device(each, now) for each in tuples),
        user_input=_first(each.text("user-input") for each in persons),
        manual=any(each.is_manual() for each in persons),
        since=_since(persons, tuples, now),
    )


def _since(persons: Sequence[_Part], tuples: Sequence[_Part], now: datetime) -> datetime | None:
    """Return when what is shown began: the last begin of an activity, else the last change said.

    RFC 4480 (``from``), RFC 4479 and RFC 3863 (``timestamp``).
    """
    begins = [time for each in persons for time in each.begins(now)]
    changes = [time for each in persons or tuples if (time := each.timestamp())]
    past = [time for time in begins or changes if time <= now]
    return max(past, default=None)


def _device(part: _Part, now: datetime) -> Device:
    basic = part.basic()
    notes = _notes_of([part.notes()])
    return Device(
        id=part.element.get("id", "")[:LONGEST_NAME].strip(),
        source=part.text("source"),
        is_open=None if basic is None else basic.lower() == "open",
        activities=part.activities(now),
        note=notes[0].text if notes else None,
        user_input=part.text("user-input"),
    )


def _first(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text), None)


def _notes_of(groups: Iterable[Iterable[XmlElement]]) -> tuple[Note, ...]:
    notes = map(_note, chain.from_iterable(groups))
    return tuple(islice((note for note in notes if note.text), MAX_NOTES))


def _note(element: XmlElement) -> Note:
    pieces = element.itertext() if len(element) else (element.text or "",)
    text = "".join(piece[:LONGEST_TEXT] for piece in pieces).strip()[:LONGEST_NOTE].rstrip()
    tag = next((value for key, value in element.attrib.items() if key in _LANGUAGE), "")
    return Note(text, tag.strip()[:LONGEST_NAME] or None)


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
    if not element.attrib:
        return True
    begin, end = _time(element.get("from")), _time(element.get("until"))
    return (begin is None or begin <= now) and (end is None or end > now)


def _time(text: str | None) -> datetime | None:
    """Return a point in time, None where there is none or none that can be read."""
    try:
        time = datetime.fromisoformat((text or "")[:LONGEST_NAME].strip())
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _text(element: XmlElement) -> str | None:
    return (element.text or "")[:LONGEST_TEXT].strip()[:LONGEST_NAME] or None
