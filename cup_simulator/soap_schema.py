"""The WSDL document, and the schema that requests are checked against.

Reference: "SOAP". The names of service and port type, the fields and their nesting are the real
ones; there is one port, of SOAP 1.1. Names are spelled as in the reference's table: with hyphens
where it has them (`session-key`, `app-session-id`), in camel case elsewhere. Elements are
qualified; `contactURI`, and `primaryServer` and `backupServer` of a redirect, are attributes as in
REST. This spelling is assumed, and defined in `presence.xsd` alone.
"""

from functools import cache
from importlib.resources import files

from lxml import etree

from . import xml
from .errors import Code, PresenceServiceError
from .soap_envelope import SOAP_11, SOAP_12

NAMESPACE = "urn:cisco:cup:presence:soap"
OLDER_NAMESPACE = "urn:cisco:cup:tpi:soap"

FIELDS = (
    "username",
    "password",
    "app-session-id",
    "force",
    "url",
    "subscriptionID",
    "subscriptionType",
    "presenceType",
    "endPointID",
    "expiration",
    "presenceInfo",
    "contactsList",
    "unsubscribeAll",
    "unsubscribeRequest",
    "override",
    "basicPresence",
    "richPresence",
)
"""The fields of all requests, in the order of the schema."""

GROUPS = ("presenceInfo", "unsubscribeRequest")
"""The fields that hold further fields."""

SEQUENCES = ("registerEndPoint",)
"""The operations whose order of fields is public."""

_IGNORED_NAMESPACES = (
    "http://www.w3.org/2001/XMLSchema-instance",
    SOAP_11.namespace,
    SOAP_12.namespace,
)
"""Namespaces of attributes that SOAP toolkits add to any element."""
_ACCEPTED_NAMESPACES = (NAMESPACE, OLDER_NAMESPACE, None)


def wsdl(address: str) -> bytes:
    """Return the WSDL 1.1 document of a service at this address."""
    document = etree.fromstring(_file("presence.wsdl"))
    for types in document.findall("{*}types"):
        types[:] = [etree.fromstring(_file("presence.xsd"))]
    for port in document.iter("{*}address"):
        port.set("location", address)
    return xml.write(document)


def is_ours(element: etree._Element) -> bool:
    """Return whether an element is in a namespace of the service, or in none."""
    return etree.QName(element).namespace in _ACCEPTED_NAMESPACES


def conform(payload: etree._Element) -> etree._Element:
    """Normalize the accepted spellings of a request to that of the schema.

    Accepted are fields in a namespace of the service or in none, with types and encodings stated,
    and `contactURI` as an element or an attribute; and fields in any order, as their order is
    assumed, except where the real schema is known to be a sequence.
    """
    for element in payload.iter():
        _drop_ignored_attributes(element)
        if is_ours(element):
            element.tag = f"{{{NAMESPACE}}}{xml.local_name(element)}"
    for contact in payload.iter(f"{{{NAMESPACE}}}contact"):
        _make_uri_an_attribute(contact)
    if xml.local_name(payload) in SEQUENCES:
        return payload
    groups = (each for name in GROUPS for each in xml.children(payload, name))
    for group in (payload, *groups):
        group[:] = sorted(group, key=_place)
    return payload


def _drop_ignored_attributes(element: etree._Element) -> None:
    for name in list(element.attrib):
        if etree.QName(name).namespace in _IGNORED_NAMESPACES:
            del element.attrib[name]


def _make_uri_an_attribute(contact: etree._Element) -> None:
    uri = xml.child(contact, "contactURI")
    if uri is not None and "contactURI" not in contact.attrib:
        contact.set("contactURI", xml.text(uri))
        contact.remove(uri)


def _place(field: etree._Element) -> int:
    """Return the position of a field in the schema; unknown fields come last."""
    name = xml.local_name(field)
    return FIELDS.index(name) if name in FIELDS else len(FIELDS)


def check(payload: etree._Element) -> None:
    """Validate against the schema. Codes: 102; other codes are found before."""
    if not _schema().validate(payload):
        raise PresenceServiceError(Code.UNREADABLE_XML)


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(_file("presence.xsd")))


def _file(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
