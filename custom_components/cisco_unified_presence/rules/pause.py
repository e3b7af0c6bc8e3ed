"""Pauses of rules as pure values: which rules for whom, and until when.

Specified in docs/rules.md, "Pauses".
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from ..arbitration import RulesGate, RulesPause
from ..storage import of_type, stored_time
from .directory import PersonId


@dataclass(frozen=True, slots=True)
class Scope:
    """Some rules for some people; None stands for all."""

    people: frozenset[PersonId] | None = None
    rules: frozenset[str] | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        people, rules = stored["people"], stored["rules"]
        return cls(
            people=None if people is None else frozenset(map(_person, people)),
            rules=None if rules is None else frozenset(of_type(each, str) for each in rules),
        )

    def as_storage(self) -> dict[str, Any]:
        return {
            "people": None if self.people is None else sorted(map(list, self.people)),
            "rules": None if self.rules is None else sorted(self.rules),
        }

    def covers(self, person: PersonId | None, rule_id: str | None) -> bool:
        """Tell whether a rule is in it for a person; None stands for all of them."""
        return (self.people is None or person in self.people) and (
            self.rules is None or rule_id in self.rules
        )

    def contains(self, other: Self) -> bool:
        """Tell whether all that is in the other scope is in this one."""
        return _includes(self.people, other.people) and _includes(self.rules, other.rules)

    def overlaps(self, other: Self) -> bool:
        return _meets(self.people, other.people) and _meets(self.rules, other.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Rules that are paused.

    Attributes:
        scope: Which rules for whom.
        until: When it ends, None when it has no end.
        resumed: What has been resumed of it since.
        by_switch: Whether it is a person's switch, which only the switch ends.
    """

    scope: Scope
    until: datetime | None = None
    resumed: tuple[Scope, ...] = ()
    by_switch: bool = False

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        until = stored["until"]
        return cls(
            scope=Scope.from_storage(stored["scope"]),
            until=stored_time(until) if until is not None else None,
            resumed=tuple(map(Scope.from_storage, stored["resumed"])),
            by_switch=of_type(stored["by_switch"], bool),
        )

    def as_storage(self) -> dict[str, Any]:
        return {
            "scope": self.scope.as_storage(),
            "until": self.until.isoformat() if self.until else None,
            "resumed": [each.as_storage() for each in self.resumed],
            "by_switch": self.by_switch,
        }

    def has_ended(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now

    def covers(self, person: PersonId | None, rule_id: str | None) -> bool:
        """Tell whether it stops a rule for a person; None stands for all of them."""
        return self.scope.covers(person, rule_id) and not any(
            each.covers(person, rule_id) for each in self.resumed
        )

    def without(self, resumed: Scope) -> Self | None:
        """Return what is left of it once a scope is resumed, None for nothing."""
        if self.by_switch or not self.scope.overlaps(resumed):
            return self
        if resumed.contains(self.scope):
            return None
        others = (each for each in self.resumed if not resumed.contains(each))
        return replace(self, resumed=(*others, resumed))

    def without_people(self, gone: frozenset[PersonId]) -> Self | None:
        """Return it for the people who are still there, None without any."""
        people = self.scope.people
        if people is None or people.isdisjoint(gone):
            return self
        left = people - gone
        return replace(self, scope=replace(self.scope, people=left)) if left else None


@dataclass(frozen=True, slots=True)
class PausesInForce:
    """The pauses that count at one time."""

    pauses: tuple[Pause, ...] = ()

    def stop(self, person: PersonId, rule_id: str) -> bool:
        """Tell whether a rule does not act for a person."""
        return any(pause.covers(person, rule_id) for pause in self.pauses)

    def follows_rules(self, person: PersonId) -> bool:
        """Tell whether a person's switch is on."""
        return not any(each.by_switch and each.covers(person, None) for each in self.pauses)

    def of(self, person: PersonId | None, rule_id: str | None) -> RulesPause | None:
        """Return the pause of a rule for a person, but for the switch; None stands for all."""
        return longest(
            each for each in self.pauses if not each.by_switch and each.covers(person, rule_id)
        )

    def gate_of(self, person: PersonId) -> RulesGate:
        return RulesGate(self.follows_rules(person), self.of(person, None))


def longest(pauses: Iterable[Pause]) -> RulesPause | None:
    """Return the pause that ends last as it is told, None without any."""
    ends = [pause.until for pause in pauses]
    if not ends:
        return None
    return RulesPause(None if None in ends else max(end for end in ends if end))


def _person(stored: object) -> PersonId:
    entry_id, key = of_type(stored, list)
    return of_type(entry_id, str), of_type(key, str)


def _includes[T](some: frozenset[T] | None, others: frozenset[T] | None) -> bool:
    return some is None or (others is not None and others <= some)


def _meets[T](some: frozenset[T] | None, others: frozenset[T] | None) -> bool:
    return some is None or others is None or not some.isdisjoint(others)
