"""Requests in schemas of other shapes than the reference's: each is valid, and says the same."""

from lxml import etree
import pytest

from custom_components.cisco_unified_presence.pws import soap_writer
from custom_components.cisco_unified_presence.pws.errors import AnswerNotUnderstood
from custom_components.cisco_unified_presence.pws.soap_request import Call, Language
from custom_components.cisco_unified_presence.pws.soap_writer import (
    Field,
    Fields,
    where_declared,
    where_required,
)
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription

XSD = "http://www.w3.org/2001/XMLSchema"


NEW_ENDPOINT: Fields = {"url": "http://h/", "endPointID": where_declared("0"), "expiration": "3600"}


RENEWED: Fields = {"url": where_required(""), "endPointID": "7", "expiration": "3600"}


ALL: Fields = {"subscriptionID": "10", "unsubscribeAll": "true"}


SOME: Fields = {
    "subscriptionID": "10",
    "contactURI": Field(("a@x", "b@x")),
    "unsubscribeAll": where_required("false"),
}


WORD: Fields = {
    "presenceType": "BASIC_PRESENCE",
    "expiration": "3600",
    "override": "true",
    "basicPresence": "DND",
}


RENEWAL: Fields = {
    "subscriptionID": "10",
    "subscriptionType": where_declared("PRESENCE_NOTIFICATION"),
    "endPointID": "7",
    "expiration": "3600",
    "contactURI": Field(()),
}


TWO = '<contactsList><contact contactURI="a@x"/><contact contactURI="b@x"/></contactsList>'


LIST = """
<x:complexType name="L"><x:sequence>
  <x:element name="contact" minOccurs="0" maxOccurs="unbounded"><x:complexType>
    <x:attribute name="contactURI" type="x:string" use="required"/></x:complexType></x:element>
</x:sequence></x:complexType>
"""


FIELDS = """
<x:element name="subscriptionID" type="x:int"/>
<x:choice>
  <x:element name="contactsList" type="t:L"/><x:element name="unsubscribeAll" type="x:boolean"/>
</x:choice>
"""


FLAT = f"<x:sequence>{FIELDS}</x:sequence>"


NESTED = f"""
<x:sequence><x:element name="unsubscribeRequest"><x:complexType><x:sequence>{FIELDS}
</x:sequence></x:complexType></x:element></x:sequence>
"""


DEEPER = """
<x:sequence><x:element name="in"><x:complexType><x:sequence>
  <x:element name="locale" type="x:string" minOccurs="0"/>
  <x:element name="what"><x:complexType><x:all>
    <x:element name="unsubscribeAll" type="x:boolean"/>
    <x:element name="contactsList" type="t:L"/>
  </x:all></x:complexType></x:element>
  <x:element name="which"><x:complexType>
    <x:attribute name="subscriptionID" type="x:int" use="required"/>
  </x:complexType></x:element>
</x:sequence></x:complexType></x:element></x:sequence>
"""


ENDPOINT = {
    "sequence": """<x:sequence><x:element name="url" type="x:anyURI"/>
        <x:element name="endPointID" type="x:unsignedInt"/>
        <x:element name="expiration" type="x:unsignedInt"/></x:sequence>""",
    "optional": """<x:sequence><x:element name="expiration" type="x:int"/>
        <x:element name="endPointID" type="x:int" minOccurs="0"/>
        <x:element name="url" type="x:anyURI" minOccurs="0"/></x:sequence>""",
    "choice": """<x:sequence><x:choice><x:element name="url" type="x:anyURI"/>
        <x:element name="endPointID" type="x:int"/></x:choice>
        <x:element name="expiration" type="x:int"/></x:sequence>""",
}


