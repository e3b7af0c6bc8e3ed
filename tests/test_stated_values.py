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
        ("people", "MOST_NAMES", 20),
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


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("actions.ends", "LONGEST", timedelta(days=31)),
        ("actions.for_each", "TARGETS_PER_BATCH", 25),
        ("actions.for_each", "MAX_NAMES", 10),
        ("actions.targets", "ENTITIES_PER_BATCH", 200),
        ("channel.callback", "ANSWER_WITHIN_SECONDS", 0.05),
        ("channel.callback_port", "LINGERING_SECONDS", 1),
        ("channel.history", "LAST_STATES", 50),
        ("channel.intervals", "FIRST_RETRY_SECONDS", 1),
        ("channel.intervals", "MAX_DOUBLINGS", 10),
        ("channel.subscription", "CONTACTS_PER_BATCH", 100),
        ("channel.subscription", "MAX_EARLY_NOTIFICATIONS", 16),
        ("channel.unknown_people", "PATIENCE_SECONDS", 60),
        ("channel.unreadable_people", "UNREADABLE_PATIENCE_SECONDS", 900),
        ("clock.jumps", "CHECK_INTERVAL", timedelta(minutes=1)),
        ("clock.jumps", "JUMP", timedelta(seconds=2)),
        ("clock.log_pace", "LINES", 2),
        ("const", "DEFAULT_MANUAL_HOURS", 8),
        ("control.mistakes", "FIRST", timedelta(seconds=30)),
        ("control.mistakes", "LONGEST", timedelta(minutes=15)),
        ("control.mistakes", "DOUBLINGS", 5),
        ("control.reconciler", "RETRY_AFTER", timedelta(seconds=30)),
        ("control.reconciler", "FINISH_SECONDS", 2),
        ("control.record", "ABOUT", timedelta(seconds=2)),
        ("control.refusals", "STAGGER", timedelta(seconds=1)),
        ("control.run_marker", "STAMP_EVERY", timedelta(minutes=10)),
        ("control.run_marker", "TRUSTED_FOR", timedelta(minutes=15)),
        ("control.session_watch", "CHECK_EVERY", timedelta(seconds=10)),
        ("control.session_watch", "RESTART_WITHIN", timedelta(minutes=10)),
        ("control.store", "SAVE_WITHIN", 1),
        ("control.undo", "SAVE_WITHIN", 1),
        ("control.undo", "LOADING_SECONDS", 10),
        ("control.undo", "FIRST_PAUSE", 10),
        ("control.undo", "LONGEST_PAUSE", 600),
        ("control.untracked", "CONTACTS_PER_POLL", 100),
        ("control.untracked", "RETRY_SECONDS", 30),
        ("control.untracked", "STAMP_CHECK", timedelta(minutes=1)),
        ("coordinator", "CONTACTS_PER_BATCH", 100),
        ("entities.limit", "NAMED", 10),
        ("entities.people", "PEOPLE_PER_BATCH", 25),
        ("flows.checks", "PATIENCE_SECONDS", 15),
        ("pws.contact_uri", "LONGEST_CONTACT", 512),
        ("pws.errors", "LONGEST_WORDS", 300),
        ("pws.pidf_reader", "MAX_DOCUMENT_ELEMENTS", 2000),
        ("pws.pidf_reader", "LONGEST_DOCUMENT", 128 * 1024),
        ("pws.pidf_reader", "MAX_DEVICES", 32),
        ("pws.pidf_reader", "MAX_NOTES", 8),
        ("pws.pidf_reader", "LONGEST_NOTE", 1000),
        ("pws.pidf_reader", "LONGEST_NAME", 64),
        ("pws.presence_list", "MAX_LISTED", 10000),
        ("pws.samples", "LONGEST_SAMPLE_OF_CONTACT", 2000),
        ("pws.xml", "MAX_ELEMENTS", 250000),
        ("pws.xml", "MAX_MARKUP", 600000),
        ("pws.xml", "LONGEST_TAG", 64 * 1024),
        ("pws.xml", "MAX_NAMES", 2000),
        ("pws.xml", "MAX_SEARCHED", 1000),
        ("pws.xml", "LONGEST_TEXT", 4 * 1024),
        ("pws.xml", "LONGEST_SAMPLE", 20000),
        ("pws.xml", "SLICE", 16 * 1024),
        ("repair.callback", "TEST_SECONDS", 15),
        ("repair.server", "TRY_SECONDS", 15),
        ("requested_presence", "MAX_NOTE", 140),
        ("roster.contact_service", "PATIENCE_SECONDS", 4),
        ("roster.names", "READ_INTERVAL", timedelta(days=1)),
        ("roster.names", "MAX_NAME_LENGTH", 100),
        ("rules.condition_times", "LONGEST_WAIT", timedelta(days=36500)),
        ("rules.condition_words", "LONGEST_TEMPLATE", 60),
        ("issues", "MAX_NAMES", 10),
        ("rules.schema", "MIN_PRIORITY", -1000),
        ("rules.schema", "MAX_PRIORITY", 1000),
        ("rules.store", "SAVE_WITHIN", 5),
        ("runtime", "LEAVE_SECONDS", 8),
        ("control.leaving", "CLEAR_SECONDS", 3),
        ("system_health", "ANSWER_WITHIN_SECONDS", 5),
        ("trust.certificate_question", "READ_SECONDS", 10),
    ],
)
def test_limits_pauses_and_batches(module: str, name: str, value: object) -> None:
    """What keeps hostile answers small, servers unhurried and the loop free."""
    found = import_module(f"custom_components.cisco_unified_presence.{module}")
    assert getattr(found, name) == value


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("control", "HEARTBEAT_SECONDS", 15),
        ("epas", "MAX_BODY_BYTES", 64 * 1024),
        ("front", "MAX_BODY_BYTES", 4096 * 1024),
        ("listening", "KEEP_ALIVE_SECONDS", 14400),
        ("listening", "SHUTDOWN_SECONDS", 0.25),
        ("notifier", "TIMEOUT_SECONDS", 5),
    ],
)
def test_limits_of_the_simulator(module: str, name: str, value: object) -> None:
    assert getattr(import_module(f"cup_simulator.{module}"), name) == value
