"""Certificates made for a test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import hashlib
from ipaddress import ip_address
from pathlib import Path
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2126, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """A certificate and what its server needs."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        """The certificate as text."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def der(self) -> bytes:
        """The certificate as bytes."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def sha256(self) -> str:
        """The fingerprint."""
        return hashlib.sha256(self.der).hexdigest()

    def server_context(self, folder: Path) -> ssl.SSLContext:
        """Return the context of a server that shows this certificate."""
        file = folder / f"{self.sha256}.pem"
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(self.pem.encode() + key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def name(common: str) -> x509.Name:
    """Return a name as CUP's certificates have it."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def make(
    common: str = "127.0.0.1",
    *,
    address: str | None = "127.0.0.1",
    issuer: Made | None = None,
    lifetime: timedelta = NOT_AFTER - NOT_BEFORE,
    certified: CertificatePublicKeyTypes | None = None,
) -> Made:
    """Make a certificate: without the extensions that strictness wants, as nodes have them.

    It is one of the key that is certified, by default of its own.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(issuer.certificate.subject if issuer else name(common))
        .public_key(certified or key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_BEFORE + lifetime)
    )
    if address is not None:
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        builder = builder.add_extension(names, critical=False)
    if issuer is None:
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
    return Made(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)
