"""Reading XML schemas: which elements and attributes stand inside which, and which of them must.

References are resolved by local name. Imports are never fetched. Schemas come from the network:
the size and depth of what is made of them are bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from xml.parsers import expat

from lxml import etree

from .lxml_document import LxmlElement
from .schema_values import XSD, SimpleValue, is_built_in
from .xml import letters, local_name

# Particles of one content model, and references inside references on the way to one.
_MOST_PARTICLES: Final = 2000
_DEEPEST_REFERENCE: Final = 200
# Declarations that are searched for what can stand inside an element.
_MOST_REACHED: Final = 500

_TYPES: Final = ("complexType", "simpleType")
# What has no elements of its own that matter, but holds others that do.
_TRANSPARENT: Final = frozenset(
    {"complexContent", "complexType", "extension", "restriction", "simpleContent", "simpleType"}
)
_GROUPS: Final = frozenset({"all", "choice", "sequence"})


@dataclass(frozen=True, slots=True)
class ElementParticle:
    """A place where one element stands, or several."""

    declaration: Declaration
    required: bool
    repeats: bool


@dataclass(frozen=True, slots=True)
class GroupParticle:
    """A sequence, whose parts all stand in this order, or a choice of one of them."""

    parts: tuple[Particle, ...]
    is_choice: bool
    required: bool
    repeats: bool


type Particle = ElementParticle | GroupParticle


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a schema declares for one attribute. ``tag`` is its name as lxml wants it."""

    tag: str
    required: bool
    value: SimpleValue


class Declaration:
    """What a schema declares for one element: its name and its content."""

    def __init__(self, tag: str, node: LxmlElement, schemas: Schemas) -> None:
        """Take the name as lxml wants it, and the ``xs:element`` that declares it."""
        self.tag = tag
        self.name = letters(tag.rpartition("}")[2])
        self.is_nillable = node.get("nillable") in {"true", "1"}
        self._node = node
        self._schemas = schemas

    @cached_property
    def content(self) -> GroupParticle:
        parts = _ContentModel(self._schemas).parts(self._node)
        return GroupParticle(parts, is_choice=False, required=True, repeats=False)

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        """The attributes by the letters of their names."""
        found: dict[str, Attribute] = {}
        for node in self._schemas.attribute_nodes(self._node):
            if (attribute := self._schemas.attribute(node)) is not None:
                found.setdefault(letters(attribute.tag.rpartition("}")[2]), attribute)
        return found

    @cached_property
    def direct(self) -> frozenset[str]:
        """The letters of the names of its attributes and of its child elements."""
        names = (child.declaration.name for child in elements_of(self.content))
        return frozenset((*self.attributes, *names))

    @cached_property
    def reachable(self) -> frozenset[str]:
        """Those names, and the names of all that stands inside its child elements."""
        found: set[str] = set()
        seen: set[Declaration] = {self}
        waiting = [self]
        while waiting and len(seen) < _MOST_REACHED:
            current = waiting.pop()
            found |= current.direct
            inner = {child.declaration for child in elements_of(current.content)} - seen
            seen |= inner
            waiting += inner
        return frozenset(found)

    @cached_property
    def value(self) -> SimpleValue:
        return SimpleValue(self._node, self._schemas.type_called)


def elements_of(particle: Particle) -> Iterator[ElementParticle]:
    """Yield the places of elements in a content model, not what is inside those."""
    match particle:
        case ElementParticle():
            yield particle
        case GroupParticle():
            for part in particle.parts:
                yield from elements_of(part)


