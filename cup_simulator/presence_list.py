"""Writes the list of contacts and presence for both dialects. Reference: "REST"."""

from collections.abc import Iterable

from lxml import etree

from . import pidf
from .model import PresenceKind, Seen


def write(kind: PresenceKind, seen: Iterable[Seen], namespace: str | None = None) -> etree._Element:
    """Return a `presenceList`; in rich form each contact contains a document."""
    nsmap = None if namespace is None else {None: namespace}
    root = etree.Element(etree.QName(namespace, "presenceList"), nsmap=nsmap)
    root.set("type", kind)
    name = etree.QName(namespace, "contact")
    for each in seen:
        contact = etree.SubElement(root, name)
        contact.set("contactURI", each.contact)
        if kind is PresenceKind.RICH:
            contact.append(pidf.write(each))
        else:
            contact.set("presenceStatus", each.presence)
    return root
