"""SOAP 1.1 and 1.2 envelopes and faults. Reference: "SOAP"."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from lxml import etree

from . import xml
from .call import Answer, Call
from .errors import Code, PresenceServiceError

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of SOAP; `client` and `server` are its fault codes."""

    namespace: str
    media_type: str
    client: str
    server: str

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8"


SOAP_11 = Version("http://schemas.xmlsoap.org/soap/envelope/", "text/xml", "Client", "Server")
SOAP_12 = Version(
    "http://www.w3.org/2003/05/soap-envelope", "application/soap+xml", "Sender", "Receiver"
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The header blocks of an envelope and the one child of its body."""

    version: Version
    header: Sequence[etree._Element]
    payload: etree._Element

    def header_text(self, name: str) -> str:
        """Return the text of a header block in any namespace, empty if absent."""
        block = next((each for each in self.header if xml.local_name(each) == name), None)
        return xml.text(block)


def read(body: bytes, encoding: str | None = None) -> Envelope:
    """Parse an envelope of either version. Codes: 102, 103."""
    root = xml.read_root(body, "Envelope", encoding)
    namespace = etree.QName(root).namespace
    version = next((each for each in (SOAP_11, SOAP_12) if each.namespace == namespace), None)
    if version is None:
        raise PresenceServiceError(Code.WRONG_ROOT)
    header = root.find(f"{{{namespace}}}Header")
    found = root.find(f"{{{namespace}}}Body")
    if found is None or len(found) != 1:
        raise PresenceServiceError(Code.WRONG_ROOT)
    return Envelope(version, () if header is None else tuple(header), found[0])


def version_of(call: Call) -> Version:
    """Return the version of a request, by its content type if it cannot be parsed."""
    try:
        return read(call.body, call.encoding).version
    except PresenceServiceError:
        content_type = call.headers.get("Content-Type", "")
        is_soap_12 = content_type.partition(";")[0].strip().lower() == SOAP_12.media_type
        return SOAP_12 if is_soap_12 else SOAP_11


def answer(version: Version, payload: etree._Element, status: int = HTTPStatus.OK) -> Answer:
    envelope = etree.Element(
        etree.QName(version.namespace, "Envelope"), nsmap={"SOAP-ENV": version.namespace}
    )
    body = etree.SubElement(envelope, etree.QName(version.namespace, "Body"))
    body.append(payload)
    return Answer(status, xml.write(envelope), version.content_type)


def fault(version: Version, error: PresenceServiceError, namespace: str) -> etree._Element:
    """Return the fault of an error; its detail has code, message and fix."""
    is_server = error.description.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    code = f"SOAP-ENV:{version.server if is_server else version.client}"
    element = etree.Element(etree.QName(version.namespace, "Fault"))
    if version is SOAP_11:
        etree.SubElement(element, "faultcode").text = code
        etree.SubElement(element, "faultstring").text = error.description.message
        detail = etree.SubElement(element, "detail")
    else:
        _child(_child(element, version, "Code"), version, "Value").text = code
        reason = _child(_child(element, version, "Reason"), version, "Text")
        reason.set(etree.QName(XML_NAMESPACE, "lang"), "en")
        reason.text = error.description.message
        detail = _child(element, version, "Detail")
    detail.append(_description(error, namespace))
    return element


def _child(parent: etree._Element, version: Version, name: str) -> etree._Element:
    return etree.SubElement(parent, etree.QName(version.namespace, name))


def _description(error: PresenceServiceError, namespace: str) -> etree._Element:
    description = etree.Element(etree.QName(namespace, "description"), nsmap={None: namespace})
    said = {
        "code": str(int(error.code)),
        "message": error.description.message,
        "fix": error.description.fix,
    }
    for name, text in said.items():
        etree.SubElement(description, etree.QName(namespace, name)).text = text
    return description
