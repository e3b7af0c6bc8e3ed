"""What a required field of each simple type holds when nothing else is known of it."""

from lxml import etree
import pytest

from custom_components.cisco_unified_presence.pws.schema_values import SimpleValue, is_built_in

XSD = "http://www.w3.org/2001/XMLSchema"
TEXTS = "anySimpleType anyType anyURI base64Binary hexBinary normalizedString string token"
NUMBERS = (
    "byte decimal double float int integer long nonNegativeInteger nonPositiveInteger short"
    " unsignedByte unsignedInt unsignedLong unsignedShort"
)
OTHERS = (
    "ENTITIES ENTITY ID IDREF IDREFS NCName NMTOKEN NMTOKENS NOTATION Name QName date dateTime"
    " duration gDay gMonth gMonthDay gYear gYearMonth language time"
)


def value(declaration: str, **named: str) -> SimpleValue:
    """Return the value of an element that is declared so, where types have these names."""
    schema = etree.fromstring(
        f'<x:schema xmlns:x="{XSD}">{declaration}{"".join(named.values())}</x:schema>'
    )
    types = {node.get("name"): node for node in schema[1:]}
    return SimpleValue(schema[0], types.get)


@pytest.mark.parametrize(
    ("names", "default"),
    [
        (TEXTS, ""),
        (NUMBERS, "0"),
        ("boolean", "false"),
        ("positiveInteger", "1"),
        ("negativeInteger", "-1"),
        (OTHERS, None),
    ],
)
def test_types_of_xml_schema(names: str, default: str | None) -> None:
    for name in names.split():
        assert value(f'<x:element type="x:{name}"/>').default == default, name
        assert value(f'<x:element type="x:{name}"/>').is_simple, name


def test_a_type_of_the_document_may_have_the_name_of_one_of_xml_schema() -> None:
    node = etree.fromstring(f'<x:element xmlns:x="{XSD}" xmlns:t="urn:t" xmlns="urn:t"/>')
    assert is_built_in(node, " x:date ")
    assert not is_built_in(node, "t:date")
    assert not is_built_in(node, "date")
    assert not is_built_in(node, "x:other")
    assert not is_built_in(node, None)


def test_what_a_type_is_derived_from() -> None:
    derived = value(
        '<x:element type="outer"/>',
        outer='<x:simpleType name="outer"><x:restriction base="inner"/></x:simpleType>',
        inner='<x:simpleType name="inner"><x:restriction base="x:int"/></x:simpleType>',
    )
    assert derived.default == "0"
    assert derived.is_simple


def test_an_element_without_a_type() -> None:
    assert value("<x:element/>").default == ""
    assert not value("<x:element/>").is_simple


def restricted(*facets: tuple[str, str]) -> SimpleValue:
    inside = "".join(f'<x:{name} value="{text}"/>' for name, text in facets)
    return value(
        "<x:element><x:simpleType>"
        f'<x:restriction base="x:string">{inside}</x:restriction></x:simpleType></x:element>'
    )


@pytest.mark.parametrize(
    ("facets", "default"),
    [
        ([("minLength", "0")], ""),
        ([("length", "0")], ""),
        ([("minLength", "1")], None),
        ([("length", "2")], None),
        ([("pattern", "[a-z]")], None),
        ([("minInclusive", "7"), ("pattern", "[0-9]")], "7"),
        ([("enumeration", "EN"), ("pattern", "[A-Z]*")], "EN"),
    ],
)
def test_restrictions(facets: list[tuple[str, str]], default: str | None) -> None:
    assert restricted(*facets).default == default


def test_words_are_spelled_as_the_enumeration_does() -> None:
    words = restricted(("enumeration", "DO_NOT_DISTURB"), ("enumeration", ""))
    assert words.spell("doNotDisturb") == "DO_NOT_DISTURB"
    assert words.spell("away") == "away"
    assert restricted().spell("away") == "away"
