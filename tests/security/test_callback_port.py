"""Attacks from the network on the callback's own port."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.channel import callback as callback_module
from custom_components.cisco_unified_presence.channel import callback_port, choose_callback
from custom_components.cisco_unified_presence.channel.callback_port import (
    MAX_CONNECTIONS,
    MAX_HEADERS,
    MAX_REQUEST_BYTES,
)
from custom_components.cisco_unified_presence.const import CallbackMode
from custom_components.cisco_unified_presence.settings import CallbackSettings
from tests.common.entry import SECRET
from tests.common.waiting import until

# Seconds; without a fault nothing waits.
TIMEOUT = 20

type Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Port:
    """An open port, what it has received, and the connections to it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.received: list[int | None] = []
        self.connections: list[Connection] = []

    async def connect(self, sent: bytes = b"") -> Connection:
        """Connect, send bytes and keep the connection open."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number)
        writer.write(sent)
        self.connections.append((reader, writer))
        return reader, writer

    async def notify(self) -> dict[str, str]:
        """Send a notification as a node does, and return the headers of the answer."""
        url = f"http://127.0.0.1:{self.number}/{SECRET}?id=10"
        async with (
            asyncio.timeout(TIMEOUT),
            ClientSession() as session,
            session.get(url) as answer,
        ):
            assert answer.status == 200
            return dict(answer.headers)

    async def exchange(self, sent: bytes) -> bytes:
        """Send bytes and return the answer up to the end of the connection."""
        reader, writer = await self.connect(sent)
        with suppress(ConnectionError):
            writer.write_eof()
            async with asyncio.timeout(TIMEOUT):
                return await reader.read()
        return b""


@pytest.fixture
async def port(
    hass: HomeAssistant, socket_enabled: None, unused_tcp_port: int
) -> AsyncGenerator[Port]:
    hass.config.internal_url = "http://127.0.0.1:8123"
    place = choose_callback(
        hass,
        CallbackSettings(mode=CallbackMode.PORT, url=None, port=unused_tcp_port, secret=SECRET),
    )
    opened = Port(unused_tcp_port)
    await place.async_open(opened.received.append)
    yield opened
    for _, writer in opened.connections:
        writer.close()
    await place.async_close()


@pytest.mark.parametrize("sent", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
async def test_held_connections_keep_no_node_out(port: Port, sent: bytes) -> None:
    for _ in range(3 * MAX_CONNECTIONS):
        await port.connect(sent)
    await port.notify()
    assert port.received == [10]
    closed = 0
    async with asyncio.timeout(TIMEOUT):
        # The oldest connections beyond the limit are closed.
        for reader, _ in port.connections[: 2 * MAX_CONNECTIONS]:
            assert await reader.read() == b""
            closed += 1
    assert closed == 2 * MAX_CONNECTIONS
    assert not port.connections[-1][0].at_eof()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: ",
    ],
)
async def test_a_slow_request_is_closed(
    hass: HomeAssistant,
    port: Port,
    sent: bytes,
    monkeypatch: pytest.MonkeyPatch,
    unused_tcp_port_factory: Callable[[], int],
) -> None:
    # The open port waits for a minute; one that opens now closes at once.
    monkeypatch.setattr(callback_port, "IDLE_SECONDS", 0.05)
    quick = Port(unused_tcp_port_factory())
    place = choose_callback(
        hass,
        CallbackSettings(mode=CallbackMode.PORT, url=None, port=quick.number, secret=SECRET),
    )
    await place.async_open(port.received.append)
    reader, writer = await quick.connect(sent)
    async with asyncio.timeout(TIMEOUT):
        await reader.read()
    assert reader.at_eof()
    writer.close()
    await place.async_close()
    assert port.received == []


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % (b"a" * 2 * MAX_REQUEST_BYTES),
        b"GET / HTTP/1.1\r\nX: %s\r\n\r\n" % (b"a" * 2 * MAX_REQUEST_BYTES),
        b"GET / HTTP/1.1\r\n%s\r\n" % (b"X: a\r\n" * 2 * MAX_HEADERS),
    ],
)
async def test_an_oversized_request_is_refused(port: Port, sent: bytes) -> None:
    assert b" 400 " in (await port.exchange(sent)).partition(b"\r\n")[0]
    await port.notify()
    assert port.received == [10]


@pytest.mark.parametrize(
    "path",
    ["/", f"/{SECRET[:-1]}", f"/{SECRET}/", f"//{SECRET}", f"/x/../{SECRET}", "/favicon.ico"],
)
async def test_any_other_path_is_not_found(port: Port, path: str) -> None:
    answer = await port.exchange(f"GET {path}?id=10 HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 404 " in head.partition(b"\r\n")[0]
    assert body == b""
    assert port.received == []


async def test_answers_name_no_software(port: Port) -> None:
    assert (await port.notify())["Server"] == ""
    for sent in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"PUT / HTTP/1.1\r\nHost: a\r\n\r\n"):
        assert b"aiohttp" not in await port.exchange(sent)


async def test_an_endless_body_is_not_read_to_its_end(port: Port) -> None:
    head = f"POST /{SECRET}?id=10 HTTP/1.1\r\nHost: a\r\nContent-Length: {10**12}\r\n\r\n"
    reader, _ = await port.connect(head.encode() + b"x" * 1_000_000)
    async with asyncio.timeout(TIMEOUT):
        assert b" 405 " in await reader.readline()
    await port.notify()
    assert port.received == [None, 10]


REQUEST = f"GET /{SECRET}?id=10 HTTP/1.1\r\nHost: a\r\n\r\n".encode()


@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /", REQUEST, 2 * REQUEST],
    ids=["nothing", "half a request", "a request", "two requests"],
)
async def test_closing_waits_for_the_tasks_of_connections(
    hass: HomeAssistant,
    socket_enabled: None,
    unused_tcp_port: int,
    monkeypatch: pytest.MonkeyPatch,
    sent: bytes,
    *,
    leaves: bool,
) -> None:
    monkeypatch.setattr(callback_module, "ANSWER_WITHIN_SECONDS", TIMEOUT)
    monkeypatch.setattr(callback_port, "LINGERING_SECONDS", 0.05)
    received: list[int | None] = []

    def never_fetched(subscription: int | None) -> asyncio.Future[None]:
        received.append(subscription)
        return asyncio.get_running_loop().create_future()

    hass.config.internal_url = "http://127.0.0.1:8123"
    before = asyncio.all_tasks()
    place = choose_callback(
        hass,
        CallbackSettings(mode=CallbackMode.PORT, url=None, port=unused_tcp_port, secret=SECRET),
    )
    await place.async_open(never_fetched)
    _, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
    writer.write(sent)
    await until(lambda: received or REQUEST not in sent)
    if leaves:
        writer.transport.abort()
        await asyncio.sleep(0)
    await place.async_close()

    assert asyncio.all_tasks() - before == set()
    writer.close()
