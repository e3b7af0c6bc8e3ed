"""Writing the fields of a request as a schema declares them, whatever its nesting and order.

Fields are matched by the letters of their names. An element that is no field is a wrapper: it is
written where fields stand inside it, or where it is required.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from lxml import etree

from .errors import AnswerNotUnderstood
from .lxml_document import LxmlElement
from .schema import Attribute, Declaration, ElementParticle, GroupParticle, Particle, elements_of
from .xml import letters

_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"

# Names of a field in schemas that do not know its own.
_OTHER_NAMES: Final = {"contacturi": ("contact", "uri")}

# Elements inside elements, and steps besides those that the number of fields explains.
_DEEPEST: Final = 30
_MOST_STEPS: Final = 2000
_STEPS_PER_TEXT: Final = 20


class NotDeclared(Exception):
    """The description lacks a field that is to be sent, or what it declares has no end."""


class Need(Enum):
    """When a field is written: in any case, where it is declared, or only where it is required."""

    ALWAYS = auto()
    DECLARED = auto()
    REQUIRED = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """The texts of a field; several, or none, where the request has a list."""

    texts: tuple[str, ...]
    need: Need = Need.ALWAYS


def where_declared(text: str) -> Field:
    """Return a field that says what is the case without it as well."""
    return Field((text,), Need.DECLARED)


def where_required(text: str) -> Field:
    """Return a field that says nothing."""
    return Field((text,), Need.REQUIRED)


# What a field holds: a text, further fields, or several of those under the one name.
type Value = str | Field | Fields | Sequence[Fields]
type Fields = Mapping[str, Value]


def write_element(declared: Declaration, fields: Fields) -> LxmlElement:
    """Return the element with these fields in it.

    How ``fields`` are nested makes no difference, only the names of the innermost do. What is
    required but not among them is written with the default of its type.

    Raises:
        NotDeclared: A field has no place in the declaration.
        AnswerNotUnderstood: A field is required that has no default.
        ValueError: XML cannot carry a text.
    """
    known = declared.reachable
    return _Writer({_known_name(n, known): f for n, f in _flat(fields)}).write(declared)


def text_element(declared: Declaration, text: str) -> LxmlElement:
    """Return the element with this text, or with the text where its first field stands."""
    leaf = next((c.declaration for c in elements_of(declared.content)), None)
    return write_element(declared, {(leaf or declared).name: text})


def _known_name(name: str, known: frozenset[str]) -> str:
    names = (name, *_OTHER_NAMES.get(name, ()))
    return next((each for each in names if each in known), name)


def _flat(fields: Fields) -> Iterator[tuple[str, Field]]:
    for name, value in fields.items():
        match value:
            case str():
                yield letters(name), Field((value,))
            case Field():
                yield letters(name), value
            case Mapping():
                yield from _flat(value)
            case _:
                yield from _columns(value)


def _columns(records: Sequence[Fields]) -> Iterator[tuple[str, Field]]:
    """Yield each field of several like records with the texts of all of them."""
    columns: dict[str, tuple[str, ...]] = {}
    for record in records:
        for name, field in _flat(record):
            columns[name] = columns.get(name, ()) + field.texts
    yield from ((name, Field(texts)) for name, texts in columns.items())


class _Writer:
    """Writes one request; ``_left`` are the fields that are not written yet."""

    def __init__(self, fields: dict[str, Field]) -> None:
        self._left = fields
        self._steps = _MOST_STEPS + _STEPS_PER_TEXT * sum(len(f.texts) for f in fields.values())
        self._depth = 0

    def write(self, declared: Declaration) -> LxmlElement:
        namespace = etree.QName(declared.tag).namespace
        element = etree.Element(declared.tag, nsmap={"cup": namespace} if namespace else None)
        if not declared.direct and len(self._left) == 1 and self._is_text_of(declared):
            (name,) = self._left
            self._set_text(element, declared, self._left.pop(name).texts[0])
        self._fill(element, declared, frozenset())
        if any(field.need is Need.ALWAYS and field.texts for field in self._left.values()):
            raise NotDeclared
        return element

    def _is_text_of(self, declared: Declaration) -> bool:
        (field,) = self._left.values()
        if len(field.texts) != 1 or field.need is not Need.ALWAYS:
            return False
        return declared.value.is_simple or declared.name in self._left

    def _fill(self, element: LxmlElement, declared: Declaration, hidden: frozenset[str]) -> None:
        """Write the content of an element, without the fields whose names are ``hidden``."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotDeclared
        # Before the fields inside wrappers come those of the same name that stand nearer.
        self._group(element, declared.content, _Scope(hidden, hidden | declared.direct))
        self._attributes(element, declared, hidden)
        self._depth -= 1

    def _particle(self, parent: LxmlElement, particle: Particle, scope: _Scope) -> None:
        self._steps -= 1
        if self._steps < 0:
            raise NotDeclared
        wanted = self._wanted(particle, scope)
        if not wanted and not particle.required:
            return
        name = self._list_that_repeats(particle, scope)
        if name is None:
            self._once(parent, particle, scope)
            return
        field = self._left[name]
        for text in field.texts:
            self._left[name] = Field((text,), field.need)
            self._once(parent, particle, scope)
        self._left.pop(name, None)

    def _once(self, parent: LxmlElement, particle: Particle, scope: _Scope) -> None:
        match particle:
            case ElementParticle(declared):
                self._element(parent, declared, scope)
            case GroupParticle():
                self._group(parent, particle, scope)

    def _element(self, parent: LxmlElement, declared: Declaration, scope: _Scope) -> None:
        field = None if declared.name in scope.hidden else self._left.pop(declared.name, None)
        if field is None:
            element = etree.SubElement(parent, declared.tag)
            self._fill(element, declared, scope.hidden_inside)
            if not len(element) and not element.attrib:
                _set_default(element, declared)
            return
        for text in field.texts:
            element = etree.SubElement(parent, declared.tag)
            self._set_text(element, declared, text)
            self._attributes(element, declared, scope.hidden_inside)

    def _set_text(self, element: LxmlElement, declared: Declaration, text: str) -> None:
        element.text = declared.value.spell(text)

    def _group(self, parent: LxmlElement, group: GroupParticle, scope: _Scope) -> None:
        if not group.is_choice:
            for part in group.parts:
                self._particle(parent, part, scope)
            return
        chosen = self._best(group, scope)
        while chosen is not None:
            left = len(self._left)
            self._particle(parent, chosen, scope)
            again = group.repeats and len(self._left) < left
            chosen = self._best(group, scope) if again else None
            if chosen is not None and not self._wanted(chosen, scope):
                return

    def _best(self, choice: GroupParticle, scope: _Scope) -> Particle | None:
        """Return the part of a choice that takes most fields; None where it may be left out."""
        if not choice.parts:
            return None
        return max(choice.parts, key=lambda part: self._worth(part, scope))

    def _worth(self, part: Particle, scope: _Scope) -> tuple[int, int, int, bool]:
        needs = [self._left[name].need for name in self._taken(part, scope)]
        # The rest matters where no field decides: what leaves the choice empty comes first.
        return (
            needs.count(Need.ALWAYS),
            needs.count(Need.DECLARED),
            needs.count(Need.REQUIRED),
            not part.required,
        )

    def _taken(self, particle: Particle, scope: _Scope) -> set[str]:
        """Return the names of fields that could be written inside a particle."""
        found: set[str] = set()
        for each in elements_of(particle):
            declared = each.declaration
            found |= {declared.name} - scope.hidden
            found |= declared.reachable - scope.hidden_inside
        return {name for name in found if name in self._left}

    def _wanted(self, particle: Particle, scope: _Scope) -> set[str]:
        """Return those for whose sake something is written that is not required."""
        return {name for name in self._taken(particle, scope) if self._is_told(name)}

    def _is_told(self, name: str) -> bool:
        field = self._left[name]
        return field.need is not Need.REQUIRED and bool(field.texts)

    def _list_that_repeats(self, particle: Particle, scope: _Scope) -> str | None:
        """Return the field with several texts, or none, for each of which a particle stands."""
        for name in self._taken(particle, scope):
            if len(self._left[name].texts) != 1 and self._repeats_for(particle, name):
                return name
        return None

    def _repeats_for(self, particle: Particle, name: str) -> bool:
        if isinstance(particle, ElementParticle) and name in particle.declaration.attributes:
            return True
        return particle.repeats and not _repeats_inside(particle, name)

    def _attributes(
        self, element: LxmlElement, declared: Declaration, hidden: frozenset[str]
    ) -> None:
        for name, attribute in declared.attributes.items():
            field = None if name in hidden else self._left.get(name)
            if field is not None and (attribute.required or field.need is not Need.REQUIRED):
                del self._left[name]
                element.set(attribute.tag, attribute.value.spell(" ".join(field.texts)))
            elif attribute.required:
                element.set(attribute.tag, _default_of(attribute))


