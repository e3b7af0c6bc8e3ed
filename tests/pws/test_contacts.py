"""The Client Configuration Web Service: presence domain and contact list."""

from collections.abc import AsyncIterator

import pytest

from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConfigurationUnavailable,
    ContactGroup,
    ContactList,
    ContactService,
    PlainHttp,
    Server,
    Session,
    open_session,
)
from custom_components.cisco_unified_presence.pws.contacts import DEFAULT_CONFIGURATION_PORT

from .byte_server import ByteServer, Reply, Then, http
from .soap_wire import SOAP_1_2, body_of, description, enveloped, header_of

EPAS = b'"urn:cisco:epas:soap"'
SESSION = Session("anna", "KEY")


@pytest.fixture
async def service(server: ByteServer) -> AsyncIterator[ContactService]:
    """The service of the plain server."""
    target = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
    async with open_session(target, ssl_context=None) as http_session:
        yield ContactService(target, http_session, timeout=5.0)


def configuration(inside: str) -> Reply:
    """Return an answer of the service."""
    return enveloped(
        f'<get-all-config-resp xmlns="urn:cisco:epas:soap">{inside}</get-all-config-resp>',
        soap=SOAP_1_2,
    )


def domain(text: str) -> Reply:
    """Return an answer that tells this domain."""
    return configuration(
        "<get-system-config-resp><property name='Other'>x</property>"
        f"<property name='Presence.Domain'>{text}</property></get-system-config-resp>"
    )


def test_its_port() -> None:
    assert DEFAULT_CONFIGURATION_PORT == 8443


async def test_a_question_survives_a_kept_connection_that_died(
    server: ByteServer, service: ContactService
) -> None:
    server.will(domain("a.example"), Reply(b"", Then.CLOSE), domain("b.example"))
    assert await service.presence_domain(SESSION) == "a.example"
    assert await service.presence_domain(SESSION) == "b.example"
    assert len(server.received) == 3


async def test_the_presence_domain(server: ByteServer, service: ContactService) -> None:
    server.will(domain(" example.com\n"))
    assert await service.presence_domain(SESSION) == "example.com"
    (request,) = server.received
    assert request.line == "POST /EPASSoap/service"
    assert request.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    assert SOAP_1_2.encode() in request.body
    assert EPAS in request.body
    assert header_of(request) == "<n:session-key>KEY</n:session-key>"
    assert body_of(request) == (
        "<n:get-all-config><n:system-config></n:system-config></n:get-all-config>"
    )


async def test_a_domain_in_an_attribute(server: ByteServer, service: ContactService) -> None:
    server.will(configuration("<a><Property name='Presence.Domain' value='example.com'/></a>"))
    assert await service.presence_domain(SESSION) == "example.com"


async def test_a_contact_list(server: ByteServer, service: ContactService) -> None:
    server.will(
        configuration(
            "<get-contact-info-resp><list>"
            '<group name="Work"><members><persona-id domain="example.com"> anna </persona-id>'
            '<x:persona-id xmlns:x="urn:y" domain="example.org">ben</x:persona-id></members>'
            '<group><name>Inner</name><persona-id domain="example.com">cy</persona-id></group>'
            '<persona-id domain="example.com">anna</persona-id></group>'
            '<group><persona-id domain="example.com">dee</persona-id></group>'
            '<persona-id domain="example.com">eve</persona-id>'
            '<group name="Odd"><persona-id>no domain</persona-id><persona-id domain="a b">x'
            '</persona-id><persona-id domain="x"/><persona-id domain="x">a@b</persona-id></group>'
            "</list></get-contact-info-resp>"
        )
    )
    listed = await service.contact_list(SESSION)
    # Four of the odd group are unreadable.
    assert not listed.is_complete
    assert listed.groups == (
        ContactGroup("Work", ("anna@example.com", "ben@example.org")),
        ContactGroup("Inner", ("cy@example.com",)),
        ContactGroup("", ("dee@example.com", "eve@example.com")),
        ContactGroup("Odd", ()),
    )
    assert listed.nicknames == {}
    assert body_of(server.received[0]) == (
        "<n:get-all-config><n:contact-info></n:contact-info></n:get-all-config>"
    )


