"""What the user is asked before the certificates of a node are trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..pws import CertificateChanged, Distrust, read_certificate, read_certificates
from .certificate_text import (
    certificate_placeholders,
    fingerprints_text,
    two_certificates_placeholders,
)
from .pins import has_known, host_and_port, pins_to_trust

READ_SECONDS: Final = 10.0

CERTIFICATE: Final = "certificate"
CERTIFICATE_CHANGED: Final = "certificate_changed"
TWO_CERTIFICATES: Final = "two_certificates"


@dataclass(frozen=True, slots=True)
class CertificateQuestion:
    """Fingerprints that the user is asked to trust at a node.

    Attributes:
        step: Which question it is: a first certificate, another one, or both of a node.
        pins: The fingerprints to trust.
        placeholders: What the step shows.
    """

    step: str
    host: str
    port: int
    pins: tuple[str, ...]
    placeholders: dict[str, str]


async def async_question(distrust: Distrust, trusted: Sequence[str]) -> CertificateQuestion:
    """Read what a node shows that is not trusted, beside the fingerprints that are.

    Raises PresenceServiceError.
    """
    if isinstance(distrust, CertificateChanged):
        return await async_question_of_change(distrust.address, trusted)
    host, port = host_and_port(distrust.address)
    certificate = await read_certificate(host, port, timeout=READ_SECONDS)
    named = {
        "address": distrust.address,
        "trusted": fingerprints_text(trusted),
        "why": distrust.why,
        **certificate_placeholders(certificate),
    }
    return CertificateQuestion(CERTIFICATE, host, port, (certificate.sha256,), named)


async def async_question_of_change(address: str, trusted: Sequence[str]) -> CertificateQuestion:
    """Read what a node shows in place of, or beside, what is trusted.

    Raises PresenceServiceError.
    """
    host, port = host_and_port(address)
    named = {"address": address, "trusted": fingerprints_text(trusted)}
    shown = await read_certificates(host, port, timeout=READ_SECONDS)
    pins = pins_to_trust(shown, trusted)
    if len(shown.certificates) > 1 and has_known(shown, trusted):
        named |= two_certificates_placeholders(shown)
        return CertificateQuestion(TWO_CERTIFICATES, host, port, pins, named)
    named |= certificate_placeholders(shown.certificates[0])
    return CertificateQuestion(CERTIFICATE_CHANGED, host, port, pins, named)