CONTACTS = {
    "text": '<x:element name="contactURI" type="x:string" maxOccurs="unbounded"/>',
    "text of the contact": '<x:element name="contact" type="x:string" maxOccurs="9"/>',
    "list for each": """<x:element name="contactsList" maxOccurs="unbounded"><x:complexType>
        <x:sequence><x:element name="contactURI" type="x:string"/></x:sequence></x:complexType>
        </x:element>""",
    "group for each": """<x:sequence maxOccurs="unbounded">
        <x:element name="kind" type="x:int"/><x:element name="contactURI" type="x:string"/>
        </x:sequence>""",
    "list in a group that repeats": """<x:sequence maxOccurs="unbounded">
        <x:element name="kind" type="x:int"/>
        <x:element name="contactURI" type="x:string" maxOccurs="unbounded"/></x:sequence>""",
    "lists in a group that repeats": """<x:sequence maxOccurs="unbounded">
        <x:element name="kind" type="x:int"/><x:element name="contactsList" maxOccurs="unbounded">
        <x:complexType><x:sequence><x:element name="contactURI" type="x:string"/></x:sequence>
        </x:complexType></x:element></x:sequence>""",
    "choices": """<x:choice minOccurs="0" maxOccurs="unbounded">
        <x:element name="contactURI" type="x:string"/><x:element name="group" type="x:string"/>
        </x:choice>""",
}


def sent(operation: str, content: str, fields: Fields) -> str:
    """Return what is written inside the operation, after a check against the schema."""
    schema = etree.fromstring(
        f'<x:schema xmlns:x="{XSD}" xmlns:t="urn:t" targetNamespace="urn:t"'
        f' elementFormDefault="qualified">{LIST}<x:element name="{operation}">'
        f"<x:complexType>{content}</x:complexType></x:element></x:schema>"
    )
    written = Language.of(ServiceDescription(schema), None).write(Call(operation, fields), None)
    (body,) = etree.fromstring(written).findall("{*}Body/*")
    etree.XMLSchema(schema).assertValid(body)
    text = etree.tostring(body, encoding="unicode").replace("cup:", "")
    return text.partition(">")[2].removesuffix(f"</{operation}>")


@pytest.mark.parametrize(
    ("content", "everything", "some"),
    [
        (
            FLAT,
            "<subscriptionID>10</subscriptionID><unsubscribeAll>true</unsubscribeAll>",
            f"<subscriptionID>10</subscriptionID>{TWO}",
        ),
        (
            NESTED,
            (
                "<unsubscribeRequest><subscriptionID>10</subscriptionID>"
                "<unsubscribeAll>true</unsubscribeAll></unsubscribeRequest>"
            ),
            (f"<unsubscribeRequest><subscriptionID>10</subscriptionID>{TWO}</unsubscribeRequest>"),
        ),
        (
            DEEPER,
            (
                "<in><what><unsubscribeAll>true</unsubscribeAll><contactsList/></what>"
                '<which subscriptionID="10"/></in>'
            ),
            (
                f"<in><what><unsubscribeAll>false</unsubscribeAll>{TWO}</what>"
                '<which subscriptionID="10"/></in>'
            ),
        ),
    ],
)
def test_unsubscribing(content: str, everything: str, some: str) -> None:
    assert sent("unsubscribe", content, ALL) == everything
    assert sent("unsubscribe", content, SOME) == some


@pytest.mark.parametrize(
    ("shape", "new", "renewed"),
    [
        (
            "sequence",
            "<url>http://h/</url><endPointID>0</endPointID><expiration>3600</expiration>",
            "<url/><endPointID>7</endPointID><expiration>3600</expiration>",
        ),
        (
            "optional",
            "<expiration>3600</expiration><endPointID>0</endPointID><url>http://h/</url>",
            "<expiration>3600</expiration><endPointID>7</endPointID>",
        ),
        (
            "choice",
            "<url>http://h/</url><expiration>3600</expiration>",
            "<endPointID>7</endPointID><expiration>3600</expiration>",
        ),
    ],
)
def test_endpoints(shape: str, new: str, renewed: str) -> None:
    assert sent("registerEndPoint", ENDPOINT[shape], NEW_ENDPOINT) == new
    assert sent("registerEndPoint", ENDPOINT[shape], RENEWED) == renewed


