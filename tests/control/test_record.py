"""What is remembered of people: stored and recalled, given way with, and judged."""

from dataclasses import replace
from datetime import timedelta
import json

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    NOBODY,
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
from tests.common.strategies import NOW, claim_lists, kepts, wants, writtens

BUSY = RequestedPresence(Presence.BUSY, override=True)


@given(kepts)
def test_it_survives_storage(kept: PersonRecord) -> None:
    assert PersonRecord.from_storage(json.loads(json.dumps(kept.as_storage()))) == kept


@given(kepts, claim_lists())
def test_deciding_again_changes_nothing(kept: PersonRecord, claims: list[RuleRequest]) -> None:
    def decided(before: PersonRecord) -> PersonRecord:
        ended = before.at(NOW)
        return ended.after(decide(ended.manual, claims, ended.set_aside, NOW))

    once = decided(kept)

    assert decided(once) == once


@given(kepts, claim_lists())
def test_what_was_set_aside_is_forgotten_when_the_winner_is_another(
    kept: PersonRecord, claims: list[RuleRequest]
) -> None:
    decision = decide(kept.manual, claims, kept.set_aside, NOW)
    after = kept.after(decision)

    assert after.winner == decision.winner
    if decision.winner != kept.winner:
        assert after.losses == ()
        assert (after.set_aside is not None) is decision.set_aside


@given(kepts)
def test_resumed_leaves_the_field_to_rules(kept: PersonRecord) -> None:
    resumed = kept.resumed()

    assert decide(resumed.manual, (), resumed.set_aside, NOW) == NOBODY
    assert resumed.written == kept.written


def test_manual_hold_is_forgotten_at_its_end() -> None:
    until = NOW + timedelta(minutes=1)
    kept = PersonRecord(manual=ManualSetting(BUSY, NOW, until))

    assert kept.at(until - timedelta(seconds=1)) == kept
    assert kept.at(until) == PersonRecord()


def insisting(*, insist: bool) -> RuleRequest:
    return RuleRequest(
        rule="room", name="Room", want=BUSY, priority=0, order=0, insist=insist, since=NOW
    )


def test_overruled_winner_is_set_aside() -> None:
    decision = decide(None, [insisting(insist=False)], None, NOW)
    kept = PersonRecord(winner=decision.winner, written=PublishedPresence(BUSY, NOW, "mark"))

    overruled = kept.overruled(decision, NOW)

    assert overruled.set_aside == decision.winner
    assert overruled.written == kept.written
    assert not overruled.has_stood_back


@pytest.mark.parametrize(
    ("between", "stands_back"),
    [(LOSSES_WITHIN - timedelta(seconds=1), True), (LOSSES_WITHIN, False)],
)
def test_insisting_winner_stands_back_after_losing_twice_in_a_quarter_of_an_hour(
    between: timedelta, *, stands_back: bool
) -> None:
    decision = decide(None, [insisting(insist=True)], None, NOW)
    kept = PersonRecord(winner=decision.winner, written=PublishedPresence(BUSY, NOW, "mark"))

    once = kept.overruled(decision, NOW)
    assert once.written is None
    assert once.set_aside is None

    twice = replace(once, written=kept.written).overruled(decision, NOW + between)
    assert twice.has_stood_back is stands_back
    assert (twice.set_aside == decision.winner) is stands_back


@given(writtens, st.sampled_from(Presence))
def test_without_an_override_nothing_is_beaten(written: PublishedPresence, shown: Presence) -> None:
    plain = replace(written, want=replace(written.want, override=False))

    assert not plain.is_beaten_by(shown)


@given(wants, st.none() | st.sampled_from(Presence))
def test_what_is_wanted_and_what_is_not_known_beat_nothing(
    want: RequestedPresence, before: Presence | None
) -> None:
    written = PublishedPresence(want, NOW, "mark", before)

    assert not written.is_beaten_by(want.presence)
    assert not written.is_beaten_by(Presence.UNKNOWN)
    assert not written.is_beaten_by(None)


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

    assert written.is_beaten_by(shown) is beaten


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
