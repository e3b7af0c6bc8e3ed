"""A certificate as people compare it: who, by whom, until when, and its fingerprint."""

from itertools import batched

from homeassistant.util import dt as dt_util

from ..pws import Certificate, one_line


def fingerprint_text(sha256: str) -> str:
    """Return a fingerprint in pairs, as administrators' tools print it."""
    return ":".join("".join(pair) for pair in batched(sha256.upper(), 2, strict=True))


def certificate_placeholders(certificate: Certificate) -> dict[str, str]:
    """Return what a form shows of a certificate."""
    return {
        "subject": _said(certificate.subject),
        "issuer": _said(certificate.issuer),
        "not_before": dt_util.as_local(certificate.not_before).date().isoformat(),
        "not_after": dt_util.as_local(certificate.not_after).date().isoformat(),
        "sha256": fingerprint_text(certificate.sha256),
    }


def _said(name: str) -> str:
    """Return a name as a form can show it: one line of code, in which nothing is markup.

    Whoever is in between writes what he likes there, also what looks like the rest of the form.
    """
    return one_line(name).replace("`", "'")
