"""How long conditions were true becomes whether a rule holds: docs/rules.md, rules 2 to 5 and 8."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.rules.timing import (
    RuleTimes,
    TimingState,
    elapse,
    ends_at,
    next_change,
    observe,
)
from custom_components.cisco_unified_presence.rules.truth import TruthValue

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TRUE, FALSE, UNKNOWN = TruthValue.TRUE, TruthValue.FALSE, TruthValue.UNKNOWN


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def seconds(
    before: int = 0, after: int = 0, at_most: int | None = None, grace: int = 300
) -> RuleTimes:
    return RuleTimes(
        before=timedelta(seconds=before),
        after=timedelta(seconds=after),
        at_most=None if at_most is None else timedelta(seconds=at_most),
        grace=timedelta(seconds=grace),
    )


def after_observations(times: RuleTimes, *observations: tuple[int, TruthValue]) -> TimingState:
    state = TimingState()
    for second, value in observations:
        state = observe(times, state, at(second), value)
    return state


def holding(
    times: RuleTimes, *observations: tuple[int, TruthValue], until: int
) -> list[tuple[int, int]]:
    """Return the spans [from, to) of seconds in which the rule holds; `until` ends the last one."""
    state, spans, begin, observed_at = TimingState(), [], -1, dict(observations)
    for second in range(until):
        state = elapse(times, state, at(second))
        if second in observed_at:
            state = observe(times, state, at(second), observed_at[second])
        if state.holds and begin < 0:
            begin = second
        if not state.holds and begin >= 0:
            spans.append((begin, second))
            begin = -1
    return [*spans, (begin, until)] if begin >= 0 else spans


# Rule 2: unknown conditions


@pytest.mark.parametrize("value", [FALSE, UNKNOWN])
def test_a_rule_does_not_hold_at_the_first_look_unless_its_conditions_are_true(
    value: TruthValue,
) -> None:
    state = after_observations(seconds(), (0, value))
    assert state == TimingState()
    assert not state.holds
    assert next_change(seconds(), state) is None


def test_true_stands_for_the_grace_time_then_the_rule_ends_at_once_without_hold() -> None:
    times = seconds(after=100, grace=10)
    assert holding(times, (0, TRUE), (20, UNKNOWN), until=60) == [(0, 30)]


def test_unknown_within_the_grace_time_is_no_gap() -> None:
    times = seconds(before=20, grace=10)
    assert holding(times, (0, TRUE), (5, UNKNOWN), (14, TRUE), until=40) == [(20, 40)]


def test_for_goes_on_while_true_stands_in_the_grace_time() -> None:
    times = seconds(before=20, grace=10)
    assert holding(times, (0, TRUE), (15, UNKNOWN), until=40) == [(20, 25)]


def test_conditions_given_up_before_for_was_reached_count_as_false() -> None:
    times = seconds(before=20, grace=10)
    assert holding(times, (0, TRUE), (5, UNKNOWN), (16, TRUE), until=50) == [(36, 50)]


def test_a_rule_given_up_needs_for_again() -> None:
    times = seconds(before=5, after=100, grace=10)
    observations = ((0, TRUE), (20, UNKNOWN), (31, TRUE))
    assert holding(times, *observations, until=50) == [(5, 30), (36, 50)]


def test_false_stands_too_so_that_hold_runs_while_unknown() -> None:
    times = seconds(after=10, grace=100)
    assert holding(times, (0, TRUE), (5, FALSE), (7, UNKNOWN), until=40) == [(0, 15)]


def test_the_grace_time_ends_a_rule_in_its_hold() -> None:
    times = seconds(after=100, grace=10)
    assert holding(times, (0, TRUE), (5, FALSE), (7, UNKNOWN), until=40) == [(0, 17)]


def test_the_grace_time_begins_anew_after_every_outcome() -> None:
    times = seconds(grace=10)
    observations = ((0, TRUE), (5, UNKNOWN), (10, UNKNOWN), (14, TRUE), (15, UNKNOWN))
    assert holding(times, *observations, until=40) == [(0, 25)]


def test_without_grace_unknown_ends_the_rule_at_once() -> None:
    assert holding(seconds(after=9, grace=0), (0, TRUE), (5, UNKNOWN), until=20) == [(0, 5)]


def test_a_false_outcome_after_unknown_begins_hold_then() -> None:
    times = seconds(after=10, grace=100)
    assert holding(times, (0, TRUE), (5, UNKNOWN), (20, FALSE), until=40) == [(0, 30)]


# Rule 3: `for`


def test_without_for_a_rule_holds_at_once() -> None:
    assert after_observations(seconds(), (3, TRUE)).holds_since == at(3)


def test_a_rule_holds_when_its_conditions_have_been_true_for_so_long() -> None:
    assert holding(seconds(before=60), (10, TRUE), until=80) == [(70, 80)]


def test_a_gap_begins_for_anew() -> None:
    times = seconds(before=60)
    assert holding(times, (0, TRUE), (59, FALSE), (61, TRUE), until=130) == [(121, 130)]


def test_looking_again_does_not_begin_for_anew() -> None:
    times = seconds(before=60)
    assert holding(times, (0, TRUE), (30, TRUE), (59, TRUE), until=70) == [(60, 70)]


def test_for_that_was_reached_between_two_looks_counts_from_when_it_was_reached() -> None:
    assert after_observations(seconds(before=60), (0, TRUE), (500, TRUE)).holds_since == at(60)


# Rule 4: `hold`


def test_without_hold_a_rule_ends_at_once() -> None:
    assert after_observations(seconds(), (0, TRUE), (7, FALSE)) == TimingState()


def test_a_rule_goes_on_until_its_conditions_have_been_false_for_hold() -> None:
    times = seconds(after=120)
    assert holding(times, (0, TRUE), (10, FALSE), (70, FALSE), until=200) == [(0, 130)]


def test_true_again_within_hold_has_never_stopped() -> None:
    times = seconds(before=60, after=120)
    state = after_observations(times, (0, TRUE), (100, FALSE), (219, TRUE))
    assert state.holds_since == at(60)
    assert next_change(times, state) is None


def test_true_again_after_hold_needs_for_again() -> None:
    times = seconds(before=60, after=120)
    observations = ((0, TRUE), (100, FALSE), (220, TRUE))
    assert holding(times, *observations, until=300) == [(60, 220), (280, 300)]


def test_hold_begins_anew_at_every_end() -> None:
    times = seconds(after=10)
    observations = ((0, TRUE), (5, FALSE), (14, TRUE), (15, FALSE))
    assert holding(times, *observations, until=50) == [(0, 25)]


# Rule 5: `at_most`


def test_a_rule_ends_after_at_most_though_its_conditions_stay_true() -> None:
    times = seconds(before=5, at_most=60)
    assert holding(times, (0, TRUE), until=300) == [(5, 65)]


def test_it_begins_anew_only_after_its_conditions_have_been_false_for_hold() -> None:
    times = seconds(after=10, at_most=60)
    observations = ((0, TRUE), (70, FALSE), (79, TRUE), (90, FALSE), (100, TRUE))
    assert holding(times, *observations, until=300) == [(0, 60), (100, 160)]


def test_without_hold_one_false_look_lets_it_begin_anew() -> None:
    times = seconds(at_most=60)
    observations = ((0, TRUE), (70, FALSE), (71, TRUE))
    assert holding(times, *observations, until=90) == [(0, 60), (71, 90)]


def test_at_most_ends_a_rule_within_its_hold_and_hold_ends_the_stretch() -> None:
    times = seconds(after=30, at_most=60)
    observations = ((0, TRUE), (50, FALSE), (79, TRUE), (85, FALSE))
    assert holding(times, *observations, until=200) == [(0, 60)]
    assert holding(times, *observations[:2], (80, TRUE), until=90) == [(0, 60), (80, 90)]


def test_a_hold_that_ends_with_at_most_ends_the_stretch() -> None:
    times = seconds(after=30, at_most=60)
    assert after_observations(times, (0, TRUE), (30, FALSE), (60, FALSE)) == TimingState()


def test_conditions_given_up_after_at_most_must_still_be_false_for_hold() -> None:
    times = seconds(after=20, at_most=60, grace=10)
    observations = ((0, TRUE), (70, UNKNOWN))
    assert holding(times, *observations, (99, TRUE), until=200) == [(0, 60)]
    assert holding(times, *observations, (100, TRUE), until=110) == [(0, 60), (100, 110)]


def test_unknown_in_a_stretch_that_at_most_ended_counts_as_false_all_along() -> None:
    times = seconds(after=30, at_most=60, grace=15)
    state = after_observations(times, (0, TRUE), (50, FALSE), (55, UNKNOWN), (65, UNKNOWN))
    assert not state.holds
    assert next_change(times, state) == at(80)


def test_ends_at_says_when_at_most_ends_the_rule() -> None:
    state = after_observations(seconds(before=5, at_most=60), (0, TRUE), (5, TRUE))
    assert ends_at(seconds(at_most=60), state) == at(65)
    assert ends_at(seconds(), state) is None
    assert ends_at(seconds(at_most=60), TimingState(true_since=START)) is None


def test_an_end_after_the_last_year_is_no_end() -> None:
    times = RuleTimes(at_most=timedelta.max)
    state = after_observations(times, (0, TRUE))
    assert state.holds
    assert ends_at(times, state) is None


# Rule 8: time goes on while Home Assistant is stopped


@pytest.mark.parametrize(
    ("before_stop", "value", "expected"),
    [
        pytest.param((0, TRUE), TRUE, at(60), id="for was reached meanwhile"),
        pytest.param((0, TRUE), FALSE, at(60), id="held meanwhile, and its hold begins now"),
        pytest.param((3500, TRUE), TRUE, at(3560), id="for is reached now"),
        pytest.param((3580, TRUE), TRUE, None, id="for is not reached yet"),
        pytest.param((3500, FALSE), TRUE, None, id="nothing was remembered"),
    ],
)
def test_for_goes_on_while_stopped(
    before_stop: tuple[int, TruthValue], value: TruthValue, expected: datetime | None
) -> None:
    times = seconds(before=60, after=120)
    stored = after_observations(times, before_stop).as_storage()
    state = observe(times, TimingState.from_storage(stored), at(3600), value)
    assert state.holds_since == expected


def test_what_earlier_versions_have_stored_loads_and_is_stored_alike() -> None:
    stored = {
        "true_since": "2026-11-23T08:00:00+00:00",
        "false_since": None,
        "unreadable_since": "2026-11-23T08:00:05+00:00",
        "holds_since": "2026-11-23T08:00:02+00:00",
        "spent": False,
    }
    state = TimingState.from_storage(stored)
    assert state == TimingState(true_since=START, unknown_since=at(5), holds_since=at(2))
    assert state.as_storage() == stored


def test_hold_at_most_and_grace_end_while_stopped() -> None:
    in_hold = after_observations(seconds(after=120), (0, TRUE), (10, FALSE))
    assert observe(seconds(after=120), in_hold, at(3600), FALSE) == TimingState()
    assert observe(seconds(after=120), in_hold, at(3600), TRUE).holds_since == at(3600)

    true = after_observations(seconds(at_most=60), (0, TRUE))
    assert observe(seconds(at_most=60), true, at(3600), TRUE) == TimingState(
        true_since=START, spent=True
    )

    unknown = after_observations(seconds(), (0, TRUE), (10, UNKNOWN))
    assert observe(seconds(), unknown, at(309), UNKNOWN).holds_since == START
    assert observe(seconds(), unknown, at(310), UNKNOWN) == TimingState()


def test_deadlines_long_past_are_taken_in_their_order() -> None:
    times = seconds(before=10, after=5, at_most=20, grace=100)
    true = after_observations(times, (0, TRUE), (5, UNKNOWN))
    assert elapse(times, true, at(29)).holds_since == at(10)
    assert elapse(times, true, at(30)) == TimingState(
        true_since=START, unknown_since=at(5), spent=True
    )
    assert elapse(times, true, at(109)) == TimingState(false_since=at(105), spent=True)
    assert elapse(times, true, at(9000)) == TimingState()


# A clock that is set back


@pytest.mark.parametrize(
    ("observations", "times", "ends"),
    [
        pytest.param([(0, TRUE), (9, FALSE)], seconds(after=30), 30, id="hold"),
        pytest.param([(0, TRUE)], seconds(at_most=30), 30, id="at most"),
        pytest.param([(0, TRUE), (9, UNKNOWN)], seconds(grace=30), 30, id="grace"),
    ],
)
def test_a_clock_that_is_set_back_does_not_make_a_rule_hold_for_ever(
    observations: list[tuple[int, TruthValue]], times: RuleTimes, ends: int
) -> None:
    year_ago = START - timedelta(days=365)
    state = elapse(times, after_observations(times, *observations), year_ago)
    assert state.holds
    assert next_change(times, state) == year_ago + timedelta(seconds=ends)
    assert not elapse(times, state, year_ago + timedelta(seconds=ends)).holds


def test_a_clock_that_is_set_back_does_not_keep_a_rule_from_holding() -> None:
    times = seconds(before=30)
    year_ago = START - timedelta(days=365)
    state = observe(times, after_observations(times, (0, TRUE)), year_ago, TRUE)
    assert next_change(times, state) == year_ago + timedelta(seconds=30)


# An end that a rule's text says


def test_rule_ends_at_its_end_and_not_again_before_its_conditions_were_false() -> None:
    hour = timedelta(hours=1)
    state = observe(RuleTimes(), TimingState(), START, TRUE, START + hour)
    assert ends_at(RuleTimes(), state) == START + hour

    ended = elapse(RuleTimes(), state, START + hour)
    assert not ended.holds
    # What the end comes from says the next one by now, as the sun does.
    later = observe(RuleTimes(), state, START + hour, TRUE, START + 24 * hour)
    assert not later.holds
    over = observe(RuleTimes(), later, START + 2 * hour, FALSE)
    again = observe(RuleTimes(), over, START + 3 * hour, TRUE, START + 24 * hour)
    assert again.holds


def test_end_stays_while_the_conditions_are_held_or_unknown() -> None:
    minute = timedelta(minutes=1)
    times = RuleTimes(after=10 * minute)
    state = observe(times, TimingState(), START, TRUE, START + 5 * minute)
    for value in (FALSE, UNKNOWN):
        assert ends_at(times, observe(times, state, START + minute, value)) == START + 5 * minute


@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 500))
def test_the_earlier_of_two_ends_counts(until: int, at_most: int, steps: int) -> None:
    times = RuleTimes(at_most=timedelta(seconds=at_most))
    state = observe(times, TimingState(), START, TRUE, START + timedelta(seconds=until))
    between = elapse(times, state, START + timedelta(seconds=steps))
    assert between.holds is (steps < min(until, at_most))
    end = START + timedelta(seconds=1000)
    assert elapse(times, between, end) == elapse(times, state, end)
    assert TimingState.from_storage(between.as_storage()) == between
