"""One request and its answer: what can go wrong on the way."""

import asyncio
import socket
from typing import NoReturn

import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    AnswerNotUnderstood,
    CannotConnect,
    ConnectFailure,
    DialectMode,
    PlainHttp,
    Presence,
    PresenceClient,
    PresenceServiceError,
    Server,
    open_session,
)
from custom_components.cisco_unified_presence.pws.exchange import Exchange, Request

from .byte_server import ByteServer, Received, Reply, Then, http
from .conftest import MakeClient
from .wire import FIRST_FETCH, logged_in_application, logged_in_user, login_answer

ONE = (
    b'<presenceList type="basic">'
    b'<contact contactURI="ben@example.com" presenceStatus="DND"/></presenceList>'
)


async def ready(server: ByteServer, client: PresenceClient) -> None:
    """Log anna in."""
    server.will(logged_in_application(), logged_in_user())
    await client.log_in_user("anna")


async def test_a_closed_port(make_client: MakeClient, unused_tcp_port: int) -> None:
    with pytest.raises(CannotConnect) as error:
        await make_client(unused_tcp_port).log_in()
    assert error.value.reason is ConnectFailure.REFUSED
    assert error.value.address == f"127.0.0.1:{unused_tcp_port}"


async def test_a_session_that_was_closed_meanwhile(unused_tcp_port: int) -> None:
    server = Server(host="127.0.0.1", port=unused_tcp_port, security=PlainHttp())
    session = open_session(server, ssl_context=None)
    await session.close()

    with pytest.raises(CannotConnect) as error:
        await Exchange(server, session, timeout=5).send(Request("GET", "/users"))
    assert error.value.reason is ConnectFailure.DROPPED


