"""What a schema declares: names, content models and attributes, each compared as a whole."""

from lxml import etree
import pytest

from custom_components.cisco_unified_presence.pws import schema
from custom_components.cisco_unified_presence.pws.schema import (
    Declaration,
    ElementParticle,
    Particle,
    Schemas,
    can_be_written,
    without_prefix,
)

XSD = "http://www.w3.org/2001/XMLSchema"
QUALIFIED = 'elementFormDefault="qualified" attributeFormDefault="qualified"'


def schemas(inside: str, attributes: str = "") -> Schemas:
    return Schemas(
        etree.fromstring(
            f'<d><schema xmlns="{XSD}" xmlns:t="urn:t" targetNamespace="urn:t" {attributes}>'
            f"{inside}</schema></d>"
        )
    )


def declared(inside: str, attributes: str = "") -> Declaration:
    """Return the declaration of the element `e` of a schema."""
    found = schemas(inside, attributes).element_called("e")
    assert found is not None
    return found


def written(particle: Particle) -> str:
    """Return a content model: (a, b) in order, [a | b] as a choice, with ?, + and * after them."""
    if isinstance(particle, ElementParticle):
        text = particle.declaration.name
    elif particle.is_choice:
        text = f"[{' | '.join(map(written, particle.parts))}]"
    else:
        text = f"({', '.join(map(written, particle.parts))})"
    occurs = {(True, False): "", (False, False): "?", (True, True): "+", (False, True): "*"}
    return text + occurs[particle.required, particle.repeats]


def content(inside: str, others: str = "") -> str:
    element = f'<element name="e"><complexType>{inside}</complexType></element>'
    return written(declared(element + others).content)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("", "()"),
        ("<sequence/>", "(())"),
        ('<sequence><element name="a"/><element name="b"/></sequence>', "((a, b))"),
        ('<all><element name="a"/></all>', "((a))"),
        ('<choice><element name="a"/><element name="b"/></choice>', "([a | b])"),
        (
            (
                '<sequence minOccurs="0"><element name="a" minOccurs="0"/>'
                '<element name="b" maxOccurs="unbounded"/>'
                '<element name="c" minOccurs="0" maxOccurs="2"/>'
                '<element name="d" minOccurs="1" maxOccurs="1"/>'
                '<element name="gone" maxOccurs="0"/></sequence>'
            ),
            "((a?, b+, c*, d)?)",
        ),
        ('<choice maxOccurs="3"><element name="a"/></choice>', "([a]+)"),
        ('<sequence><any/><annotation/><element name="a"/></sequence>', "((a))"),
        (
            (
                '<complexContent><extension base="t:Base"><sequence><element name="b"/>'
                "</sequence></extension></complexContent>"
            ),
            "((a), (b))",
        ),
        (
            (
                '<complexContent><restriction base="t:Base"><sequence><element name="b"/>'
                "</sequence></restriction></complexContent>"
            ),
            "((b))",
        ),
        ('<simpleContent><extension base="string"/></simpleContent>', "()"),
        ('<group ref="t:G" minOccurs="0"/>', "((([g]))?)"),
        ('<group ref="t:gone"/>', "(())"),
        ('<sequence><element ref="t:other"/><element ref="t:gone"/></sequence>', "((other))"),
        # What refers to itself is left out.
        ('<group ref="t:Loop"/>', "((((a, (())))))"),
    ],
)
def test_content(inside: str, expected: str) -> None:
    others = (
        '<complexType name="Base"><sequence><element name="a"/></sequence></complexType>'
        '<group name="G"><choice><element name="g"/></choice></group>'
        '<group name="Loop"><sequence><element name="a"/><group ref="t:Loop"/></sequence></group>'
        '<element name="other"/>'
    )
    assert content(inside, others) == expected


def test_an_element_with_a_named_type() -> None:
    named = '<complexType name="T"><sequence><element name="a"/></sequence></complexType>'
    assert written(declared(f'<element name="e" type="t:T"/>{named}').content) == "((a))"
    # One of XML Schema's own types is never one of the document.
    text = '<complexType name="string"><sequence><element name="a"/></sequence></complexType>'
    assert written(declared(f'<element name="e" type="string"/>{text}').content) == "()"


def test_content_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    names = "".join(f'<element name="{letter}"/>' for letter in "abcd")
    monkeypatch.setattr(schema, "_MOST_PARTICLES", 4)
    # The sequence counts.
    assert content(f"<sequence>{names}</sequence>") == "((a, b, c))"


def test_references_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = "".join(
        f'<group name="G{n}"><sequence><element name="{"abcd"[n]}"/>'
        f'<group ref="t:G{n + 1}"/></sequence></group>'
        for n in range(4)
    )
    assert content('<group ref="t:G0"/>', groups) == "((((a, (((b, (((c, (((d, ())))))))))))))"
    monkeypatch.setattr(schema, "_DEEPEST_REFERENCE", 4)
    assert content('<group ref="t:G0"/>', groups) == "((((a, ()))))"


