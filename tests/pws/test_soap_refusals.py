"""The SOAP dialect when the server refuses, is busy, or is not heard."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    BadContact,
    CannotConnect,
    DialectMode,
    EndpointRefused,
    InvalidCredentials,
    NoFreeSubscription,
    NoSuchSubscription,
    Presence,
    PresenceClient,
    PresenceRefused,
    ServerFailed,
    ServerFault,
    Throttled,
    UnknownUser,
)

from . import wire
from .byte_server import ByteServer, Reply, Then, http
from .conftest import Clock, MakeClient
from .soap_wire import (
    NO_DESCRIPTION,
    fault,
    fault_1_2,
    header_of,
    logged_in,
    operations,
    succeeded,
)
from .wire import APPLICATION_KEY, USER_KEY

USERS_KEY = f"<n:session-key>{USER_KEY}</n:session-key>"
APPLICATIONS_KEY = f"<n:session-key>{APPLICATION_KEY}</n:session-key>"
TWO = (
    "<n:contactsList>"
    '<n:contact contactURI="anna@x"></n:contact><n:contact contactURI="b&amp;n@x"></n:contact>'
    "</n:contactsList>"
)


@pytest.fixture
async def client(server: ByteServer, make_client: MakeClient) -> PresenceClient:
    """A client that speaks SOAP."""
    return make_client(server.port, dialect=DialectMode.SOAP)


async def ready(server: ByteServer, client: PresenceClient) -> None:
    """Log anna in at a server that does not describe itself, and forget the requests."""
    server.will(NO_DESCRIPTION, logged_in(APPLICATION_KEY), logged_in(USER_KEY))
    await client.log_in_user("anna")
    server.received.clear()


async def register(client: PresenceClient) -> None:
    """Register an endpoint, which becomes 7."""
    assert await client.register_endpoint("http://ha/?a&b", 3600, watcher="anna") == 7


async def subscribe(client: PresenceClient) -> None:
    """Make a subscription, which becomes 10."""
    assert await client.subscribe("anna", ["anna@x", "b&n@x"], 7, 3600) == 10


type Call = Callable[[PresenceClient], Awaitable[object]]


@pytest.mark.parametrize("answer", [fault, fault_1_2])
@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (133, 200, NoSuchSubscription),
        (133, 500, NoSuchSubscription),
        (211, 200, NoFreeSubscription),
        (203, 200, ServerFailed),
    ],
)
async def test_faults_in_whatever_status(
    server: ByteServer,
    client: PresenceClient,
    answer: Callable[..., Reply],
    code: int,
    status: int,
    kind: type[ServerFault],
) -> None:
    await ready(server, client)
    server.will(answer(code, f"No, {USER_KEY}", status=status))
    with pytest.raises(kind) as error:
        await client.fetch("anna", 10)
    assert (error.value.code, error.value.status, error.value.user) == (code, status, "anna")
    assert error.value.message == "No, ***"
    assert error.value.fix == "Do better"


async def test_throttling_is_waited_for(
    server: ByteServer, client: PresenceClient, clock: Clock
) -> None:
    await ready(server, client)
    server.will(fault(210, status=503), fault(212), succeeded("unsubscribe"))
    await client.unsubscribe("anna", 10)
    assert clock.pauses == [0.5, 1.0]


async def test_a_throttled_description_is_waited_for(
    server: ByteServer, client: PresenceClient, clock: Clock
) -> None:
    server.will(fault(210, status=503), wire.fault(503, 212), NO_DESCRIPTION, logged_in("k"))
    await client.log_in()
    assert clock.pauses == [0.5, 1.0]


async def test_a_lost_session_is_renewed_once(server: ByteServer, client: PresenceClient) -> None:
    await ready(server, client)
    server.will(fault(101), logged_in("new"), succeeded("unsubscribe"))
    await client.unsubscribe("anna", 10)
    assert operations(server) == ["unsubscribe", "login", "unsubscribe"]
    assert header_of(server.received[2]) == "<n:session-key>new</n:session-key>"


async def test_refused_logins(server: ByteServer, client: PresenceClient) -> None:
    server.will(NO_DESCRIPTION, fault(114, "Login failed for s3cret & more"))
    with pytest.raises(InvalidCredentials) as refused:
        await client.log_in()
    assert "s3cret" not in str(refused.value)
    server.will(logged_in(APPLICATION_KEY), fault(114))
    with pytest.raises(UnknownUser) as unknown:
        await client.log_in_user("nobody")
    assert unknown.value.user == "nobody"
    server.will(http(401))
    with pytest.raises(InvalidCredentials):
        await client_without_session(client)


async def client_without_session(client: PresenceClient) -> None:
    """Log in again after a logout that met a session which was gone."""
    await client._cluster.application_node.sessions.refresh_application()


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda c: c.log_in_user("a\0"), UnknownUser),
        (lambda c: c.register_endpoint("http://\0", 3600), EndpointRefused),
        (lambda c: c.subscribe("anna", ["a\0"], 1, 3600), BadContact),
        (lambda c: c.poll_contact("anna", "a\0"), BadContact),
        (lambda c: c.remove_contacts("anna", 10, ["a\0"]), BadContact),
        (
            lambda c: c.set_rich_presence(
                "anna", "a@x", Presence.BUSY, note="\0", override=True, expiry=3600
            ),
            PresenceRefused,
        ),
    ],
)
async def test_what_xml_cannot_carry_is_not_sent(
    server: ByteServer, client: PresenceClient, call: Call, kind: type[ServerFault]
) -> None:
    await ready(server, client)
    with pytest.raises(kind):
        await call(client)
    assert server.received == []


async def test_a_lost_fetch_is_not_repeated(server: ByteServer, client: PresenceClient) -> None:
    await ready(server, client)
    server.will(Reply(b"HTTP/1.1 200 OK\r\n", Then.CLOSE))
    with pytest.raises(AnswerLost):
        await client.fetch("anna", 10)
    assert operations(server) == ["getSubscribedPresence"]


async def test_what_makes_something_is_not_repeated(
    server: ByteServer, client: PresenceClient
) -> None:
    await ready(server, client)
    server.will(Reply(b"", Then.CLOSE))
    with pytest.raises(CannotConnect):
        await subscribe(client)
    server.will(Reply(b"", Then.CLOSE))
    with pytest.raises(CannotConnect):
        await register(client)
    assert operations(server) == ["subscribe", "registerEndPoint"]


async def test_what_does_no_harm_twice_is_repeated(
    server: ByteServer, client: PresenceClient
) -> None:
    await ready(server, client)
    server.will(Reply(b"", Then.CLOSE), succeeded("setPresence"))
    await client.set_presence("anna", Presence.BUSY, override=True, expiry=3600)
    assert operations(server) == ["setPresence", "setPresence"]


async def test_patience_ends(server: ByteServer, make_client: MakeClient) -> None:
    client = make_client(server.port, dialect=DialectMode.SOAP, patience=0)
    server.will(NO_DESCRIPTION, fault(212, status=503))
    with pytest.raises(Throttled):
        await client.log_in()


async def test_a_description_concerns_no_user(server: ByteServer, make_client: MakeClient) -> None:
    client = make_client(server.port, dialect=DialectMode.SOAP, patience=0)
    server.will(fault(212, status=503))
    with pytest.raises(Throttled) as error:
        await client.log_in()
    assert not error.value.user
