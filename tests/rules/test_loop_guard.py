"""Which changes of a winner count, to the second, and what is remembered of actions."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.cisco_unified_presence.rules.loops import (
    CHANGES,
    FOREIGN,
    WITHIN,
    Call,
    LoopGuard,
    Origin,
    WinnerChange,
    looping,
    recent,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANNA, BEN = ("entry", "anna"), ("entry", "ben")
BY_ANNA = Origin(people=frozenset({ANNA}), reads=frozenset({("desk", "sensor.a")}))
ALSO = Origin(
    people=frozenset({ANNA, BEN}), reads=frozenset({("desk", "sensor.b"), ("call", "sensor.a")})
)


def change(seconds: float, *holding: str, by: Origin = FOREIGN) -> WinnerChange:
    return WinnerChange(NOW + seconds * SECOND, frozenset(holding), by)


def test_so_many_changes_in_so_long_are_a_loop() -> None:
    assert (4, timedelta(minutes=2)) == (CHANGES, WITHIN)
    assert (FOREIGN.people, FOREIGN.reads, FOREIGN.by_time) == (frozenset(), frozenset(), False)
    assert change(0).origin is FOREIGN


def test_changes_within_two_minutes_count() -> None:
    changes = [
        change(-120.001, "early"),
        change(-120, "a"),
        change(-60),
        change(0, "a"),
        change(0.001, "late"),
    ]
    assert recent(changes, NOW) == changes[1:4]
    assert recent(changes[1:], NOW + SECOND) == changes[2:]


def test_of_changes_with_the_same_rules_the_first_counts() -> None:
    changes = [change(0, "a"), change(1, "a"), change(2, "b"), change(3, "a"), change(4, "a")]
    assert recent(changes, NOW + 9 * SECOND) == [changes[0], changes[2], changes[3]]


def test_what_a_loop_reads_is_that_of_its_last_changes() -> None:
    changes = [
        change(0, "x", by=ALSO),
        change(1),
        change(2, "desk", by=BY_ANNA),
        change(3, by=ALSO),
        change(4, "desk", by=BY_ANNA),
    ]
    assert looping(changes, ANNA, NOW + 4 * SECOND) == {
        "desk": {"sensor.a", "sensor.b"},
        "call": {"sensor.a"},
    }
    assert looping(changes, BEN, NOW + 4 * SECOND) == {}
    assert looping(changes[:4], ANNA, NOW + 3 * SECOND) == {}


@pytest.mark.parametrize(("seconds", "is_known"), [(0, True), (120, True), (120.001, False)])
def test_an_action_is_remembered_for_two_minutes(seconds: float, *, is_known: bool) -> None:
    guard = LoopGuard()
    call = Call(NOW, frozenset({BEN}))
    guard.note_call(ANNA, call)
    assert guard.call(ANNA, NOW + seconds * SECOND) == (call if is_known else None)
    assert guard.call(BEN, NOW) is None
    guard.note_call(BEN, Call(NOW + seconds * SECOND))
    assert guard.changed_last(9) == ([ANNA, BEN] if is_known else [BEN])


def test_who_was_set_last_comes_last() -> None:
    guard = LoopGuard()
    for person in (ANNA, BEN, ANNA):
        guard.note_call(person, Call(NOW))
    guard.note(BEN, change(0, "desk"))
    guard.note(ANNA, change(0, "desk"))
    guard.note(BEN, change(1))
    # Their winners have changed since they were set.
    assert guard.changed_last(9) == [ANNA, BEN]
    guard.note_call(ANNA, Call(NOW))
    assert guard.changed_last(1) == [BEN, ANNA]


def test_an_action_counts_until_rules_change_the_winner() -> None:
    guard = LoopGuard()
    guard.note(ANNA, change(0, "desk"))
    guard.note_call(ANNA, Call(NOW))
    # The same rules hold.
    assert guard.note(ANNA, change(1, "desk")) == [change(0, "desk")]
    assert guard.call(ANNA, NOW) == Call(NOW)
    guard.note(ANNA, change(2))
    assert guard.call(ANNA, NOW) is None


def test_a_rule_rests_for_some() -> None:
    guard = LoopGuard()
    for person in (ANNA, BEN):
        guard.note(person, change(0, "desk"))
    guard.put_to_rest("desk", ANNA)
    guard.put_to_rest("desk", BEN)
    assert guard.resting_for("desk") == {ANNA, BEN}
    assert guard.resting_for("call") == frozenset()
    assert not guard.rests("call", ANNA)
    assert guard.last(ANNA, NOW) is None
    assert guard.last(BEN, NOW) is None
