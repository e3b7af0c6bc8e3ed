"""Servers that describe their service: otherwise spelled, only in part, hugely, or to do harm."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
import pytest

from custom_components.cisco_unified_presence.pws import (
    DialectMode,
    Presence,
    PresenceClient,
    SoapVersion,
)
from custom_components.cisco_unified_presence.pws.soap_request import Call, Language
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription
from custom_components.cisco_unified_presence.pws.xml import parse

from .byte_server import ByteServer, Reply, http
from .conftest import MakeClient
from .soap_wire import (
    NAMESPACE,
    OTHER_NAMESPACE,
    OTHER_SPELLING,
    body_of,
    enveloped,
    header_of,
    logged_in,
    operations,
)

XSD = "http://www.w3.org/2001/XMLSchema"


@pytest.fixture
async def client(server: ByteServer, make_client: MakeClient) -> PresenceClient:
    """A client that speaks SOAP."""
    return make_client(server.port, dialect=DialectMode.SOAP)


async def test_a_server_that_spells_everything_otherwise(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(http(200, OTHER_SPELLING.encode()))
    server.will(enveloped("<LogInOut><OK><SESSION.KEY>app</SESSION.KEY></OK></LogInOut>"))
    server.will(enveloped("<LogInOut><OK Session_Key='user'/></LogInOut>"))
    server.will(enveloped("<o:Made xmlns:o='urn:x' End-Point-Id='7'/>"))
    server.will(enveloped("<Made><SUBSCRIPTION_ID> 10 </SUBSCRIPTION_ID></Made>"))
    server.will(
        enveloped(
            "<Polled><Presence-List><Contact><contact-uri>b@x</contact-uri>"
            "<Presence_Status>BUSY</Presence_Status></Contact></Presence-List></Polled>"
        )
    )
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="anna")
    assert (endpoint, await client.subscribe("anna", ["b@x"], endpoint, 3600)) == (7, 10)
    assert (await client.poll_contact("anna", "b@x")).presence is Presence.BUSY

    described, application, user, registered, subscribed, polled = server.received
    assert described.line == "GET /presence-service/soap?wsdl"
    assert f'"{OTHER_NAMESPACE}"'.encode() in application.body
    assert NAMESPACE.encode() not in application.body
    assert application.headers["SOAPAction"] == '"urn:other#login"'
    assert body_of(application) == (
        "<n:LogInRequest><FORCE>false</FORCE><user-name>hass</user-name>"
        "<pass-word>s3cret &amp; more</pass-word><n:AppSessionId></n:AppSessionId></n:LogInRequest>"
    )
    assert body_of(user) == (
        "<n:LogInRequest><FORCE>false</FORCE><user-name>anna</user-name><pass-word></pass-word>"
        "<n:AppSessionId>app</n:AppSessionId></n:LogInRequest>"
    )
    assert header_of(registered) == "<n:Session_Key>app</n:Session_Key>"
    assert body_of(registered) == (
        "<n:Register-End-Point><Expiration>3600</Expiration><URL>http://ha/</URL>"
        "</n:Register-End-Point>"
    )
    contacts = (
        "<n:Contacts-List><Contact><contact-uri>b@x</contact-uri></Contact></n:Contacts-List>"
    )
    assert header_of(subscribed) == "<n:Session_Key>user</n:Session_Key>"
    assert body_of(subscribed) == (
        f'<n:Subscribe subscription-id="0">{contacts}<end_point_id>7</end_point_id>'
        "<expiration>3600</expiration><SubscriptionType>presence-notification</SubscriptionType>"
        "</n:Subscribe>"
    )
    assert body_of(polled) == (
        f"<n:GetPolledPresence><PresenceType>BasicPresence</PresenceType>{contacts}"
        "</n:GetPolledPresence>"
    )


async def test_what_it_does_not_describe_is_spelled_as_usual(
    server: ByteServer, client: PresenceClient
) -> None:
    """In the server's namespace, and nothing else is fetched, imports least of all."""
    server.will(http(200, OTHER_SPELLING.encode()), logged_in("app"), enveloped("<ok/>"))
    await client.unregister_endpoint(7)
    request = server.received[2]
    assert body_of(request) == (
        "<n:unregisterEndPoint><n:endPointID>7</n:endPointID></n:unregisterEndPoint>"
    )
    assert OTHER_NAMESPACE.encode() in request.body
    assert [line for line in server.lines if line.startswith("GET")] == [
        "GET /presence-service/soap?wsdl"
    ]


