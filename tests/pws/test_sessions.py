"""Sessions that have ended are renewed once, and only for the users concerned."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from custom_components.cisco_unified_presence.pws import (
    InvalidCredentials,
    InvalidSession,
    LoggedInElsewhere,
    Presence,
    PresenceClient,
)
from tests.pws.session_node import Node

from .byte_server import ByteServer, Received, Reply, http
from .conftest import MakeClient
from .wire import description, fault, login_answer


@pytest.fixture
def node(server: ByteServer) -> Node:
    """A server that hands out keys."""
    node = Node()
    server.handler = node
    return node


@pytest.fixture
def lost() -> list[str]:
    """The users whose sessions were reported as lost."""
    return []


@pytest.fixture
async def client(server: ByteServer, make_client: MakeClient, lost: list[str]) -> PresenceClient:
    """A client that reports lost sessions."""
    return make_client(server.port, on_session_lost=lost.append)


async def test_a_call_logs_in_whom_it_needs(node: Node, client: PresenceClient) -> None:
    await client.set_presence("anna", Presence.BUSY, override=True, expiry=3600)
    assert [call.split("/", 2)[2] for call in node.calls] == [
        "users/hass/sessions",
        "users/anna/sessions",
        "users/anna/presence/basic",
    ]
    await client.set_presence("anna", Presence.AWAY, override=True, expiry=3600)
    assert node.logins == {"hass": 1, "anna": 1}


async def test_logging_in_twice_is_one_login(node: Node, client: PresenceClient) -> None:
    for _ in range(2):
        await client.log_in()
        await client.log_in_user("anna")
    assert len(node.calls) == 2


async def test_sessions_for_other_services(node: Node, client: PresenceClient) -> None:
    """The service of contact lists takes the same keys."""
    assert (await client.session_of("anna")).key == node.keys["anna"]
    assert (await client.session_of(None)).key == node.keys["hass"]
    assert client.application_sessions == {await client.session_of(None)}


async def test_clients_of_one_account_share_its_session(
    node: Node, client: PresenceClient, server: ByteServer, make_client: MakeClient
) -> None:
    other = make_client(server.port)
    assert client.application_sessions == frozenset()
    await client.log_in()
    await other.log_in()
    assert client.application_sessions == other.application_sessions
    assert [session.key for session in client.application_sessions] == [node.keys["hass"]]
    assert node.keys["hass"] not in repr(client.application_sessions)
    await other.log_out(spare=client.application_sessions)
    assert "hass" in node.keys
    await other.log_out()
    assert other.application_sessions == frozenset()


async def test_a_lost_session_of_an_end_user(
    node: Node, client: PresenceClient, lost: list[str]
) -> None:
    await client.log_in_user("ben")
    await client.poll_contact("anna", "b@x")
    node.lose("anna")
    assert (await client.poll_contact("anna", "b@x")).presence is Presence.BUSY
    assert node.logins == {"hass": 1, "anna": 2, "ben": 1}
    assert lost == ["anna"]
    assert client.logged_in_users == {"anna", "ben"}


async def test_a_lost_session_of_the_application(
    node: Node, client: PresenceClient, lost: list[str]
) -> None:
    """Its end users went with it, and are logged in when they are needed."""
    await client.log_in_user("ben")
    await client.poll_contact("anna", "b@x")
    node.lose()
    await client.poll_contact("anna", "b@x")
    assert node.logins == {"hass": 2, "anna": 2, "ben": 1}
    assert sorted(lost) == ["anna", "ben"]
    assert client.logged_in_users == {"anna"}
    await client.poll_contact("ben", "b@x")
    assert node.logins["ben"] == 2
    assert sorted(lost) == ["anna", "ben"]


async def test_a_lost_application_is_noticed_by_its_own_call(
    node: Node, client: PresenceClient, lost: list[str]
) -> None:
    await client.log_in_user("anna")
    node.lose()
    await client.unregister_endpoint(1)
    assert node.logins == {"hass": 2, "anna": 1}
    assert lost == ["anna"]


async def test_a_thousand_calls_log_in_once(
    node: Node, client: PresenceClient, lost: list[str]
) -> None:
    await asyncio.gather(*(client.poll_contact("anna", "b@x") for _ in range(500)))
    assert node.logins == {"hass": 1, "anna": 1}
    node.lose()
    await asyncio.gather(
        *(client.poll_contact("anna", "b@x") for _ in range(300)),
        *(client.renew_endpoint(1, 3600) for _ in range(100)),
        *(client.poll_contact("ben", "b@x") for _ in range(100)),
    )
    assert node.logins == {"hass": 2, "anna": 2, "ben": 1}
    assert lost == ["anna"]


@pytest.mark.parametrize(
    ("slow", "path", "logins"),
    [
        (lambda c: c.unsubscribe("anna", 7), "subscriptions/7", {"hass": 1, "anna": 2}),
        (lambda c: c.unregister_endpoint(7), "endpoints/7", {"hass": 2, "anna": 2}),
    ],
)
async def test_who_hears_late_of_a_lost_session_uses_the_new_one(
    server: ByteServer,
    node: Node,
    client: PresenceClient,
    lost: list[str],
    slow: Callable[[PresenceClient], Coroutine[None, None, None]],
    path: str,
    logins: dict[str, int],
) -> None:
    await client.poll_contact("anna", "b@x")
    node.lose(*logins if logins["hass"] == 2 else ["anna"])
    arrived, go = asyncio.Event(), asyncio.Event()

    async def hold_back(request: Received) -> Reply:
        reply = await node(request)
        if request.line.endswith(path) and not arrived.is_set():
            arrived.set()
            await go.wait()
        return reply

    server.handler = hold_back
    late = asyncio.create_task(slow(client))
    await arrived.wait()
    await client.poll_contact("anna", "b@x")
    go.set()
    await late
    assert node.logins == logins
    assert lost == ["anna"]
    assert client.logged_in_users == {"anna"}


async def test_a_session_that_stays_invalid_is_renewed_only_once(
    server: ByteServer, client: PresenceClient
) -> None:
    async def refuse(request: Received) -> Reply:
        if request.line.endswith("/sessions"):
            return http(201, login_answer("k"))
        return fault(401, 101)

    server.handler = refuse
    with pytest.raises(InvalidSession):
        await client.poll_contact("anna", "b@x")
    assert len([line for line in server.lines if "/contacts/" in line]) == 2
    with pytest.raises(InvalidSession):
        await client.renew_endpoint(1, 3600)
    assert len([line for line in server.lines if "/endpoints/" in line]) == 2
    # Nothing is left of the second session either.
    assert client.application_sessions == frozenset()


async def test_a_password_that_changed_is_told_and_not_tried_twice(
    server: ByteServer, node: Node, client: PresenceClient
) -> None:
    await client.poll_contact("anna", "b@x")
    node.lose()

    async def refuse(request: Received) -> Reply:
        if request.line.endswith("/hass/sessions"):
            return fault(400, 114, "Login failed")
        return fault(401, 101)

    server.handler = refuse
    before = len(server.received)
    with pytest.raises(InvalidCredentials) as error:
        await client.poll_contact("anna", "b@x")
    assert error.value.user == "hass"
    assert len(server.received) - before == 3


async def test_logged_in_elsewhere_is_never_forced(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(http(201, login_answer("k")), http(409, description(160, "Already logged in")))
    with pytest.raises(LoggedInElsewhere) as error:
        await client.log_in_user("anna")
    assert error.value.user == "anna"
    assert client.logged_in_users == frozenset()
    assert len(server.received) == 2
