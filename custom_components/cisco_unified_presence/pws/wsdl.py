"""Reading a service's WSDL: how it spells the requests.

Reference: "SOAP". Names are matched on letters alone. Imports are never fetched.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
import re
from typing import Final

from lxml import etree

from .xml import XmlElement, letters, local_name

_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
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


class Declaration:
    """What a schema declares for one element: its name and its content."""

    def __init__(self, tag: str, node: XmlElement, schemas: Schemas) -> None:
        """Take the name as lxml wants it, and the ``xs:element`` that declares it."""
        self.tag = tag
        self._node = node
        self._schemas = schemas

    @cached_property
    def elements(self) -> dict[str, Declaration]:
        """The child elements in their order, by the letters of their names."""
        found: dict[str, Declaration] = {}
        for node in self._inside("element"):
            declaration = self._schemas.declaration(node)
            if declaration is not None:
                found.setdefault(letters(declaration.tag.rpartition("}")[2]), declaration)
        return found

    @cached_property
    def attributes(self) -> dict[str, str]:
        """The names of the attributes, by their letters."""
        names = (node.get("name", "") for node in self._inside("attribute"))
        return {letters(name): name for name in names if _can_be_written(name)}

    @cached_property
    def _words(self) -> dict[str, str]:
        values = (node.get("value") for node in self._inside("enumeration"))
        return {letters(value): value for value in values if value}

    def spell(self, word: str) -> str:
        """Return a word as this element spells it, if it is an enumeration."""
        # Most elements take any text, of which a password must not be taken apart and kept.
        return self._words.get(letters(word), word) if self._words else word

    def _inside(self, wanted: str) -> Iterator[XmlElement]:
        return self._schemas.inside(self._node, wanted)


# What has no elements of its own that matter, but holds others that do.
_CONTAINERS: Final = frozenset(
    {
        "all",
        "choice",
        "complexContent",
        "complexType",
        "extension",
        "restriction",
        "sequence",
        "simpleContent",
        "simpleType",
    }
)

# Where a node says what else belongs to it, and what that is.
_REFERENCES: Final = (
    ("element", "type", ("complexType", "simpleType")),
    ("extension", "base", ("complexType", "simpleType")),
    ("restriction", "base", ("complexType", "simpleType")),
    ("group", "ref", ("group",)),
    ("attributeGroup", "ref", ("attributeGroup",)),
)


class Schemas:
    """The XML schemas inside a WSDL document."""

    def __init__(self, root: XmlElement) -> None:
        """Note what is declared at the top of each schema."""
        self._known: dict[XmlElement, Declaration] = {}
        self._named: dict[tuple[str, str], XmlElement] = {}
        self._elements: dict[str, XmlElement] = {}
        self.namespace: str | None = None
        for schema in root.iter(f"{_XSD}schema"):
            self._note(schema)

    def _note(self, schema: XmlElement) -> None:
        for node in schema.iterchildren(f"{_XSD}*"):
            name = node.get("name")
            if name is None:
                continue
            self._named.setdefault((local_name(node), name), node)
            if local_name(node) == "element":
                self._elements.setdefault(letters(name), node)
                self.namespace = self.namespace or schema.get("targetNamespace")

    def element_called(self, name: str) -> Declaration | None:
        """Return the top-level element whose name has the same letters."""
        return self._declared(self._elements.get(letters(name)))

    def element_at(self, reference: str | None) -> Declaration | None:
        """Return the top-level element that a ``prefix:name`` refers to."""
        return self._declared(self._named.get(("element", _without_prefix(reference))))

    def declaration(self, node: XmlElement) -> Declaration | None:
        """Return what an ``xs:element`` declares; None when what it refers to is not at hand."""
        if node.get("ref") is not None:
            return self.element_at(node.get("ref"))
        return self._declared(node)

    def _declared(self, node: XmlElement | None) -> Declaration | None:
        if node is None:
            return None
        if node not in self._known:
            tag = _tag(node)
            if not _can_be_written(tag):
                return None
            self._known[node] = Declaration(tag, node, self)
        return self._known[node]

    def inside(self, node: XmlElement, wanted: str) -> Iterator[XmlElement]:
        """Yield what stands inside a declaration, not what stands inside that again.

        Nothing is looked at twice, so that types made of themselves come to an end.
        """
        seen: set[XmlElement] = set()
        waiting = [node]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            if current is not node and local_name(current) == wanted:
                yield current
                continue
            waiting += reversed([*self._referred(current), *_contained(current, wanted)])

    def _referred(self, node: XmlElement) -> Iterator[XmlElement]:
        for kind, attribute, meant in _REFERENCES:
            if local_name(node) == kind and (reference := node.get(attribute)):
                name = _without_prefix(reference)
                yield from (n for m in meant if (n := self._named.get((m, name))) is not None)


def _contained(node: XmlElement, wanted: str) -> Iterator[XmlElement]:
    names = _CONTAINERS | {"group", "attributeGroup", wanted}
    return (child for child in node.iterchildren(f"{_XSD}*") if local_name(child) in names)


def _can_be_written(tag: str) -> bool:
    """Tell whether XML allows the name, with or without a namespace."""
    try:
        namespace = etree.QName(tag).namespace
        etree.Element(tag, nsmap={"cup": namespace} if namespace else None)
    except ValueError:
        return False
    return True


def _tag(node: XmlElement) -> str:
    """Return the name with its namespace, where the schema wants one."""
    name = node.get("name", "")
    schema = next(node.iterancestors(f"{_XSD}schema"))
    form = node.get("form") or schema.get("elementFormDefault")
    is_global = node.getparent() is schema
    namespace = schema.get("targetNamespace")
    return f"{{{namespace}}}{name}" if namespace and (is_global or form == "qualified") else name


def _without_prefix(reference: str | None) -> str:
    # Two schemas of one service that give one name to two things would be more than odd.
    return (reference or "").strip().rpartition(":")[2]


class ServiceDescription:
    """A WSDL document, as far as sending requests needs it."""

    def __init__(self, root: XmlElement) -> None:
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

    @property
    def namespace(self) -> str | None:
        """The target namespace of its schemas, or of the schemas that they import."""
        imports = self._root.iter(f"{_XSD}import")
        names = (self._schemas.namespace, *(node.get("namespace") for node in imports))
        return next((name for name in names if name and _can_be_written(f"{{{name}}}x")), None)

    @property
    def versions(self) -> frozenset[SoapVersion]:
        """The versions of SOAP that it offers, empty when it names none."""
        return frozenset(
            version
            for version, namespace in _BINDINGS.items()
            if next(self._root.iter(f"{namespace}binding"), None) is not None
        )

    def request(self, operation: str) -> Declaration | None:
        """Return the element that requests an operation, None when it is not declared."""
        declared = self._operations.get(letters(operation))
        if declared is not None:
            for part in self._parts(declared):
                if letters(_without_prefix(part.get("element"))) != "sessionkey":
                    return self._schemas.element_at(part.get("element"))
        return self._schemas.element_called(operation)

    def _parts(self, operation: XmlElement) -> Iterator[XmlElement]:
        for given in operation.iterchildren(f"{_WSDL}input"):
            message = self._messages.get(_without_prefix(given.get("message")))
            if message is not None:
                yield from message.iterchildren(f"{_WSDL}part")

    def element(self, name: str) -> Declaration | None:
        return self._schemas.element_called(name)

    def action(self, operation: str, version: SoapVersion) -> str:
        """Return the SOAPAction of an operation, empty when there is none."""
        namespace = _BINDINGS[version]
        for bound in self._root.iter(f"{_WSDL}operation"):
            if letters(bound.get("name", "")) == letters(operation):
                for said in bound.iterchildren(f"{namespace}operation"):
                    action = said.get("soapAction", "").strip()
                    return action if _ACTION.fullmatch(action) else ""
        return ""
