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
    Stretch,
    TruthValue,
    elapse,
    next_change,
    read,
)

from .test_timing import TRUE, UNREADABLE, at, seconds

DURATIONS = st.integers(0, 6)
TIMES = st.builds(seconds, DURATIONS, DURATIONS, st.none() | DURATIONS, DURATIONS)
LOOKS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(TruthValue)), max_size=20)


def walk(times: RuleTimes, waits: list[tuple[int, TruthValue]]) -> tuple[int, Stretch]:
    second, stretch = 0, Stretch()
    for wait, reading in waits:
        second += wait
        stretch = read(times, stretch, at(second), reading)
    return second, stretch


@given(TIMES, LOOKS, st.integers(0, 12), st.integers(0, 12))
def test_elapsing_in_two_steps_is_elapsing_in_one(
    times: RuleTimes, waits: list[tuple[int, TruthValue]], first: int, then: int
) -> None:
    second, stretch = walk(times, waits)
    halfway = elapse(times, stretch, at(second + first))
    assert elapse(times, halfway, at(second + first + then)) == elapse(
        times, stretch, at(second + first + then)
    )


@given(TIMES, LOOKS, st.integers(0, 3))
def test_looking_more_often_changes_nothing(
    times: RuleTimes, waits: list[tuple[int, TruthValue]], extra: int
) -> None:
    second, once = 0, Stretch()
    often, last = Stretch(), None
    for wait, reading in waits:
        if last:
            often = read(times, often, at(second + min(extra, wait)), last)
        second, last = second + wait, reading
        once = read(times, once, at(second), reading)
        often = read(times, often, at(second), reading)
    assert often == once


@given(TIMES, LOOKS)
def test_nothing_changes_before_the_next_change_and_something_does_at_it(
    times: RuleTimes, waits: list[tuple[int, TruthValue]]
) -> None:
    second, stretch = walk(times, waits)
    change = next_change(times, stretch)
    if change is None:
        assert elapse(times, stretch, at(second + 1000)) == stretch
        return
    assert change > at(second)
    assert elapse(times, stretch, change - timedelta.resolution) == stretch
    assert elapse(times, stretch, change) != stretch


@given(TIMES, LOOKS)
def test_storage_keeps_everything(times: RuleTimes, waits: list[tuple[int, TruthValue]]) -> None:
    _, stretch = walk(times, waits)
    stored: dict[str, Any] = json.loads(json.dumps(stretch.as_storage()))
    assert Stretch.from_storage(stored) == stretch


@given(TIMES, LOOKS, st.integers(1, 10**9))
def test_a_clock_that_is_set_back_lets_every_deadline_come_in_its_time(
    times: RuleTimes, waits: list[tuple[int, TruthValue]], back: int
) -> None:
    second, stretch = walk(times, waits)
    now = at(second) - timedelta(seconds=back)
    stretch = elapse(times, stretch, now)
    change = next_change(times, stretch)
    assert change is None or now < change <= now + timedelta(seconds=6)


class SecondBySecond(RuleBasedStateMachine):
    """The rule against a model that counts seconds, one after the other."""

    @initialize(times=st.tuples(DURATIONS, DURATIONS, st.none() | DURATIONS, DURATIONS))
    def begin(self, times: tuple[int, int, int | None, int]) -> None:
        """Begin with nothing remembered."""
        self.before, self.after, self.at_most, self.grace = times
        self.times = seconds(*times)
        self.second, self.stretch = 0, Stretch()
        self.counts_true = self.unreadable = self.holds = self.spent = False
        self.true_for = self.false_for = self.unreadable_for = self.held_for = 0

    @rule(reading=st.sampled_from(TruthValue))
    def look(self, reading: TruthValue) -> None:
        """Look at the conditions."""
        self.stretch = read(self.times, self.stretch, at(self.second), reading)
        if reading is UNREADABLE:
            self.unreadable_for = self.unreadable_for if self.unreadable else 0
            self.unreadable = True
        else:
            self.unreadable = False
            self._count(counts_true=reading is TRUE)
        self._settle()

    @rule(wait=st.integers(1, 4))
    def wait(self, wait: int) -> None:
        """Let seconds pass, one after the other in the model."""
        self.second += wait
        self.stretch = elapse(self.times, self.stretch, at(self.second))
        for _ in range(wait):
            self.true_for += 1
            self.false_for += 1
            self.unreadable_for += 1
            self.held_for += 1
            self._settle()

    @invariant()
    def both_agree(self) -> None:
        """Compare the rule with the model."""
        assert self.stretch.holds == self.holds
        if self.holds:
            assert self.stretch.since == at(self.second - self.held_for)
        assert self.stretch.spent == self.spent

    def _count(self, *, counts_true: bool) -> None:
        if counts_true != self.counts_true:
            self.true_for = self.false_for = 0
        self.counts_true = counts_true

    def _settle(self) -> None:
        if not self.counts_true and self.false_for >= self.after:
            self.holds = self.spent = False
        if self.unreadable and self.unreadable_for >= self.grace:
            self._count(counts_true=False)
            self.holds = False
            if not self.counts_true and self.false_for >= self.after:
                self.spent = False
        if self.holds and self.at_most is not None and self.held_for >= self.at_most:
            self.holds, self.spent = False, True
        wants = self.counts_true and self.true_for >= self.before
        if wants and not self.holds and not self.spent:
            self.holds, self.held_for = True, 0
            if self.at_most == 0:
                self.holds, self.spent = False, True


def test_a_rule_holds_as_a_count_of_seconds_says() -> None:
    run_state_machine_as_test(
        SecondBySecond, settings=settings(max_examples=300, stateful_step_count=40, deadline=None)
    )
