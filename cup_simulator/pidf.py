"""Reads and writes rich presence: PIDF documents. Reference: "Rich presence: the PIDF document"."""

from lxml import etree

from . import xml
from .contact_uri import without_scheme
from .errors import Code, PresenceServiceError
from .model import (
    ACTIVITY_OF_WORD,
    EXTRA_ACTIVITIES,
    WORD_OF_ACTIVITY,
    Activity,
    Capabilities,
    Device,
    Presence,
    PublishedPresence,
    PublishedTuple,
    Seen,
    Shown,
    Status,
)

PIDF = "urn:ietf:params:xml:ns:pidf"
RPID = "urn:cisco:params:xml:ns:pidf:rpid"
CIPID = "urn:ietf:params:xml:ns:pidf:cipid"
SERVCAPS = "urn:ietf:params:xml:ns:pidf:servcaps"
SOURCE = "urn:cisco:params:xml:ns:pidf:source"

DETAILS = ("phone-status", "im-status", "user-input")
"""Children of `activities` with text."""


def read(root: etree._Element) -> PublishedPresence:
    """Parse a PIDF document in any namespaces. Codes: 120, it states no presence."""
    person = xml.child(root, "person")
    tuples = xml.children(root, "tuple")
    activities = _activities([person, *tuples])
    return PublishedPresence(
        status=Status(
            presence=_word(activities, tuples),
            activities=tuple(each for each in EXTRA_ACTIVITIES if each in activities),
            note=_note([person, *tuples, root]),
            details=_details(person),
        ),
        clear=Activity.CLEAR in activities,
        tuples=tuple(_read_tuple(element) for element in tuples),
    )


def _activities(holders: list[etree._Element | None]) -> list[Activity]:
    """Return the activities of the first holder that has any, in order."""
    for holder in holders:
        found = [
            Activity(xml.local_name(each))
            for group in _children(holder, "activities")
            for each in group
            if xml.local_name(each) in Activity
        ]
        if found:
            return found
    return []


def _word(activities: list[Activity], tuples: list[etree._Element]) -> Presence:
    """Return the first activity's word, else derive it from clear, extras or `basic`."""
    for activity in activities:
        if activity in WORD_OF_ACTIVITY:
            return WORD_OF_ACTIVITY[activity]
    if Activity.CLEAR in activities:
        return Presence.AVAILABLE
    if activities:
        return Presence.BUSY
    basics = {
        xml.text(basic)
        for element in tuples
        for status in xml.children(element, "status")
        for basic in xml.children(status, "basic")
    }
    if "open" in basics:
        return Presence.AVAILABLE
    if "closed" in basics:
        return Presence.UNAVAILABLE
    raise PresenceServiceError(Code.PRESENCE_REFUSED)


def _note(holders: list[etree._Element | None]) -> str:
    notes = (xml.text(note) for holder in holders for note in _children(holder, "note"))
    return next((note for note in notes if note), "")


def _details(person: etree._Element | None) -> tuple[tuple[str, str], ...]:
    return tuple(
        (xml.local_name(each), xml.text(each))
        for group in _children(person, "activities")
        for each in group
        if xml.local_name(each) in DETAILS
    )


def _read_tuple(element: etree._Element) -> PublishedTuple:
    servcaps = next(
        (each for each in element.iterdescendants() if xml.local_name(each) == "servcaps"), None
    )
    source = next(
        (each for each in element.iterdescendants() if xml.local_name(each) == "source"), None
    )
    return PublishedTuple(
        id=element.get("id", "").strip(),
        source=xml.text(source),
        capabilities=None if servcaps is None else _capabilities(servcaps),
    )


def _capabilities(servcaps: etree._Element) -> Capabilities:
    def said(name: str) -> bool | None:
        text = xml.text(xml.child(servcaps, name))
        return {"true": True, "false": False}.get(text)

    return Capabilities(
        said("text"), said("audio"), said("video"), xml.text(xml.child(servcaps, "type"))
    )


def _children(holder: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if holder is None else xml.children(holder, name)


def write(seen: Seen) -> etree._Element:
    """Return the PIDF document of a contact.

    The document of an unknown contact has only the entity. Each vocabulary is the default namespace
    of its elements, for parsers without namespace support.
    """
    presence = _element(PIDF, "presence", entity=f"sip:{without_scheme(seen.contact)}")
    shown = seen.shown
    if shown is None:
        return presence
    presence.append(_person(shown))
    devices = shown.devices if shown.override is None else (*shown.devices, shown.override)
    for device in devices:
        presence.append(_tuple(device, shown.contact))
    return presence


def _person(shown: Shown) -> etree._Element:
    person = _element(RPID, "person", id=shown.user)
    person.append(_status(shown.status))
    if shown.by_hand:
        _text(person, RPID, "class", "manual")
    if shown.status.note:
        _text(person, RPID, "note", shown.status.note)
    _text(person, CIPID, "display-name", shown.name)
    return person


def _status(status: Status) -> etree._Element:
    activities = _element(RPID, "activities")
    for activity in (ACTIVITY_OF_WORD[status.presence], *status.activities):
        activities.append(_element(RPID, activity))
    for name, text in status.details:
        _text(activities, RPID, name, text)
    return activities


def _tuple(device: Device, contact: str) -> etree._Element:
    element = _element(PIDF, "tuple", id=device.id)
    is_closed = device.status.presence is Presence.UNAVAILABLE
    status = _element(PIDF, "status")
    _text(status, PIDF, "basic", "closed" if is_closed else "open")
    element.append(status)
    element.append(_status(device.status))
    if device.capabilities is not None:
        element.append(_servcaps(device.capabilities))
    if device.source is not None:
        _text(element, SOURCE, "source", device.source)
    _text(element, PIDF, "contact", f"sip:{contact}", priority="0.8")
    if device.status.note:
        _text(element, PIDF, "note", device.status.note)
    return element


def _servcaps(capabilities: Capabilities) -> etree._Element:
    servcaps = _element(SERVCAPS, "servcaps")
    said = {
        "text": capabilities.text,
        "audio": capabilities.audio,
        "video": capabilities.video,
    }
    for name, value in said.items():
        if value is not None:
            _text(servcaps, SERVCAPS, name, "true" if value else "false")
    if capabilities.type:
        _text(servcaps, SERVCAPS, "type", capabilities.type)
    return servcaps


def _element(namespace: str, name: str, **attributes: str) -> etree._Element:
    return etree.Element(f"{{{namespace}}}{name}", attributes, nsmap={None: namespace})


def _text(parent: etree._Element, namespace: str, name: str, text: str, **attributes: str) -> None:
    element = _element(namespace, name, **attributes)
    element.text = text
    parent.append(element)
