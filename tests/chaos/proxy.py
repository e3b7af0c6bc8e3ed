"""Proxies that break connections to the server and from it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Self, override

from tests.common.ports import unused_port

HOST = "127.0.0.1"
CHUNK = 65536
END_OF_HEAD = b"\r\n\r\n"


class Port:
    """A listening port that can be closed and opened again with the same number."""

    def __init__(self) -> None:
        self.port = unused_port()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.shut()

    @property
    def connections(self) -> int:
        return len(self._connections)

    async def open(self) -> None:
        """Accept connections. Does nothing when open."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, HOST, self.port)

    async def shut(self) -> None:
        """Stop accepting connections, and break the present ones."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self.drop()

    async def drop(self) -> None:
        """Break all present connections."""
        dropped = tuple(self._connections)
        for connection in dropped:
            connection.cancel()
        await asyncio.gather(*dropped, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self.carry(reader, writer)
        except asyncio.CancelledError:
            # drop() cancels; asyncio's streams would log an error.
            pass
        finally:
            self._connections.discard(connection)
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection until it ends."""
        raise NotImplementedError


class ServerProxy(Port):
    """A proxy in front of a node.

    Attributes:
        cut_at: The number of bytes of an answer after which the connection breaks, None for never.
            An answer begins after the client has sent something.
        hangs: Whether nothing is forwarded in either direction.
    """

    def __init__(self, upstream: Callable[[], int]) -> None:
        super().__init__()
        self._upstream = upstream
        self.cut_at: int | None = None
        self.cuts = 0
        self._flowing = asyncio.Event()
        self._flowing.set()

    @property
    def hangs(self) -> bool:
        return not self._flowing.is_set()

    @hangs.setter
    def hangs(self, hangs: bool) -> None:
        if hangs:
            self._flowing.clear()
        else:
            self._flowing.set()

    @override
    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        beginning = await reader.read(CHUNK)
        await self._flowing.wait()
        if reader.at_eof():
            # The client has given up meanwhile. The node takes a limited number of connections.
            return
        to_node, to_client = await asyncio.open_connection(HOST, self._upstream())
        to_client.write(beginning)
        answer = _Answer()
        try:
            async with asyncio.TaskGroup() as group:
                ways = (
                    group.create_task(self._carry_requests(reader, to_client, answer)),
                    group.create_task(self._carry_answers(to_node, writer, answer)),
                )
                for way in ways:
                    way.add_done_callback(lambda _: [each.cancel() for each in ways])
        except* OSError:
            pass
        finally:
            to_client.transport.abort()

    async def _carry_requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: _Answer
    ) -> None:
        while data := await reader.read(CHUNK):
            await self._flowing.wait()
            answer.length = 0
            writer.write(data)
            await writer.drain()

    async def _carry_answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: _Answer
    ) -> None:
        while data := await reader.read(CHUNK):
            await self._flowing.wait()
            if self.cut_at is not None and answer.length + len(data) > self.cut_at:
                self.cuts += 1
                writer.write(data[: max(self.cut_at - answer.length, 0)])
                await writer.drain()
                # An orderly end, so that the bytes before it arrive.
                writer.close()
                await writer.wait_closed()
                return
            answer.length += len(data)
            writer.write(data)
            await writer.drain()


class _Answer:
    """The number of forwarded bytes of the current answer."""

    length = 0


class NotificationProxy(Port):
    """A proxy in front of Home Assistant's callback.

    Attributes:
        copies: How often each notification is forwarded.
        delay: Seconds before it is forwarded.
    """

    def __init__(self, upstream: Callable[[], int]) -> None:
        super().__init__()
        self._upstream = upstream
        self.copies = 1
        self.delay = 0.0

    @override
    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(END_OF_HEAD)
        await asyncio.sleep(self.delay)
        answer = b""
        for _ in range(self.copies):
            answer = await ask(self._upstream(), head)
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


async def ask(port: int, head: bytes) -> bytes:
    """Send a request without a body on a connection of its own, and return the whole answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(head.replace(END_OF_HEAD, b"\r\nConnection: close" + END_OF_HEAD))
        await writer.drain()
        return await reader.read()
    finally:
        writer.transport.abort()
