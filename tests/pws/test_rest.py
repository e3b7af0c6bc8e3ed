"""Requests to the byte, and the answers of the reference."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import override

import pytest

from custom_components.cisco_unified_presence.pws import (
    BadContact,
    ContactPresence,
    DialectMode,
    EndpointRefused,
    InvalidCredentials,
    Presence,
    PresenceClient,
    UnknownApplicationUser,
    UnknownUser,
)
from custom_components.cisco_unified_presence.pws.dialect import Session
from custom_components.cisco_unified_presence.pws.exchange import Answer, Exchange, Request
from custom_components.cisco_unified_presence.pws.rest import RestDialect
from custom_components.cisco_unified_presence.pws.traffic import Traffic

from .byte_server import ByteServer, Reply, http
from .conftest import MakeClient
from .wire import (
    APPLICATION_KEY,
    FIRST_FETCH,
    USER_KEY,
    fault,
    logged_in_application,
    logged_in_user,
)

TEXT = {"Content-Type": "text/xml"}


async def test_application_login(server: ByteServer, client: PresenceClient) -> None:
    server.will(logged_in_application())
    await client.log_in()
    (request,) = server.received
    assert request.line == "POST /presence-service/users/hass/sessions"
    assert request.told == {"Content-Length": "57", **TEXT}
    assert request.body == b"<session><password>s3cret &amp; more</password></session>"
    assert request.headers["Host"] == f"127.0.0.1:{server.port}"


async def test_end_user_login_is_empty_and_carries_the_application_key(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(logged_in_application(), logged_in_user())
    await client.log_in_user("anna")
    request = server.received[1]
    assert request.line == "POST /presence-service/users/anna/sessions"
    assert request.told == {
        "Content-Length": "0",
        "Presence-Session-Key": APPLICATION_KEY,
        **TEXT,
    }
    assert client.logged_in_users == {"anna"}


async def call[T](
    server: ByteServer,
    client: PresenceClient,
    do: Callable[[PresenceClient], Awaitable[T]],
    answer: Reply,
) -> T:
    """Log anna in, make a call, and return its result."""
    server.will(logged_in_application(), logged_in_user())
    await client.log_in_user("anna")
    server.will(answer)
    return await do(client)


async def test_register_endpoint(server: ByteServer, client: PresenceClient) -> None:
    made = http(201, Location="http://cup.example.com/presence-service/endpoints/7")
    endpoint = await call(
        server, client, lambda c: c.register_endpoint("http://ha:8080/a?b=1&c=2", 3600), made
    )
    assert endpoint == 7
    request = server.received[-1]
    assert request.line == "POST /presence-service/endpoints"
    assert request.told == {
        "Content-Length": "60",
        "Presence-Expiry": "3600",
        "Presence-Session-Key": APPLICATION_KEY,
        **TEXT,
    }
    assert request.body == b"<endpoint><url>http://ha:8080/a?b=1&amp;c=2</url></endpoint>"


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_renew_endpoint_has_no_body(
    server: ByteServer, client: PresenceClient, status: int
) -> None:
    await call(server, client, lambda c: c.renew_endpoint(7, 86400), http(status))
    request = server.received[-1]
    assert request.line == "PUT /presence-service/endpoints/7"
    assert request.told == {
        "Content-Length": "0",
        "Presence-Expiry": "86400",
        "Presence-Session-Key": APPLICATION_KEY,
        **TEXT,
    }


async def test_unregister_endpoint(server: ByteServer, client: PresenceClient) -> None:
    await call(server, client, lambda c: c.unregister_endpoint(7), http(200))
    request = server.received[-1]
    assert request.line == "DELETE /presence-service/endpoints/7"
    assert request.told == {"Content-Length": "0", "Presence-Session-Key": APPLICATION_KEY}


async def test_subscribe(server: ByteServer, client: PresenceClient) -> None:
    made = http(201, Location="http://h/presence-service/users/anna/subscriptions/10")
    subscription = await call(
        server,
        client,
        lambda c: c.subscribe("anna", ["anna@example.com", "ben@example.com"], 1, 3600),
        made,
    )
    assert subscription == 10
    request = server.received[-1]
    assert request.line == "POST /presence-service/users/anna/subscriptions"
    assert request.told == {
        "Content-Length": str(len(request.body)),
        "Presence-Expiry": "3600",
        "Presence-Session-Key": USER_KEY,
        **TEXT,
    }
    assert request.body == (
        b"<subscription><contactsList>"
        b'<contact contactURI="anna@example.com"/><contact contactURI="ben@example.com"/>'
        b"</contactsList><subscriptionType>PRESENCE_NOTIFICATION</subscriptionType>"
        b"<endPointID>1</endPointID></subscription>"
    )


async def test_renew_subscription(server: ByteServer, client: PresenceClient) -> None:
    await call(
        server, client, lambda c: c.renew_subscription("anna", 10, 3600, endpoint=1), http(200)
    )
    request = server.received[-1]
    assert request.line == "PUT /presence-service/users/anna/subscriptions/10"
    assert request.told["Presence-Expiry"] == "3600"
    assert request.told["Presence-Session-Key"] == USER_KEY
    assert request.body == (
        b"<subscription><contactsList/>"
        b"<subscriptionType>PRESENCE_NOTIFICATION</subscriptionType>"
        b"<endPointID>1</endPointID></subscription>"
    )


async def test_add_contacts_and_leave_the_expiry(
    server: ByteServer, client: PresenceClient
) -> None:
    await call(
        server,
        client,
        lambda c: c.renew_subscription("anna", 10, 0, contacts=["cy@example.com"], endpoint=1),
        http(200),
    )
    request = server.received[-1]
    assert request.told["Presence-Expiry"] == "0"
    assert b'<contactsList><contact contactURI="cy@example.com"/></contactsList>' in request.body


async def test_unsubscribe(server: ByteServer, client: PresenceClient) -> None:
    await call(server, client, lambda c: c.unsubscribe("anna", 10), http(200))
    request = server.received[-1]
    assert request.line == "DELETE /presence-service/users/anna/subscriptions/10"
    assert request.told == {"Content-Length": "0", "Presence-Session-Key": USER_KEY}


@pytest.mark.parametrize(("rich", "form"), [(False, "basic"), (True, "rich")])
async def test_fetch(server: ByteServer, client: PresenceClient, *, rich: bool, form: str) -> None:
    news = await call(
        server, client, lambda c: c.fetch("anna", 10, rich=rich), http(200, FIRST_FETCH)
    )
    assert news == [
        ContactPresence("anna@example.com", Presence.AVAILABLE),
        ContactPresence("ben@example.com", Presence.UNKNOWN),
    ]
    request = server.received[-1]
    assert request.line == f"GET /presence-service/users/anna/presence/{form}/subscriptions/10"
    assert request.told == {"Presence-Session-Key": USER_KEY}


@pytest.mark.parametrize(("rich", "form"), [(False, "basic"), (True, "rich")])
async def test_poll(server: ByteServer, client: PresenceClient, *, rich: bool, form: str) -> None:
    body = (
        b'<presenceList type="basic">'
        b'<contact contactURI="ben@example.com" presenceStatus="DND"/></presenceList>'
    )
    seen = await call(
        server,
        client,
        lambda c: c.poll_contact("anna", "ben@example.com", rich=rich),
        http(200, body),
    )
    assert seen == ContactPresence("ben@example.com", Presence.DND)
    request = server.received[-1]
    assert request.line == (
        f"GET /presence-service/users/anna/presence/{form}/contacts/ben@example.com"
    )
    assert request.told == {"Presence-Session-Key": USER_KEY}


@pytest.mark.parametrize(("override", "word"), [(True, "true"), (False, "false")])
async def test_set_presence(
    server: ByteServer, client: PresenceClient, *, override: bool, word: str
) -> None:
    await call(
        server,
        client,
        lambda c: c.set_presence("anna", Presence.BUSY, override=override, expiry=3600),
        http(200),
    )
    request = server.received[-1]
    assert request.line == "PUT /presence-service/users/anna/presence/basic"
    assert request.told == {
        "Content-Length": "25",
        "Presence-Expiry": "3600",
        "Presence-Override": word,
        "Presence-Session-Key": USER_KEY,
        **TEXT,
    }
    assert request.body == b"<presence>BUSY</presence>"


async def test_set_rich_presence(server: ByteServer, client: PresenceClient) -> None:
    await call(
        server,
        client,
        lambda c: c.set_rich_presence(
            "anna", "anna@example.com", Presence.DND, note="Grüße", override=True, expiry=7200
        ),
        http(200),
    )
    request = server.received[-1]
    assert request.line == "PUT /presence-service/users/anna/presence/rich"
    assert request.told["Presence-Override"] == "true"
    assert request.told["Presence-Expiry"] == "7200"
    assert b'<tuple id="pws-override">' in request.body
    assert b"Gr&#252;&#223;e" in request.body


async def test_log_out(server: ByteServer, client: PresenceClient) -> None:
    await call(server, client, lambda c: c.log_out_user("anna"), http(200))
    request = server.received[-1]
    assert request.line == "DELETE /presence-service/users/anna/session"
    assert request.told == {"Content-Length": "0", "Presence-Session-Key": USER_KEY}
    server.will(http(200))
    await client.log_out()
    request = server.received[-1]
    assert request.line == "DELETE /presence-service/users/hass/session"
    assert request.told["Presence-Session-Key"] == APPLICATION_KEY


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("a?b#c", "a%3Fb%23c"),
        ("50%41", "50%2541"),
        ("jörg", "j%C3%B6rg"),
        ("a b", "a%20b"),
        ("..a", "..a"),
        ("../sessions", "..%2Fsessions"),
        ("a\r\nX: y", "a%0D%0AX:%20y"),
    ],
)
async def test_a_name_stays_one_segment_of_the_path(
    server: ByteServer, client: PresenceClient, name: str, segment: str
) -> None:
    server.will(logged_in_application(), logged_in_user())
    await client.log_in_user(name)
    assert server.lines[-1] == f"POST /presence-service/users/{segment}/sessions"


@pytest.mark.parametrize("name", ["", " ", ".", "..", "\ud800"])
async def test_a_name_that_cannot_be_in_a_path_is_not_sent(
    server: ByteServer, client: PresenceClient, name: str
) -> None:
    server.will(logged_in_application(), logged_in_user())
    with pytest.raises(UnknownUser):
        await client.log_in_user(name)
    with pytest.raises(BadContact) as error:
        await client.poll_contact("anna", name)
    assert error.value.contact == name
    assert len(server.received) == 2


async def test_texts_that_xml_cannot_carry_are_not_sent(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(logged_in_application(), logged_in_user())
    await client.log_in_user("anna")
    with pytest.raises(EndpointRefused):
        await client.register_endpoint("http://ha/\0", 3600)
    with pytest.raises(BadContact):
        await client.subscribe("anna", ["ben\x01@example.com"], 1, 3600)
    assert len(server.received) == 2


async def test_a_bare_401_at_login_speaks_of_the_password(
    server: ByteServer, make_client: MakeClient
) -> None:
    client = make_client(server.port, dialect=DialectMode.REST)
    server.will(http(401))
    with pytest.raises(InvalidCredentials) as error:
        await client.log_in()
    assert error.value.user == "hass"
    assert len(server.received) == 1


async def test_a_wrong_password(server: ByteServer, client: PresenceClient) -> None:
    server.will(fault(400, 114, "Login failed for s3cret & more"))
    with pytest.raises(InvalidCredentials) as error:
        await client.log_in()
    assert "s3cret" not in str(error.value)
    assert str(error.value) == (
        "The server refused the user name or the password "
        "(user hass, code 114, Login failed for ***)."
    )


async def test_an_unknown_application_user_is_a_matter_of_credentials(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(fault(404, 113, "Unknown user"))
    with pytest.raises(UnknownApplicationUser) as error:
        await client.log_in()
    assert isinstance(error.value, InvalidCredentials)
    assert (error.value.user, error.value.code) == ("hass", 113)


async def test_a_failed_login_of_an_end_user_speaks_of_the_name(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(logged_in_application(), fault(400, 114, "Login failed"))
    with pytest.raises(UnknownUser) as error:
        await client.log_in_user("nobody")
    assert (error.value.user, error.value.code) == ("nobody", 114)
    server.will(fault(400, 111, "Empty password"))
    with pytest.raises(InvalidCredentials):
        await client.log_in_user("nobody")


async def test_many_contacts_leave_others_their_turn() -> None:
    rows = b'<contact contactURI="a@b" presenceStatus="BUSY"/>' * 250

    class Ready(Exchange):
        """An exchange whose answer is there at once."""

        def __init__(self) -> None:
            """Need no server."""
            self.traffic = Traffic()

        @override
        async def send(self, request: Request) -> Answer:
            return Answer.parsed(200, None, b"<presenceList>" + rows + b"</presenceList>")

    turns = 0

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    news = await RestDialect(Ready()).fetch(Session("anna", "k"), 1, rich=False)
    other.cancel()
    assert len(news) == 250
    assert turns >= 2
