"""Damaged HTTP over real connections: notifications, requests to the simulator, answers to us."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings
import pytest

from custom_components.cisco_unified_presence.channel import choose_callback
from custom_components.cisco_unified_presence.channel.callback import MAX_ID_DIGITS
from custom_components.cisco_unified_presence.const import CallbackMode
from custom_components.cisco_unified_presence.pws import (
    PlainHttp,
    PresenceServiceError,
    Server,
    open_session,
)
from custom_components.cisco_unified_presence.pws.exchange import Exchange, Request
from custom_components.cisco_unified_presence.settings import CallbackSettings
from tests.common.entry import SECRET
from tests.common.log_messages import grumbling
from tests.common.server import Cup
from tests.pws.byte_server import ByteServer, Reply, Then

from .damage import damaged
from .documents import ANSWERS, REQUESTS

# Seconds; whoever sends half a request is waited for, and these do not wait.
PATIENCE = 5

wire = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


async def throw(port: int, data: bytes) -> bytes:
    """Send bytes, say that there are no more, and return whatever comes back."""
    said = b""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError):
        writer.write(data)
        writer.write_eof()
        async with asyncio.timeout(PATIENCE):
            said = await reader.read()
    writer.close()
    return said


class Ear:
    """A callback that is open, and what it hears."""

    def __init__(self, port: int, path: str) -> None:
        """Have heard nothing yet."""
        self.port = port
        self.path = path.encode()
        self.heard: list[int | None] = []


@pytest.fixture(params=[CallbackMode.WEBHOOK, CallbackMode.PORT])
async def ear(
    request: pytest.FixtureRequest, hass: HomeAssistant, web_server: str, unused_tcp_port: int
) -> AsyncGenerator[Ear]:
    """Open the webhook, and then a port of our own."""
    place = choose_callback(
        hass,
        CallbackSettings(mode=request.param, url=None, port=unused_tcp_port, secret=SECRET),
    )
    url = place.url.removeprefix("http://")
    authority, _, path = url.partition("/")
    ear = Ear(int(authority.rpartition(":")[2]), path)
    await place.async_open(ear.heard.append)
    yield ear
    await place.async_close()


@wire
@given(damaged(REQUESTS))
async def test_damaged_notifications_are_ids_or_nothing(ear: Ear, data: bytes) -> None:
    await throw(ear.port, data.replace(b"PLACE", ear.path))

    assert all(each is None or 0 <= each < 10**MAX_ID_DIGITS for each in ear.heard)
    ear.heard.clear()
    await throw(ear.port, REQUESTS[0].replace(b"PLACE", ear.path))
    assert ear.heard == [10]
    ear.heard.clear()


async def test_damaged_notifications_do_not_fill_the_log(
    ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    @wire
    @given(damaged(REQUESTS))
    def collect(data: bytes) -> None:
        thrown.append(data.replace(b"PLACE", ear.path))

    thrown: list[bytes] = []
    collect()
    grumbling(caplog)
    for data in thrown:
        await throw(ear.port, data)
    assert grumbling(caplog) == []


PORTS: dict[str, Callable[[Cup], int]] = {
    "http": lambda cup: cup.simulator.ports.http,
    "control": lambda cup: cup.simulator.ports.control,
}
PATHS = {"http": b"presence-service/users/anna/sessions", "control": b"control/people"}


@pytest.mark.parametrize("front", PORTS)
@wire
@given(damaged(REQUESTS))
async def test_damaged_requests_change_nothing_at_the_simulator(
    cup: Cup, front: str, data: bytes
) -> None:
    before = await cup.state()
    said = await throw(PORTS[front](cup), data.replace(b"PLACE", PATHS[front]))
    assert b"HTTP/1.1 500" not in said
    assert await cup.state() == before


@wire
@given(damaged(ANSWERS))
async def test_damaged_answers_are_answers_or_our_errors(socket_enabled: None, data: bytes) -> None:
    async with ByteServer() as server:
        server.handler = lambda _: _answer(data)
        node = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
        async with open_session(node, ssl_context=None) as session:
            exchange = Exchange(node, session, timeout=PATIENCE)
            with suppress(PresenceServiceError):
                answer = await exchange.send(Request("GET", "/x"))
                assert answer.status >= 100
        # Nothing but that one address was ever asked, whatever the answer said.
        assert {request.line for request in server.received} == {"GET /presence-service/x"}


async def _answer(data: bytes) -> Reply:
    return Reply(data, Then.CLOSE)