class Schemas:
    """The XML schemas inside a document."""

    def __init__(self, root: LxmlElement) -> None:
        """Note what is declared at the top of each schema."""
        self._known: dict[LxmlElement, Declaration] = {}
        self._named: dict[tuple[str, str], LxmlElement] = {}
        self._elements: dict[str, LxmlElement] = {}
        self.namespace: str | None = None
        for schema in root.iter(f"{XSD}schema"):
            self._note(schema)

    def _note(self, schema: LxmlElement) -> None:
        for node in schema.iterchildren(f"{XSD}*"):
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
        return self._declared(self.referred("element", reference))

    def declaration(self, node: LxmlElement) -> Declaration | None:
        """Return what an ``xs:element`` declares; None when what it refers to is not at hand."""
        if node.get("ref") is not None:
            return self.element_at(node.get("ref"))
        return self._declared(node)

    def _declared(self, node: LxmlElement | None) -> Declaration | None:
        if node is None:
            return None
        if node not in self._known:
            tag = _tag(node, "elementFormDefault")
            if not can_be_written(tag):
                return None
            self._known[node] = Declaration(tag, node, self)
        return self._known[node]

    def attribute(self, node: LxmlElement) -> Attribute | None:
        """Return what an ``xs:attribute`` declares, None when it may not or cannot be written."""
        declared = self.referred("attribute", node.get("ref")) if node.get("ref") else node
        if declared is None or node.get("use") == "prohibited":
            return None
        tag = _tag(declared, "attributeFormDefault")
        if not can_be_written(tag):
            return None
        value = SimpleValue(declared, self.type_called)
        return Attribute(tag, node.get("use") == "required", value)

    def attribute_nodes(self, node: LxmlElement) -> Iterator[LxmlElement]:
        """Yield the attributes of a declaration, of its type and of what that derives from."""
        seen: set[LxmlElement] = set()
        waiting = [node]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            if local_name(current) == "attribute":
                yield current
                continue
            wanted = _TRANSPARENT | {"attribute", "attributeGroup"}
            inner = [c for c in current.iterchildren(f"{XSD}*") if local_name(c) in wanted]
            base = self.type_called(_unless_built_in(current, "base"))
            waiting += reversed([*self.referred_by(current), *inner])
            waiting += () if base is None else (base,)

    def referred_by(self, node: LxmlElement) -> Iterator[LxmlElement]:
        """Yield the type or the group that a node is made of."""
        match local_name(node):
            case "element":
                found = self.type_called(_unless_built_in(node, "type"))
            case "extension":
                found = self.type_called(_unless_built_in(node, "base"))
            case "attributeGroup" | "group" as kind:
                found = self.referred(kind, node.get("ref"))
            case _:
                found = None
        if found is not None:
            yield found

    def type_called(self, reference: str | None) -> LxmlElement | None:
        """Return the named type that a ``prefix:name`` refers to."""
        found = (self.referred(kind, reference) for kind in _TYPES)
        return next((node for node in found if node is not None), None)

    def referred(self, kind: str, reference: str | None) -> LxmlElement | None:
        # Two schemas of one service that give one name to two things would be more than odd.
        return self._named.get((kind, without_prefix(reference)))


class _ContentModel:
    """Makes the content model of one declaration.

    A reference to itself is left out, and what is too much altogether.
    """

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._count = 0
        self._path: list[LxmlElement] = []

    def parts(self, node: LxmlElement) -> tuple[Particle, ...]:
        """Return what stands inside a declaration, a type or a group."""
        if node in self._path or len(self._path) > _DEEPEST_REFERENCE:
            return ()
        self._path.append(node)
        inner = [*self._schemas.referred_by(node), *node.iterchildren(f"{XSD}*")]
        found = tuple(part for each in inner for part in self._part(each))
        self._path.pop()
        return found

    def _part(self, node: LxmlElement) -> tuple[Particle, ...]:
        kind = local_name(node)
        if kind in _TRANSPARENT:
            return self.parts(node)
        self._count += 1
        if self._count > _MOST_PARTICLES or node.get("maxOccurs") == "0":
            return ()
        required = node.get("minOccurs", "1") != "0"
        repeats = node.get("maxOccurs", "1") != "1"
        if kind == "element":
            declaration = self._schemas.declaration(node)
            return () if declaration is None else (ElementParticle(declaration, required, repeats),)
        if kind in _GROUPS or kind == "group":
            is_choice = kind == "choice"
            return (GroupParticle(self.parts(node), is_choice, required, repeats),)
        return ()


def _unless_built_in(node: LxmlElement, attribute: str) -> str | None:
    reference = node.get(attribute)
    return None if is_built_in(node, reference) else reference


def can_be_written(tag: str) -> bool:
    """Tell whether XML allows the name, with or without a namespace, in each of its editions.

    The fifth edition of XML 1.0, which lxml follows, allows names that servers of the time of the
    fourth do not read. expat follows the fourth.
    """
    try:
        name = etree.QName(tag)
        etree.Element(tag, nsmap={"cup": name.namespace} if name.namespace else None)
        if not name.localname.isascii():
            document = f"<{name.localname}/>".encode()
            expat.ParserCreate("utf-8").Parse(document, True)  # noqa: FBT003 - positional only
    except ValueError, expat.ExpatError:
        return False
    return True


def _tag(node: LxmlElement, form_default: str) -> str:
    """Return the name with its namespace, where the schema wants one."""
    name = node.get("name", "")
    schema = next(node.iterancestors(f"{XSD}schema"))
    form = node.get("form") or schema.get(form_default)
    is_global = node.getparent() is schema
    namespace = schema.get("targetNamespace")
    return f"{{{namespace}}}{name}" if namespace and (is_global or form == "qualified") else name


def without_prefix(reference: str | None) -> str:
    return (reference or "").strip().rpartition(":")[2]