@pytest.mark.parametrize(
    ("attributes", "inside", "tags"),
    [
        ("", "", ["{urn:t}e", "a", "b"]),
        (QUALIFIED, "", ["{urn:t}e", "{urn:t}a", "{urn:t}b"]),
        ("", 'form="qualified"', ["{urn:t}e", "{urn:t}a", "{urn:t}b"]),
        (QUALIFIED, 'form="unqualified"', ["{urn:t}e", "a", "b"]),
    ],
)
def test_which_names_have_a_namespace(attributes: str, inside: str, tags: list[str]) -> None:
    found = declared(
        f'<element name="e"><complexType><sequence><element name="a" {inside}/></sequence>'
        f'<attribute name="b" {inside}/></complexType></element>',
        attributes,
    )
    ((child,),) = ([each.declaration for each in schema.elements_of(found.content)],)
    assert [found.tag, child.tag, found.attributes["b"].tag] == tags


def test_what_is_declared_at_the_top_is_referred_to_with_its_namespace() -> None:
    found = declared(
        '<element name="e"><complexType><sequence><element ref="t:a"/></sequence>'
        '<attribute ref="t:b" use="required"/></complexType></element>'
        '<element name="a"/><attribute name="b"/>'
    )
    (child,) = schema.elements_of(found.content)
    assert child.declaration.tag == "{urn:t}a"
    assert found.attributes["b"].tag == "{urn:t}b"
    assert found.attributes["b"].required


def test_without_a_namespace_of_the_schema_no_name_has_one() -> None:
    root = etree.fromstring(f'<schema xmlns="{XSD}" {QUALIFIED}><element name="e"/></schema>')
    found = Schemas(root).element_called("E")
    assert found is not None
    assert found.tag == "e"
    assert Schemas(root).namespace is None


@pytest.mark.parametrize(
    ("nillable", "is_nillable"),
    [("", False), ('nillable="true"', True), ('nillable="1"', True), ('nillable="false"', False)],
)
def test_what_may_be_nil(nillable: str, *, is_nillable: bool) -> None:
    assert declared(f'<element name="e" {nillable}/>').is_nillable is is_nillable


def test_attributes_of_types_and_groups() -> None:
    found = declared(
        '<element name="e" type="t:T"/>'
        '<complexType name="T"><complexContent><extension base="t:Base">'
        '<sequence><element name="a"><complexType><attribute name="inner"/></complexType>'
        "</element></sequence>"
        '<attribute name="First-One" use="required" type="t:Word"/>'
        '<attribute name="gone" use="prohibited"/><attribute name="a b"/>'
        '<attribute ref="t:gone"/>'
        '<attributeGroup ref="t:G"/></extension></complexContent></complexType>'
        '<complexType name="Base"><attribute name="base" use="optional"/>'
        "</complexType>"
        '<attributeGroup name="G"><attribute name="of-group"/><attributeGroup ref="t:G"/>'
        "</attributeGroup>"
        '<simpleType name="Word"><restriction base="string"><enumeration value="Yes"/>'
        "</restriction></simpleType>"
    )
    told = {name: (each.tag, each.required) for name, each in found.attributes.items()}
    assert told == {
        "firstone": ("First-One", True),
        "base": ("base", False),
        "ofgroup": ("of-group", False),
    }
    assert found.attributes["firstone"].value.spell("YES") == "Yes"
    assert found.direct == {"firstone", "base", "ofgroup", "a"}
    assert found.reachable == {"firstone", "base", "ofgroup", "a", "inner"}


def test_what_is_reached_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = "".join(
        f'<element name="{name}"><complexType><sequence><element ref="t:{inner}"/></sequence>'
        "</complexType></element>"
        for name, inner in zip("eabc", "abcd", strict=True)
    )
    found = declared(f'{chain}<element name="d"/>')
    assert found.reachable == {"a", "b", "c", "d"}
    monkeypatch.setattr(schema, "_MOST_REACHED", 3)
    assert declared(f'{chain}<element name="d"/>').reachable == {"a", "b"}


def test_which_declaration_counts() -> None:
    found = schemas(
        '<element name="LOG-in"><complexType><sequence><element name="first"/></sequence>'
        '</complexType></element><element name="login"/><element/><complexType name="log_in"/>'
    )
    login = found.element_called("log.in")
    assert login is not None
    assert login.tag == "{urn:t}LOG-in"
    assert login.name == "login"
    assert found.element_called("logIn") is login
    assert found.element_called("logout") is None
    assert found.element_at("any:login") is not login
    assert found.element_at(" t:LOG-in ") is login
    assert found.element_at(None) is None
    assert found.type_called("t:log_in") is not None
    assert found.type_called("t:login") is None


def test_names_that_cannot_be_written_are_not_declared() -> None:
    found = schemas('<element name="a b"/><element name="logout"/>')
    assert found.element_called("ab") is None
    assert found.element_called("logout") is not None


@pytest.mark.parametrize(
    ("tag", "can_be"),
    [
        ("a", True),
        ("{urn:t}a", True),
        ("ä", True),
        ("", False),
        ("a b", False),
        ("{a}b}c", False),
        ("{http://[}a", False),
        ("\uf900", False),
        ("{urn:t}\U00010000", False),
    ],
)
def test_which_names_can_be_written(tag: str, *, can_be: bool) -> None:
    assert can_be_written(tag) is can_be


@pytest.mark.parametrize(
    ("reference", "name"), [(None, ""), (" a ", "a"), ("t:a", "a"), (" t:u:a ", "a")]
)
def test_names_without_a_prefix(reference: str | None, name: str) -> None:
    assert without_prefix(reference) == name
