"""What stored records say may be published, of people and of those who were removed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.control.pending_clears import (
    PendingClear,
    PendingClears,
    RemovedAccount,
    pending_clear,
    stored_clears,
)
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.pws import OpenSession, Presence
from custom_components.cisco_unified_presence.trust import KnownNodes
from tests.common.people import people
from tests.common.strategies import NOW

EXPIRY = 7200

KEY = "anna@example.com"
BUSY = RequestedPresence(Presence.BUSY, override=True)
END = NOW + timedelta(seconds=EXPIRY)
HOUR = timedelta(hours=1)
ANNA = PendingClear("anna", "Anna@Example.com", NOW + HOUR)
BEN = PendingClear("ben", "ben@example.com", NOW + 2 * HOUR)
BOTH = PendingClears({ANNA.key: ANNA, BEN.key: BEN})
ACCOUNT = {
    "host": "cup",
    "port": 8083,
    "security": "https",
    "fingerprint": None,
    "fingerprints": {},
    "application_user": "hass",
    "password": "secret",
    "dialect": "rest",
}
REMOVED = RemovedAccount(ACCOUNT)


def test_user_of_a_record_that_names_none_is_taken_from_the_contact() -> None:
    stored = {KEY: PersonRecord(unsure=True).as_storage()}
    (clear,) = stored_clears(stored, {}, dt_util.utcnow()).values()
    assert (clear.user, clear.contact) == ("anna", KEY)


def test_user_that_a_record_names_counts() -> None:
    named = {"user": "annab", "contact": KEY}
    stored = {KEY: PersonRecord(unsure=True).as_storage() | named}
    (clear,) = stored_clears(stored, {}, dt_util.utcnow()).values()
    assert (clear.user, clear.contact) == ("annab", KEY)


def test_what_may_be_published_is_pending_of_whom_it_is_stored() -> None:
    published = PublishedPresence(BUSY, NOW - HOUR, "session")
    named = {"user": "bernd", "contact": "ben@example.com"}
    stored = {
        KEY: PersonRecord(published=published).as_storage(),
        "ben@example.com": {**named, "manual": "damaged"},
        "clara@example.com": PersonRecord().as_storage(),
        "dora": 7,
    }
    (anna,) = people("Anna@example.com").values()
    assert stored_clears(stored, {anna.key: anna}, NOW) == {
        KEY: PendingClear("Anna", "Anna@example.com", END - HOUR),
        "ben@example.com": PendingClear("bernd", "ben@example.com", END),
        "dora": PendingClear("dora", "dora", END),
    }


def test_what_is_pending_of_a_person() -> None:
    published = PublishedPresence(BUSY, NOW - HOUR, "session")
    record = PersonRecord(published=published)
    assert pending_clear("anna", KEY, record, NOW) == PendingClear("anna", KEY, END - HOUR)
    assert pending_clear("anna", KEY, PersonRecord(unsure=True), NOW).until == END


def test_what_a_login_needs_is_kept_of_a_removed_entry() -> None:
    data = {**ACCOUNT, "watcher": "watcher", "webhook_id": "secret"}
    assert RemovedAccount.of(data, KnownNodes()) == REMOVED
    del data["dialect"]
    assert "dialect" not in RemovedAccount.of(data, KnownNodes()).data


def test_what_is_stored() -> None:
    pending = replace(BOTH, account=REMOVED, log_out_until=END)
    stored = pending.as_storage()
    assert stored["people"][ANNA.key] == {
        "user": "anna",
        "contact": "Anna@Example.com",
        "until": (NOW + HOUR).isoformat(),
    }
    assert stored["account"]["data"] == ACCOUNT
    assert stored["log_out_until"] == END.isoformat()
    assert PendingClears.from_storage(stored) == pending
    assert PendingClears.from_storage(BOTH.as_storage()) == BOTH
    assert PendingClears({}).as_storage() == {"people": {}, "account": None, "log_out_until": None}
    # As an earlier version has stored it.
    assert PendingClears.from_storage({"people": {}, "account": None}) == PendingClears({})


@pytest.mark.parametrize("key", ["host", "port", "application_user", "password"])
@pytest.mark.parametrize("wrong", [None, ["x"], ...])
def test_an_account_that_cannot_be_used_is_not_read(key: str, wrong: Any) -> None:
    data = {name: each for name, each in ACCOUNT.items() if name != key or wrong is not ...}
    if wrong is not ...:
        data[key] = wrong
    stored = replace(BOTH, account=RemovedAccount(data)).as_storage()
    with pytest.raises((KeyError, TypeError, ValueError)):
        PendingClears.from_storage(stored)


@pytest.mark.parametrize(
    ("pending", "is_done"),
    [
        (PendingClears({}), True),
        (PendingClears({}, REMOVED), True),
        (PendingClears({}, REMOVED, END), False),
        (BOTH, False),
        (replace(BOTH, log_out_until=END), False),
    ],
)
def test_when_nothing_is_pending(pending: PendingClears, *, is_done: bool) -> None:
    assert pending.is_done is is_done


@pytest.mark.parametrize(
    ("pending", "end"),
    [
        (BOTH, ANNA.until),
        (replace(BOTH, log_out_until=NOW), NOW),
        (PendingClears({}, log_out_until=END), END),
    ],
)
def test_what_ends_next(pending: PendingClears, end: datetime) -> None:
    assert pending.next_end == end


def test_time_ends_what_is_pending() -> None:
    pending = replace(BOTH, log_out_until=NOW + HOUR)
    assert pending.at(NOW) == pending
    assert pending.at(NOW + HOUR) == PendingClears({BEN.key: BEN})
    assert pending.at(NOW + 2 * HOUR) == PendingClears({})
    # The clock was set back by a day.
    before = NOW - timedelta(days=1)
    latest = before + timedelta(seconds=EXPIRY)
    assert pending.at(before) == PendingClears(
        {each.key: replace(each, until=latest) for each in (ANNA, BEN)}, log_out_until=latest
    )


def test_what_is_added_replaces_what_was_and_stays_when_that_is_done() -> None:
    later = replace(ANNA, until=END)
    pending = BOTH.with_added([later])
    assert pending.people == {ANNA.key: later, BEN.key: BEN}
    assert pending.without([ANNA, BEN]).people == {ANNA.key: later}


@pytest.mark.parametrize(
    ("people", "nodes", "until"),
    [
        ({}, KnownNodes(logged_in=False), None),
        ({}, KnownNodes(logged_in=True), END),
        ({}, KnownNodes(elsewhere=frozenset({OpenSession("cup2", "anna", "key")})), END),
        ({ANNA.key: ANNA}, KnownNodes(logged_in=False), END),
    ],
)
def test_a_removed_account_is_logged_out_where_it_may_be_logged_in(
    people: dict[str, PendingClear], nodes: KnownNodes, until: datetime | None
) -> None:
    account = RemovedAccount(ACCOUNT, nodes)
    pending = PendingClears(people).of_removed(account, NOW)
    assert pending == PendingClears(people, account, until)
    assert pending.logged_out() == PendingClears(people, account)
