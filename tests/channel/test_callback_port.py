"""How the port of the listener is opened: with which limits, and that it is left as it was."""

import asyncio
from collections.abc import Iterator
import socket
from typing import Any, override

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
    reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
    writer.write(b"GET /secret HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
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
