"""Writing rich presence documents. Reference: "Rich presence: the PIDF document"."""

from typing import Final

from lxml import etree

from .lxml_document import LxmlElement
from .presence import SETTABLE, Presence
from .rich import ACTIVITIES, Activity

_PIDF: Final = "urn:ietf:params:xml:ns:pidf"
_RPID: Final = "urn:cisco:params:xml:ns:pidf:rpid"
_SOURCE: Final = "urn:cisco:params:xml:ns:pidf:source"

# Rule 5 of the reference: each pair of tuple id and source is what the server insists on.
_OVERRIDE_TUPLE: Final = ("pws-override", "Human")
_DEVICE_TUPLE: Final = ("cisco-pws", "Presence Web Service")


def write_pidf(
    contact: str, word: Presence, *, note: str | None = None, override: bool = True
) -> bytes:
    """Write the document that sets a presence.

    Raises:
        ValueError: The word cannot be set, or a text holds characters that XML cannot carry.
    """
    if word not in SETTABLE:
        raise ValueError(f"{word} cannot be set.")
    return _write(contact, ACTIVITIES[word], note=note, override=override)


def write_clear(contact: str) -> bytes:
    """Write the document that takes an override back; to be sent without override.

    Reference: "Rules that decide whether it works", rule 4.

    Raises:
        ValueError: The contact holds characters that XML cannot carry.
    """
    return _write(contact, Activity.CLEAR, note=None, override=False)


def _write(contact: str, activity: Activity, *, note: str | None, override: bool) -> bytes:
    uri = contact.strip().removeprefix("sip:")
    root = etree.Element(etree.QName(_PIDF, "presence"), nsmap={None: _PIDF, "r": _RPID})
    root.set("entity", f"sip:{uri}")
    _add_person(root, uri, activity, note=note, manual=override)
    _add_tuple(root, activity, _OVERRIDE_TUPLE if override else _DEVICE_TUPLE)
    return etree.tostring(root)


def _add_person(
    root: LxmlElement, uri: str, activity: Activity, *, note: str | None, manual: bool
) -> None:
    person = _add(root, _RPID, "person")
    person.set("id", uri.partition("@")[0])
    _add_activity(person, activity)
    if manual:
        _add(person, _RPID, "class", "manual")
    if note:
        _add(person, _PIDF, "note", note)


def _add_tuple(root: LxmlElement, activity: Activity, identity: tuple[str, str]) -> None:
    tuple_id, source = identity
    device = _add(root, _PIDF, "tuple")
    device.set("id", tuple_id)
    closed = activity is Activity.UNAVAILABLE
    _add(_add(device, _PIDF, "status"), _PIDF, "basic", "closed" if closed else "open")
    _add_source(device, source)
    _add_activity(device, activity)


def _add_source(device: LxmlElement, text: str) -> None:
    # Its namespace is declared right here, as the reference shows it, not as a prefix at the root.
    element = etree.SubElement(device, etree.QName(_SOURCE, "source"), nsmap={None: _SOURCE})
    element.text = text


def _add_activity(parent: LxmlElement, activity: Activity) -> None:
    _add(_add(parent, _RPID, "activities"), _RPID, activity.value)


def _add(parent: LxmlElement, namespace: str, name: str, text: str | None = None) -> LxmlElement:
    element = etree.SubElement(parent, etree.QName(namespace, name))
    element.text = text
    return element
