"""What a rule would do for one person now, if it were saved as it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..arbitration import (
    Decision,
    ManualSetting,
    Overruled,
    OwnPresence,
    RulesGate,
    decide,
)
from ..states import STATES
from .condition_facts import ConditionFact
from .status import RuleEvaluation
from .trial import TrialResult


class PreviewOutcome(StrEnum):
    """What a rule does for a person."""

    DECIDES = "decides"
    ENDED = "ended"
    LEAVES_TO_PERSON = "leaves_to_person"
    LOSES_TO_RULE = "loses_to_rule"
    LOSES_TO_EARLIER_RULE = "loses_to_earlier_rule"
    LOSES_TO_MANUAL = "loses_to_manual"
    NOT_FOLLOWED = "not_followed"
    NOT_TRUE = "not_true"
    OFF = "off"
    OVERRULED = "overruled"
    PAUSED = "paused"
    WAITS = "waits"
    YIELDS = "yields"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedRule:
    """How a rule evaluates for a person, among the rules about that person.

    Attributes:
        trial: How the rule itself evaluates.
        stopped: Whether it does not act all the same: it is paused, or the person follows no rules.
        others: How the other rules evaluate.
        gate: Whether rules may decide for the person.
    """

    trial: TrialResult
    stopped: bool
    others: tuple[RuleEvaluation, ...]
    gate: RulesGate


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a rule does for a person.

    Attributes:
        presence: The state that it requests, `own`, or None while that depends.
        until: When it ends, as far as that is known.
        begins_at: When it begins to hold, where it waits.
        winner: The name of the rule that wins in its place.
        priority: The priority of that rule.
        set_by: Who has made the manual setting that wins in its place.
        yields_to: The own presence or activity of the person to which it yields.
        facts: The conditions that are not as the rule needs them.
    """

    outcome: PreviewOutcome
    presence: str | None = None
    until: datetime | None = None
    begins_at: datetime | None = None
    winner: str | None = None
    priority: int | None = None
    set_by: str | None = None
    yields_to: str | None = None
    facts: tuple[ConditionFact, ...] = ()


def preview_of(
    rule: PreviewedRule,
    *,
    manual: ManualSetting | None,
    overruled: Overruled | None,
    own: OwnPresence,
    now: datetime,
) -> Preview:
    """Return what a rule does, decided as for the rules that run."""
    evaluation, begins_at = rule.trial.evaluation, rule.trial.begins_at
    if not evaluation.enabled:
        return Preview(outcome=PreviewOutcome.OFF)
    if begins_at is not None:
        waits = PreviewOutcome.WAITS
        return Preview(outcome=waits, presence=evaluation.presence, begins_at=begins_at)
    if rule.trial.has_ended:
        return Preview(outcome=PreviewOutcome.ENDED)
    if not evaluation.holds:
        return Preview(outcome=PreviewOutcome.NOT_TRUE, facts=rule.trial.facts)
    if rule.stopped:
        paused = rule.gate.follows
        return Preview(outcome=PreviewOutcome.PAUSED if paused else PreviewOutcome.NOT_FOLLOWED)
    acting = (each for each in rule.others if each.acts)
    requests = [*(each.request for each in acting), evaluation.request]
    return _decided(evaluation, decide(manual, requests, overruled, now, own))


def _decided(evaluation: RuleEvaluation, decision: Decision) -> Preview:
    winner = decision.rule_request
    if winner is not None and winner.rule_id == evaluation.rule_id:
        return _won(decision)
    if decision.yielding is not None and decision.yielding.rule_id == evaluation.rule_id:
        return Preview(outcome=PreviewOutcome.YIELDS, yields_to=decision.yields_to)
    if winner is None:
        return Preview(outcome=PreviewOutcome.LOSES_TO_MANUAL, set_by=decision.set_by)
    is_equal = winner.priority == evaluation.request.priority
    return Preview(
        outcome=PreviewOutcome.LOSES_TO_EARLIER_RULE if is_equal else PreviewOutcome.LOSES_TO_RULE,
        winner=winner.name,
        priority=winner.priority,
    )


def _won(decision: Decision) -> Preview:
    if decision.overruled:
        return Preview(outcome=PreviewOutcome.OVERRULED)
    if decision.requested is None:
        return Preview(outcome=PreviewOutcome.LEAVES_TO_PERSON, until=decision.until)
    return Preview(
        outcome=PreviewOutcome.DECIDES,
        presence=STATES[decision.requested.presence],
        until=decision.until,
    )
