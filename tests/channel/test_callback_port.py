"""How the port of the listener is opened: with which limits, and that it is left as it was."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
import gc
import socket
from typing import Any, override
import weakref

from aiohttp import web
import pytest

from custom_components.cisco_unified_presence.channel import callback_port as module
from custom_components.cisco_unified_presence.channel.callback_port import async_listen


class Runner(web.ServerRunner):
    """Notes how it is made, and how often it is cleaned up."""

    made: list[dict[str, Any]]
    cleaned: int

    def __init__(self, server: web.Server, **options: Any) -> None:
        super().__init__(server, **options)
        self.made.append(options)

    @override
    async def cleanup(self) -> None:
        type(self).cleaned += 1
        await super().cleanup()


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, socket_enabled: None) -> type[Runner]:
    Runner.made, Runner.cleaned = [], 0
    monkeypatch.setattr(web, "ServerRunner", Runner)
    return Runner


@pytest.fixture
def taken_port(socket_enabled: None) -> Iterator[int]:
    """Occupy a port."""
    with socket.create_server(("0.0.0.0", 0)) as server:
        yield server.getsockname()[1]


async def answer(_request: web.BaseRequest) -> web.Response:
    return web.Response(text="received")


async def test_the_limits_of_the_port(
    runner: type[Runner], unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []

    class Server(module._LimitedServer):
        def __init__(self, handler: module.Handler, **options: Any) -> None:
            made.append(options)
            super().__init__(handler, **options)

    monkeypatch.setattr(module, "_LimitedServer", Server)
    listener = await async_listen(unused_tcp_port, {"/secret"}, answer)
    assert made == [
        {
            "access_log": None,
            "logger": module._LOGGER,
            "keepalive_timeout": 60,
            "lingering_time": 1,
            "max_line_size": 4096,
            "max_field_size": 4096,
            "max_headers": 32,
        }
    ]
    assert runner.made == [{"shutdown_timeout": 1}]
    reader, writer = await send_request(unused_tcp_port)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert body == b"received"
    assert b"\r\nServer: \r\n" in head + b"\r\n"
    assert runner.cleaned == 0
    await listener.async_close()
    assert runner.cleaned == 1


async def test_nothing_is_left_of_a_port_that_cannot_be_opened(
    runner: type[Runner], taken_port: int
) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await async_listen(taken_port, {"/secret"}, answer)
    assert runner.cleaned == 1


async def send_request(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /secret HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    return reader, writer


async def test_nothing_is_left_of_a_connection_that_has_ended(
    socket_enabled: None, unused_tcp_port: int
) -> None:
    tasks: list[weakref.ref[asyncio.Task[None]]] = []

    async def note(request: web.BaseRequest) -> web.Response:
        tasks.append(weakref.ref(request.task))
        return web.Response()

    listener = await async_listen(unused_tcp_port, {"/secret"}, note)
    reader, writer = await send_request(unused_tcp_port)
    await reader.read()
    writer.close()
    await asyncio.sleep(0)
    gc.collect()
    assert [each() for each in tasks] == [None]
    await listener.async_close()


async def test_a_task_that_does_not_end_holds_up_the_closing_for_a_moment_only(
    socket_enabled: None, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINGERING_SECONDS", 0.05)
    received, may_end = asyncio.Event(), asyncio.Event()

    async def stay(_request: web.BaseRequest) -> web.Response:
        received.set()
        while not may_end.is_set():
            with suppress(asyncio.CancelledError):
                await may_end.wait()
        return web.Response()

    before = asyncio.all_tasks()
    listener = await async_listen(unused_tcp_port, {"/secret"}, stay)
    _, writer = await send_request(unused_tcp_port)
    try:
        async with asyncio.timeout(5):
            await received.wait()
            await listener.async_close()
        left = asyncio.all_tasks() - before
        assert left
    finally:
        may_end.set()
        writer.close()
    await asyncio.wait(left)
