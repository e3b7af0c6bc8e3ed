"""How connections are secured, kept and shared."""

import asyncio
from datetime import timedelta
from pathlib import Path
import socket
import ssl
from typing import Any, override

import aiohttp
import pytest

from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    CertificateChanged,
    ConnectFailure,
    PinnedCertificate,
    PlainHttp,
    Security,
    Server,
    SystemTrust,
    TrustedAuthority,
    UntrustedCertificate,
    make_ssl_context,
    open_session,
    transport,
)
from custom_components.cisco_unified_presence.pws.transport import (
    IDLE_CONNECTIONS,
    PARALLEL_REQUESTS,
)
from tests.common.waiting import until

from .byte_server import ByteServer, Received, Reply, Then, http
from .certificates import Made, make
from .conftest import MakeClient
from .wire import FIRST_FETCH, USER_KEY, logged_in_application, logged_in_user, login_answer


async def log_in(made: Made, folder: Path, security: Security, make_client: MakeClient) -> None:
    """Log in at a server that shows a certificate."""
    async with ByteServer(tls=made.server_context(folder)) as server:
        server.will(logged_in_application())
        client = make_client(server.port, security)
        try:
            await client.log_in()
        except CannotConnect:
            assert server.received == [], "The password was sent to whom we do not trust"
            raise


async def test_a_pinned_certificate_needs_nothing_else(
    tmp_path: Path, make_client: MakeClient
) -> None:
    made = make("somebody.else", address=None, lifetime=timedelta(days=1))
    await log_in(made, tmp_path, PinnedCertificate(made.sha256), make_client)


async def test_a_certificate_that_changed_after_pinning(
    tmp_path: Path, make_client: MakeClient
) -> None:
    pinned, shown = make(), make()
    with pytest.raises(CertificateChanged) as error:
        await log_in(shown, tmp_path, PinnedCertificate(pinned.sha256), make_client)
    assert (error.value.expected, error.value.found) == (pinned.sha256, shown.sha256)
    assert error.value.address.startswith("127.0.0.1:")


async def test_a_certificate_that_is_its_own_authority(
    tmp_path: Path, make_client: MakeClient
) -> None:
    made = make()
    await log_in(made, tmp_path, TrustedAuthority(made.pem), make_client)


async def test_a_certificate_of_an_authority(tmp_path: Path, make_client: MakeClient) -> None:
    authority = make("Example CA", address=None)
    made = make(issuer=authority)
    await log_in(made, tmp_path, TrustedAuthority(authority.pem), make_client)


@pytest.mark.parametrize(
    ("shown", "security", "why"),
    [
        (make(), SystemTrust(), "self-signed"),
        (make(), TrustedAuthority(make().pem), "self-signed"),
        (make(issuer=make("X")), TrustedAuthority(make("Y").pem), "unable to get local issuer"),
    ],
)
async def test_certificate_without_a_trusted_authority(
    tmp_path: Path, make_client: MakeClient, shown: Made, security: Security, why: str
) -> None:
    with pytest.raises(UntrustedCertificate, match=why):
        await log_in(shown, tmp_path, security, make_client)


@pytest.mark.parametrize("address", ["192.0.2.1", None])
async def test_a_trusted_certificate_of_another_host(
    tmp_path: Path, make_client: MakeClient, address: str | None
) -> None:
    made = make("cup.example.com", address=address)
    with pytest.raises(UntrustedCertificate, match="IP address mismatch"):
        await log_in(made, tmp_path, TrustedAuthority(made.pem), make_client)


async def test_a_trusted_certificate_that_has_expired(
    tmp_path: Path, make_client: MakeClient
) -> None:
    made = make(lifetime=timedelta(days=1))
    with pytest.raises(UntrustedCertificate, match="expired"):
        await log_in(made, tmp_path, TrustedAuthority(made.pem), make_client)


async def test_a_host_name_in_the_subject_alone_is_enough(
    tmp_path: Path, make_client: MakeClient
) -> None:
    made = make("localhost", address=None)
    async with ByteServer(tls=made.server_context(tmp_path)) as server:
        server.will(logged_in_application())
        security = TrustedAuthority(made.pem)
        await make_client(server.port, security, host="localhost").log_in()


async def test_a_context_of_the_caller_is_used(tmp_path: Path) -> None:
    made = make()
    context = ssl.create_default_context(cadata=made.pem)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    async with ByteServer(tls=made.server_context(tmp_path)) as server:
        server.will(http(200))
        target = Server(host="127.0.0.1", port=server.port, security=SystemTrust())
        async with open_session(target, ssl_context=context) as session:
            await session.get(target.base_url)
        assert server.lines == ["GET /presence-service"]


async def test_a_connection_is_kept_for_hours() -> None:
    target = Server(host="cup", port=8082, security=PlainHttp())
    async with open_session(target, ssl_context=None) as session:
        assert isinstance(session.connector, aiohttp.TCPConnector)
        assert session.connector._keepalive_timeout == 4 * 3600


async def test_an_authority_needs_its_context() -> None:
    target = Server(host="cup", port=8083, security=TrustedAuthority(make().pem))
    with pytest.raises(ValueError, match="needs the context"):
        open_session(target, ssl_context=None)