@dataclass(frozen=True, slots=True)
class _Scope:
    """Names of fields that are not written at a place, and inside the wrappers at that place."""

    hidden: frozenset[str]
    hidden_inside: frozenset[str]


def _repeats_inside(particle: Particle, name: str, depth: int = 0) -> bool:
    """Tell whether something repeats on the way from a particle to a field."""
    inner: tuple[Particle, ...]
    if isinstance(particle, GroupParticle):
        inner = particle.parts
    else:
        inner = particle.declaration.content.parts
    return depth < _DEEPEST and any(
        _reaches(part, name) and (part.repeats or _repeats_inside(part, name, depth + 1))
        for part in inner
    )


def _reaches(particle: Particle, name: str) -> bool:
    return any(
        name == each.declaration.name or name in each.declaration.reachable
        for each in elements_of(particle)
    )


def _set_default(element: LxmlElement, declared: Declaration) -> None:
    """Write the text of a required element that is none of the fields."""
    if declared.is_nillable:
        element.set(_NIL, "true")
        return
    default = declared.value.default
    if default is None:
        raise _unknown(declared.tag)
    element.text = default or None


def _default_of(attribute: Attribute) -> str:
    default = attribute.value.default
    if default is None:
        raise _unknown(attribute.tag)
    return default


def _unknown(tag: str) -> AnswerNotUnderstood:
    name = tag.rpartition("}")[2]
    return AnswerNotUnderstood(f"its description requires a field that is not known, {name}")
