"""How long a rule's conditions were true becomes whether the rule holds; pure, without a clock.

docs/rules.md, "When a rule holds", is what this is written from.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self


class TruthValue(StrEnum):
    """What a look at conditions shows."""

    TRUE = "true"
    FALSE = "false"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTimes:
    """The durations of a rule.

    Attributes:
        before: The rule's `for`: so long its conditions must be true before it holds.
        after: Its `hold`: so long it goes on after they end.
        at_most: The longest that it holds at a stretch, None for no end.
        grace: So long the last outcome stands while the conditions cannot be read.
    """

    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    at_most: timedelta | None = None
    grace: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What is remembered of a rule's conditions; every moment knows its time zone.

    Nothing is remembered of conditions that count as false once the stretch is over.

    Attributes:
        true_since: Since when the conditions count as true, None while they do not.
        false_since: Since when they count as false in a stretch that is not over yet.
        unreadable_since: Since when they cannot be read, as long as their last outcome matters.
        holds_since: Since when the rule holds, None while it does not.
        spent: Whether `at_most` has ended the rule in this stretch.
    """

    true_since: datetime | None = None
    false_since: datetime | None = None
    unreadable_since: datetime | None = None
    holds_since: datetime | None = None
    spent: bool = False

    @property
    def holds(self) -> bool:
        """Return whether the rule holds."""
        return self.holds_since is not None

    @property
    def since(self) -> datetime | None:
        """Return since when the rule holds, None while it does not."""
        return self.holds_since

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return the stretch that as_storage wrote down."""
        moments = {name: stored[name] for name in _MOMENTS}
        return cls(
            **{name: text and datetime.fromisoformat(text) for name, text in moments.items()},
            spent=stored["spent"],
        )

    def as_storage(self) -> dict[str, Any]:
        """Return the stretch as plain JSON."""
        moments: dict[str, datetime | None] = {name: getattr(self, name) for name in _MOMENTS}
        stored = {name: moment and moment.isoformat() for name, moment in moments.items()}
        return {**stored, "spent": self.spent}


_MOMENTS = ("true_since", "false_since", "unreadable_since", "holds_since")


def read(times: RuleTimes, stretch: Stretch, now: datetime, reading: TruthValue) -> Stretch:
    """Return what is remembered after a look at the conditions.

    The time up to now elapses under the earlier reading first.
    """
    elapsed = elapse(times, stretch, now)
    return elapse(times, _taken(elapsed, now, reading), now)


def elapse(times: RuleTimes, stretch: Stretch, now: datetime) -> Stretch:
    """Return what is remembered when the conditions stay as they were until now."""
    stretch = _not_later_than(stretch, now)
    while (deadline := _next_deadline(times, stretch)) and deadline[0] <= now:
        stretch = deadline[1]
    return stretch


def next_change(times: RuleTimes, stretch: Stretch) -> datetime | None:
    """Return the next moment at which elapse changes something, None when there is none."""
    deadline = _next_deadline(times, stretch)
    return deadline[0] if deadline else None


def ends_at(times: RuleTimes, stretch: Stretch) -> datetime | None:
    """Return when `at_most` ends the rule, None when it does not hold or has no end."""
    return _later(stretch.holds_since, times.at_most)


type _Deadline = tuple[datetime, Stretch]


def _next_deadline(times: RuleTimes, stretch: Stretch) -> _Deadline | None:
    """Return the next moment that changes something, and what is remembered from then on.

    Of two at the same moment the one that says more comes first: a stretch that is over needs no
    end by `at_most`, and a rule that ends does not begin.
    """
    begins = None if stretch.spent or stretch.holds else _later(stretch.true_since, times.before)
    deadlines = (
        (_later(stretch.false_since, times.after), _over),
        (_later(stretch.unreadable_since, times.grace), _given_up),
        (ends_at(times, stretch), _spent),
        (begins, _begun),
    )
    due = [(moment, change) for moment, change in deadlines if moment]
    if not due:
        return None
    moment, change = min(due, key=lambda deadline: deadline[0])
    return moment, change(stretch, moment)


def _over(_stretch: Stretch, _moment: datetime) -> Stretch:
    return Stretch()


def _given_up(stretch: Stretch, moment: datetime) -> Stretch:
    """Count the conditions as false: a rule that holds ends at once, without `hold`."""
    return Stretch(false_since=moment, spent=True) if stretch.spent else Stretch()


def _spent(stretch: Stretch, _moment: datetime) -> Stretch:
    return replace(
        stretch,
        holds_since=None,
        spent=True,
        unreadable_since=stretch.unreadable_since if stretch.true_since else None,
    )


def _begun(stretch: Stretch, moment: datetime) -> Stretch:
    return replace(stretch, holds_since=moment)


def _taken(stretch: Stretch, now: datetime, reading: TruthValue) -> Stretch:
    match reading:
        case TruthValue.TRUE:
            return replace(
                stretch,
                true_since=stretch.true_since or now,
                false_since=None,
                unreadable_since=None,
            )
        case TruthValue.FALSE if stretch.holds or stretch.spent:
            return replace(
                stretch,
                true_since=None,
                false_since=stretch.false_since or now,
                unreadable_since=None,
            )
        case TruthValue.FALSE:
            return Stretch()
        case TruthValue.UNREADABLE if stretch.true_since or stretch.holds:
            return replace(stretch, unreadable_since=stretch.unreadable_since or now)
        case TruthValue.UNREADABLE:
            return stretch


def _not_later_than(stretch: Stretch, now: datetime) -> Stretch:
    """Bring back to now what lies ahead of a clock that was set back, so that it ends in time."""
    return replace(
        stretch,
        true_since=_earlier(stretch.true_since, now),
        false_since=_earlier(stretch.false_since, now),
        unreadable_since=_earlier(stretch.unreadable_since, now),
        holds_since=_earlier(stretch.holds_since, now),
    )


def _earlier(moment: datetime | None, now: datetime) -> datetime | None:
    return min(moment, now) if moment else None


def _later(moment: datetime | None, delay: timedelta | None) -> datetime | None:
    """Return the moment so much later, None when there is none or it is after the last year."""
    if moment is None or delay is None:
        return None
    try:
        return moment + delay
    except OverflowError:
        return None
