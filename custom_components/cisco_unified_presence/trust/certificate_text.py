"""A certificate as users compare it: subject, issuer, validity and fingerprint."""

from itertools import batched

from homeassistant.util import dt as dt_util

from ..pws import Certificate, one_line


def fingerprint_text(sha256: str) -> str:
    """Return a fingerprint as OpenSSL prints it: "AB:CD:…"."""
    return ":".join("".join(pair) for pair in batched(sha256.upper(), 2, strict=True))


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