async def test_no_such_host(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", nowhere)
    with pytest.raises(
        CannotConnect, match=r"host of nowhere\.invalid:8082 was not found"
    ) as error:
        await make_client(8082, host="nowhere.invalid").log_in()
    assert error.value.reason is ConnectFailure.HOST_NOT_FOUND


@pytest.mark.parametrize(
    "host", ["", "a b", "cup/x", "cup..example.com", ".example.com", f"{'a' * 64}.example.com"]
)
async def test_what_is_no_host(make_client: MakeClient, host: str) -> None:
    with pytest.raises(CannotConnect) as error:
        await make_client(8082, host=host).log_in()
    assert error.value.reason is ConnectFailure.HOST_NOT_FOUND


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a>"])
async def test_a_server_that_does_not_answer_in_time(
    server: ByteServer, make_client: MakeClient, sent: bytes
) -> None:
    server.will(Reply(sent, Then.HANG))
    with pytest.raises(CannotConnect) as error:
        await make_client(server.port, timeout=0.05).log_in()
    assert error.value.reason is ConnectFailure.TIMED_OUT


async def test_a_network_without_a_way(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_way(*_: object, **__: object) -> NoReturn:
        raise OSError(113, "No route to host")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", no_way)
    with pytest.raises(CannotConnect) as error:
        await make_client(8082).log_in()
    assert error.value.reason is ConnectFailure.UNREACHABLE


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x15\x03\x03\x00\x02\x02\x46",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_what_is_not_http(server: ByteServer, client: PresenceClient, garbage: bytes) -> None:
    server.will(Reply(garbage, Then.CLOSE))
    with pytest.raises((AnswerNotUnderstood, CannotConnect)) as error:
        await client.log_in()
    if isinstance(error.value, CannotConnect):
        assert error.value.reason is ConnectFailure.DROPPED


async def test_a_chunked_answer_is_read(server: ByteServer, client: PresenceClient) -> None:
    body = login_answer("key")
    head = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
    server.will(Reply(head + chunks + b"0\r\n\r\n"))
    await client.log_in()


async def test_an_answer_that_ends_with_its_connection_is_read(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(Reply(b"HTTP/1.0 201 Created\r\n\r\n" + login_answer("key"), Then.CLOSE))
    await client.log_in()


@pytest.mark.parametrize("then", [Then.CLOSE, Then.ABORT])
async def test_an_answer_dropped_at_any_byte(
    server: ByteServer, client: PresenceClient, then: Then
) -> None:
    """A poll fails as a connection, a fetch as news that may be gone. Neither as anything else."""
    await ready(server, client)
    whole = http(200, ONE).data
    for length in range(len(whole)):
        # The poll is tried again by aiohttp when the connection was one that had been kept.
        server.will(*[Reply(whole[:length], then)] * 2)
        with pytest.raises((CannotConnect, AnswerNotUnderstood)) as dropped:
            await client.poll_contact("anna", "ben@example.com")
        if isinstance(dropped.value, CannotConnect):
            assert dropped.value.reason is ConnectFailure.DROPPED
        server.replies.clear()
        server.will(Reply(whole[:length], then))
        with pytest.raises((AnswerLost, AnswerNotUnderstood)):
            await client.fetch("anna", 10)
        assert not server.replies
    server.will(http(200, ONE))
    assert len(await client.fetch("anna", 10)) == 1


async def test_a_fetch_is_never_repeated_in_silence(
    server: ByteServer, client: PresenceClient
) -> None:
    """The trap: a kept connection dies after the server consumed the news."""
    await ready(server, client)
    server.will(Reply(b"", Then.CLOSE), http(200, FIRST_FETCH))
    with pytest.raises(AnswerLost) as error:
        await client.fetch("anna", 10)
    assert str(server.port) in str(error.value)
    assert len(server.received) == 3
    assert len(await client.fetch("anna", 10)) == 2


async def test_a_poll_survives_a_kept_connection_that_died(
    server: ByteServer, client: PresenceClient
) -> None:
    await ready(server, client)
    server.will(Reply(b"", Then.CLOSE), http(200, ONE))
    seen = await client.poll_contact("anna", "ben@example.com")
    assert seen.presence is Presence.DND
    assert [request.connection for request in server.received] == [1, 1, 1, 2]


async def test_a_login_survives_a_kept_connection_that_died(
    server: ByteServer, client: PresenceClient
) -> None:
    """Logging in twice hands out the same key, so that people's actions need not fail."""
    server.will(logged_in_application(), Reply(b"", Then.CLOSE), logged_in_user())
    await client.log_in_user("anna")
    assert client.logged_in_users == {"anna"}
    lines = [request.line for request in server.received]
    assert lines[1] == lines[2]


async def test_what_makes_something_is_not_sent_twice(
    server: ByteServer, client: PresenceClient
) -> None:
    await ready(server, client)
    server.will(Reply(b"", Then.CLOSE), http(201, Location="/endpoints/2"))
    with pytest.raises(CannotConnect):
        await client.register_endpoint("http://ha/", 3600)
    assert len(server.replies) == 1


async def test_a_port_that_has_answered_is_not_asked_for_tls_again(
    server: ByteServer, client: PresenceClient
) -> None:
    await ready(server, client)
    server.will(Reply(b"", Then.CLOSE))
    with pytest.raises(CannotConnect) as error:
        await client.register_endpoint("http://ha/", 3600)
    assert error.value.reason is ConnectFailure.DROPPED
    assert server.connections == 1


async def test_fetch_without_a_connection_lost_nothing(make_client: MakeClient) -> None:
    """A connection that did not come about keeps its own class."""
    async with ByteServer() as server:
        client = make_client(server.port)
        server.will(logged_in_application(), http(201, login_answer("k"), Connection="close"))
        await client.log_in_user("anna")
    with pytest.raises(CannotConnect) as error:
        await client.fetch("anna", 10)
    assert error.value.reason is ConnectFailure.REFUSED


async def test_a_redirection_is_not_followed(server: ByteServer, make_client: MakeClient) -> None:
    client = make_client(server.port, dialect=DialectMode.REST)
    server.will(http(301, Location="/elsewhere"))
    with pytest.raises(AnswerNotUnderstood, match=r"redirection .HTTP status 301"):
        await client.log_in()
    assert len(server.received) == 1


async def test_secrets_are_in_no_repr(server: ByteServer) -> None:
    request = Request("GET", "/x", {"Presence-Session-Key": "KEY"}, b"KEY")
    assert "KEY" not in repr(request)
    target = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
    server.will(http(200, b"KEY"))
    async with open_session(target, ssl_context=None) as session:
        answer = await Exchange(target, session, 5).send(request)
    assert answer.body == b"KEY"
    assert "KEY" not in repr(answer)


async def test_neither_password_nor_key_is_logged(
    server: ByteServer, client: PresenceClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await ready(server, client)
    server.will(http(500, b"s3cret & more"))
    with pytest.raises(PresenceServiceError):
        await client.poll_contact("anna", "ben@example.com")
    assert "POST /users/anna/sessions: 201" in caplog.text
    for secret in (
        "s3cret",
        *(key for r in server.received for key in [r.told.get("Presence-Session-Key")]),
    ):
        assert secret is None or secret not in caplog.text


async def test_a_call_that_is_cancelled_leaves_the_client_usable(
    server: ByteServer, client: PresenceClient
) -> None:
    arrived = asyncio.Event()

    async def hang(_: Received) -> Reply:
        arrived.set()
        return Reply(b"", Then.HANG)

    server.handler = hang
    login = asyncio.create_task(client.log_in_user("anna"))
    await arrived.wait()
    login.cancel()
    with pytest.raises(asyncio.CancelledError):
        await login
    server.handler = None
    await ready(server, client)
    assert client.logged_in_users == {"anna"}
