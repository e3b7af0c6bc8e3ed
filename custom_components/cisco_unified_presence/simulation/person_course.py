"""Who decides for one person in a simulated world, from its beginning to its end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Final

from ..arbitration import (
    NOT_KNOWN,
    Decision,
    ManualSetting,
    Overruled,
    OwnPresence,
    RuleRequest,
    RulesGate,
    decide,
    highest,
)
from ..rules import Pauses, PausesInForce, PersonId, RuleEvaluation, RuleMoment

# Reasons that one moment names.
MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands for a person when a simulation begins, besides rules."""

    person: PersonId
    manual: ManualSetting | None = None
    overruled: Overruled | None = None
    own: OwnPresence = NOT_KNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMoment:
    """What is decided for a person from a moment on.

    Attributes:
        rules: Every rule about the person, by id; only at the beginning and at the end.
        overruled: What the person has overruled before this decision.
        resting: The rules that rest for the person.
        gate: Whether rules may decide.
        unknown: In words, why something else may be decided as well.
    """

    at: datetime
    decision: Decision
    pauses: PausesInForce
    overruled: Overruled | None
    rules: Mapping[str, RuleMoment] = field(default_factory=dict)
    resting: frozenset[str] = frozenset()
    gate: RulesGate = field(default_factory=RulesGate)
    unknown: tuple[str, ...] = ()

    def evaluations(self, person: PersonId) -> tuple[RuleEvaluation, ...]:
        """Return how the rules evaluate, as explanations take it."""
        return tuple(
            each.evaluation.for_person(person, self.pauses, rests=rule_id in self.resting)
            for rule_id, each in self.rules.items()
        )


@dataclass(slots=True)
class _Rules:
    """The rules about a person as of one moment."""

    latest: dict[str, RuleMoment] = field(default_factory=dict)
    holding: dict[str, RuleRequest] = field(default_factory=dict)
    open: dict[str, RuleMoment] = field(default_factory=dict)

    def take(self, rule_id: str, moment: RuleMoment) -> None:
        self.latest[rule_id] = moment
        self.holding.pop(rule_id, None)
        self.open.pop(rule_id, None)
        if moment.evaluation.holds:
            self.holding[rule_id] = moment.evaluation.request
        if moment.unknown:
            self.open[rule_id] = moment


def follow(
    standing: Standing,
    courses: Mapping[str, Sequence[RuleMoment]],
    pauses: Pauses,
    began: datetime,
    end: datetime,
    resting: frozenset[str] = frozenset(),
) -> Iterator[PersonMoment]:
    """Yield what is decided at each moment at which something may change.

    Args:
        standing: What stands besides rules.
        courses: What each rule about the person does, by id.
        pauses: The pauses of rules.
        began: When the simulation begins.
        end: When it ends.
        resting: The rules that rest for the person.
    """
    rules, overruled = _Rules(), standing.overruled
    coming = [
        (moment.at, rule_id, moment) for rule_id, course in courses.items() for moment in course
    ]
    coming.sort(key=lambda each: each[0])
    moments = [*{*(at for at, _, _ in coming), *pauses.ends, began, end}]
    if standing.manual and standing.manual.until:
        moments.append(standing.manual.until)
    heapify(moments)
    following, last = iter(coming), None
    upcoming = next(following, None)
    while moments:
        at = heappop(moments)
        if at == last or not began <= at <= end:
            continue
        last = at
        while upcoming and upcoming[0] <= at:
            rules.take(upcoming[1], upcoming[2])
            upcoming = next(following, None)
        moment = _decided(standing, rules, overruled, pauses.at(at), at, resting)
        if at in (began, end):
            moment = replace(moment, rules=dict(rules.latest))
        overruled = moment.decision.remains_overruled
        if overruled and overruled.until:
            heappush(moments, overruled.until)
        yield moment


def _decided(
    standing: Standing,
    rules: _Rules,
    overruled: Overruled | None,
    pauses: PausesInForce,
    at: datetime,
    resting: frozenset[str],
) -> PersonMoment:
    def acts(rule_id: str) -> bool:
        return rule_id not in resting and not pauses.stop(standing.person, rule_id)

    acting = [request for rule_id, request in rules.holding.items() if acts(rule_id)]

    def decided(requests: Iterable[RuleRequest]) -> Decision:
        return decide(standing.manual, requests, overruled, at, standing.own)

    decision = decided(acting)
    unknown: list[str] = []
    for rule_id, moment in rules.open.items():
        request = moment.evaluation.request
        if not acts(rule_id) or _cannot_matter(request, decision):
            continue
        others = [each for each in acting if each.rule_id != rule_id]
        other = decided(others if rule_id in rules.holding else [*others, request])
        if (other.source, other.requested) != (decision.source, decision.requested):
            unknown.append(moment.unknown or "")
        if len(unknown) == MOST_REASONS:
            break
    return PersonMoment(
        at=at,
        decision=decision,
        pauses=pauses,
        overruled=overruled,
        resting=resting,
        gate=pauses.gate_of(standing.person),
        unknown=tuple(unknown),
    )


def _cannot_matter(request: RuleRequest, decision: Decision) -> bool:
    """Return whether a request comes after that of the rule that wins."""
    winner = decision.rule_request
    if winner is None or decision.overruled or winner.rule_id == request.rule_id:
        return False
    return highest((winner, request)) is winner and not request.beats_manual
