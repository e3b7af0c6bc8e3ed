"""A certificate as users compare it: subject, issuer, validity and fingerprint."""

from collections.abc import Iterable
from itertools import batched

from homeassistant.util import dt as dt_util

from ..pws import Certificate, ShownCertificates, one_line


def fingerprint_text(sha256: str) -> str:
    """Return a fingerprint as OpenSSL prints it: "AB:CD:…"."""
    return ":".join("".join(pair) for pair in batched(sha256.upper(), 2, strict=True))


def fingerprints_text(sha256: Iterable[str]) -> str:
    """Return several fingerprints for one line of code in Markdown, "-" for none."""
    return "` `".join(map(fingerprint_text, sha256)) or "-"


def two_certificates_placeholders(shown: ShownCertificates) -> dict[str, str]:
    rsa, ecdsa, *_ = sorted(shown.certificates, key=lambda each: each.is_ecdsa)
    return {"rsa": fingerprint_text(rsa.sha256), "ecdsa": fingerprint_text(ecdsa.sha256)}


def certificate_placeholders(certificate: Certificate) -> dict[str, str]:
    return {
        "subject": _in_code(certificate.subject),
        "issuer": _in_code(certificate.issuer),
        "not_before": dt_util.as_local(certificate.not_before).date().isoformat(),
        "not_after": dt_util.as_local(certificate.not_after).date().isoformat(),
        "sha256": fingerprint_text(certificate.sha256),
    }


def _in_code(name: str) -> str:
    """Return a name for a line of code in Markdown.

    An attacker chooses it freely, and could imitate the rest of the form.
    """
    return one_line(name).replace("`", "'")
