"""Where the writer of requests puts fields, and what has no place or no end."""

from lxml import etree
import pytest

from custom_components.cisco_unified_presence.pws import soap_writer
from custom_components.cisco_unified_presence.pws.errors import AnswerNotUnderstood
from custom_components.cisco_unified_presence.pws.soap_writer import (
    Field,
    Fields,
    where_declared,
    where_required,
)
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription

XSD = "http://www.w3.org/2001/XMLSchema"


def element_of(content: str) -> etree._Element:
    """Return a schema of the element `logout` with this content."""
    return etree.fromstring(
        f'<x:schema xmlns:x="{XSD}" xmlns:t="urn:t"><x:element name="logout"><x:complexType>'
        f"{content}</x:complexType></x:element></x:schema>"
    )


def writes(content: str, fields: Fields) -> str | None:
    """Return what is written as the schema declares it; None where it has no place or no end."""
    declared = ServiceDescription(element_of(content)).element("logout")
    assert declared is not None
    try:
        element = soap_writer.write_element(declared, fields)
    except soap_writer.NotDeclared:
        return None
    text = etree.tostring(element, encoding="unicode")
    return text.removeprefix("<logout>").removesuffix("</logout>")


def wrapped(*names: str, inside: str) -> str:
    """Return elements that stand in each other."""
    for name in reversed(names):
        inside = (
            f'<x:sequence><x:element name="{name}"><x:complexType>{inside}</x:complexType>'
            "</x:element></x:sequence>"
        )
    return inside


FIELD = '<x:sequence><x:element name="f"/></x:sequence>'


def test_elements_in_each_other_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soap_writer, "_DEEPEST", 3)
    assert writes(wrapped("a", "b", inside=FIELD), {"f": "1"}) == "<a><b><f>1</f></b></a>"
    assert writes(wrapped("a", "b", "c", inside=FIELD), {"f": "1"}) is None
    # What is written is not in what comes after it.
    beside = f"<x:sequence>{wrapped('a', inside='')}{wrapped('b', 'c', inside=FIELD)}</x:sequence>"
    assert writes(beside, {"f": "1"}) == "<a/><b><c><f>1</f></c></b>"


@pytest.mark.parametrize(("optional", "expected"), [(2, "<f>1</f>"), (3, None)])
def test_steps_have_a_limit(
    monkeypatch: pytest.MonkeyPatch, optional: int, expected: str | None
) -> None:
    monkeypatch.setattr(soap_writer, "_MOST_STEPS", 3)
    monkeypatch.setattr(soap_writer, "_STEPS_PER_TEXT", 1)
    others = "".join(f'<x:element name="o{"abc"[n]}" minOccurs="0"/>' for n in range(optional))
    assert writes(f'<x:sequence>{others}<x:element name="f"/></x:sequence>', {"f": "1"}) == expected


def test_each_text_allows_more_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soap_writer, "_MOST_STEPS", 2)
    monkeypatch.setattr(soap_writer, "_STEPS_PER_TEXT", 2)
    repeated = (
        '<x:sequence><x:sequence maxOccurs="9"><x:element name="f"/></x:sequence></x:sequence>'
    )
    texts = Field(("1", "2", "3"))
    assert writes(repeated, {"f": texts}) == "<f>1</f><f>2</f><f>3</f>"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"f": "1", "other": "2"}, None),
        ({"f": "1", "other": Field(())}, "<f>1</f>"),
        ({"f": "1", "other": where_declared("2")}, "<f>1</f>"),
        ({"f": "1", "other": where_required("2")}, "<f>1</f>"),
    ],
)
def test_which_fields_need_a_place(fields: Fields, expected: str | None) -> None:
    assert writes(FIELD, fields) == expected


