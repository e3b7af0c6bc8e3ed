"""Reading a service's WSDL: what its requests are made of, and how they are sent.

Reference: "SOAP". Names are matched on letters alone.
"""

from collections.abc import Iterator
from enum import StrEnum
import re
from typing import Final

from lxml import etree

from .lxml_document import LxmlElement
from .schema import Declaration, Schemas, can_be_written, without_prefix
from .schema_values import XSD
from .xml import letters

_WSDL: Final = "{http://schemas.xmlsoap.org/wsdl/}"

# What may stand between quotation marks in a header.
_ACTION: Final = re.compile(r"[!#-\[\]-~]{1,1024}")


class SoapVersion(StrEnum):
    """A version of SOAP."""

    V1_1 = "1.1"
    V1_2 = "1.2"


_BINDINGS: Final = {
    SoapVersion.V1_1: "{http://schemas.xmlsoap.org/wsdl/soap/}",
    SoapVersion.V1_2: "{http://schemas.xmlsoap.org/wsdl/soap12/}",
}


class ServiceDescription:
    """A WSDL document, as far as sending requests needs it."""

    def __init__(self, root: LxmlElement) -> None:
        """Take the root of the document, whatever it is."""
        self._root = root
        self._schemas = Schemas(root)
        self._operations = {
            letters(name): operation
            for port in root.iter(f"{_WSDL}portType")
            for operation in port.iterchildren(f"{_WSDL}operation")
            if (name := operation.get("name"))
        }
        self._messages = {
            name: message
            for message in root.iter(f"{_WSDL}message")
            if (name := message.get("name"))
        }
        self._requests: dict[str, Declaration | None] = {}

    @property
    def namespace(self) -> str | None:
        """The target namespace of its schemas, or of the schemas that they import."""
        imports = self._root.iter(f"{XSD}import")
        names = (self._schemas.namespace, *(node.get("namespace") for node in imports))
        return next((name for name in names if name and can_be_written(f"{{{name}}}x")), None)

    @property
    def versions(self) -> frozenset[SoapVersion]:
        """The versions of SOAP that it offers, empty when it names none."""
        return frozenset(
            version
            for version, namespace in _BINDINGS.items()
            if next(self._root.iter(f"{namespace}binding"), None) is not None
        )

    def request(self, operation: str) -> Declaration | None:
        name = letters(operation)
        if name not in self._requests:
            self._requests[name] = self._request(operation)
        return self._requests[name]

    def _request(self, operation: str) -> Declaration | None:
        declared = self._operations.get(letters(operation))
        if declared is None:
            return self._schemas.element_called(operation)
        parts = list(self._parts(declared))
        for part in parts:
            if letters(without_prefix(part.get("element"))) != "sessionkey":
                found = self._schemas.element_at(part.get("element"))
                if found is not None or not part.get("type"):
                    return found
        if parts:
            return self._wrapper(declared.get("name", ""), parts)
        return self._schemas.element_called(operation)

    def _parts(self, operation: LxmlElement) -> Iterator[LxmlElement]:
        for given in operation.iterchildren(f"{_WSDL}input"):
            message = self._messages.get(without_prefix(given.get("message")))
            if message is not None:
                yield from message.iterchildren(f"{_WSDL}part")

    def _wrapper(self, operation: str, parts: list[LxmlElement]) -> Declaration | None:
        """Return the element of an operation in RPC style: its parts are unqualified children."""
        schema = etree.Element(f"{XSD}schema")
        namespace = self._rpc_namespace(operation)
        if namespace is not None:
            schema.set("targetNamespace", namespace)
        element = etree.SubElement(schema, f"{XSD}element", name=operation)
        sequence = etree.SubElement(
            etree.SubElement(element, f"{XSD}complexType"), f"{XSD}sequence"
        )
        for part in parts:
            if part.get("type"):
                node = etree.SubElement(sequence, f"{XSD}element", nsmap=part.nsmap)
                node.attrib.update({"name": part.get("name", ""), "type": part.get("type", "")})
        return self._schemas.declaration(element)

    def _rpc_namespace(self, operation: str) -> str | None:
        for bound in self._bound(operation):
            for body in bound.iter(*(f"{namespace}body" for namespace in _BINDINGS.values())):
                namespace = body.get("namespace")
                if namespace and can_be_written(f"{{{namespace}}}x"):
                    return namespace
        return self._root.get("targetNamespace") or None

    def element(self, name: str) -> Declaration | None:
        return self._schemas.element_called(name)

    def action(self, operation: str, version: SoapVersion) -> str:
        """Return the SOAPAction of an operation, empty when there is none."""
        namespace = _BINDINGS[version]
        for bound in self._bound(operation):
            for said in bound.iterchildren(f"{namespace}operation"):
                action = said.get("soapAction", "").strip()
                return action if _ACTION.fullmatch(action) else ""
        return ""

    def _bound(self, operation: str) -> Iterator[LxmlElement]:
        """Yield all that stands under the operation's name, bindings among it."""
        for bound in self._root.iter(f"{_WSDL}operation"):
            if letters(bound.get("name", "")) == letters(operation):
                yield bound
