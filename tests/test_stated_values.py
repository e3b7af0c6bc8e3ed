"""Numbers that the documentation, the protocol or the users of Home Assistant rely on.

Other tests compute with the constants; these say what the constants are.
"""

from datetime import timedelta
from importlib import import_module

import pytest

HOUR = 3600


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("channel.callback", "MAX_ID_DIGITS", 18),
        ("channel.callback_port", "MAX_REQUEST_BYTES", 4096),
        ("channel.callback_port", "MAX_HEADERS", 32),
        ("channel.callback_port", "MAX_CONNECTIONS", 64),
        ("channel.callback_port", "IDLE_SECONDS", 60),
        ("channel.intervals", "EXPIRY", 3 * HOUR),
        ("channel.intervals", "RENEW_AFTER", 2.25 * HOUR),
        ("channel.intervals", "SELF_TEST_SECONDS", 10),
        ("channel.intervals", "FIRST_RETEST_SECONDS", 30),
        ("channel.intervals", "LONGEST_RETEST_SECONDS", 900),
        ("channel.intervals", "REFUSED_LOGIN_SECONDS", 900),
        ("channel.intervals", "LONGEST_RETRY_SECONDS", 60),
        ("channel.intervals", "FAILURES_UNTIL_UNREACHABLE", 3),
        ("channel.intervals", "FREE_EMPTY_FETCHES", 3),
        ("channel.intervals", "EMPTY_FETCH_PAUSE_SECONDS", 1),
        ("channel.presence_reader", "RICH_PAUSE_SECONDS", HOUR),
        ("channel.unknown_people", "MOST_NAMES", 20),
        ("const", "DEFAULT_CALLBACK_PORT", 8080),
        ("const", "DEFAULT_FULL_REFRESH_INTERVAL", timedelta(minutes=15)),
        ("const", "DEFAULT_POLL_INTERVAL", timedelta(minutes=1)),
        ("control.record", "EXPIRY", 2 * HOUR),
        ("control.record", "RENEW_AFTER", timedelta(minutes=90)),
        ("control.record", "LOSSES", 2),
        ("control.record", "LOSSES_WITHIN", timedelta(minutes=15)),
        ("control.refusals", "PAUSE", timedelta(minutes=15)),
        ("control.takeover", "SETTLE_SECONDS", 5),
        ("control.write_rate", "WITHIN", timedelta(minutes=1)),
        ("control.write_rate", "WRITES", 6),
        ("pws", "MAX_CONTACTS", 5000),
        ("pws", "MAX_EXPIRY", 24 * HOUR),
        ("pws", "MIN_EXPIRY", HOUR),
        ("pws.contacts", "DEFAULT_CONFIGURATION_PORT", 8443),
        ("pws.model", "DEFAULT_HTTPS_PORT", 8083),
        ("pws.model", "DEFAULT_HTTP_PORT", 8082),
        ("pws.transport", "IDLE_CONNECTIONS", 2),
        ("pws.transport", "PARALLEL_REQUESTS", 8),
        ("pws.xml", "MAX_BODY", 8 * 1024 * 1024),
        ("redaction.samples", "MAX_SAMPLE", 1500),
        ("sensor", "MAX_STATE", 255),
        ("sensor", "NOTIFICATION_PAUSE", 60),
    ],
)
def test_stated_value(module: str, name: str, value: object) -> None:
    found = import_module(f"custom_components.cisco_unified_presence.{module}")
    assert getattr(found, name) == value