@pytest.mark.parametrize(
    ("content", "fields", "expected"),
    [
        # Nested fields, and several records of them.
        (FIELD, {"in": {"deeper": {"F": "1"}}}, "<f>1</f>"),
        (
            '<x:sequence><x:element name="f" maxOccurs="9"/></x:sequence>',
            {"in": [{"f": "1"}, {"f": "2"}, {}]},
            "<f>1</f><f>2</f>",
        ),
        # A field that is only written where it is required.
        (
            '<x:sequence><x:element name="f" minOccurs="0"/></x:sequence>',
            {"f": where_required("1")},
            "<logout/>",
        ),
        (FIELD, {"f": where_required("1")}, "<f>1</f>"),
        # Of a choice the part that takes most of what is to be sent in any case.
        (
            (
                '<x:choice><x:element name="f"/><x:sequence><x:element name="g"/>'
                '<x:element name="h"/></x:sequence></x:choice>'
            ),
            {"g": "1", "h": "2", "f": where_declared("3")},
            "<g>1</g><h>2</h>",
        ),
        (
            '<x:choice><x:element name="f"/><x:element name="g"/></x:choice>',
            {"f": where_required("1"), "g": where_declared("2")},
            "<g>2</g>",
        ),
        (
            '<x:choice><x:element name="e"/><x:element name="f"/></x:choice>',
            {"f": where_required("1")},
            "<f>1</f>",
        ),
        (
            '<x:choice><x:element name="e"/><x:element name="f" minOccurs="0"/></x:choice>',
            {},
            "<logout/>",
        ),
        ("<x:choice/>", {}, "<logout/>"),
        # A choice that repeats is made again while it takes something.
        (
            (
                '<x:choice maxOccurs="9"><x:element name="f"/><x:element name="g"/>'
                '<x:element name="h"/></x:choice>'
            ),
            {"h": "3", "f": "1", "g": where_required("2")},
            "<f>1</f><h>3</h>",
        ),
        # A field in the wrapper comes before one of the same name further inside.
        (
            (
                '<x:sequence><x:element name="in"><x:complexType><x:sequence>'
                '<x:element name="f" type="x:string"/></x:sequence></x:complexType></x:element>'
                '<x:element name="f"/></x:sequence>'
            ),
            {"f": "1"},
            "<in><f/></in><f>1</f>",
        ),
        # Attributes of an element that is a field, and of a wrapper.
        (
            (
                '<x:sequence><x:element name="f"><x:complexType><x:attribute name="g"/>'
                '<x:attribute name="h" type="x:int" use="required"/></x:complexType></x:element>'
                "</x:sequence>"
            ),
            {"f": "1", "g": "2"},
            '<f g="2" h="0">1</f>',
        ),
        (
            wrapped("in", inside='<x:attribute name="g"/>'),
            {"g": where_required("1")},
            "<in/>",
        ),
        (
            wrapped("in", inside='<x:attribute name="g" use="required"/>'),
            {"g": where_required("1")},
            '<in g="1"/>',
        ),
        (
            wrapped("in", inside='<x:attribute name="g"/>'),
            {"g": Field(("1", "2"))},
            '<in g="1"/><in g="2"/>',
        ),
    ],
)
def test_where_fields_are_written(content: str, fields: Fields, expected: str) -> None:
    assert writes(content, fields) == expected


@pytest.mark.parametrize("kind", ["date", "language"])
def test_an_attribute_that_is_required_and_cannot_be_known_is_an_error(kind: str) -> None:
    content = f'<x:attribute name="since" type="x:{kind}" use="required"/>'
    with pytest.raises(AnswerNotUnderstood, match="a field that is not known, since"):
        writes(content, {})
    optional = content.replace('use="required"', "")
    assert writes(optional, {}) == "<logout/>"


def test_the_text_of_a_header_block() -> None:
    def block(declaration: str) -> str:
        root = etree.fromstring(f'<x:schema xmlns:x="{XSD}">{declaration}</x:schema>')
        declared = ServiceDescription(root).element("key")
        assert declared is not None
        return etree.tostring(soap_writer.text_element(declared, "K"), encoding="unicode")

    assert block('<x:element name="key"/>') == "<key>K</key>"
    assert block('<x:element name="key" type="x:string"/>') == "<key>K</key>"
    assert (
        block(
            '<x:element name="key"><x:complexType><x:sequence><x:element name="value"/>'
            "</x:sequence></x:complexType></x:element>"
        )
        == "<key><value>K</value></key>"
    )
