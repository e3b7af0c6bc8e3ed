"""What is likely a mistake in rules that are valid, found in the rules themselves.

Pure functions. Specified in docs/rules.md, "What looks like a mistake".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
import json
from typing import Any, Final

from homeassistant.helpers import config_validation as cv

from ..arbitration import RequestedPresence, RuleRequest
from .directory import PersonId
from .rule import Rule

_NESTED: Final = ("conditions", "and", "or")
_DETECTED: Final = ("motion.is_detected", "occupancy.is_detected")


@dataclass(frozen=True, slots=True)
class LintedRule:
    """A rule that is switched on, its place among others, and whom it is about."""

    rule: Rule
    order: int
    people: frozenset[PersonId]
    conditions: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        written = (json.dumps(each, sort_keys=True, default=str) for each in self.rule.when)
        object.__setattr__(self, "conditions", frozenset(written))

    @property
    def rank(self) -> tuple[int, int]:
        """Return what is lower for the rule that wins."""
        return (-self.rule.priority, self.order)


def never_winning(rules: Sequence[LintedRule]) -> dict[str, LintedRule]:
    """Return by the ids of rules that never win a rule that wins in their place.

    That holds whenever they do, for all their people.
    """
    # Of the rules that win over the one that is next.
    by_condition: defaultdict[str, list[LintedRule]] = defaultdict(list)
    found: dict[str, LintedRule] = {}
    for below in sorted(rules, key=lambda each: each.rank):
        others = (each for condition in below.conditions for each in by_condition[condition])
        if above := next((each for each in others if _holds_whenever(each, below)), None):
            found[below.rule.id] = above
        for condition in below.conditions:
            by_condition[condition].append(below)
    return {each.rule.id: found[each.rule.id] for each in rules if each.rule.id in found}


def _holds_whenever(above: LintedRule, below: LintedRule) -> bool:
    """Return whether the first holds whenever the second does, for all whom that is about."""
    return (
        below.people <= above.people
        and bool(below.people)
        and above.conditions <= below.conditions
        and _holds_as_long(above.rule, below.rule)
        and _yields_less(above.rule, below.rule)
        and (above.rule.beats_manual or not below.rule.beats_manual)
    )


def _holds_as_long(above: Rule, below: Rule) -> bool:
    is_plain = above.presence.fixed is not None and above.until is None
    times, others = above.times, below.times
    return (
        is_plain
        and above.variables == below.variables
        and times.at_most is None
        and times.before <= others.before
        and times.after >= others.after
        and times.grace >= others.grace
    )


def _yields_less(above: Rule, below: Rule) -> bool:
    # What the rule below requests may depend, and with it what it usually yields to.
    return above.yields_to_of(above.requested) <= below.yields_to_of(below.requested)


def tied(requests: Iterable[RuleRequest]) -> tuple[RuleRequest, RuleRequest] | None:
    """Return the highest two of the requests for a person if only their order decides.

    None where both request the same, which nobody notices.
    """
    ranked = sorted(requests, key=lambda each: (-each.priority, each.order))
    highest = [each for each in ranked if each.priority == ranked[0].priority]
    others = (
        each for each in highest if _presence(each.requested) != _presence(highest[0].requested)
    )
    other = next(others, None)
    return (highest[0], other) if other else None


def _presence(requested: RequestedPresence | None) -> object:
    return requested.presence if requested else None


def sensors_that_must_be_on(conditions: Iterable[Any]) -> Iterator[str]:
    """Yield the entities whose state must be `on`, by conditions as they were written."""
    for condition in _leaves(conditions):
        if condition.get("condition") == "state" and "attribute" not in condition:
            states = cv.ensure_list(condition.get("state"))
            yield from (cv.ensure_list(condition.get("entity_id")) if states == ["on"] else ())


def targets_that_must_detect(conditions: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the targets of conditions that motion or occupancy is detected."""
    for condition in _leaves(conditions):
        if condition.get("condition") in _DETECTED and condition.get("target"):
            yield condition["target"]


def _leaves(conditions: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for condition in conditions:
        if not isinstance(condition, Mapping) or condition.get("enabled") is False:
            continue
        if condition.get("condition") == "not":
            continue
        nested = [each for key in _NESTED for each in cv.ensure_list(condition.get(key))]
        yield from _leaves(nested)
        if not nested:
            yield condition
