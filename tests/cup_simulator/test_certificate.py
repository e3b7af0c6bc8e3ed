"""Reference: "Addresses": self-signed certificates, with the host in the subject."""

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
from cup_simulator.certificate import CertificateError, server_context

from .wire import parse, request_bytes, send

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
