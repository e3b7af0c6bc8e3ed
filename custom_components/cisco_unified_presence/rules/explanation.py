"""The explanation of a decision: every rule, and what would win if it held."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ..arbitration import (
    Decision,
    ManualSetting,
    Overruled,
    OwnPresence,
    RuleRequest,
    RulesGate,
    decide,
    highest,
    yields,
)
from ..decision_words import in_words, local_iso
from ..people import Person
from ..states import STATES
from .status import RuleEvaluation


def explanation_of(  # noqa: PLR0913 (the parts of a decision)
    person: Person,
    shown: str | None,
    evaluations: tuple[RuleEvaluation, ...],
    gate: RulesGate,
    *,
    manual: ManualSetting | None,
    overruled: Overruled | None,
    own: OwnPresence,
    waiting_until: datetime | None,
    refused_until: datetime | None,
    now: datetime,
) -> dict[str, Any]:
    """Return as plain JSON why a person has the presence that they have.

    The evaluations are those of all rules about the person; shown is the state that the server
    shows, overruled what they have overruled, and own their own presence; until waiting_until the
    server is not told, and at refused_until it is asked again after it has refused.
    """
    requests = [evaluation.request for evaluation in evaluations if evaluation.acts]
    decision = decide(manual, requests, overruled, now, own)

    # Of the others only the highest count, or hundreds of rules would take a second.
    rivals = _highest_of_each_kind(requests, own)

    def if_it_held(evaluation: RuleEvaluation) -> Decision:
        return decide(manual, [*rivals, evaluation.request], overruled, now, own)

    return {
        "name": person.name,
        "shown": shown,
        "own": own.presence,
        "own_activities": sorted(own.activities),
        "source": decision.source.value,
        "wanted": STATES[decision.requested.presence] if decision.requested else None,
        "note": decision.requested.note if decision.requested else None,
        "rule": decision.rule_request.name if decision.rule_request else None,
        "since": local_iso(decision.since),
        "until": local_iso(decision.until),
        "until_expected": local_iso(expected_end(decision, evaluations)),
        "set_aside": decision.overruled,
        "set_by": decision.set_by,
        "waiting_until": local_iso(refused_until or waiting_until),
        "follows_rules": gate.follows,
        "rules_paused": gate.pause is not None,
        "paused_until": local_iso(gate.paused_until),
        "reason": in_words(
            decision, waiting_until=waiting_until, refused_until=refused_until, gate=gate
        ),
        "rules": [
            _rule(evaluation, if_it_held(evaluation), decision, own) for evaluation in evaluations
        ],
    }


def expected_end(decision: Decision, evaluations: Iterable[RuleEvaluation]) -> datetime | None:
    """Return when the rule that wins is to end, None where that is certain, or not known."""
    request = decision.rule_request
    if request is None or decision.overruled:
        return None
    winner = next((each for each in evaluations if each.rule_id == request.rule_id), None)
    expected = winner.expected_end() if winner else None
    is_certain = expected is None or (decision.until is not None and decision.until <= expected)
    return None if is_certain else expected


def _highest_of_each_kind(requests: Sequence[RuleRequest], own: OwnPresence) -> list[RuleRequest]:
    """Return those that win with or without a manual setting, or would if they did not yield."""
    free = [each for each in requests if not yields(each, own)]
    kinds = [
        kind
        for every in (requests, free)
        for kind in (every, [each for each in every if each.beats_manual])
    ]
    return [found for kind in kinds if (found := highest(kind))]


def _rule(
    evaluation: RuleEvaluation, if_it_held: Decision, decision: Decision, own: OwnPresence
) -> dict[str, Any]:
    wins = decision.rule_request is not None and decision.rule_request.rule_id == evaluation.rule_id
    return {
        "id": evaluation.rule_id,
        "name": evaluation.name,
        "on": evaluation.enabled,
        "holds": evaluation.holds,
        "wins": wins and not decision.overruled,
        "since": local_iso(evaluation.since),
        "presence": evaluation.presence,
        "yields": evaluation.holds and yields(evaluation.request, own),
        "priority": evaluation.request.priority,
        "paused": evaluation.pause is not None,
        "paused_until": local_iso(evaluation.pause.until) if evaluation.pause else None,
        "not_true": list(evaluation.failing),
        "if_it_held": in_words(if_it_held),
    }
