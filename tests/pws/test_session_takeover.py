"""Another client that keeps taking the session over."""

import pytest

from custom_components.cisco_unified_presence.pws import InvalidSession, SessionTakenOver

from .byte_server import ByteServer
from .conftest import Clock, MakeClient
from .test_sessions import Node


@pytest.fixture
def taken() -> list[str]:
    """Whose sessions were reported as taken."""
    return []


async def test_a_session_that_keeps_ending(
    server: ByteServer, make_client: MakeClient, clock: Clock, taken: list[str]
) -> None:
    node = server.handler = Node()
    client = make_client(server.port, on_session_taken_over=taken.append)
    for _ in range(2):
        await client.unregister_endpoint(1)
        node.lose()
        clock.now += 20
    await client.unregister_endpoint(1)
    assert taken == []
    node.lose()
    with pytest.raises(SessionTakenOver, match="logs in by force") as error:
        await client.unregister_endpoint(1)
    assert error.value.user == "hass"
    assert isinstance(error.value, InvalidSession)
    assert taken == ["hass"]
    # It is tried again, told again only when it begins again.
    await client.unregister_endpoint(1)
    node.lose()
    with pytest.raises(SessionTakenOver):
        await client.unregister_endpoint(1)
    assert taken == ["hass"]
    clock.now += 61
    await client.unregister_endpoint(1)
    for _ in range(2):
        node.lose()
        await client.unregister_endpoint(1)
    assert taken == ["hass"]
    node.lose()
    with pytest.raises(SessionTakenOver):
        await client.unregister_endpoint(1)
    assert taken == ["hass", "hass"]


async def test_sessions_that_end_now_and_then(
    server: ByteServer, make_client: MakeClient, clock: Clock, taken: list[str]
) -> None:
    node = server.handler = Node()
    client = make_client(server.port, on_session_taken_over=taken.append)
    for _ in range(6):
        await client.poll_contact("anna", "b@x")
        node.lose("anna")
        clock.now += 31
    assert taken == []


async def test_an_end_users_session(
    server: ByteServer, make_client: MakeClient, taken: list[str]
) -> None:
    node = server.handler = Node()
    client = make_client(server.port, on_session_taken_over=taken.append)
    for _ in range(3):
        await client.poll_contact("anna", "b@x")
        node.lose("anna")
    with pytest.raises(SessionTakenOver) as error:
        await client.poll_contact("anna", "b@x")
    assert error.value.user == "anna"
    assert taken == ["anna"]
    # Others are not concerned, nor is a client without a callback.
    await client.poll_contact("ben", "b@x")
    client.on_session_taken_over = None
