"""Writing SOAP requests in the server's own spelling. Reference: "SOAP"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from .soap_defaults import default_description, default_element
from .wsdl import Declaration, ServiceDescription, SoapVersion
from .xml import XmlElement, letters

_ENVELOPES: Final = {
    SoapVersion.V1_1: "http://schemas.xmlsoap.org/soap/envelope/",
    SoapVersion.V1_2: "http://www.w3.org/2003/05/soap-envelope",
}

_SESSION_KEY: Final = "session-key"

# What a field holds: a text, further fields, or several of those under the one name.
type Value = str | Fields | Sequence[Fields]
type Fields = Mapping[str, Value]


class NotDeclared(Exception):
    """The description lacks a field that is to be sent."""


@dataclass(frozen=True, slots=True)
class Call:
    """An operation and its fields, in the spelling of the reference."""

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

        Raises ValueError when XML cannot carry a text.
        """
        block = None if key is None else self._session_key(key)
        return envelope(self.version, block, self._body(call))

    def _session_key(self, key: str) -> XmlElement:
        declared = self.described.element(_SESSION_KEY)
        return _written(declared or self._default(_SESSION_KEY), key)

    def _body(self, call: Call) -> XmlElement:
        declared = self.described.request(call.operation)
        if declared is not None:
            try:
                return _written(declared, call.fields)
            except NotDeclared:
                pass
        return _written(self._default(call.operation), call.fields)

    def _default(self, name: str) -> Declaration:
        return default_element(name, self.described.namespace)


def envelope(version: SoapVersion, header: XmlElement | None, body: XmlElement) -> bytes:
    """Return an envelope with these blocks."""
    namespace = _ENVELOPES[version]
    root = etree.Element(etree.QName(namespace, "Envelope"), nsmap={"soap": namespace})
    head = etree.SubElement(root, etree.QName(namespace, "Header"))
    if header is not None:
        head.append(header)
    etree.SubElement(root, etree.QName(namespace, "Body")).append(body)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _written(declared: Declaration, value: str | Fields) -> XmlElement:
    namespace = etree.QName(declared.tag).namespace
    element = etree.Element(declared.tag, nsmap={"cup": namespace} if namespace else None)
    _fill(element, declared, value)
    return element


def _fill(element: XmlElement, declared: Declaration, value: str | Fields) -> None:
    if isinstance(value, str):
        element.text = declared.spell(value)
        return
    fields = {letters(name): inner for name, inner in value.items()}
    if not fields.keys() <= declared.elements.keys() | declared.attributes.keys():
        raise NotDeclared
    for name, inner in declared.elements.items():
        for one in _several(fields.pop(name, ())):
            _fill(etree.SubElement(element, inner.tag), inner, one)
    for name, text in fields.items():
        element.set(declared.attributes[name], str(text))


def _several(value: Value) -> Sequence[str | Fields]:
    return [value] if isinstance(value, str | Mapping) else value
