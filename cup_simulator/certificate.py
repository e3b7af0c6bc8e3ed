"""The self-signed certificates of the simulator, created once in a directory.

`cup` (RSA) and `cup-ECDSA` are for the presence service, `tomcat` is for the Client Configuration
Web Service. Each certificate names every node.

Reference: "Addresses".
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
import ipaddress
import logging
import os
from pathlib import Path
import socket
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .tls import CUP, TlsSettings

_LOGGER = logging.getLogger(__name__)

TOMCAT = "tomcat"
RSA_BITS = 2048
VALIDITY = timedelta(days=5 * 365)


class CertificateError(Exception):
    """The certificate cannot be read or created; the text says why."""


def presence_context(directory: Path, settings: TlsSettings, *hosts: str) -> ssl.SSLContext:
    """Return the TLS context of the presence service; creates its certificates on first use.

    Raises:
        CertificateError: The directory cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.apply(context)
    # Directories of earlier versions have a `cup` of the other kind, which stays in force.
    for service in sorted(settings.shows, reverse=True):
        _load(context, directory, service, hosts)
    return context


def server_context(directory: Path, *hosts: str, service: str = CUP) -> ssl.SSLContext:
    """Return the TLS context of a single certificate; creates it on first use.

    Raises:
        CertificateError: The directory cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load(context, directory, service, hosts)
    return context


def _load(context: ssl.SSLContext, directory: Path, service: str, hosts: Sequence[str]) -> None:
    certificate, key = directory / f"{service}.pem", directory / f"{service}.key"
    try:
        if not (certificate.exists() and key.exists()):
            _make(certificate, key, hosts, is_rsa=service == CUP)
        _warn_of_other_hosts(certificate, hosts)
        context.load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        raise CertificateError(
            f"The certificate in {directory} cannot be used: {error}."
            f" Remove {certificate.name} and {key.name} there to have a new one made."
        ) from error


def _names(hosts: Sequence[str]) -> list[str]:
    """Return the names of the certificate, its subject first."""
    names = [*hosts, "localhost", "127.0.0.1", "::1"]
    if _address(names[0]) is not None or names[0] == "localhost":
        names.insert(0, socket.gethostname())
    unspecified = [name for name in names if (address := _address(name)) and address.is_unspecified]
    return [name for name in dict.fromkeys(names) if name not in unspecified]


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _general_name(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _make(certificate_file: Path, key_file: Path, hosts: Sequence[str], *, is_rsa: bool) -> None:
    names = _names(hosts)
    # A common name holds 64 characters at most.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if is_rsa:
        key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    else:
        key = ec.generate_private_key(ec.SECP256R1())
    # An hour ago, for clients whose clock is slow.
    start = datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + VALIDITY)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(each) for each in names]), critical=False
        )
        # Its own authority, so that clients can trust the file.
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(is_rsa=is_rsa), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_file.parent.mkdir(parents=True, exist_ok=True)
    _write_private(
        key_file,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _key_usage(*, is_rsa: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        content_commitment=False,
        key_encipherment=is_rsa,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that was never readable by others, not even while empty."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _warn_of_other_hosts(certificate_file: Path, hosts: Sequence[str]) -> None:
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    missing = [name for name in _names(hosts) if _general_name(name) not in names]
    if missing:
        _LOGGER.warning(
            "The certificate in %s does not name %s; remove %s and %s there to have a new one made",
            certificate_file.parent,
            ", ".join(missing),
            certificate_file.name,
            certificate_file.with_suffix(".key").name,
        )