def schema(inside: str, attributes: str = "") -> str:
    """Return a description with this schema in it."""
    return (
        f'<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns="{XSD}"><w:types>'
        f'<schema targetNamespace="urn:t" {attributes}>{inside}</schema>'
        "</w:types></w:definitions>"
    )


LAUGHS = "".join(
    f'<group name="g{n}"><all><group ref="g{n + 1}"/><group ref="g{n + 1}"/></all></group>'
    for n in range(60)
)
BOMB = (
    '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/">&b;</definitions>'
)


@pytest.mark.parametrize(
    "described",
    [
        http(404),
        http(500, b"<x/>"),
        http(301, Location="http://127.0.0.1:1/"),
        http(200),
        http(200, b"<html><body>It works!</body></html>"),
        http(200, b"not XML"),
        http(200, b"<definitions/>"),
        http(200, BOMB.encode()),
        http(200, OTHER_SPELLING.encode() + b" " * 1024 * 1024),
        http(200, schema('<element name="logout" ref="gone"/>').encode()),
        http(200, schema('<element name="log out"/><element/>').encode()),
        http(200, schema('<element name="login"/>', 'elementFormDefault="qualified"').encode()),
    ],
)
async def test_without_a_description_of_use_the_defaults_do(
    server: ByteServer, client: PresenceClient, described: Reply
) -> None:
    server.will(described, logged_in("k"))
    await client.log_in()
    assert body_of(server.received[1]) == (
        "<n:login><n:username>hass</n:username><n:password>s3cret &amp; more</n:password>"
        "<n:force>false</n:force></n:login>"
    )
    assert len(server.received) == 2


async def test_a_description_is_read_once(server: ByteServer, client: PresenceClient) -> None:
    server.will(http(404), logged_in("k"), enveloped("<ok/>"), logged_in("k"))
    await client.log_in()
    await client.log_out()
    await client.log_in()
    assert [line[:4] for line in server.lines] == ["GET ", "POST", "POST", "POST"]
    assert operations(server) == ["login", "logout", "login"]


def language(text: str) -> Language:
    """Return the language of a description."""
    return Language.of(ServiceDescription(etree.fromstring(text)), None)


LOGOUT = Call("logout", {"reason": "x"})


@pytest.mark.parametrize(
    "inside",
    [
        (
            '<element name="logout" type="loop"/><complexType name="loop"><complexContent>'
            '<extension base="loop"><sequence><element name="reason"/></sequence></extension>'
            "</complexContent></complexType>"
        ),
        (
            '<element name="logout"><complexType><group ref="g0"/></complexType></element>'
            f'{LAUGHS}<group name="g60"><sequence><element name="reason"/></sequence></group>'
        ),
        (
            '<element name="logout"><complexType><sequence><element name="reason" type="self"/>'
            '</sequence></complexType></element><complexType name="self"><sequence>'
            '<element name="reason" type="self"/></sequence></complexType>'
        ),
    ],
)
def test_types_made_of_themselves_come_to_an_end(inside: str) -> None:
    written = language(schema(inside)).write(LOGOUT, None)
    assert b"<reason>x</reason>" in written


def test_attributes_of_groups_and_of_base_types() -> None:
    inside = (
        '<element name="logout"><complexType><simpleContent><extension base="b">'
        '<attributeGroup ref="a"/></extension></simpleContent></complexType></element>'
        '<complexType name="b"><attribute name="Reason"/><attribute name="a b"/></complexType>'
        '<attributeGroup name="a"><attribute name="other"/></attributeGroup>'
    )
    call = Call("logout", {"reason": "x", "other": "y"})
    written = language(schema(inside)).write(call, None)
    assert b' other="y"' in written
    assert b' Reason="x"' in written


@pytest.mark.parametrize("action", ["", 'a"b', "a b", "a\nb", "ü"])
def test_actions_that_cannot_be_sent_are_not(action: str) -> None:
    text = etree.tostring(etree.Element("x", a=action)).decode().removeprefix("<x a=")
    described = OTHER_SPELLING.replace('"urn:other#login"/>', text)
    headers = language(described.partition("?>")[2]).headers("login")
    assert headers["SOAPAction"] == '""'


