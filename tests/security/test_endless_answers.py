"""Answers without an end: in whatever part, the time-out ends them, and memory is limited."""

import asyncio
from collections.abc import AsyncGenerator
import tracemalloc

import pytest

from custom_components.cisco_unified_presence.pws import (
    PlainHttp,
    PresenceServiceError,
    Server,
    open_session,
)
from custom_components.cisco_unified_presence.pws.exchange import Exchange, Request
from custom_components.cisco_unified_presence.pws.xml import MAX_BODY

TIMEOUT = 0.5
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HEADER = b"X: " + b"a" * 4000 + b"\r\n"
MUCH = b"a" * 65_536

ENDLESS = {
    "status line": (b"HTTP/1.1 200 ", MUCH),
    "headers": (b"HTTP/1.1 200 OK\r\n", HEADER),
    "one header": (b"HTTP/1.1 200 OK\r\nX: ", MUCH),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "interim answers with headers": (b"", (b"HTTP/1.1 103 E\r\n" + HEADER + b"\r\n") * 100),
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", MUCH),
    "body in small pieces": (b"HTTP/1.1 200 OK\r\n\r\n", b"a"),
    "chunks": (CHUNKED, b"1\r\na\r\n" * 10_000),
    "size of a chunk": (CHUNKED, b"0" * 65_536),
    "extension of a chunk": (CHUNKED + b"1;", MUCH),
    "trailers": (CHUNKED + b"1\r\na\r\n0\r\n", HEADER),
    "what comes after the body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", MUCH),
    "compressed": (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", b"\0" * 65_536),
}


class Endless:
    """A server whose first answer on each connection is complete and whose second is endless."""

    def __init__(self) -> None:
        self.first = self.more = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send until the client closes the connection."""
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.first)
            while True:
                writer.write(self.more)
                await writer.drain()
                await asyncio.sleep(0)
        except ConnectionError, asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def endless(socket_enabled: None) -> AsyncGenerator[tuple[Endless, Server]]:
    sender = Endless()
    server = await asyncio.start_server(sender.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield sender, Server(host="127.0.0.1", port=port, security=PlainHttp())
    server.close()
    server.abort_clients()
    await server.wait_closed()


@pytest.mark.parametrize("part", ENDLESS)
async def test_an_endless_answer_times_out(endless: tuple[Endless, Server], part: str) -> None:
    sender, node = endless
    sender.first, sender.more = ENDLESS[part]
    async with open_session(node, ssl_context=None) as session:
        exchange = Exchange(node, session, TIMEOUT)
        await exchange.send(Request("GET", "/x"))
        tracemalloc.start()
        try:
            with pytest.raises(PresenceServiceError):
                await exchange.send(Request("GET", "/x", at_most_once=True))
            remaining, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert remaining < MAX_BODY
    # The body, its copy while it grows, and the buffer of the connection.
    assert peak < 4 * MAX_BODY
