"""Moments that texts say."""

from datetime import UTC, datetime

import pytest

from custom_components.cisco_unified_presence.clock import parse_moment


def test_a_moment_is_parsed() -> None:
    assert parse_moment("2026-11-29T10:00:00+00:00") == datetime(2026, 11, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "",
        "2026-11-29\N{FULLWIDTH DIGIT ONE}",
        # The parser ends the process at half a surrogate pair.
        "2026-11-29T10:00:00\ud83d",
        # As local times elsewhere they are out of range.
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
    ],
)
def test_what_says_no_moment_is_none(text: str) -> None:
    assert parse_moment(text) is None
