"""When a rule holds, computed from how long its conditions have been true.

Pure functions of state and time, without a clock. Source: docs/rules.md, "When a rule is active".
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Self

from ..storage import of_type, stored_time
from .truth import TruthValue


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTimes:
    """The durations of a rule.

    Attributes:
        before: The rule's `for`: how long its conditions must be true before it holds.
        after: Its `hold`: how long it goes on holding after they turn false.
        at_most: The longest time that it holds without a break, None for no limit.
        grace: How long the last known value counts while the conditions are unknown.
    """

    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    at_most: timedelta | None = None
    grace: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingState:
    """Since when a rule's conditions count as what; all times are aware.

    The empty state stands for conditions that count as false, with `after` elapsed.

    Attributes:
        true_since: Since when the conditions count as true, None while they do not.
        false_since: Since when they count as false, None once `after` has elapsed.
        unknown_since: Since when they are unknown, None when their last value matters no more.
        holds_since: Since when the rule holds, None while it does not.
        until: When the rule is to end besides, None when nothing says so.
        spent: Whether `at_most` or `until` has ended the rule; it holds again only after the empty
            state.
    """

    true_since: datetime | None = None
    false_since: datetime | None = None
    unknown_since: datetime | None = None
    holds_since: datetime | None = None
    until: datetime | None = None
    spent: bool = False

    @property
    def holds(self) -> bool:
        return self.holds_since is not None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        times = {name: _stored_time(stored[key]) for name, key in _STORED_KEYS.items()}
        until = _stored_time(stored.get("until"))
        return cls(**times, until=until, spent=of_type(stored["spent"], bool))

    def as_storage(self) -> dict[str, Any]:
        times: dict[str, datetime | None] = {
            key: getattr(self, name) for name, key in _STORED_KEYS.items()
        }
        stored = {key: time.isoformat() if time else None for key, time in times.items()}
        until = {"until": self.until.isoformat()} if self.until else {}
        return {**stored, **until, "spent": self.spent}


_EMPTY = TimingState()

_STORED_KEYS = {
    "true_since": "true_since",
    "false_since": "false_since",
    "unknown_since": "unreadable_since",
    "holds_since": "holds_since",
}


def _stored_time(stored: object) -> datetime | None:
    return None if stored is None else stored_time(stored)


def observe(
    times: RuleTimes,
    state: TimingState,
    now: datetime,
    value: TruthValue,
    until: datetime | None = None,
) -> TimingState:
    """Return the state after the conditions are found to have this value now.

    The time up to now elapses under the earlier value and end first. The end stays as it is while
    the conditions are not true, since what it depends on may be gone.
    """
    before = elapse(times, state, now)
    after = _with_value(before, now, value)
    if value is TruthValue.TRUE and after.until != until:
        after = replace(after, until=until)
    return before if after is before else _elapsed(times, after, now)


def elapse(times: RuleTimes, state: TimingState, now: datetime) -> TimingState:
    """Return the state when the conditions keep their value until now."""
    return state if state is _EMPTY else _elapsed(times, _not_later_than(state, now), now)


def _elapsed(times: RuleTimes, state: TimingState, now: datetime) -> TimingState:
    while (deadline := _next_deadline(times, state)) and deadline[0] <= now:
        moment, change = deadline
        state = change(state, moment)
    return state


def next_change(times: RuleTimes, state: TimingState) -> datetime | None:
    """Return the next moment at which elapse changes the state, None when there is none."""
    deadline = _next_deadline(times, state)
    return deadline[0] if deadline else None


def ends_at(times: RuleTimes, state: TimingState) -> datetime | None:
    """Return when `at_most` or `until` ends the rule, None when it does not hold or none does."""
    if state.holds_since is None:
        return None
    ends = (_later(state.holds_since, times.at_most), state.until)
    return min((end for end in ends if end), default=None)


type _Change = Callable[[TimingState, datetime], TimingState]
type _Deadline = tuple[datetime, _Change]


def _next_deadline(times: RuleTimes, state: TimingState) -> _Deadline | None:
    """Return the next moment that changes the state, and how it does.

    Of two at the same moment the first of this order counts: after the empty state there is
    nothing for `at_most` to end, and a rule that ends does not begin.
    """
    due: list[_Deadline] = []
    # Every evaluation of every rule comes by here several times, mostly with nothing due.
    if state.false_since:
        _add(due, state.false_since, times.after, _over)
    if state.unknown_since:
        _add(due, state.unknown_since, times.grace, _given_up)
    if state.holds_since:
        if times.at_most is not None:
            _add(due, state.holds_since, times.at_most, _spent)
        if state.until:
            due.append((state.until, _spent))
    elif state.true_since and not state.spent:
        _add(due, state.true_since, times.before, _begun)
    return min(due, key=itemgetter(0)) if due else None


def _add(due: list[_Deadline], since: datetime, delay: timedelta, change: _Change) -> None:
    """Add what is due so much later, unless that is after the last year of datetime."""
    if moment := _later(since, delay):
        due.append((moment, change))


def _over(_state: TimingState, _moment: datetime) -> TimingState:
    return _EMPTY


def _given_up(state: TimingState, moment: datetime) -> TimingState:
    """Count the conditions as false; a rule that holds ends at once, without `after`."""
    return TimingState(false_since=moment, spent=True) if state.spent else _EMPTY


def _spent(state: TimingState, _moment: datetime) -> TimingState:
    return replace(
        state,
        holds_since=None,
        spent=True,
        unknown_since=state.unknown_since if state.true_since else None,
    )


def _begun(state: TimingState, moment: datetime) -> TimingState:
    return TimingState(
        true_since=state.true_since,
        unknown_since=state.unknown_since,
        holds_since=moment,
        until=state.until,
    )


def _with_value(state: TimingState, now: datetime, value: TruthValue) -> TimingState:
    match value:
        case TruthValue.TRUE:
            return _counted_as_true(state, now)
        case TruthValue.FALSE:
            return _counted_as_false(state, now)
        case TruthValue.UNKNOWN if state.true_since or state.holds:
            return replace(state, unknown_since=state.unknown_since or now)
        case TruthValue.UNKNOWN:
            return state


def _counted_as_true(state: TimingState, now: datetime) -> TimingState:
    if state.true_since and not state.unknown_since:
        return state
    return TimingState(
        true_since=state.true_since or now,
        holds_since=state.holds_since,
        until=state.until,
        spent=state.spent,
    )


def _counted_as_false(state: TimingState, now: datetime) -> TimingState:
    if not (state.holds or state.spent):
        return _EMPTY
    if state.false_since and not state.unknown_since:
        return state
    return TimingState(
        false_since=state.false_since or now,
        holds_since=state.holds_since,
        until=state.until,
        spent=state.spent,
    )


def _not_later_than(state: TimingState, now: datetime) -> TimingState:
    """Move times after now to now: the clock was set back, and deadlines must still come."""
    moments = (state.true_since, state.false_since, state.unknown_since, state.holds_since)
    if max(filter(None, moments), default=now) <= now:
        return state
    return replace(
        state,
        true_since=_earlier(state.true_since, now),
        false_since=_earlier(state.false_since, now),
        unknown_since=_earlier(state.unknown_since, now),
        holds_since=_earlier(state.holds_since, now),
    )


def _earlier(moment: datetime | None, now: datetime) -> datetime | None:
    return min(moment, now) if moment else None


def _later(moment: datetime | None, delay: timedelta | None) -> datetime | None:
    """Return the moment so much later, None without one or after the last year of datetime."""
    if moment is None or delay is None:
        return None
    try:
        return moment + delay
    except OverflowError:
        return None
