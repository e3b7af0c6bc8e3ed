"""The WSDL document and the schema in it, by which requests are checked.

Reference: "SOAP". The spelling is that of its table: hyphens where it has them
(`session-key`, `app-session-id`), camel case elsewhere. Elements are qualified, `contactURI`,
`primaryServer` and `backupServer` of a redirect are attributes as they are in REST: all of
this is an assumption, and stands in `presence.xsd` alone.
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
    "override",
    "basicPresence",
    "richPresence",
)
"""The fields of all requests, in the order in which the schema has those of each."""

_XS = "{http://www.w3.org/2001/XMLSchema}"
_PASSED_OVER = (
    "http://www.w3.org/2001/XMLSchema-instance",
    SOAP_11.namespace,
    SOAP_12.namespace,
)
"""Namespaces of attributes that toolkits add to any element."""
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
    """Say whether an element is in a namespace of the service, or in none."""
    return etree.QName(element).namespace in _ACCEPTED_NAMESPACES


def conform(payload: etree._Element) -> etree._Element:
    """Return a request as the schema would have it spelled.

    The service reads by local names, in any order, with a namespace or without, whatever
    types and encodings are said to be, and a `contactURI` that is an element as well as one
    that is an attribute.
    """
    for element in payload.iter():
        _drop_what_is_passed_over(element)
        if is_ours(element):
            element.tag = f"{{{NAMESPACE}}}{xml.local_name(element)}"
    for contact in payload.iter(f"{{{NAMESPACE}}}contact"):
        _make_uri_an_attribute(contact)
    for group in (payload, *xml.children(payload, "presenceInfo")):
        group[:] = sorted(group, key=_place)
    return payload


def _drop_what_is_passed_over(element: etree._Element) -> None:
    for name in list(element.attrib):
        if etree.QName(name).namespace in _PASSED_OVER:
            del element.attrib[name]


def _make_uri_an_attribute(contact: etree._Element) -> None:
    uri = xml.child(contact, "contactURI")
    if uri is not None and "contactURI" not in contact.attrib:
        contact.set("contactURI", xml.text(uri))
        contact.remove(uri)


def _place(field: etree._Element) -> int:
    """Return where the schema has a field among its siblings; what it does not know is last."""
    name = xml.local_name(field)
    return FIELDS.index(name) if name in FIELDS else len(FIELDS)


def check(payload: etree._Element) -> None:
    """Refuse a request that is not what the schema says.

    Raises:
        PresenceServiceError: 102. What has a code of its own is found before.
    """
    if not _schema().validate(payload):
        raise PresenceServiceError(Code.UNREADABLE_XML)


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(_file("presence.xsd")))


def _file(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