def test_actions_of_either_version() -> None:
    described = ServiceDescription(etree.fromstring(OTHER_SPELLING.encode()))
    new = Language.of(described, SoapVersion.V1_2)
    assert new.headers("login") == {
        "Content-Type": 'application/soap+xml; charset=utf-8; action="urn:other#login12"'
    }
    assert Language.of(described, None).version is SoapVersion.V1_1
    assert new.headers("logout") == {"Content-Type": "application/soap+xml; charset=utf-8"}


@pytest.mark.parametrize(
    "key", ["", '<element name="session-key" type="date"><complexType/></element>']
)
def test_a_session_key_that_is_not_described_is_sent_as_usual(key: str) -> None:
    written = etree.fromstring(
        language(schema(f'<element name="logout"/>{key}')).write(Call("logout"), "KEY")
    )
    (header,) = written.findall("{*}Header/*")
    assert (header.tag, header.text) == ("{urn:t}session-key", "KEY")


def test_the_namespace_of_an_import() -> None:
    text = f'<a xmlns:x="{XSD}"><x:import namespace="a}}b"/><x:import namespace="urn:i"/></a>'
    assert b'"urn:i"' in language(text).write(Call("logout"), None)


def test_the_first_namespace_of_elements_is_that_of_what_is_not_declared() -> None:
    text = (
        f'<a xmlns:x="{XSD}"><x:import namespace="urn:i"/>'
        '<x:schema targetNamespace="urn:types"><x:complexType name="t"/></x:schema>'
        '<x:schema targetNamespace="urn:first"><x:element name="other"/></x:schema>'
        '<x:schema targetNamespace="urn:last"><x:element name="another"/></x:schema></a>'
    )
    assert b'<cup:logout xmlns:cup="urn:first"' in language(text).write(Call("logout"), None)


def test_an_element_of_a_schema_without_a_namespace_has_none() -> None:
    text = f'<x:schema xmlns:x="{XSD}"><x:element name="logout"/></x:schema>'
    assert b"<logout/>" in language(text).write(Call("logout"), None)


@pytest.mark.parametrize("namespace", [" ", "a}b", "http://[", "%"])
def test_a_namespace_that_is_no_uri_is_left_out(namespace: str) -> None:
    text = f'<x:schema xmlns:x="{XSD}" targetNamespace="{namespace}"><x:element name="logout"/>'
    written = language(f"{text}</x:schema>").write(Call("logout"), None)
    assert f'<cup:logout xmlns:cup="{NAMESPACE}"'.encode() in written


@pytest.mark.parametrize("odd", ["\uf900", "\u2c00", "\U00010000"])
def test_names_of_the_fifth_edition_of_xml_are_written_as_without_a_description(odd: str) -> None:
    inside = (
        f'<element name="logout{odd}"/><element name="subscribe"><complexType><sequence>'
        f'<element name="subscriptionID{odd}"/></sequence></complexType></element>'
        f'<element name="unsubscribe"><complexType><attribute name="subscriptionID{odd}"/>'
        "</complexType></element>"
    )
    spoken = language(schema(inside))
    for call in (
        Call("logout"),
        Call("subscribe", {"subscriptionID": "10"}),
        Call("unsubscribe", {"subscriptionID": "10", "unsubscribeAll": "true"}),
    ):
        written = spoken.write(call, None)
        assert written.isascii()
        parse(written)


PIECES = st.sampled_from(
    ["element", "complexType", "sequence", "extension", "group", "attribute", "restriction", "all"]
)
NAMES = st.sampled_from(["logout", "reason", "a", "b", "x:a", "{", ""])
TREES = st.recursive(
    st.builds(lambda t, n: f'<{t} name="{n}" type="{n}"/>', PIECES, NAMES),
    lambda inner: st.builds(
        lambda t, n, m, i: f'<{t} name="{n}" ref="{m}" base="{m}">{"".join(i)}</{t}>',
        PIECES,
        NAMES,
        NAMES,
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


@given(st.lists(TREES, max_size=5))
def test_whatever_is_described_something_is_sent(trees: list[str]) -> None:
    written = language(schema("".join(trees))).write(LOGOUT_WITHOUT_REASON, "KEY")
    body = etree.fromstring(written).find("{*}Body")
    assert body is not None
    assert etree.QName(body[0]).localname.lower() == "logout"


LOGOUT_WITHOUT_REASON = Call("logout")
