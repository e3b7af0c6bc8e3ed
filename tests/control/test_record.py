"""What is remembered of people: stored and recalled, given way with, and judged."""

from dataclasses import replace
from datetime import timedelta
import json

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    NO_REQUEST,
    ManualSetting,
    RequestedPresence,
    RuleRequest,
    decide,
)
from custom_components.cisco_unified_presence.control.record import (
    LOSSES_WITHIN,
    RENEW_AFTER,
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.strategies import (
    NOW,
    published_presences,
    records,
    request_lists,
    requested_presences,
)

BUSY = RequestedPresence(Presence.BUSY, override=True)


@given(records)
def test_it_survives_storage(record: PersonRecord) -> None:
    assert PersonRecord.from_storage(json.loads(json.dumps(record.as_storage()))) == record


@given(records, request_lists())
def test_deciding_again_changes_nothing(record: PersonRecord, requests: list[RuleRequest]) -> None:
    def decided(before: PersonRecord) -> PersonRecord:
        ended = before.at(NOW)
        return ended.after(decide(ended.manual, requests, ended.overruled, NOW))

    once = decided(record)

    assert decided(once) == once


@given(records, request_lists())
def test_what_was_set_aside_is_forgotten_when_the_winner_is_another(
    record: PersonRecord, requests: list[RuleRequest]
) -> None:
    decision = decide(record.manual, requests, record.overruled, NOW)
    after = record.after(decision)

    assert after.winner == decision.winner
    if decision.winner != record.winner:
        assert after.losses == ()
        assert (after.overruled is not None) is decision.overruled


@given(records)
def test_resumed_leaves_the_field_to_rules(record: PersonRecord) -> None:
    resumed = record.resumed()

    assert decide(resumed.manual, (), resumed.overruled, NOW) == NO_REQUEST
    assert resumed.published == record.published


def test_manual_hold_is_forgotten_at_its_end() -> None:
    until = NOW + timedelta(minutes=1)
    record = PersonRecord(manual=ManualSetting(BUSY, NOW, until))

    assert record.at(until - timedelta(seconds=1)) == record
    assert record.at(until) == PersonRecord()


def insisting(*, insist: bool) -> RuleRequest:
    return RuleRequest(
        rule_id="room", name="Room", requested=BUSY, priority=0, order=0, insist=insist, since=NOW
    )


def test_overruled_winner_is_set_aside() -> None:
    decision = decide(None, [insisting(insist=False)], None, NOW)
    record = PersonRecord(winner=decision.winner, published=PublishedPresence(BUSY, NOW, "mark"))

    overruled = record.after_takeover(decision, NOW)

    assert overruled.overruled == decision.winner
    assert overruled.published == record.published
    assert not overruled.has_given_up


@pytest.mark.parametrize(
    ("between", "stands_back"),
    [(LOSSES_WITHIN - timedelta(seconds=1), True), (LOSSES_WITHIN, False)],
)
def test_insisting_winner_stands_back_after_losing_twice_in_a_quarter_of_an_hour(
    between: timedelta, *, stands_back: bool
) -> None:
    decision = decide(None, [insisting(insist=True)], None, NOW)
    record = PersonRecord(winner=decision.winner, published=PublishedPresence(BUSY, NOW, "mark"))

    once = record.after_takeover(decision, NOW)
    assert once.published is None
    assert once.overruled is None

    twice = replace(once, published=record.published).after_takeover(decision, NOW + between)
    assert twice.has_given_up is stands_back
    assert (twice.overruled == decision.winner) is stands_back


@given(published_presences, st.sampled_from(Presence))
def test_without_an_override_nothing_is_beaten(written: PublishedPresence, shown: Presence) -> None:
    plain = replace(written, requested=replace(written.requested, override=False))

    assert not plain.is_contradicted_by(shown)


@given(requested_presences, st.none() | st.sampled_from(Presence))
def test_what_is_wanted_and_what_is_not_known_beat_nothing(
    requested: RequestedPresence, before: Presence | None
) -> None:
    written = PublishedPresence(requested, NOW, "mark", before)

    assert not written.is_contradicted_by(requested.presence)
    assert not written.is_contradicted_by(Presence.UNKNOWN)
    assert not written.is_contradicted_by(None)


@pytest.mark.parametrize(
    ("wanted", "read_back", "shown", "beaten"),
    [
        (Presence.BUSY, None, Presence.AWAY, False),
        (Presence.BUSY, Presence.AWAY, Presence.AWAY, False),
        (Presence.BUSY, Presence.BUSY, Presence.AWAY, True),
        (Presence.BUSY, Presence.AWAY, Presence.DND, True),
        (Presence.VACATION, None, Presence.AWAY, False),
        (Presence.VACATION, Presence.VACATION, Presence.AWAY, True),
        (Presence.DND, None, Presence.AWAY, True),
        (Presence.AWAY, None, Presence.BUSY, True),
    ],
)
def test_servers_translation_beats_nothing(
    wanted: Presence, read_back: Presence | None, shown: Presence, *, beaten: bool
) -> None:
    written = PublishedPresence(RequestedPresence(wanted, override=True), NOW, "mark", read_back)

    assert written.is_contradicted_by(shown) is beaten


def test_renewed_at_three_quarters() -> None:
    written = PublishedPresence(BUSY, NOW, "mark")

    due, ended = NOW + RENEW_AFTER, NOW + RENEW_AFTER * 4 / 3
    assert written.renew_at == due
    assert not written.is_due(NOW)
    assert not written.is_due(due - timedelta.resolution)
    assert written.is_due(due)
    assert not written.may_have_ended(ended - timedelta.resolution)
    assert written.may_have_ended(ended)


def test_what_was_written_later_than_now_is_due_and_may_have_ended() -> None:
    written = PublishedPresence(BUSY, NOW + timedelta.resolution, "mark")

    assert written.is_due(NOW)
    assert written.may_have_ended(NOW)


def test_clock_that_is_set_back_does_not_put_a_renewal_off() -> None:
    written, hour = PublishedPresence(BUSY, NOW, "mark"), timedelta(hours=1)

    assert written.after_jump(-hour).renew_at == written.renew_at - hour
    # The machine may have slept as well.
    assert written.after_jump(hour) == written