@pytest.mark.parametrize(
    ("shape", "written"),
    [
        ("text", "<contactURI>a@x</contactURI><contactURI>b@x</contactURI>"),
        ("text of the contact", "<contact>a@x</contact><contact>b@x</contact>"),
        (
            "list for each",
            (
                "<contactsList><contactURI>a@x</contactURI></contactsList>"
                "<contactsList><contactURI>b@x</contactURI></contactsList>"
            ),
        ),
        (
            "group for each",
            (
                "<kind>0</kind><contactURI>a@x</contactURI>"
                "<kind>0</kind><contactURI>b@x</contactURI>"
            ),
        ),
        (
            "list in a group that repeats",
            "<kind>0</kind><contactURI>a@x</contactURI><contactURI>b@x</contactURI>",
        ),
        (
            "lists in a group that repeats",
            (
                "<kind>0</kind><contactsList><contactURI>a@x</contactURI></contactsList>"
                "<contactsList><contactURI>b@x</contactURI></contactsList>"
            ),
        ),
        ("choices", "<contactURI>a@x</contactURI><contactURI>b@x</contactURI>"),
    ],
)
def test_lists_of_contacts(shape: str, written: str) -> None:
    fields: Fields = {"contactURI": Field(("a@x", "b@x"))}
    content = f"<x:sequence>{CONTACTS[shape]}</x:sequence>"
    assert sent("getPolledPresence", content, fields) == written


def test_a_renewal_without_contacts() -> None:
    content = """<x:sequence><x:element name="contactsList" type="t:L"/>
        <x:element name="subscriptionID" type="x:int"/><x:element name="endPointID" type="x:int"/>
        <x:element name="expiration" type="x:int"/></x:sequence>"""
    assert sent("subscribe", content, RENEWAL) == (
        "<contactsList/><subscriptionID>10</subscriptionID><endPointID>7</endPointID>"
        "<expiration>3600</expiration>"
    )
    optional = content.replace('type="t:L"', 'type="t:L" minOccurs="0"')
    assert "contactsList" not in sent("subscribe", optional, RENEWAL)


@pytest.mark.parametrize("occurs", ["", 'minOccurs="0"'])
def test_either_presence(occurs: str) -> None:
    content = f"""<x:sequence><x:element name="presenceInfo"><x:complexType><x:sequence>
        <x:element name="richPresence" type="x:string" {occurs}/>
        <x:element name="basicPresence" type="x:string" {occurs}/></x:sequence>
        <x:attribute name="override" type="x:boolean" use="required"/></x:complexType></x:element>
        <x:element name="presenceType" type="x:string"/>
        <x:element name="expiration" type="x:int"/></x:sequence>"""
    other = "" if occurs else "<richPresence/>"
    assert sent("setPresence", content, WORD) == (
        f'<presenceInfo override="true">{other}<basicPresence>DND</basicPresence></presenceInfo>'
        "<presenceType>BASIC_PRESENCE</presenceType><expiration>3600</expiration>"
    )


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ('<x:element name="f" type="x:string"/>', "<f/>"),
        ('<x:element name="f" type="x:boolean"/>', "<f>false</f>"),
        ('<x:element name="f" type="x:unsignedShort"/>', "<f>0</f>"),
        ('<x:element name="f" type="x:int" fixed="3"/>', "<f>3</f>"),
        ('<x:element name="f" type="x:string" default="en"/>', "<f>en</f>"),
        ('<x:element name="f" type="x:string" minOccurs="0"/>', ""),
        (
            (
                '<x:element name="f"><x:simpleType><x:restriction base="x:string">'
                '<x:enumeration value="en"/><x:enumeration value="de"/>'
                "</x:restriction></x:simpleType></x:element>"
            ),
            "<f>en</f>",
        ),
        (
            (
                '<x:element name="f"><x:simpleType><x:restriction base="x:int">'
                '<x:minInclusive value="5"/></x:restriction></x:simpleType></x:element>'
            ),
            "<f>5</f>",
        ),
        (
            (
                '<x:element name="f"><x:complexType><x:sequence><x:element name="g" type="x:int"/>'
                '</x:sequence><x:attribute name="h" type="x:boolean" use="required"/>'
                "</x:complexType></x:element>"
            ),
            '<f h="false"><g>0</g></f>',
        ),
        (
            (
                '<x:choice><x:element name="f" type="x:int"/><x:element name="g" type="x:int"'
                ' minOccurs="0"/></x:choice>'
            ),
            "",
        ),
    ],
)
def test_what_else_is_required_has_a_plausible_value(declared: str, written: str) -> None:
    content = f'<x:sequence><x:element name="endPointID" type="x:int"/>{declared}</x:sequence>'
    fields: Fields = {"endPointID": "7"}
    assert sent("unregisterEndPoint", content, fields) == f"<endPointID>7</endPointID>{written}"