def test_contexts() -> None:
    assert make_ssl_context(PlainHttp()) is None
    assert make_ssl_context(PinnedCertificate("a" * 64)) is None
    context = make_ssl_context(TrustedAuthority(make().pem))
    assert context is not None
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert len(context.get_ca_certs()) == 1
    with pytest.raises(ValueError, match="not a certificate in PEM form"):
        make_ssl_context(TrustedAuthority("garbage"))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", ConnectFailure.NOT_TLS),
        (b"<html>Sorry</html>", ConnectFailure.NOT_TLS),
        # The alert of a node that only speaks an older version.
        (b"\x15\x03\x01\x00\x02\x02\x46", ConnectFailure.TLS_FAILED),
        (b"", ConnectFailure.DROPPED),
    ],
)
@pytest.mark.parametrize("security", [SystemTrust(), PinnedCertificate("a" * 64)])
async def test_a_port_that_cannot_talk_tls(
    make_client: MakeClient, security: Security, answer: bytes, reason: ConnectFailure
) -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4000)
        writer.write(answer)
        writer.close()

    listener = await asyncio.start_server(listen, "127.0.0.1", 0)
    client = make_client(listener.sockets[0].getsockname()[1], security)
    with pytest.raises(CannotConnect) as error:
        await client.log_in()
    listener.close()
    await listener.wait_closed()
    assert error.value.reason is reason


async def test_plain_http_to_a_tls_port(tmp_path: Path, make_client: MakeClient) -> None:
    async with ByteServer(tls=make().server_context(tmp_path)) as server:
        with pytest.raises(CannotConnect) as error:
            await make_client(server.port).log_in()
        assert error.value.reason is ConnectFailure.TLS_REQUIRED
        assert server.received == []


async def test_a_tls_port_that_drops_a_request_is_not_asked_whether_it_speaks_tls(
    tmp_path: Path, make_client: MakeClient
) -> None:
    made = make()
    async with ByteServer(tls=made.server_context(tmp_path)) as server:
        server.will(*[Reply(b"", Then.CLOSE)] * 2)
        with pytest.raises(CannotConnect) as error:
            await make_client(server.port, PinnedCertificate(made.sha256)).log_in()
        assert error.value.reason is ConnectFailure.DROPPED


async def test_a_connection_that_is_not_made_takes_no_place(unused_tcp_port: int) -> None:
    target = Server(host="127.0.0.1", port=unused_tcp_port, security=PlainHttp())
    async with open_session(target, ssl_context=None) as session:
        for _ in range(IDLE_CONNECTIONS + 1):
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(target.base_url)
        assert session.connector is not None
        assert vars(session.connector)["_in_use"] == 0


async def test_so_many_requests_are_under_way_at_once(server: ByteServer) -> None:
    target = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
    go = asyncio.Event()

    async def answer(_: Received) -> Reply:
        await go.wait()
        return http(200)

    server.handler = answer
    async with open_session(target, ssl_context=None) as session:
        requests = [asyncio.create_task(session.get(target.base_url)) for _ in range(12)]
        await until(lambda: len(server.received) == 8)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(server.received) == server.connections == 8
        go.set()
        assert {each.status for each in await asyncio.gather(*requests)} == {200}
        assert isinstance(session.connector, aiohttp.TCPConnector)
        # Names are those that the whole machine knows.
        assert isinstance(session.connector._resolver, aiohttp.ThreadedResolver)


async def test_no_more_is_received_at_a_time_than_is_parsed_at_once(
    server: ByteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int, int]] = []

    class Socket(socket.socket):
        """A socket that notes what is set."""

        @override
        def setsockopt(self, *options: Any) -> None:
            if options[1] == socket.SO_RCVBUF:
                asked.append(options)
            super().setsockopt(*options)

    monkeypatch.setattr(socket, "socket", Socket)
    target = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
    server.will(http(200))
    async with open_session(target, ssl_context=None) as session:
        await session.get(target.base_url)
    assert asked == [(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)]


async def test_a_connection_is_kept_and_no_cookie_is(
    server: ByteServer, make_client: MakeClient
) -> None:
    server.will(
        http(201, login_answer("k"), Set_Cookie="a=b; Path=/"),
        logged_in_user(),
        http(200, FIRST_FETCH),
    )
    # By name, since no client keeps cookies for an address.
    await make_client(server.port, host="localhost").fetch("anna", 1)
    assert [request.connection for request in server.received] == [1, 1, 1]
    assert all("Cookie" not in request.headers for request in server.received)


async def test_a_thousand_calls_share_a_few_connections(
    server: ByteServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And none of them times out while it waits for a connection."""
    under_way = most = 0

    async def answer(request: Received) -> Reply:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(10):
            await asyncio.sleep(0)
        under_way -= 1
        if request.line.endswith("/sessions"):
            return http(201, login_answer(USER_KEY))
        uri = request.line.rpartition("/")[2]
        body = f'<presenceList><contact contactURI="{uri}" presenceStatus="BUSY"/></presenceList>'
        return http(200, body.encode())

    server.handler = answer
    monkeypatch.setattr(transport, "_BURST_SECONDS", 0.1)
    client = make_client(server.port)
    contacts = [f"c{number}@example.com" for number in range(1000)]
    seen = await asyncio.gather(*(client.poll_contact("anna", contact) for contact in contacts))
    assert [one.contact for one in seen] == contacts
    assert IDLE_CONNECTIONS < most <= PARALLEL_REQUESTS
    # A burst may end for a moment, and begin anew.
    assert server.connections <= 2 * PARALLEL_REQUESTS
    # One login each for the application user and the watcher.
    assert len(server.received) == 1002
    # Those that the burst needed beside are closed when it is over.
    for _ in range(500):
        if server.open_connections <= IDLE_CONNECTIONS:
            break
        await asyncio.sleep(0.01)
    assert server.open_connections <= IDLE_CONNECTIONS
    before = server.connections
    await client.poll_contact("anna", "c1@example.com")
    assert server.connections == before
