"""Damaged HTTP over real connections: notifications, requests to the simulator, answers."""

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
from tests.common.log_messages import logged_warnings
from tests.common.server import Cup
from tests.pws.byte_server import ByteServer, Reply, Then

from .cases import keeping, with_found
from .damage import damaged
from .documents import ANSWERS, REQUESTS

# Seconds. The receiver waits for the rest of a request that is cut off.
TIMEOUT = 5

wire = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


async def send_raw(port: int, data: bytes) -> bytes:
    """Send bytes and the end of the stream, and return the answer."""
    answer = b""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError):
        writer.write(data)
        writer.write_eof()
        async with asyncio.timeout(TIMEOUT):
            answer = await reader.read()
    writer.close()
    return answer


class OpenCallback:
    """An open callback and what it has received."""

    def __init__(self, port: int, path: str) -> None:
        self.port = port
        self.path = path.encode()
        self.received: list[int | None] = []


@pytest.fixture(params=[CallbackMode.WEBHOOK, CallbackMode.PORT])
async def open_callback(
    request: pytest.FixtureRequest, hass: HomeAssistant, web_server: str, unused_tcp_port: int
) -> AsyncGenerator[OpenCallback]:
    """Open the webhook, then the own port."""
    place = choose_callback(
        hass,
        CallbackSettings(mode=request.param, url=None, port=unused_tcp_port, secret=SECRET),
    )
    url = place.url.removeprefix("http://")
    authority, _, path = url.partition("/")
    open_callback = OpenCallback(int(authority.rpartition(":")[2]), path)
    await place.async_open(open_callback.received.append)
    yield open_callback
    await place.async_close()


@wire
@with_found("wire-notification")
@given(data=damaged(REQUESTS))
async def test_damaged_notifications_give_an_id_or_none(
    open_callback: OpenCallback, data: bytes
) -> None:
    received = open_callback.received
    with keeping("wire-notification", data):
        received.clear()
        await send_raw(open_callback.port, data.replace(b"PLACE", open_callback.path))
        assert all(each is None or 0 <= each < 10**MAX_ID_DIGITS for each in received)
        received.clear()
        await send_raw(open_callback.port, REQUESTS[0].replace(b"PLACE", open_callback.path))
        assert received == [10]


async def test_damaged_notifications_do_not_fill_the_log(
    open_callback: OpenCallback, caplog: pytest.LogCaptureFixture
) -> None:
    @wire
    @with_found("wire-notification")
    @given(data=damaged(REQUESTS))
    def collect(data: bytes) -> None:
        requests.append(data)

    requests: list[bytes] = []
    collect()
    logged_warnings(caplog)
    for data in requests:
        with keeping("wire-notification", data):
            await send_raw(open_callback.port, data.replace(b"PLACE", open_callback.path))
            assert SECRET not in caplog.text
            assert logged_warnings(caplog) == []


PORTS: dict[str, Callable[[Cup], int]] = {
    "http": lambda cup: cup.simulator.ports.http,
    "control": lambda cup: cup.simulator.ports.control,
}
PATHS = {"http": b"presence-service/users/anna/sessions", "control": b"control/people"}


@pytest.mark.parametrize("front", PORTS)
@wire
@with_found("wire-request")
@given(data=damaged(REQUESTS))
async def test_damaged_requests_change_nothing_at_the_simulator(
    cup: Cup, front: str, data: bytes
) -> None:
    before = await cup.state()
    with keeping("wire-request", data):
        answer = await send_raw(PORTS[front](cup), data.replace(b"PLACE", PATHS[front]))
        assert b"HTTP/1.1 500" not in answer
        assert await cup.state() == before


@wire
@with_found("wire-answer")
@given(data=damaged(ANSWERS))
async def test_damaged_answers_give_an_answer_or_a_documented_error(
    socket_enabled: None, data: bytes
) -> None:
    async with ByteServer() as server:
        server.handler = lambda _: _answer(data)
        node = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
        with keeping("wire-answer", data):
            async with open_session(node, ssl_context=None) as session:
                exchange = Exchange(node, session, timeout=TIMEOUT)
                with suppress(PresenceServiceError):
                    answer = await exchange.send(Request("GET", "/x"))
                    assert answer.status >= 100
            # The client requested that address only, whatever the answer was.
            assert {request.line for request in server.received} == {"GET /presence-service/x"}


async def _answer(data: bytes) -> Reply:
    return Reply(data, Then.CLOSE)
