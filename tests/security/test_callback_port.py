"""What strangers on the network can do to the callback's own port."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.channel import callback_port, choose_callback
from custom_components.cisco_unified_presence.channel.callback_port import (
    MAX_CONNECTIONS,
    MAX_HEADERS,
    MAX_REQUEST_BYTES,
)
from custom_components.cisco_unified_presence.const import CallbackMode
from custom_components.cisco_unified_presence.settings import CallbackSettings
from tests.common.entry import SECRET

# Seconds for what takes none when all is well.
PATIENCE = 20

type Visitor = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Port:
    """A port that is open, what it heard, and whoever is connected to it."""

    def __init__(self, number: int) -> None:
        """Have heard nothing yet."""
        self.number = number
        self.heard: list[int | None] = []
        self.visitors: list[Visitor] = []

    async def visit(self, said: bytes = b"") -> Visitor:
        """Connect, say something and stay."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number)
        writer.write(said)
        self.visitors.append((reader, writer))
        return reader, writer

    async def notify(self) -> dict[str, str]:
        """Notify as a node does; return the headers of the answer."""
        url = f"http://127.0.0.1:{self.number}/{SECRET}?id=10"
        async with (
            asyncio.timeout(PATIENCE),
            ClientSession() as session,
            session.get(url) as answer,
        ):
            assert answer.status == 200
            return dict(answer.headers)

    async def told(self, said: bytes) -> bytes:
        """Say something and return all that comes back until the connection is closed."""
        reader, writer = await self.visit(said)
        with suppress(ConnectionError):
            writer.write_eof()
            async with asyncio.timeout(PATIENCE):
                return await reader.read()
        return b""


@pytest.fixture
async def port(
    hass: HomeAssistant, socket_enabled: None, unused_tcp_port: int
) -> AsyncGenerator[Port]:
    """Open a port."""
    hass.config.internal_url = "http://127.0.0.1:8123"
    place = choose_callback(
        hass,
        CallbackSettings(mode=CallbackMode.PORT, url=None, port=unused_tcp_port, secret=SECRET),
    )
    opened = Port(unused_tcp_port)
    await place.async_open(opened.heard.append)
    yield opened
    for _, writer in opened.visitors:
        writer.close()
    await place.async_close()


@pytest.mark.parametrize("said", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
async def test_who_only_holds_connections_keeps_no_node_out(port: Port, said: bytes) -> None:
    for _ in range(3 * MAX_CONNECTIONS):
        await port.visit(said)
    await port.notify()
    assert port.heard == [10]
    shut = 0
    async with asyncio.timeout(PATIENCE):
        # Those that came first are shut: all but as many as may stay.
        for reader, _ in port.visitors[: 2 * MAX_CONNECTIONS]:
            assert await reader.read() == b""
            shut += 1
    assert shut == 2 * MAX_CONNECTIONS
    assert not port.visitors[-1][0].at_eof()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: ",
    ],
)
async def test_who_is_slow_is_not_waited_for(
    hass: HomeAssistant,
    port: Port,
    said: bytes,
    monkeypatch: pytest.MonkeyPatch,
    unused_tcp_port_factory: Callable[[], int],
) -> None:
    # The port that is open waits for a minute, one that is opened now does not.
    monkeypatch.setattr(callback_port, "IDLE_SECONDS", 0.05)
    quick = Port(unused_tcp_port_factory())
    place = choose_callback(
        hass,
        CallbackSettings(mode=CallbackMode.PORT, url=None, port=quick.number, secret=SECRET),
    )
    await place.async_open(port.heard.append)
    reader, writer = await quick.visit(said)
    async with asyncio.timeout(PATIENCE):
        await reader.read()
    assert reader.at_eof()
    writer.close()
    await place.async_close()
    assert port.heard == []


@pytest.mark.parametrize(
    "said",
    [
        b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % (b"a" * 2 * MAX_REQUEST_BYTES),
        b"GET / HTTP/1.1\r\nX: %s\r\n\r\n" % (b"a" * 2 * MAX_REQUEST_BYTES),
        b"GET / HTTP/1.1\r\n%s\r\n" % (b"X: a\r\n" * 2 * MAX_HEADERS),
    ],
)
async def test_who_says_too_much_is_turned_away(port: Port, said: bytes) -> None:
    assert b" 400 " in (await port.told(said)).partition(b"\r\n")[0]
    await port.notify()
    assert port.heard == [10]


@pytest.mark.parametrize(
    "path",
    ["/", f"/{SECRET[:-1]}", f"/{SECRET}/", f"//{SECRET}", f"/x/../{SECRET}", "/favicon.ico"],
)
async def test_nothing_is_told_at_any_other_path(port: Port, path: str) -> None:
    answer = await port.told(f"GET {path}?id=10 HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 404 " in head.partition(b"\r\n")[0]
    assert body == b""
    assert port.heard == []


async def test_nothing_is_told_of_what_runs_here(port: Port) -> None:
    assert (await port.notify())["Server"] == ""
    for said in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"PUT / HTTP/1.1\r\nHost: a\r\n\r\n"):
        assert b"aiohttp" not in await port.told(said)


async def test_an_endless_body_is_not_read_to_its_end(port: Port) -> None:
    head = f"POST /{SECRET}?id=10 HTTP/1.1\r\nHost: a\r\nContent-Length: {10**12}\r\n\r\n"
    reader, _ = await port.visit(head.encode() + b"x" * 1_000_000)
    async with asyncio.timeout(PATIENCE):
        assert b" 405 " in await reader.readline()
    await port.notify()
    assert port.heard == [None, 10]
