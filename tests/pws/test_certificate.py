"""Reading a certificate before it is trusted."""

import asyncio
from collections.abc import AsyncIterator
import hashlib
from pathlib import Path
import ssl

from cryptography.hazmat.primitives.asymmetric import x25519
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest

from cup_simulator import Simulator
from cup_simulator.tls import TlsSettings
from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    CannotConnect,
    Certificate,
    CertificateChanged,
    ConnectFailure,
    PinnedCertificate,
    PlainHttp,
    Server,
    certificate,
    open_session,
    read_certificate,
    read_certificates,
)
from custom_components.cisco_unified_presence.pws.certificate import read_der, speaks_tls
from custom_components.cisco_unified_presence.pws.exchange import Exchange, Request

from .byte_server import ByteServer, http
from .certificates import NOT_AFTER, NOT_BEFORE, make

MADE = make("cup.example.com")


async def test_what_a_server_shows(tmp_path: Path) -> None:
    async with ByteServer(tls=MADE.server_context(tmp_path)) as server:
        shown = await read_certificate("127.0.0.1", server.port, timeout=5)
        assert shown == Certificate(
            subject="CN=cup.example.com",
            issuer="CN=cup.example.com",
            not_before=NOT_BEFORE,
            not_after=NOT_AFTER,
            sha256=MADE.sha256,
            self_signed=True,
        )
        assert PinnedCertificate(shown.sha256).sha256 == shown.sha256


@pytest.mark.parametrize("issuer", ["Example CA", "cup.example.com"])
def test_a_certificate_of_an_authority(issuer: str) -> None:
    shown = read_der(make("cup.example.com", issuer=make(issuer)).der)
    assert shown.issuer == f"CN={issuer}"
    assert not shown.self_signed


@given(st.binary(max_size=200))
def test_any_bytes_are_no_certificate(der: bytes) -> None:
    with pytest.raises(AnswerNotUnderstood, match="unreadable"):
        read_der(der)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_certificate_is_read_or_refused(data: st.DataObject) -> None:
    der = bytearray(MADE.der)
    der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    try:
        shown = read_der(bytes(der))
    except AnswerNotUnderstood:
        return
    assert (shown.sha256 == MADE.sha256) == (der == MADE.der)
    assert shown.self_signed == (der == MADE.der) or shown.subject == shown.issuer


@pytest.mark.parametrize(
    ("written", "damaged"),
    [
        pytest.param("a003020102", "a003020107", id="version"),
        pytest.param("0c0f6375702e", "030f6375702e", id="name"),
        pytest.param("06082a8648ce3d030107", "06082a8648ce3d03017f", id="curve"),
        pytest.param("30820", "31820", id="structure"),
    ],
)
def test_a_certificate_with_a_part_that_nobody_knows_is_unreadable(
    written: str, damaged: str
) -> None:
    der = MADE.der.hex()
    assert written in der
    with pytest.raises(AnswerNotUnderstood, match="unreadable"):
        read_der(bytes.fromhex(der.replace(written, damaged)))


def test_a_certificate_of_a_key_that_cannot_sign_is_not_its_own_authority() -> None:
    key = x25519.X25519PrivateKey.generate().public_key()
    shown = read_der(make("cup.example.com", certified=key).der)
    assert shown.subject == shown.issuer
    assert not shown.self_signed


async def failure(host: str, port: int, timeout: float = 5) -> ConnectFailure:  # noqa: ASYNC109
    """Return why there is no certificate."""
    with pytest.raises(CannotConnect) as error:
        await read_certificate(host, port, timeout=timeout)
    return error.value.reason


async def test_a_plain_port(server: ByteServer) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(http(400).data)
        writer.close()

    listener = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    assert await failure("127.0.0.1", port) is ConnectFailure.NOT_TLS
    assert not await speaks_tls(Server(host="127.0.0.1", port=port, security=PlainHttp()), within=5)
    listener.close()
    await listener.wait_closed()


async def test_a_silent_port() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    assert await failure("127.0.0.1", port, 0.05) is ConnectFailure.TIMED_OUT
    listener.close()
    await listener.wait_closed()


