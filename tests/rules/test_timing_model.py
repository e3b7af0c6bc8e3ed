"""What holds for every rule, whatever its conditions do, and a model to compare it with."""

from datetime import timedelta
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from custom_components.cisco_unified_presence.rules.timing import (
    RuleTimes,
    TimingState,
    elapse,
    next_change,
    observe,
)
from custom_components.cisco_unified_presence.rules.truth import TruthValue

from .test_timing import TRUE, UNKNOWN, at, seconds

DURATIONS = st.integers(0, 6)
TIMES = st.builds(seconds, DURATIONS, DURATIONS, st.none() | DURATIONS, DURATIONS)
OBSERVATIONS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(TruthValue)), max_size=20)


def walk(times: RuleTimes, waits: list[tuple[int, TruthValue]]) -> tuple[int, TimingState]:
    second, state = 0, TimingState()
    for wait, value in waits:
        second += wait
        state = observe(times, state, at(second), value)
    return second, state


@given(TIMES, OBSERVATIONS, st.integers(0, 12), st.integers(0, 12))
def test_elapsing_in_two_steps_is_elapsing_in_one(
    times: RuleTimes, waits: list[tuple[int, TruthValue]], first: int, then: int
) -> None:
    second, state = walk(times, waits)
    halfway = elapse(times, state, at(second + first))
    assert elapse(times, halfway, at(second + first + then)) == elapse(
        times, state, at(second + first + then)
    )


@given(TIMES, OBSERVATIONS, st.integers(0, 3))
def test_observing_more_often_changes_nothing(
    times: RuleTimes, waits: list[tuple[int, TruthValue]], extra: int
) -> None:
    second, once = 0, TimingState()
    often, last = TimingState(), None
    for wait, value in waits:
        if last:
            often = observe(times, often, at(second + min(extra, wait)), last)
        second, last = second + wait, value
        once = observe(times, once, at(second), value)
        often = observe(times, often, at(second), value)
    assert often == once


@given(TIMES, OBSERVATIONS)
def test_nothing_changes_before_the_next_change_and_something_does_at_it(
    times: RuleTimes, waits: list[tuple[int, TruthValue]]
) -> None:
    second, state = walk(times, waits)
    change = next_change(times, state)
    if change is None:
        assert elapse(times, state, at(second + 1000)) == state
        return
    assert change > at(second)
    assert elapse(times, state, change - timedelta.resolution) == state
    assert elapse(times, state, change) != state


@given(TIMES, OBSERVATIONS)
def test_storage_keeps_everything(times: RuleTimes, waits: list[tuple[int, TruthValue]]) -> None:
    _, state = walk(times, waits)
    stored: dict[str, Any] = json.loads(json.dumps(state.as_storage()))
    assert TimingState.from_storage(stored) == state


@given(TIMES, OBSERVATIONS, st.integers(1, 10**9))
def test_a_clock_that_is_set_back_lets_every_deadline_come_in_its_time(
    times: RuleTimes, waits: list[tuple[int, TruthValue]], back: int
) -> None:
    second, state = walk(times, waits)
    now = at(second) - timedelta(seconds=back)
    state = elapse(times, state, now)
    change = next_change(times, state)
    assert change is None or now < change <= now + timedelta(seconds=6)


class SecondBySecond(RuleBasedStateMachine):
    """The rule against a model that counts seconds, one after the other."""

    @initialize(times=st.tuples(DURATIONS, DURATIONS, st.none() | DURATIONS, DURATIONS))
    def begin(self, times: tuple[int, int, int | None, int]) -> None:
        """Begin with the empty state."""
        self.before, self.after, self.at_most, self.grace = times
        self.times = seconds(*times)
        self.second, self.state = 0, TimingState()
        self.counts_true = self.unknown = self.holds = self.spent = False
        self.true_for = self.false_for = self.unknown_for = self.held_for = 0

    @rule(value=st.sampled_from(TruthValue))
    def observe(self, value: TruthValue) -> None:
        """Evaluate the conditions."""
        self.state = observe(self.times, self.state, at(self.second), value)
        if value is UNKNOWN:
            self.unknown_for = self.unknown_for if self.unknown else 0
            self.unknown = True
        else:
            self.unknown = False
            self._count(counts_true=value is TRUE)
        self._settle()

    @rule(wait=st.integers(1, 4))
    def wait(self, wait: int) -> None:
        """Let seconds pass, one by one in the model."""
        self.second += wait
        self.state = elapse(self.times, self.state, at(self.second))
        for _ in range(wait):
            self.true_for += 1
            self.false_for += 1
            self.unknown_for += 1
            self.held_for += 1
            self._settle()

    @invariant()
    def both_agree(self) -> None:
        """Compare the rule with the model."""
        assert self.state.holds == self.holds
        if self.holds:
            assert self.state.holds_since == at(self.second - self.held_for)
        assert self.state.spent == self.spent

    def _count(self, *, counts_true: bool) -> None:
        if counts_true != self.counts_true:
            self.true_for = self.false_for = 0
        self.counts_true = counts_true

    def _settle(self) -> None:
        if not self.counts_true and self.false_for >= self.after:
            self.holds = self.spent = False
        if self.unknown and self.unknown_for >= self.grace:
            self._count(counts_true=False)
            self.holds = False
            if not self.counts_true and self.false_for >= self.after:
                self.spent = False
        if self.holds and self.at_most is not None and self.held_for >= self.at_most:
            self.holds, self.spent = False, True
        may_begin = self.counts_true and self.true_for >= self.before
        if may_begin and not self.holds and not self.spent:
            self.holds, self.held_for = True, 0
            if self.at_most == 0:
                self.holds, self.spent = False, True


def test_a_rule_holds_as_a_count_of_seconds_says() -> None:
    run_state_machine_as_test(
        SecondBySecond, settings=settings(max_examples=300, stateful_step_count=40, deadline=None)
    )
