"""Reference: "Addresses": self-signed certificates, with the host in the subject; connections."""

import asyncio
import ipaddress
import logging
from pathlib import Path
import socket
import ssl
import stat

from cryptography import x509
from cryptography.x509.oid import NameOID
import pytest

from cup_simulator import Simulator
from cup_simulator.certificate import CertificateError, presence_context, server_context
from cup_simulator.tls import CUP_ECDSA, TlsSettings

from .wire import Wire, parse, request_bytes, send

LOOPBACKS = {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")}


def names(directory: Path) -> tuple[str, set[str], set[object]]:
    """Return the subject, and the DNS names and addresses, of the certificate."""
    certificate = x509.load_pem_x509_certificate((directory / "cup.pem").read_bytes())
    subject = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        str(subject),
        set(found.get_values_for_type(x509.DNSName)),
        set(found.get_values_for_type(x509.IPAddress)),
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::", "localhost"])
def test_without_a_name_of_its_own_the_subject_is_the_machine(tmp_path: Path, host: str) -> None:
    server_context(tmp_path, host)

    machine = socket.gethostname()
    assert names(tmp_path) == (machine, {machine, "localhost"}, LOOPBACKS)


def test_a_named_host(tmp_path: Path) -> None:
    server_context(tmp_path, "cup.example.com")

    assert names(tmp_path) == ("cup.example.com", {"cup.example.com", "localhost"}, LOOPBACKS)


def test_an_address_is_named_too(tmp_path: Path) -> None:
    server_context(tmp_path, "192.0.2.7")

    assert names(tmp_path)[2] == {*LOOPBACKS, ipaddress.ip_address("192.0.2.7")}


def test_the_hosts_of_all_nodes_are_named(tmp_path: Path) -> None:
    server_context(tmp_path, "node1", "192.0.2.7", "node1", "node2")

    subject, hosts, addresses = names(tmp_path)
    assert (subject, hosts) == ("node1", {"node1", "node2", "localhost"})
    assert addresses == {*LOOPBACKS, ipaddress.ip_address("192.0.2.7")}


def test_the_other_service_has_a_certificate_of_its_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server_context(tmp_path, "cup")
    server_context(tmp_path, "cup", service="tomcat")

    made = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert set(made) == {"cup.pem", "cup.key", "tomcat.pem", "tomcat.key"}
    assert made["cup.pem"] != made["tomcat.pem"]
    server_context(tmp_path, "other", service="tomcat")
    assert "does not name other; remove tomcat.pem and tomcat.key" in caplog.text


def test_the_directory_is_made_and_the_key_is_private(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "down"

    server_context(directory, "cup")

    assert {each.name for each in directory.iterdir()} == {"cup.pem", "cup.key"}
    assert stat.S_IMODE((directory / "cup.key").stat().st_mode) == 0o600


def test_an_existing_certificate_is_used_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server_context(tmp_path, "cup")
    first = (tmp_path / "cup.pem").read_bytes()

    server_context(tmp_path, "cup")

    assert (tmp_path / "cup.pem").read_bytes() == first
    assert not caplog.records


def test_a_certificate_that_does_not_name_the_host_is_used_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server_context(tmp_path, "cup")
    first = (tmp_path / "cup.pem").read_bytes()

    server_context(tmp_path, "other.example.com")

    assert (tmp_path / "cup.pem").read_bytes() == first
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "does not name other.example.com" in caplog.text


def test_a_lost_key_makes_a_new_pair(tmp_path: Path) -> None:
    server_context(tmp_path, "cup")
    first = (tmp_path / "cup.pem").read_bytes()
    (tmp_path / "cup.key").unlink()

    server_context(tmp_path, "cup")

    assert (tmp_path / "cup.pem").read_bytes() != first


@pytest.mark.parametrize("file", ["cup.pem", "cup.key"])
def test_a_file_that_is_none_of_ours(tmp_path: Path, file: str) -> None:
    server_context(tmp_path, "cup")
    (tmp_path / file).write_text("nonsense", encoding="utf-8")

    with pytest.raises(CertificateError, match=r"cannot be used: .*Remove cup\.pem and cup\.key"):
        server_context(tmp_path, "cup")


def test_a_directory_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("", encoding="utf-8")

    with pytest.raises(CertificateError, match="cannot be used"):
        server_context(tmp_path / "tls", "cup")


async def test_https_by_the_certificate(simulator: Simulator) -> None:
    trust = ssl.create_default_context(cafile=str(simulator.tls_dir / "cup.pem"))
    body = b"<session><password>simulator</password></session>"
    data = request_bytes("POST", "/presence-service/users/hass/sessions", {}, body)

    reply = parse(await send(simulator.ports.https, data, trust))

    assert reply.status == 201
    assert reply.key


def test_tls_1_2_is_the_oldest(tmp_path: Path) -> None:
    assert server_context(tmp_path, "cup").minimum_version is ssl.TLSVersion.TLSv1_2


async def test_old_tls_is_refused(simulator: Simulator) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1

    with pytest.raises((ssl.SSLError, ConnectionError)):
        await send(simulator.ports.https, b"GET / HTTP/1.0\r\n\r\n", old)


async def test_without_a_directory_the_certificate_goes_with_the_simulator(
    socket_enabled: None,
) -> None:
    simulator = Simulator()
    with pytest.raises(RuntimeError):
        _ = simulator.tls_dir

    async with simulator:
        directory = simulator.tls_dir
        assert (directory / "cup.pem").exists()

    assert not directory.exists()


def unverified(*, version: ssl.TLSVersion | None = None, ciphers: str = "") -> ssl.SSLContext:
    """Return a client's context that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version is not None:
        context.minimum_version = context.maximum_version = version
    if ciphers:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(ciphers)
    return context


async def shown(simulator: Simulator, context: ssl.SSLContext) -> str:
    """Return the name of the certificate that a client is shown."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", simulator.ports.https, ssl=context, server_hostname=""
    )
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    made = {
        ssl.PEM_cert_to_DER_cert(each.read_text()): each.stem
        for each in simulator.tls_dir.glob("*.pem")
    }
    return made[der]


async def test_two_certificates_are_shown_by_what_is_negotiated(simulator: Simulator) -> None:
    assert await shown(simulator, unverified(ciphers="aRSA")) == "cup"
    assert await shown(simulator, unverified(ciphers="aECDSA")) == "cup-ECDSA"
    assert await shown(simulator, unverified()) == "cup"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await shown(simulator, unverified(version=ssl.TLSVersion.TLSv1_3))


async def test_one_is_shown_alone_or_before_the_other(simulator: Simulator, wire: Wire) -> None:
    await wire.control("POST", "/control/nodes/node1", {"shows": ["cup-ECDSA", "cup"]})
    assert await shown(simulator, unverified()) == "cup-ECDSA"
    assert await shown(simulator, unverified(ciphers="aRSA")) == "cup"

    await wire.control("POST", "/control/nodes/node1", {"shows": ["cup-ECDSA"]})
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await shown(simulator, unverified(ciphers="aRSA"))

    await wire.control("POST", "/control/reset")
    assert await shown(simulator, unverified()) == "cup"


async def test_versions_of_tls(simulator: Simulator, wire: Wire) -> None:
    await wire.control("POST", "/control/nodes/node1", {"versions": ["1.3"]})
    assert await shown(simulator, unverified(version=ssl.TLSVersion.TLSv1_3))
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await shown(simulator, unverified(version=ssl.TLSVersion.TLSv1_2))

    await wire.control("POST", "/control/nodes/node1", {"versions": ["1.2", "1.3"]})
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        assert await shown(simulator, unverified(version=version))


def test_a_directory_of_an_earlier_version_keeps_its_certificate(tmp_path: Path) -> None:
    server_context(tmp_path, "cup", service=CUP_ECDSA)
    for kind in ("pem", "key"):
        (tmp_path / f"cup-ECDSA.{kind}").rename(tmp_path / f"cup.{kind}")
    before = (tmp_path / "cup.pem").read_bytes()

    presence_context(tmp_path, TlsSettings(), "cup")

    assert (tmp_path / "cup.pem").read_bytes() == before


async def request(
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], seconds: float = 5
) -> bytes:
    """Send a request on an open connection and return the first line of the answer."""
    reader, writer = streams
    writer.write(request_bytes("GET", "/presence-service/", {"Connection": "keep-alive"}))
    async with asyncio.timeout(seconds):
        line = await reader.readline()
        await reader.readuntil(b"\r\n\r\n")
    return line


async def test_an_idle_connection_holds_a_worker(simulator: Simulator, wire: Wire) -> None:
    await wire.control("POST", "/control/nodes/node1", {"workers": 2})
    first, second, third = [
        await asyncio.open_connection("127.0.0.1", simulator.ports.http) for _ in range(3)
    ]
    for streams in (first, second, first):
        assert await request(streams) == b"HTTP/1.1 404 Not Found\r\n"
    waiting = asyncio.create_task(request(third))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    nodes = (await wire.control("GET", "/control/nodes")).json
    assert isinstance(nodes, list)
    assert (nodes[0]["workers"], nodes[0]["connections"]) == (2, 3)

    first[1].close()
    assert await waiting == b"HTTP/1.1 404 Not Found\r\n"

    await wire.control("POST", "/control/nodes/node1", {"workers": None})
    assert await request(await asyncio.open_connection("127.0.0.1", simulator.ports.http))
