"""Ports that can be shut and opened again."""

import asyncio
import logging
import socket

from aiohttp import web
import pytest

from cup_simulator.listening import Address, Listener, ListenError

from .wire import HOST, send

REQUEST = b"GET / HTTP/1.0\r\n\r\n"


async def test_all_addresses_of_a_host_have_one_port(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two_loopbacks(*_: object, **__: object) -> list[object]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", two_loopbacks)
    listener = Listener(web.Application, Address("somewhere", 0))
    await listener.open()
    monkeypatch.undo()
    try:
        assert (await send(listener.ports[0], REQUEST)).startswith(b"HTTP/1.0 404")
        with (
            socket.socket() as second,
            pytest.raises(OSError, match="in use"),
        ):
            second.bind(("127.0.0.2", listener.ports[0]))
    finally:
        await listener.close()


async def test_when_one_port_is_taken_none_is_listened_on(socket_enabled: None) -> None:
    with socket.create_server((HOST, 0)) as taken, socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
        free.close()
        listener = Listener(
            web.Application, Address(HOST, port), Address(HOST, taken.getsockname()[1])
        )

        with pytest.raises(ListenError, match=r"Address already in use\.$"):
            await listener.open()

    assert not listener.is_open
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, port)


async def test_half_of_a_host_is_not_enough(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(*_: object, **__: object) -> list[object]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", half)

    with pytest.raises(ListenError, match=r"^Cannot listen on somewhere port \d+: .+\.$"):
        await Listener(web.Application, Address("somewhere", 0)).open()


async def test_an_idle_connection_stays_open_for_hours(socket_enabled: None) -> None:
    listener = Listener(web.Application, Address(HOST, 0))
    await listener.open()
    _, writer = await asyncio.open_connection(HOST, listener.ports[0])
    await asyncio.sleep(0)
    assert listener._runner
    assert listener._runner.server
    timeouts = [each.keepalive_timeout for each in listener._runner.server.connections]
    writer.close()
    await listener.close()

    assert timeouts == [4 * 3600]


async def test_a_reopened_listener_has_the_same_port(socket_enabled: None) -> None:
    listener = Listener(web.Application, Address(HOST, 0))
    await listener.close()
    await listener.open()
    port = listener.ports[0]
    await listener.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, port)

    await listener.open()
    assert listener.ports == (port,)
    assert await send(port, REQUEST)
    await listener.close()


@pytest.mark.parametrize(
    ("request_head", "name"),
    [
        (b"GET / HTTP/1.1\r\nHost: cup\r\nX: " + b"a" * 10_000, "LineTooLong"),
        (b"GET /j\xf6rg HTTP/1.1\r\nHost: cup", "InvalidURLError"),
        (b"POST / HTTP/1.1\r\nHost: cup\r\nContent-Length: many", "BadHttpMessage"),
    ],
    ids=["header", "path", "length"],
)
async def test_what_is_no_request_is_refused_in_one_line(
    socket_enabled: None, caplog: pytest.LogCaptureFixture, request_head: bytes, name: str
) -> None:
    caplog.set_level(logging.INFO)
    listener = Listener(web.Application, Address(HOST, 0))
    await listener.open()
    try:
        answer = await send(listener.ports[0], request_head + b"\r\n\r\n")
    finally:
        await listener.close()

    assert answer.startswith(b"HTTP/1.0 400")
    logged = [each for each in caplog.records if each.name.startswith("cup_simulator")]
    assert [each.getMessage() for each in logged] == [
        f"Refused what is no readable request: {name}"
    ]
    assert "Traceback" not in caplog.text


async def test_errors_of_the_simulator_are_logged_with_their_stack(
    socket_enabled: None, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: web.Request) -> web.Response:
        raise ArithmeticError("of ours")

    def application() -> web.Application:
        made = web.Application()
        made.router.add_get("/", fail)
        return made

    listener = Listener(application, Address(HOST, 0))
    await listener.open()
    try:
        assert (await send(listener.ports[0], REQUEST)).startswith(b"HTTP/1.0 500")
    finally:
        await listener.close()

    assert "ArithmeticError: of ours" in caplog.text
