"""Loops: rules that read what they set, and begin and end for ever.

Specified in docs/rules.md, "Rules that chase themselves".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .directory import PersonId

# So many changes of one person's winner within this time, each following from the one before.
CHANGES: Final = 4
WITHIN: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the change of an input comes from.

    Attributes:
        people: The people whose winners' changes led to it, one by way of the other; none where
            something else did.
        reads: The rules that changed, each with the input that did.
        by_time: Whether no input has changed, as when `for` has elapsed.
    """

    people: frozenset[PersonId] = frozenset()
    reads: frozenset[tuple[str, str]] = frozenset()
    by_time: bool = False


FOREIGN: Final = Origin()


@dataclass(frozen=True, slots=True)
class WinnerChange:
    """A change of a person's winner.

    Attributes:
        at: When.
        holding: The rules about the person that held then.
        origin: Where it comes from.
    """

    at: datetime
    holding: frozenset[str]
    origin: Origin = FOREIGN


def recent(changes: Iterable[WinnerChange], now: datetime) -> list[WinnerChange]:
    """Return the changes that count: within the time, and each with other rules that hold.

    Where the same rules hold as before, something else has changed the winner: a manual setting,
    or the person.
    """
    found: list[WinnerChange] = []
    first = now - WITHIN
    for change in changes:
        if not first <= change.at <= now:
            continue
        if found and found[-1].holding == change.holding:
            continue
        found.append(change)
    return found


def looping(
    changes: Iterable[WinnerChange], person: PersonId, now: datetime
) -> Mapping[str, frozenset[str]]:
    """Return the rules by which the winner of a person goes back and forth, and what they read.

    Of the changes that count the first may have any origin; the others follow from a change of
    the same person's winner, or from time alone, but not all of them.
    """
    counted = recent(changes, now)[-CHANGES:]
    following = [each.origin for each in counted[1:] if not each.origin.by_time]
    if len(counted) < CHANGES or not all(person in each.people for each in following):
        return {}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for rule_id, entity_id in frozenset[tuple[str, str]]().union(*(x.reads for x in following)):
        found[rule_id].add(entity_id)
    return {rule_id: frozenset(entities) for rule_id, entities in found.items()}


@dataclass(frozen=True, slots=True)
class Call:
    """An action that sets or clears a person's presence.

    Attributes:
        at: When.
        people: The people whose presences led to it, one by way of the other; none where something
            else did.
    """

    at: datetime
    people: frozenset[PersonId] = frozenset()


class LoopGuard:
    """Remembers changes of winners, and which rules rest for whom."""

    def __init__(self) -> None:
        self._changes: dict[PersonId, list[WinnerChange]] = {}
        self._calls: dict[PersonId, Call] = {}
        self._own_changed: dict[PersonId, datetime] = {}
        self._resting: defaultdict[str, set[PersonId]] = defaultdict(set)

    def note(self, person: PersonId, change: WinnerChange) -> list[WinnerChange]:
        """Remember a change, and return those that count now."""
        # The last one counts as the newest.
        changes = recent([*self._changes.pop(person, ()), change], change.at)
        self._changes[person] = changes
        if changes[-1] is change:
            self._calls.pop(person, None)
        return changes

    def last(self, person: PersonId, now: datetime) -> WinnerChange | None:
        """Return a person's last change that counts, None without one."""
        changes = recent(self._changes.get(person, ()), now)
        return changes[-1] if changes else None

    def note_call(self, person: PersonId, call: Call) -> None:
        """Remember an action for a person, until the person's winner changes by rules again."""
        self._calls.pop(person, None)
        self._calls[person] = call
        for each in tuple(self._calls):
            if call.at - self._calls[each].at <= WITHIN:
                return
            del self._calls[each]

    def call(self, person: PersonId, now: datetime) -> Call | None:
        """Return the action after which rules have changed nothing for a person, None without."""
        call = self._calls.get(person)
        return call if call and now - call.at <= WITHIN else None

    def changed_last(self, most: int) -> list[PersonId]:
        """Return who has changed last by rules and by actions, of both at most so many people."""
        return [*list(self._changes)[-most:], *list(self._calls)[-most:]]

    def note_own(self, person: PersonId, now: datetime) -> None:
        """Remember that a person's own presence has changed, which none of our rules does."""
        self._own_changed[person] = now

    def own_changed_at(self, person: PersonId) -> datetime | None:
        return self._own_changed.get(person)

    def rests(self, rule_id: str, person: PersonId) -> bool:
        return person in self._resting.get(rule_id, ())

    def resting_for(self, rule_id: str) -> frozenset[PersonId]:
        return frozenset(self._resting.get(rule_id, ()))

    def put_to_rest(self, rule_id: str, *people: PersonId) -> None:
        """Let a rule win no more for these people; it rests without any too."""
        self._resting[rule_id].update(people)
        for person in people:
            self._changes.pop(person, None)

    def retain_people(self, entry_id: str, keys: Iterable[str]) -> None:
        """Forget the people of an entry who are not among these."""
        retained = {(entry_id, key) for key in keys}
        named = {*self._changes, *self._calls, *self._own_changed}.union(*self._resting.values())
        for person in named - retained:
            if person[0] == entry_id:
                self._forget(person)

    def _forget(self, person: PersonId) -> None:
        self._changes.pop(person, None)
        self._calls.pop(person, None)
        self._own_changed.pop(person, None)
        for resting in self._resting.values():
            resting.discard(person)

    def release(self, rule_id: str) -> bool:
        """Let a rule win again; return whether it rested."""
        return self._resting.pop(rule_id, None) is not None
