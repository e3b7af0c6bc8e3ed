"""What is shown of a certificate before it is trusted."""

from dataclasses import replace
from datetime import UTC, datetime

from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.pws import Certificate
from custom_components.cisco_unified_presence.trust.certificate_text import (
    certificate_placeholders,
    fingerprint_text,
)

CERTIFICATE = Certificate(
    subject="CN=cup.example.com",
    issuer="CN=Example Authority",
    not_before=datetime(2026, 1, 1, 23, 30, tzinfo=UTC),
    not_after=datetime(2031, 6, 30, 12, tzinfo=UTC),
    sha256="0a" * 31 + "ff",
    self_signed=False,
)


def test_a_fingerprint_is_written_in_pairs() -> None:
    assert fingerprint_text("0aff") == "0A:FF"
    with pytest.raises(ValueError, match="incomplete"):
        fingerprint_text("0aff0")


@pytest.mark.parametrize(
    ("zone", "not_before"), [("UTC", "2026-01-01"), ("Europe/Berlin", "2026-01-02")]
)
async def test_a_certificate_is_shown_with_the_dates_of_ones_own_zone(
    zone: str, not_before: str
) -> None:
    before = dt_util.get_default_time_zone()
    found = await dt_util.async_get_time_zone(zone)
    assert found is not None
    dt_util.set_default_time_zone(found)
    try:
        shown = certificate_placeholders(CERTIFICATE)
    finally:
        dt_util.set_default_time_zone(before)
    assert shown == {
        "subject": "CN=cup.example.com",
        "issuer": "CN=Example Authority",
        "not_before": not_before,
        "not_after": "2031-06-30",
        "sha256": ":".join(["0A"] * 31 + ["FF"]),
    }


def test_names_cannot_end_the_line_of_code_that_they_are_shown_in() -> None:
    forged = replace(CERTIFICATE, subject="CN=a`\n`b", issuer="CN=`")
    shown = certificate_placeholders(forged)
    assert (shown["subject"], shown["issuer"]) == ("CN=a' 'b", "CN='")
