"""Reading a server's certificate before it is trusted."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
import hashlib
import ssl
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from .errors import AnswerNotUnderstood
from .failures import connect_failure, root_url
from .model import Server, SystemTrust

# What to offer in TLS 1.2 to be shown a certificate of either kind.
_KINDS: Final = ("aRSA:!eNULL", "aECDSA:!eNULL")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate. Names are RFC 4514, times UTC, ``sha256`` as in ``PinnedCertificate``."""

    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    sha256: str
    self_signed: bool
    is_ecdsa: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class ShownCertificates:
    """The certificates that a server shows, the one that is negotiated by default first.

    ``is_complete`` tells that there are no others. In TLS 1.3 nobody can ask for one kind.
    """

    certificates: tuple[Certificate, ...]
    is_complete: bool

    @property
    def fingerprints(self) -> tuple[str, ...]:
        return tuple(each.sha256 for each in self.certificates)


async def read_certificate(
    host: str,
    port: int,
    *,
    timeout: float,  # noqa: ASYNC109 - running out of it is one of our errors
) -> Certificate:
    """Return the certificate that a server shows, unverified, within ``timeout`` seconds.

    Raises CannotConnect, or AnswerNotUnderstood when the certificate cannot be read.
    """
    server = Server(host=host, port=port, security=SystemTrust())
    root_url(server)
    try:
        return read_der(await _shown_by(server, timeout))
    except OSError as error:
        raise connect_failure(error, server.address) from error


async def read_certificates(
    host: str,
    port: int,
    *,
    timeout: float,  # noqa: ASYNC109 - running out of it is one of our errors
) -> ShownCertificates:
    """Return the certificates of a server, RSA and ECDSA, as ``read_certificate`` does."""
    first = await read_certificate(host, port, timeout=timeout)
    server = Server(host=host, port=port, security=SystemTrust())
    found = {first.sha256: first}
    is_complete = False
    for kind in _KINDS:
        try:
            further = read_der(await _shown_by(server, timeout, kind))
        except OSError, AnswerNotUnderstood:
            continue
        found.setdefault(further.sha256, further)
        is_complete = True
    return ShownCertificates(tuple(found.values()), is_complete)


async def speaks_tls(server: Server, *, within: float) -> bool:
    try:
        await _shown_by(server, within)
    except OSError:
        return False
    return True


async def _shown_by(server: Server, seconds: float, kind: str | None = None) -> bytes:
    """Return the certificate in DER form. Raises OSError, also for a time-out.

    ``kind`` is what to offer in TLS 1.2; None offers all in any version.
    """
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(
                server.bare_host, server.port, ssl=_unverified_context(kind), all_errors=True
            )
    except ExceptionGroup as errors:
        # One for each address of the host; the first is the one that people expect to work.
        raise errors.exceptions[0] from errors
    try:
        shown: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        # A polite goodbye may take as long as the other side likes.
        writer.transport.abort()
    return shown


def _unverified_context(kind: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if kind is not None:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(kind)
    return context


def read_der(der: bytes) -> Certificate:
    """Read a certificate in DER form. Raises AnswerNotUnderstood when it is none."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        return Certificate(
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            sha256=hashlib.sha256(der).hexdigest(),
            self_signed=_is_self_signed(certificate),
            is_ecdsa=isinstance(certificate.public_key(), ec.EllipticCurvePublicKey),
        )
    except (UnsupportedAlgorithm, x509.InvalidVersion, TypeError, ValueError) as error:
        raise AnswerNotUnderstood("its certificate is unreadable") from error


def _is_self_signed(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError:
        return False
    return True
