"""The next step towards a server that agrees, as a table of cases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.cisco_unified_presence.arbitration import ManualSetting, RequestedPresence
from custom_components.cisco_unified_presence.control.next_step import (
    Clear,
    Finding,
    LogOut,
    Settled,
    Situation,
    Step,
    Verify,
    Wait,
    Write,
    finding,
    next_step,
)
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.strategies import NOW

RENEW_AFTER = timedelta(minutes=90)

SECOND = timedelta(seconds=1)
BUSY = RequestedPresence(Presence.BUSY, override=True)
AWAY = RequestedPresence(Presence.AWAY, override=True)
AVAILABLE = RequestedPresence(Presence.AVAILABLE, override=False)
NOTED = RequestedPresence(Presence.BUSY, override=True, note="Recording")

NOTHING = PersonRecord()
UNSURE = PersonRecord(unsure=True)
IDLE = PersonRecord(idle_session=True)


def published(
    requested: RequestedPresence = BUSY, *, at: datetime = NOW, until: datetime | None = None
) -> PersonRecord:
    """Return a record of a presence that was set and published."""
    manual = ManualSetting(requested, at, until)
    return PersonRecord(manual=manual, published=PublishedPresence(requested, at, "session"))


DUE = published(at=NOW - RENEW_AFTER)
FROM_THE_FUTURE = published(at=NOW + SECOND)


def situation(
    record: PersonRecord,
    *,
    verify: bool = True,
    suspected: bool = False,
    write_allowed_at: datetime = NOW,
    by_hand: bool = False,
) -> Situation:
    return Situation(
        record=record,
        verify=verify,
        suspected=suspected,
        write_allowed_at=write_allowed_at,
        by_hand=by_hand,
    )


@pytest.mark.parametrize(
    ("known", "requested", "step"),
    [
        pytest.param(situation(NOTHING), None, Settled(), id="nothing requested or published"),
        pytest.param(situation(NOTHING), BUSY, Write(BUSY), id="first write"),
        pytest.param(
            situation(NOTHING, write_allowed_at=NOW + SECOND),
            BUSY,
            Wait(NOW + SECOND),
            id="write rate used up",
        ),
        pytest.param(
            situation(published()), BUSY, Settled(NOW + RENEW_AFTER), id="published until renewal"
        ),
        pytest.param(
            situation(published(until=NOW + SECOND)),
            BUSY,
            Settled(NOW + SECOND),
            id="published until the manual setting ends",
        ),
        pytest.param(
            situation(published(until=NOW + SECOND), write_allowed_at=NOW + SECOND),
            BUSY,
            Settled(NOW + SECOND),
            id="write rate used up with nothing to write",
        ),
        pytest.param(situation(published()), AWAY, Write(AWAY), id="another presence"),
        pytest.param(
            situation(published()), AVAILABLE, Write(AVAILABLE, clear_first=True), id="no override"
        ),
        pytest.param(
            situation(published(NOTED), by_hand=True),
            BUSY,
            Write(BUSY, clear_first=True),
            id="without the note",
        ),
        pytest.param(situation(published(), by_hand=True), NOTED, Write(NOTED), id="with a note"),
        pytest.param(
            situation(published(NOTED)),
            replace(NOTED, note="Elsewhere"),
            Settled(NOW + timedelta(minutes=1)),
            id="another note within a minute",
        ),
        pytest.param(
            situation(published(NOTED, at=NOW - timedelta(minutes=1))),
            replace(NOTED, note="Elsewhere"),
            Write(replace(NOTED, note="Elsewhere")),
            id="another note after a minute",
        ),
        pytest.param(
            situation(published(NOTED, until=NOW + SECOND)),
            replace(NOTED, note="Elsewhere"),
            Settled(NOW + SECOND),
            id="another note when the manual setting ends within a minute",
        ),
        pytest.param(
            situation(published(NOTED, at=NOW + SECOND), verify=False),
            replace(NOTED, note="Elsewhere"),
            Write(replace(NOTED, note="Elsewhere")),
            id="another note, clock set back",
        ),
        pytest.param(
            situation(published(NOTED)), AWAY, Write(AWAY, clear_first=True), id="another word"
        ),
        pytest.param(situation(NOTHING), AVAILABLE, Write(AVAILABLE), id="nothing in the way"),
        pytest.param(
            situation(UNSURE), AVAILABLE, Write(AVAILABLE, clear_first=True), id="perhaps hidden"
        ),
        pytest.param(situation(published()), None, Clear(), id="no longer requested"),
        pytest.param(
            situation(published(), write_allowed_at=NOW + SECOND),
            None,
            Wait(NOW + SECOND),
            id="write rate used up when clearing",
        ),
        pytest.param(situation(IDLE), None, LogOut(), id="idle session"),
        pytest.param(
            situation(IDLE, write_allowed_at=NOW + SECOND),
            None,
            LogOut(),
            id="a logout is no write",
        ),
        pytest.param(situation(IDLE), BUSY, Write(BUSY), id="idle session is of use"),
        pytest.param(situation(UNSURE), None, Clear(), id="unsure, nothing requested"),
        pytest.param(
            situation(replace(UNSURE, idle_session=True)),
            None,
            Clear(),
            id="unsure with an idle session",
        ),
        pytest.param(situation(UNSURE), BUSY, Write(BUSY), id="unsure, something requested"),
        pytest.param(
            situation(UNSURE, suspected=True), BUSY, Write(BUSY), id="nothing there to verify"
        ),
    ],
)
def test_step(known: Situation, requested: RequestedPresence | None, step: Step) -> None:
    assert next_step(known, requested, NOW) == step


@pytest.mark.parametrize("requested", [None, BUSY, AWAY])
@pytest.mark.parametrize(
    "doubted",
    [
        pytest.param(situation(published(), suspected=True), id="suspected"),
        pytest.param(situation(DUE), id="due"),
        pytest.param(situation(FROM_THE_FUTURE), id="clock set back"),
        pytest.param(situation(DUE, write_allowed_at=NOW + SECOND), id="write rate used up"),
    ],
)
def test_doubt_is_verified_before_anything_else(
    doubted: Situation, requested: RequestedPresence | None
) -> None:
    assert doubted.record.published
    assert next_step(doubted, requested, NOW) == Verify(doubted.record.published)


@pytest.mark.parametrize(
    ("record", "suspected", "step"),
    [
        (DUE, False, Write(BUSY)),
        (FROM_THE_FUTURE, False, Write(BUSY)),
        (published(), True, Settled(NOW + RENEW_AFTER)),
    ],
)
def test_a_pass_that_has_verified_goes_on(
    record: PersonRecord, step: Step, *, suspected: bool
) -> None:
    known = replace(situation(record, suspected=suspected), verify=False)

    assert next_step(known, BUSY, NOW) == step


@pytest.mark.parametrize(
    ("at", "contradicted", "is_gone", "found"),
    [
        (NOW, False, False, Finding.PUBLISHED),
        (NOW, True, False, Finding.OVERRULED),
        (NOW, False, True, Finding.LOST),
        (NOW, True, True, Finding.LOST),
        (NOW - RENEW_AFTER, True, False, Finding.OVERRULED),
        (NOW - RENEW_AFTER * 4 / 3, False, False, Finding.LOST),
        (NOW - RENEW_AFTER * 4 / 3, True, False, Finding.LOST),
        (NOW + SECOND, True, False, Finding.LOST),
    ],
)
def test_finding(at: datetime, found: Finding, *, contradicted: bool, is_gone: bool) -> None:
    written = PublishedPresence(BUSY, at, "session")
    facts = {"contradicted": contradicted, "is_gone": is_gone}

    assert finding(written, **facts, written_since=False, now=NOW) is found
    if found is not Finding.LOST:
        assert finding(written, **facts, written_since=True, now=NOW) is Finding.OUTDATED
