"""Sessions: logging out, and logins at the same time."""

import asyncio

import pytest

from custom_components.cisco_unified_presence.pws import CannotConnect, PresenceClient

from .byte_server import ByteServer, Received, Reply, Then, http
from .conftest import MakeClient
from .session_node import LOGIN, Node
from .wire import fault, login_answer


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


async def test_log_out_of_one_user(node: Node, client: PresenceClient, lost: list[str]) -> None:
    await client.log_in_user("anna")
    await client.log_in_user("ben")
    await client.log_out_user("anna")
    await client.log_out_user("nobody")
    assert client.logged_in_users == {"ben"}
    assert set(node.keys) == {"hass", "ben"}
    assert node.calls[-1] == "DELETE /presence-service/users/anna/session"
    assert lost == []


async def test_log_out_of_all(node: Node, client: PresenceClient, lost: list[str]) -> None:
    await client.log_in_user("ben")
    await client.log_in_user("anna")
    node.calls.clear()
    await client.log_out()
    assert node.calls == ["DELETE /presence-service/users/hass/session"]
    assert node.keys == {}
    assert client.logged_in_users == frozenset()
    assert lost == []
    await client.log_out()
    assert len(node.calls) == 1


async def test_log_out_keeps_what_is_held(node: Node, client: PresenceClient) -> None:
    await client.log_in_user("anna")
    await client.log_in_user("ben")
    await client.log_out(keep={"ben", "nobody"})
    assert set(node.keys) == {"hass", "ben"}
    assert client.logged_in_users == {"ben"}
    await client.log_out(keep={"nobody"})
    assert node.keys == {}


async def test_a_session_that_is_gone_already_is_logged_out(
    node: Node, client: PresenceClient
) -> None:
    await client.log_in_user("anna")
    node.lose()
    await client.log_out()
    assert client.logged_in_users == frozenset()
    assert node.logins == {"hass": 1, "anna": 1}


async def test_users_are_logged_out_when_the_application_user_s_logout_fails(
    server: ByteServer, node: Node, client: PresenceClient
) -> None:
    for user in ("anna", "ben", "cy"):
        await client.log_in_user(user)

    async def answer(request: Received) -> Reply:
        if "/hass/" in request.line or "/ben/" in request.line:
            return fault(500, 201 if "/hass/" in request.line else 202, "Server failed")
        return await node(request)

    server.handler = answer
    with pytest.raises(Exception, match="code 201"):
        await client.log_out()
    assert set(node.keys) == {"hass", "ben"}
    assert client.logged_in_users == {"ben"}


@pytest.mark.parametrize("keep", [(), ("cy",)])
async def test_a_server_that_is_gone_is_not_asked_for_every_user(
    server: ByteServer, node: Node, client: PresenceClient, keep: tuple[str, ...]
) -> None:
    for user in ("anna", "ben", "cy"):
        await client.log_in_user(user)

    async def break_off(_: Received) -> Reply:
        return Reply(b"", Then.ABORT)

    server.handler = break_off
    before = len(server.received)
    with pytest.raises(CannotConnect):
        await client.log_out(keep=keep)
    # One logout, which is sent twice since the connection was an old one.
    assert len({request.line for request in server.received[before:]}) == 1
    assert client.logged_in_users == {"anna", "ben", "cy"}


async def test_calls_of_the_application_at_the_same_time_share_one_login(
    node: Node, client: PresenceClient
) -> None:
    await asyncio.gather(*(client.renew_endpoint(1, 3600) for _ in range(5)))
    assert node.calls.count(LOGIN) == 1


async def test_calls_for_a_user_at_the_same_time_share_one_login(
    node: Node, client: PresenceClient
) -> None:
    await asyncio.gather(*(client.log_in_user("anna") for _ in range(5)))
    assert node.calls == [LOGIN, "POST /presence-service/users/anna/sessions"]


async def test_a_login_that_is_under_way_is_waited_for(node: Node, client: PresenceClient) -> None:
    sessions = client._cluster.application_node.sessions
    refreshed, opened = await asyncio.gather(sessions.refresh_application(), sessions.application())
    assert refreshed == opened
    assert node.calls == [LOGIN]


async def test_who_logs_out_twice_at_the_same_time_is_logged_out_once(
    node: Node, client: PresenceClient
) -> None:
    await client.log_in_user("anna")
    node.calls.clear()
    await asyncio.gather(client.log_out_user("anna"), client.log_out_user("anna"))
    await asyncio.gather(client.log_out(), client.log_out())
    assert node.calls == [
        "DELETE /presence-service/users/anna/session",
        "DELETE /presence-service/users/hass/session",
    ]


async def test_a_login_that_is_cancelled_is_done_by_the_next_who_waits(
    server: ByteServer, node: Node, client: PresenceClient
) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def slow(request: Received) -> Reply:
        arrived.set()
        await go.wait()
        return await node(request)

    server.handler = slow
    first = asyncio.create_task(client.log_in_user("anna"))
    await arrived.wait()
    second = asyncio.create_task(client.log_in_user("anna"))
    await asyncio.sleep(0)
    first.cancel()
    go.set()
    await second
    assert client.logged_in_users == {"anna"}
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_the_backup_is_remembered_when_a_login_names_none(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(
        http(201, login_answer("one", backup="two")),
        http(201, login_answer("anna")),
        http(200),
        http(201, login_answer("again")),
    )

    await client.log_in_user("anna")
    assert client.backup == "two"

    await client.log_out()
    await client.log_in()
    assert client.backup == "two"


async def test_an_end_users_login_names_the_backup(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(
        http(201, login_answer("one", backup="two")),
        http(201, login_answer("anna", backup="three")),
    )

    await client.log_in_user("anna")

    assert client.backup == "three"
