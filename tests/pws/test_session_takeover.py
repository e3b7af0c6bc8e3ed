"""Another client that keeps taking the session over."""

import pytest

from custom_components.cisco_unified_presence.pws import InvalidSession, SessionTakenOver
from custom_components.cisco_unified_presence.pws.session_takeover import (
    SessionTakeoverDetector,
)

from .byte_server import ByteServer
from .conftest import Clock, MakeClient
from .session_node import Node


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
    assert (error.value.code, error.value.message, error.value.fix) == (
        101,
        "Invalid session key",
        "Do better",
    )
    assert (error.value.status, error.value.user) == (401, "hass")
    assert isinstance(error.value, InvalidSession)
    assert isinstance(error.value.__cause__, InvalidSession)
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


@pytest.mark.parametrize(
    ("ends", "takeovers", "told_at"),
    [
        ([0, 0, 0], [False, False, True], [0]),
        ([0, 30, 60], [False, False, True], [60]),
        ([0, 30, 61], [False, False, False], []),
        # It is told once as long as it goes on, and again after a minute without.
        ([0, 1, 2, 3, 62], [False, False, True, True, True], [2]),
        ([0, 30, 60, 119, 120], [False, False, True, False, True], [60, 120]),
        ([0, 30, 60, 118, 119], [False, False, True, False, True], [60]),
    ],
)
def test_how_often_a_session_may_end(
    ends: list[float], takeovers: list[bool], told_at: list[float]
) -> None:
    now = 0.0
    told: list[tuple[str, float]] = []
    detector = SessionTakeoverDetector(lambda: now, lambda user: told.append((user, now)))
    found = []
    for now in ends:
        found.append(detector.keeps_ending("anna"))
        assert not detector.keeps_ending(f"other at {now} {len(found)}")
    assert found == takeovers
    assert told == [("anna", at) for at in told_at]