async def test_an_empty_contact_list(server: ByteServer, service: ContactService) -> None:
    server.will(configuration("<get-contact-info-resp/>"))
    assert await service.contact_list(SESSION) == ContactList()


async def test_an_empty_group_is_one(server: ByteServer, service: ContactService) -> None:
    server.will(
        configuration("<get-contact-info-resp><group name='Work'/></get-contact-info-resp>")
    )
    listed = await service.contact_list(SESSION)
    assert listed == ContactList((ContactGroup("Work", ()),))


@pytest.mark.parametrize(
    "persona",
    [
        '<persona-id domain="example.com" nickname="Annie">anna</persona-id>',
        '<persona-id domain="example.com">anna<nick-name>Annie</nick-name></persona-id>',
        '<contact alias="Annie"><persona-id domain="example.com">anna</persona-id></contact>',
        (
            '<contact><persona-id domain="example.com">anna</persona-id>'
            "<displayName> Annie </displayName></contact>"
        ),
    ],
)
async def test_a_nickname(server: ByteServer, service: ContactService, persona: str) -> None:
    server.will(configuration(f'<group name="Work" alias="no">{persona}</group>'))
    listed = await service.contact_list(SESSION)
    assert listed.groups == (ContactGroup("Work", ("anna@example.com",)),)
    assert listed.nicknames == {"anna@example.com": "Annie"}


@pytest.mark.parametrize(
    "config",
    [
        '<property name="display-name"> Anna E. </property>',
        '<property name="User.DisplayName" value="Anna E."/>',
        "<user><display-name>Anna E.</display-name></user>",
        '<user displayName="Anna E."/>',
    ],
)
async def test_the_name_of_a_user(server: ByteServer, service: ContactService, config: str) -> None:
    persona = (
        '<persona-id domain="example.com">anna</persona-id><property name="other">x</property>'
    )
    server.will(configuration(f"<get-user-config-resp>{persona}{config}</get-user-config-resp>"))
    assert await service.display_name(SESSION) == "Anna E."
    assert body_of(server.received[0]) == (
        "<n:get-all-config><n:user-config></n:user-config></n:get-all-config>"
    )


async def test_a_user_without_a_name(server: ByteServer, service: ContactService) -> None:
    server.will(
        configuration(
            "<get-user-config-resp><property name='x'>y</property></get-user-config-resp>"
        )
    )
    assert await service.display_name(SESSION) is None


@pytest.mark.parametrize(
    "answer",
    [
        http(404),
        http(401),
        http(200),
        http(200, b"<html/>"),
        http(307, Location="http://elsewhere/"),
        enveloped("<other/>"),
        enveloped(f"<Fault><detail>{description(101, 'KEY')}</detail></Fault>", soap=SOAP_1_2),
        configuration(""),
        domain(""),
        domain("a b"),
        domain("anna@example.com"),
        Reply(b"x", Then.CLOSE),
    ],
)
async def test_every_failure_is_one(
    server: ByteServer, service: ContactService, answer: Reply
) -> None:
    server.will(answer, answer)
    with pytest.raises(ConfigurationUnavailable, match="does not tell") as error:
        await service.presence_domain(SESSION)
    assert error.value.__cause__ is not None
    assert "KEY" not in str(error.value.__cause__)


async def test_a_service_that_is_not_there(unused_tcp_port: int) -> None:
    target = Server(host="127.0.0.1", port=unused_tcp_port, security=PlainHttp())
    async with open_session(target, ssl_context=None) as http_session:
        service = ContactService(target, http_session)
        with pytest.raises(ConfigurationUnavailable) as error:
            await service.contact_list(SESSION)
    assert isinstance(error.value.__cause__, CannotConnect)