async def test_a_port_that_hangs_up() -> None:
    async def rude(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    listener = await asyncio.start_server(rude, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    assert await failure("127.0.0.1", port) is ConnectFailure.DROPPED
    listener.close()
    await listener.wait_closed()


async def test_a_closed_port(unused_tcp_port: int) -> None:
    assert await failure("127.0.0.1", unused_tcp_port) is ConnectFailure.REFUSED


@pytest.mark.parametrize("host", ["", "a b", "cup/x"])
async def test_what_is_no_host(host: str) -> None:
    assert await failure(host, 8083) is ConnectFailure.HOST_NOT_FOUND


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[Simulator]:
    async with Simulator() as running:
        yield running


def fingerprint(simulator: Simulator, name: str) -> str:
    pem = (simulator.tls_dir / f"{name}.pem").read_text()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


async def show(simulator: Simulator, shows: tuple[str, ...], *versions: str) -> None:
    simulator.deployment.first.tls = TlsSettings(shows, versions)
    await simulator.apply_faults()


@pytest.mark.parametrize(
    ("shows", "versions", "found", "is_complete"),
    [
        (("cup", "cup-ECDSA"), ("1.2",), ("cup", "cup-ECDSA"), True),
        (("cup-ECDSA", "cup"), ("1.2",), ("cup-ECDSA", "cup"), True),
        (("cup", "cup-ECDSA"), ("1.2", "1.3"), ("cup-ECDSA", "cup"), True),
        (("cup",), ("1.2",), ("cup",), True),
        (("cup-ECDSA",), ("1.3",), ("cup-ECDSA",), False),
        (("cup",), ("1.3",), ("cup",), False),
    ],
)
async def test_both_certificates_of_a_node(
    simulator: Simulator,
    shows: tuple[str, ...],
    versions: tuple[str, ...],
    found: tuple[str, ...],
    *,
    is_complete: bool,
) -> None:
    await show(simulator, shows, *versions)
    shown = await read_certificates("127.0.0.1", simulator.ports.https, timeout=5)
    assert shown.fingerprints == tuple(fingerprint(simulator, name) for name in found)
    assert [each.is_ecdsa for each in shown.certificates] == [n == "cup-ECDSA" for n in found]
    assert shown.is_complete is is_complete


@pytest.mark.parametrize("shown", [b"garbage", None])
async def test_a_second_certificate_that_cannot_be_read_is_none(
    monkeypatch: pytest.MonkeyPatch, shown: bytes | None
) -> None:
    async def shown_by(_: Server, seconds: float, kind: str | None = None) -> bytes:
        assert seconds == 5
        if kind is None:
            return MADE.der
        if shown is None:
            raise ConnectionResetError
        return shown

    monkeypatch.setattr(certificate, "_shown_by", shown_by)
    found = await read_certificates("127.0.0.1", 1, timeout=5)
    assert (found.fingerprints, found.is_complete) == ((MADE.sha256,), False)


async def test_either_of_two_pins_is_trusted_and_no_other(simulator: Simulator) -> None:
    rsa, ecdsa = (fingerprint(simulator, name) for name in ("cup", "cup-ECDSA"))
    for security, works in (
        (PinnedCertificate(rsa, (ecdsa,)), {"cup", "cup-ECDSA"}),
        (PinnedCertificate(rsa), {"cup"}),
        (PinnedCertificate("ab" * 32, (ecdsa, rsa)), {"cup", "cup-ECDSA"}),
        (PinnedCertificate("ab" * 32, ("cd" * 32,)), set()),
    ):
        for name in ("cup", "cup-ECDSA"):
            await show(simulator, (name,), "1.2", "1.3")
            assert await trusts(simulator, security) is (name in works)


async def trusts(simulator: Simulator, security: PinnedCertificate) -> bool:
    server = Server(host="127.0.0.1", port=simulator.ports.https, security=security)
    async with open_session(server, ssl_context=None) as http_session:
        exchange = Exchange(server, http_session, 5)
        try:
            await exchange.send(Request("GET", "/nothing"))
        except CertificateChanged:
            return False
        return True
