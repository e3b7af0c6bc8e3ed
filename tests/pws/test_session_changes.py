"""What is told of sessions, logins without an answer, and which request goes first."""

import asyncio

import pytest

from custom_components.cisco_unified_presence.pws import CannotConnect, Presence, PresenceClient

from .byte_server import ByteServer, Received, Reply, Then, http
from .conftest import MakeClient
from .session_node import APPLICATION, LOGIN, Node
from .wire import login_answer


@pytest.fixture
def node(server: ByteServer) -> Node:
    node = server.handler = Node()
    return node


@pytest.fixture
async def client(server: ByteServer, make_client: MakeClient) -> PresenceClient:
    return make_client(server.port)


async def test_another_backup_makes_no_other_session(
    server: ByteServer, make_client: MakeClient
) -> None:
    lost: list[str] = []
    client = make_client(server.port, on_session_lost=lost.append)
    server.will(
        http(201, login_answer("k", backup="two")),
        http(201, login_answer("anna", backup="two")),
        http(201, login_answer("k", backup="three")),
    )
    await client.log_in_user("anna")
    await client._cluster.application_node.sessions.refresh_application()
    assert lost == []
    assert client.backup == "three"
    assert client.logged_in_users == {"anna"}


@pytest.fixture
async def in_doubt(server: ByteServer, node: Node, client: PresenceClient) -> PresenceClient:
    """A client whose login, in place of a session that had ended, was not answered."""
    await client.log_in()
    node.lose()

    async def lose_answer(request: Received) -> Reply:
        await node(request)
        return Reply(b"", Then.ABORT)

    server.handler = lose_answer
    with pytest.raises(CannotConnect):
        await client._cluster.application_node.sessions.refresh_application()
    assert node.keys.keys() == {APPLICATION}
    server.handler = node
    node.calls.clear()
    return client


LOGOUT = "DELETE /presence-service/users/hass/session"


async def test_the_session_of_a_login_without_an_answer_is_ended_too(
    node: Node, in_doubt: PresenceClient
) -> None:
    await in_doubt.log_out()
    assert node.keys == {}
    assert node.calls == [LOGIN, LOGOUT]


async def test_after_a_login_with_an_answer_there_is_no_doubt(
    node: Node, in_doubt: PresenceClient
) -> None:
    await in_doubt._cluster.application_node.sessions.refresh_application()
    await in_doubt.log_out()
    assert node.calls == [LOGIN, LOGOUT]


async def test_the_session_of_a_login_that_was_cancelled_is_ended_too(
    server: ByteServer, node: Node, client: PresenceClient
) -> None:
    await client.log_in()
    node.lose()
    arrived = asyncio.Event()

    async def answer_never(request: Received) -> Reply:
        await node(request)
        arrived.set()
        return Reply(b"", Then.HANG)

    server.handler = answer_never
    sessions = client._cluster.application_node.sessions
    login = asyncio.create_task(sessions.refresh_application())
    await arrived.wait()
    login.cancel()
    await asyncio.gather(login, return_exceptions=True)
    server.handler = node
    await client.log_out()
    assert node.keys == {}


async def test_each_change_of_sessions_is_told(node: Node, client: PresenceClient) -> None:
    told: list[tuple[int, str]] = []

    def note() -> None:
        told.append((len(client.application_sessions), " ".join(sorted(client.logged_in_users))))

    def news() -> list[tuple[int, str]]:
        new = told.copy()
        told.clear()
        return new

    client.on_sessions_changed = note
    sessions = client._cluster.application_node.sessions
    await client.log_in()
    assert news() == [(1, "")]
    await client.log_in_user("anna")
    await client.log_in_user("ben")
    assert news() == [(1, "anna"), (1, "anna ben")]
    # Those who are logged in already change nothing.
    await client.log_in_user("ben")
    assert news() == []
    await sessions.refresh_application()
    assert news() == [(1, "anna ben")]
    await client.log_out_user("ben")
    await client.log_out_user("ben")
    assert news() == [(1, "anna")]
    sessions.abandon_user("anna")
    assert news() == [(1, "anna")]
    await client.end_abandoned()
    assert news() == [(1, "")]
    await client.log_out()
    assert news() == [(0, "")]
    await client.log_out()
    assert news() == []


async def test_a_fetch_goes_before_presences_that_wait(
    server: ByteServer, client: PresenceClient
) -> None:
    busy, go = asyncio.Event(), asyncio.Event()
    order: list[str] = []

    async def answer(request: Received) -> Reply:
        if request.line.endswith("/sessions"):
            return http(201, login_answer("k"))
        order.append(request.line.partition(" ")[0])
        if len(order) == 2:
            busy.set()
        await go.wait()
        return http(200, b"<presenceList/>" if request.line.startswith("GET") else b"")

    server.handler = answer
    await client.log_in_user("anna")
    sets = [
        asyncio.create_task(client.set_presence("anna", Presence.BUSY, override=True, expiry=3600))
        for _ in range(5)
    ]
    await busy.wait()
    fetch = asyncio.create_task(client.fetch("anna", 1))
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(fetch, *sets)
    assert order.index("GET") == 2
