"""Loops: rules that read what they set, and begin and end for ever.

Specified in docs/rules.md, "Rules that chase themselves".
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .directory import PersonId

# So many changes of one person's winner within this time, with no input of another source.
CHANGES: Final = 4
WITHIN: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class WinnerChange:
    """A change of a person's winner.

    Attributes:
        at: When.
        rules: The rules that won before and after it.
        holding: The rules about the person that held then.
    """

    at: datetime
    rules: frozenset[str]
    holding: frozenset[str]


def recent(changes: Iterable[WinnerChange], now: datetime) -> list[WinnerChange]:
    """Return the changes that count: within the time, and each with other rules that hold.

    Where the same rules hold as before, something else has changed the winner: a manual setting,
    or the person.
    """
    found: list[WinnerChange] = []
    for change in changes:
        if not now - WITHIN <= change.at <= now:
            continue
        if found and found[-1].holding == change.holding:
            continue
        found.append(change)
    return found


def looping(
    changes: Iterable[WinnerChange], last_foreign_input: datetime | None, now: datetime
) -> frozenset[str]:
    """Return the rules between which the winner goes back and forth, none without a loop.

    Args:
        changes: The changes of one person's winner, in their order.
        last_foreign_input: When an input of these rules has changed that is not ours.
        now: The present time.
    """
    counted = recent(changes, now)[-CHANGES:]
    if len(counted) < CHANGES:
        return frozenset()
    if last_foreign_input is not None and last_foreign_input > counted[0].at:
        return frozenset()
    return frozenset[str]().union(*(change.rules for change in counted))


class LoopGuard:
    """Remembers changes of winners, and which rules rest for whom."""

    def __init__(self) -> None:
        self._changes: defaultdict[PersonId, list[WinnerChange]] = defaultdict(list)
        self._own_changed: dict[PersonId, datetime] = {}
        self._resting: defaultdict[str, set[PersonId]] = defaultdict(set)

    def note(self, person: PersonId, change: WinnerChange) -> list[WinnerChange]:
        """Remember a change, and return those that count now."""
        changes = recent([*self._changes[person], change], change.at)
        self._changes[person] = changes
        return changes

    def note_own(self, person: PersonId, now: datetime) -> None:
        """Remember that a person's own presence has changed, which none of our rules does."""
        self._own_changed[person] = now

    def own_changed_at(self, person: PersonId) -> datetime | None:
        return self._own_changed.get(person)

    def rests(self, rule_id: str, person: PersonId) -> bool:
        return person in self._resting.get(rule_id, ())

    def resting_for(self, rule_id: str) -> frozenset[PersonId]:
        return frozenset(self._resting.get(rule_id, ()))

    def put_to_rest(self, rule_id: str, person: PersonId) -> None:
        self._resting[rule_id].add(person)
        self._changes.pop(person, None)

    def release(self, rule_id: str) -> bool:
        """Let a rule win again; return whether it rested."""
        return self._resting.pop(rule_id, None) is not None