def test_a_nil_value() -> None:
    content = '<x:sequence><x:element name="f" type="x:dateTime" nillable="true"/></x:sequence>'
    assert 'nil="true"' in sent("logout", content, {})


@pytest.mark.parametrize(
    "declared",
    [
        '<x:element name="since" type="x:dateTime"/>',
        (
            '<x:element name="since"><x:simpleType><x:restriction base="x:string">'
            '<x:pattern value="[a-z]+"/></x:restriction></x:simpleType></x:element>'
        ),
        (
            '<x:element name="since"><x:simpleType><x:restriction base="x:string">'
            '<x:minLength value="1"/></x:restriction></x:simpleType></x:element>'
        ),
    ],
)
def test_what_is_required_and_cannot_be_known_is_an_error(declared: str) -> None:
    with pytest.raises(AnswerNotUnderstood, match="requires a field that is not known, since"):
        sent("logout", f"<x:sequence>{declared}</x:sequence>", {})


def test_what_has_no_end_is_written_as_without_a_description() -> None:
    loop = (
        f'<x:schema xmlns:x="{XSD}" xmlns:t="urn:t" targetNamespace="urn:t">'
        '<x:element name="logout" type="t:T"/><x:complexType name="T"><x:sequence>'
        '<x:element name="a" type="t:T"/><x:element name="b" type="t:T"/>'
        "</x:sequence></x:complexType></x:schema>"
    )
    language = Language.of(ServiceDescription(etree.fromstring(loop)), None)
    assert b'<cup:logout xmlns:cup="urn:t"/>' in language.write(Call("logout"), None)


RPC = f"""
<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:x="{XSD}" xmlns:t="urn:t"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="urn:w">
  <w:types><x:schema targetNamespace="urn:t">{LIST}</x:schema></w:types>
  <w:message name="in"><w:part name="presenceType" type="x:string"/>
    <w:part name="count" type="x:int"/><w:part name="contactsList" type="t:L"/></w:message>
  <w:portType name="P"><w:operation name="getPolledPresence"><w:input message="t:in"/>
    </w:operation></w:portType>
  <w:binding name="B" type="t:P"><soap:binding style="rpc" transport="t"/>
    <w:operation name="getPolledPresence"><w:input><soap:body use="literal" namespace="urn:r"/>
    </w:input></w:operation></w:binding>
</w:definitions>
"""


def test_a_service_in_rpc_style() -> None:
    fields: Fields = {
        "presenceType": "BASIC_PRESENCE",
        "contactsList": {"contact": [{"contactURI": "a@x"}]},
    }
    language = Language.of(ServiceDescription(etree.fromstring(RPC)), None)
    written = language.write(Call("getPolledPresence", fields), None)
    (body,) = etree.fromstring(written).findall("{*}Body/*")
    assert etree.QName(body).namespace == "urn:r"
    assert [(etree.QName(child).text, child.text) for child in body] == [
        ("presenceType", "BASIC_PRESENCE"),
        ("count", "0"),
        ("contactsList", None),
    ]
    assert body[2][0].get("contactURI") == "a@x"


@pytest.mark.parametrize(
    ("known", "name"),
    [
        ({"contacturi", "uri"}, "contacturi"),
        ({"contact", "uri"}, "contact"),
        ({"uri"}, "uri"),
        ({"other"}, "contacturi"),
    ],
)
def test_a_field_that_a_schema_calls_otherwise(known: set[str], name: str) -> None:
    assert soap_writer._known_name("contacturi", frozenset(known)) == name
