"""Writing SOAP requests as the server declares them. Reference: "SOAP"."""

from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from .lxml_document import LxmlElement
from .schema import Declaration
from .soap_defaults import default_description, default_element
from .soap_writer import Fields, NotDeclared, text_element, write_element
from .wsdl import ServiceDescription, SoapVersion

_ENVELOPES: Final = {
    SoapVersion.V1_1: "http://schemas.xmlsoap.org/soap/envelope/",
    SoapVersion.V1_2: "http://www.w3.org/2003/05/soap-envelope",
}

_SESSION_KEY: Final = "session-key"


@dataclass(frozen=True, slots=True)
class Call:
    """An operation and its fields, in the spelling of the reference.

    How the fields are nested makes no difference.
    """

    operation: str
    fields: Fields = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Language:
    """How a server expects SOAP requests: its declarations, and the version."""

    described: ServiceDescription
    version: SoapVersion

    @classmethod
    def of(cls, described: ServiceDescription | None, wanted: SoapVersion | None) -> Language:
        """Return the language of a description, without one the default.

        ``wanted`` overrides the version that the description offers.
        """
        described = described or default_description()
        only_new = described.versions == {SoapVersion.V1_2}
        offered = SoapVersion.V1_2 if only_new else SoapVersion.V1_1
        return cls(described, wanted or offered)

    def headers(self, operation: str) -> dict[str, str]:
        action = self.described.action(operation, self.version)
        if self.version is SoapVersion.V1_1:
            return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        parameter = f'; action="{action}"' if action else ""
        return {"Content-Type": f"application/soap+xml; charset=utf-8{parameter}"}

    def write(self, call: Call, key: str | None) -> bytes:
        """Return the envelope of a call, with the session key in its header.

        Raises:
            AnswerNotUnderstood: The description requires what cannot be known.
            ValueError: XML cannot carry a text.
        """
        block = None if key is None else self._session_key(key)
        return envelope(self.version, block, self._body(call))

    def _session_key(self, key: str) -> LxmlElement:
        declared = self.described.element(_SESSION_KEY)
        if declared is not None:
            try:
                return text_element(declared, key)
            except NotDeclared:
                pass
        return text_element(self._default(_SESSION_KEY), key)

    def _body(self, call: Call) -> LxmlElement:
        declared = self.described.request(call.operation)
        if declared is not None:
            try:
                return write_element(declared, call.fields)
            except NotDeclared:
                pass
        return write_element(self._default(call.operation), call.fields)

    def _default(self, name: str) -> Declaration:
        return default_element(name, self.described.namespace)


def envelope(version: SoapVersion, header: LxmlElement | None, body: LxmlElement) -> bytes:
    """Return an envelope with these blocks."""
    namespace = _ENVELOPES[version]
    root = etree.Element(etree.QName(namespace, "Envelope"), nsmap={"soap": namespace})
    head = etree.SubElement(root, etree.QName(namespace, "Header"))
    if header is not None:
        head.append(header)
    etree.SubElement(root, etree.QName(namespace, "Body")).append(body)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
