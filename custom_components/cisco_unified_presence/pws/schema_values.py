"""Simple types of an XML schema: how words are spelled, and what a field holds by default."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

from .lxml_document import LxmlElement
from .xml import letters, local_name

XSD: Final = "{http://www.w3.org/2001/XMLSchema}"

# Steps from a type to what it is derived from.
_LONGEST_DERIVATION: Final = 20

_TEXTS: Final = frozenset(
    {
        "anySimpleType",
        "anyType",
        "anyURI",
        "base64Binary",
        "hexBinary",
        "normalizedString",
        "string",
        "token",
    }
)
_NUMBERS: Final = frozenset(
    {
        "byte",
        "decimal",
        "double",
        "float",
        "int",
        "integer",
        "long",
        "nonNegativeInteger",
        "nonPositiveInteger",
        "short",
        "unsignedByte",
        "unsignedInt",
        "unsignedLong",
        "unsignedShort",
    }
)
_BUILT_IN: Final = {
    **dict.fromkeys(_TEXTS, ""),
    **dict.fromkeys(_NUMBERS, "0"),
    "boolean": "false",
    "positiveInteger": "1",
    "negativeInteger": "-1",
}

# Types for which no text is plausible.
_OTHERS: Final = frozenset(
    {
        "ENTITIES",
        "ENTITY",
        "ID",
        "IDREF",
        "IDREFS",
        "NCName",
        "NMTOKEN",
        "NMTOKENS",
        "NOTATION",
        "Name",
        "QName",
        "date",
        "dateTime",
        "duration",
        "gDay",
        "gMonth",
        "gMonthDay",
        "gYear",
        "gYearMonth",
        "language",
        "time",
    }
)

type FindType = Callable[[str | None], LxmlElement | None]


def is_built_in(node: LxmlElement, reference: str | None) -> bool:
    """Tell whether a ``prefix:name`` at a node refers to a type of XML Schema itself."""
    prefix, _, name = (reference or "").strip().rpartition(":")
    # Some schemas refer to their own types without a prefix, whatever that means there.
    return (name in _BUILT_IN or name in _OTHERS) and node.nsmap.get(prefix or None) == XSD[1:-1]


class SimpleValue:
    """The text of an element or attribute, as its declaration restricts it."""

    def __init__(self, node: LxmlElement, find_type: FindType) -> None:
        """Take the declaring node; ``find_type`` returns a named type of the schemas."""
        self._node = node
        self._find_type = find_type

    def spell(self, word: str) -> str:
        """Return a word in the spelling of the enumeration, if there is one."""
        # Most fields take any text, of which a password must not be taken apart and cached.
        return self._words.get(letters(word), word) if self._words else word

    @cached_property
    def default(self) -> str | None:
        """The text of a field that is required but unknown; None when none is plausible."""
        for attribute in ("fixed", "default"):
            if (text := self._node.get(attribute)) is not None:
                return text
        if self._words:
            return next(iter(self._words.values()))
        facets = {local_name(f): f.get("value", "") for r in self._restrictions for f in r}
        if minimum := facets.get("minInclusive"):
            return minimum
        if "pattern" in facets or facets.get("minLength", facets.get("length", "0")) != "0":
            return None
        return self._built_in_default

    @cached_property
    def is_simple(self) -> bool:
        """Whether a simple type is stated, so that the field holds text and nothing else."""
        return bool(self._restrictions) or self._built_in is not None

    @cached_property
    def _words(self) -> dict[str, str]:
        found = (e.get("value") for r in self._restrictions for e in r.iter(f"{XSD}enumeration"))
        return {letters(value): value for value in found if value}

    @cached_property
    def _restrictions(self) -> tuple[LxmlElement, ...]:
        return tuple(node for node in self._derivation if local_name(node) == "restriction")

    @cached_property
    def _built_in(self) -> str | None:
        """The type of XML Schema at the end of the derivation, None when it is not stated."""
        for node in reversed(self._derivation):
            reference = node.get("type") or node.get("base")
            if reference and is_built_in(node, reference):
                return reference.strip().rpartition(":")[2]
        return None

    @property
    def _built_in_default(self) -> str | None:
        return "" if self._built_in is None else _BUILT_IN.get(self._built_in)

    @cached_property
    def _derivation(self) -> tuple[LxmlElement, ...]:
        return tuple(self._derived())

    def _derived(self) -> Iterator[LxmlElement]:
        """Yield the node, its type, what that restricts or extends, and so on."""
        node: LxmlElement | None = self._node
        for _ in range(_LONGEST_DERIVATION):
            if node is None:
                return
            yield node
            node = self._next(node)

    def _next(self, node: LxmlElement) -> LxmlElement | None:
        reference = node.get("type") or node.get("base")
        if reference and not is_built_in(node, reference):
            return self._find_type(reference)
        kinds = ("simpleType", "complexType", "simpleContent", "restriction", "extension")
        return next((c for c in node.iterchildren(f"{XSD}*") if local_name(c) in kinds), None)
