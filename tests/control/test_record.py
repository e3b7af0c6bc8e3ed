"""Records of people: stored, changed by decisions and takeovers, and compared."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    NO_REQUEST,
    Decision,
    ManualSetting,
    Outcome,
    Overruled,
    RequestedPresence,
    RuleRequest,
    Source,
    decide,
)
from custom_components.cisco_unified_presence.control.record import (
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

ABOUT = timedelta(seconds=2)
LOSSES_WITHIN = timedelta(minutes=15)
RENEW_AFTER = timedelta(minutes=90)

BUSY = RequestedPresence(Presence.BUSY, override=True)


STORED: dict[str, Any] = {
    "manual": {
        "want": {"presence": "BUSY", "override": True, "note": "Recording"},
        "since": "2026-11-23T09:00:00+00:00",
        "until": "2026-11-23T10:00:00+00:00",
    },
    "set_aside": {
        "source": "rule",
        "by": "room",
        "want": {"presence": "AWAY", "override": True, "note": None},
    },
    "winner": {
        "source": "manual",
        "by": "2026-11-23T09:00:00+00:00",
        "want": {"presence": "BUSY", "override": True, "note": "Recording"},
    },
    "written": {
        "want": {"presence": "BUSY", "override": True, "note": "Recording"},
        "at": "2026-11-23T09:00:00+00:00",
        "session": "mark",
        "shown": "AWAY",
    },
    "unsure": False,
    "losses": ["2026-11-23T09:00:00+00:00"],
}


def test_storage_of_earlier_versions_is_read_and_written_unchanged() -> None:
    record = PersonRecord.from_storage(STORED)

    busy = RequestedPresence(Presence.BUSY, override=True, note="Recording")
    away = RequestedPresence(Presence.AWAY, override=True)
    assert record == PersonRecord(
        manual=ManualSetting(busy, NOW, NOW + timedelta(hours=1)),
        overruled=Overruled(Outcome(Source.RULE, "room", away)),
        winner=Outcome(Source.MANUAL, NOW.isoformat(), busy),
        published=PublishedPresence(busy, NOW, "mark", Presence.AWAY),
        losses=(NOW,),
    )
    assert record.as_storage() == STORED


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
def test_another_winner_ends_the_losses(record: PersonRecord, requests: list[RuleRequest]) -> None:
    decision = decide(record.manual, requests, record.overruled, NOW)
    after = record.after(decision)

    assert after.winner == decision.winner
    assert after.overruled == decision.remains_overruled
    if decision.winner and record.winner:
        same = decision.winner.without_note == record.winner.without_note
        assert after.losses == (record.losses if same else ())


@given(records)
def test_nothing_but_rules_decides_after_a_resume(record: PersonRecord) -> None:
    resumed = record.resumed()

    assert decide(resumed.manual, (), resumed.overruled, NOW) == NO_REQUEST
    assert resumed.published == record.published


def test_manual_setting_is_forgotten_at_its_end() -> None:
    until = NOW + timedelta(minutes=1)
    record = PersonRecord(manual=ManualSetting(BUSY, NOW, until))

    assert record.at(until - timedelta(seconds=1)) == record
    assert record.at(until) == PersonRecord()


def insisting(*, insist: bool) -> RuleRequest:
    return RuleRequest(
        rule_id="room", name="Room", requested=BUSY, priority=0, order=0, insist=insist, since=NOW
    )


def test_winner_is_overruled_after_a_takeover() -> None:
    decision = decide(None, [insisting(insist=False)], None, NOW)
    record = PersonRecord(winner=decision.winner, published=PublishedPresence(BUSY, NOW, "mark"))

    overruled = record.after_takeover(decision, NOW)

    assert decision.winner
    assert overruled.overruled == Overruled(decision.winner)
    assert overruled.published == record.published
    assert not overruled.has_given_up


@pytest.mark.parametrize(
    ("between", "gives_up"),
    [(LOSSES_WITHIN - timedelta(seconds=1), True), (LOSSES_WITHIN, False)],
)
def test_insisting_winner_gives_up_after_losing_twice_in_a_quarter_of_an_hour(
    between: timedelta, *, gives_up: bool
) -> None:
    decision = decide(None, [insisting(insist=True)], None, NOW)
    record = PersonRecord(winner=decision.winner, published=PublishedPresence(BUSY, NOW, "mark"))

    once = record.after_takeover(decision, NOW)
    assert once.published is None
    assert once.overruled is None

    twice = replace(once, published=record.published).after_takeover(decision, NOW + between)
    assert twice.has_given_up is gives_up
    assert (twice.overruled is not None) is gives_up


@pytest.mark.parametrize(("before", "after"), [("Recording", None), (None, "Recording")])
def test_another_note_does_not_end_the_losses(before: str | None, after: str | None) -> None:
    def decided(note: str | None) -> Decision:
        request = replace(insisting(insist=True), requested=replace(BUSY, note=note))
        return decide(None, [request], None, NOW)

    record = PersonRecord(winner=decided(before).winner, losses=(NOW,))

    assert record.after(decided(after)).losses == (NOW,)
    assert record.after(NO_REQUEST).losses == ()


def test_losses_before_a_resume_do_not_count() -> None:
    decision = decide(None, [insisting(insist=True)], None, NOW)
    record = PersonRecord(winner=decision.winner, published=PublishedPresence(BUSY, NOW, "mark"))

    resumed = record.after_takeover(decision, NOW).resumed()
    lost = replace(resumed, published=record.published).after_takeover(decision, NOW + ABOUT)

    assert lost.overruled is None
    assert not lost.has_given_up


@given(published_presences, st.sampled_from(Presence))
def test_without_an_override_nothing_is_contradicted(
    published: PublishedPresence, shown: Presence
) -> None:
    plain = replace(published, requested=replace(published.requested, override=False))

    assert not plain.is_contradicted_by(shown)


@given(requested_presences, st.none() | st.sampled_from(Presence))
def test_requested_and_unknown_words_contradict_nothing(
    requested: RequestedPresence, before: Presence | None
) -> None:
    published = PublishedPresence(requested, NOW, "mark", before)

    assert not published.is_contradicted_by(requested.presence)
    assert not published.is_contradicted_by(Presence.UNKNOWN)
    assert not published.is_contradicted_by(None)


@pytest.mark.parametrize(
    ("wanted", "read_back", "shown", "contradicted"),
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
def test_servers_translation_contradicts_nothing(
    wanted: Presence, read_back: Presence | None, shown: Presence, *, contradicted: bool
) -> None:
    published = PublishedPresence(RequestedPresence(wanted, override=True), NOW, "mark", read_back)

    assert published.is_contradicted_by(shown) is contradicted


def test_renewed_at_three_quarters() -> None:
    published = PublishedPresence(BUSY, NOW, "mark")

    due, ended = NOW + RENEW_AFTER, NOW + RENEW_AFTER * 4 / 3
    assert published.renew_at == due
    assert not published.is_due(NOW)
    assert not published.is_due(due - timedelta.resolution)
    assert published.is_due(due)
    assert not published.may_have_ended(ended - timedelta.resolution)
    assert published.may_have_ended(ended)


def test_what_was_written_later_than_now_is_due_and_may_have_ended() -> None:
    published = PublishedPresence(BUSY, NOW + timedelta.resolution, "mark")

    assert published.is_due(NOW)
    assert published.may_have_ended(NOW)


def test_manual_setting_ends_when_it_would_have_ended_before_the_clock_was_set_back() -> None:
    hour = timedelta(hours=1)
    manual = ManualSetting(BUSY, NOW, NOW + hour)
    record = PersonRecord(manual=manual, overruled=Overruled(manual.outcome), winner=manual.outcome)

    jumped = record.after_jump(-hour)

    assert jumped.manual == ManualSetting(BUSY, NOW - hour, NOW)
    # What the person has overruled stays overruled.
    assert jumped.winner == jumped.manual.outcome
    assert jumped.overruled == Overruled(jumped.manual.outcome)
    assert record.after_jump(hour) == record
    assert record.without_future(NOW) == record
    assert record.without_future(NOW - hour) == jumped


def test_clock_that_is_set_back_does_not_put_a_renewal_off() -> None:
    published, hour = PublishedPresence(BUSY, NOW, "mark"), timedelta(hours=1)

    assert published.after_jump(-hour).renew_at == published.renew_at - hour
    # The machine may have slept as well.
    assert published.after_jump(hour) == published


@given(records, records)
def test_only_what_is_published_is_taken_from_another_record(
    record: PersonRecord, other: PersonRecord
) -> None:
    other = replace(other, idle_session=not record.idle_session, unsure=not record.unsure)
    taken = record.with_published_of(other)
    parts = ("published", "unsure", "idle_session")
    assert all(getattr(taken, each) == getattr(other, each) for each in parts)
    back = {each: getattr(record, each) for each in parts}
    assert replace(taken, **back) == record


def test_a_session_without_a_presence_and_the_own_state_are_stored() -> None:
    stored = PersonRecord(idle_session=True, own="away").as_storage()
    assert stored == {
        "manual": None,
        "set_aside": None,
        "winner": None,
        "written": None,
        "unsure": True,
        "losses": [],
        "own": "away",
        "own_by_hand": False,
    }
    assert PersonRecord.from_storage(stored) == PersonRecord(unsure=True, own="away")
    chosen = PersonRecord(own="away", own_by_hand=True)
    assert PersonRecord.from_storage(chosen.as_storage()) == chosen
    before = {each: value for each, value in stored.items() if each != "own_by_hand"}
    assert PersonRecord.from_storage(before) == replace(chosen, unsure=True)
    assert PersonRecord.from_storage(before | {"own": None}) == PersonRecord(unsure=True)


DAMAGED: list[tuple[str, tuple[str, ...], Any]] = [
    ("unsure", (), "yes"),
    ("losses", (), ["2026-11-23T09:00:00"]),
    ("losses", (), ["noon"]),
    ("own", (), 7),
    ("manual", ("since",), "2026-11-23T09:00:00"),
    ("manual", ("until",), "2026-11-23T10:00:00"),
    ("manual", ("ends_by_clock",), "yes"),
    ("manual", ("for_note",), 1),
    ("manual", ("set_by",), 7),
    ("set_aside", ("by",), 7),
    ("winner", ("by",), None),
    ("written", ("at",), "2026-11-23T09:00:00"),
    ("written", ("session",), 7),
    ("written", ("shown",), "GONE"),
]


@pytest.mark.parametrize(("part", "inner", "value"), DAMAGED, ids=str)
def test_a_damaged_record_is_not_read(part: str, inner: tuple[str, ...], value: Any) -> None:
    damaged = deepcopy(STORED)
    place: dict[str, Any] = damaged
    for each in (part, *inner)[:-1]:
        place = place[each]
    place[(part, *inner)[-1]] = value
    with pytest.raises((KeyError, TypeError, ValueError)):
        PersonRecord.from_storage(damaged)


@pytest.mark.parametrize("part", sorted(STORED))
def test_a_record_that_lacks_a_part_is_not_read(part: str) -> None:
    with pytest.raises(KeyError):
        PersonRecord.from_storage({key: each for key, each in STORED.items() if key != part})


def test_what_a_clock_set_back_leaves_of_other_settings() -> None:
    hour = timedelta(hours=1)
    manual = ManualSetting(BUSY, NOW, NOW + hour)
    of_rule = Outcome(Source.RULE, "room", BUSY)
    published = PublishedPresence(BUSY, NOW, "mark")
    record = PersonRecord(
        manual=manual,
        overruled=Overruled(of_rule),
        winner=of_rule,
        published=published,
        losses=(NOW, NOW + hour),
    )
    back = replace(
        record,
        manual=ManualSetting(BUSY, NOW - hour, NOW),
        losses=(NOW - hour, NOW),
        published=replace(published, at=NOW - hour),
    )
    assert record.after_jump(-hour) == back
    assert record.after_jump(hour) == record
    without = replace(record, manual=None)
    assert without.after_jump(-hour) == replace(back, manual=None)
    assert without.without_future(NOW - hour) == without


@pytest.mark.parametrize(
    ("seconds", "about"), [(0, True), (1.9, True), (-1.9, True), (2, False), (-2, False)]
)
def test_about_when_a_setting_was_set(seconds: float, *, about: bool) -> None:
    record = PersonRecord(manual=ManualSetting(BUSY, NOW, None))
    assert record.is_set_at(NOW + timedelta(seconds=seconds)) is about
    assert not PersonRecord().is_set_at(NOW)


@pytest.mark.parametrize("respected", [timedelta(minutes=5), None])
def test_how_long_a_takeover_is_respected_is_the_rules(respected: timedelta | None) -> None:
    request = insisting(insist=False)
    if respected:
        request = replace(request, overruled_for=respected)
    decision = decide(None, [request], None, NOW)
    assert decision.winner
    overruled = PersonRecord(winner=decision.winner).after_takeover(decision, NOW).overruled
    assert overruled == Overruled(decision.winner, respected or timedelta(minutes=15))


def test_a_manual_setting_is_respected_for_a_quarter_of_an_hour_once_overruled() -> None:
    decision = decide(ManualSetting(BUSY, NOW, None), [], None, NOW)
    assert decision.winner
    after = PersonRecord(winner=decision.winner).after_takeover(decision, NOW)
    assert after.overruled == Overruled(decision.winner, timedelta(minutes=15))
    assert after.losses == (NOW,)
    assert PersonRecord().after_takeover(NO_REQUEST, NOW).overruled is None


@pytest.mark.parametrize(
    ("record", "published", "hides"),
    [
        (PersonRecord(), False, False),
        (PersonRecord(unsure=True), True, True),
        (PersonRecord(idle_session=True), False, True),
        (PersonRecord(published=PublishedPresence(BUSY, NOW, "mark")), True, True),
    ],
)
def test_what_the_server_may_show(record: PersonRecord, *, published: bool, hides: bool) -> None:
    assert record.may_be_published is published
    assert record.may_hide_own is hides
    assert record.agrees_with(None, NOW) is not published
    assert record.agrees_with(BUSY, NOW) is (record.published is not None)
    assert not record.agrees_with(replace(BUSY, note="Elsewhere"), NOW)
    assert not record.agrees_with(BUSY, NOW + RENEW_AFTER)
    assert record.doubtful() == replace(record, published=None, unsure=True)
    assert record.logged_in_only() == replace(
        record, published=None, unsure=False, idle_session=True
    )
    assert record.with_published(None) == PersonRecord()
    assert not replace(record, unsure=True).agrees_with(BUSY, NOW)
