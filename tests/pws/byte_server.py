"""A server that knows nothing: it records requests to the byte, and replays written answers."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
import ssl
from typing import Self

TLS_HANDSHAKE = b"\x16"


class Then(Enum):
    """What becomes of the connection after an answer."""

    KEEP = auto()
    CLOSE = auto()
    ABORT = auto()
    HANG = auto()


@dataclass(frozen=True)
class Reply:
    """Bytes to answer with, and what happens next."""

    data: bytes
    then: Then = Then.KEEP


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def told(self) -> dict[str, str]:
        """The headers that say something: not those that every HTTP client sends."""
        common = {"Host", "Accept", "Accept-Encoding", "User-Agent"}
        return {name: value for name, value in self.headers.items() if name not in common}


type Handler = Callable[[Received], Awaitable[Reply]]


def http(status: int, body: bytes = b"", **headers: str) -> Reply:
    """Return an answer with its Content-Length; underscores in header names mean hyphens."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Reply("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@dataclass
class ByteServer:
    """Replays ``replies`` in order, or asks ``handler`` when there is one."""

    tls: ssl.SSLContext | None = None
    replies: deque[Reply] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    handler: Handler | None = None
    connections: int = 0
    open_connections: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up and stop."""
        assert self._server is not None
        self._server.close()
        self._server.abort_clients()
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def will(self, *replies: Reply) -> None:
        """Answer the next requests with these."""
        self.replies.extend(replies)

    @property
    def lines(self) -> list[str]:
        """The request lines so far."""
        return [request.line for request in self.received]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        number = self.connections
        try:
            while await self._answer_one(reader, writer, number):
                pass
        except ConnectionError, asyncio.IncompleteReadError:
            pass
        finally:
            self.open_connections -= 1
            writer.close()

    async def _answer_one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> bool:
        request = await _read_request(reader, number)
        self.received.append(request)
        reply = self.replies.popleft() if self.handler is None else await self.handler(request)
        writer.write(reply.data)
        await writer.drain()
        match reply.then:
            case Then.ABORT:
                writer.transport.abort()
            case Then.HANG:
                await reader.read()
        return reply.then is Then.KEEP


async def _read_request(reader: asyncio.StreamReader, number: int) -> Received:
    first = await reader.readexactly(1)
    if first == TLS_HANDSHAKE:
        raise ConnectionError("A plain server hangs up on TLS.")
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    line, *fields = head.removesuffix("\r\n\r\n").split("\r\n")
    headers = dict(text.split(": ", 1) for text in fields)
    assert "Transfer-Encoding" not in headers
    body = await reader.readexactly(int(headers.get("Content-Length", "0")))
    return Received(line.removesuffix(" HTTP/1.1"), headers, body, number)
