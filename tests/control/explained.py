"""What an explanation claims, compared with the rule engine and the inputs."""

from collections.abc import Mapping
from datetime import datetime

from custom_components.cisco_unified_presence.arbitration import Source
from custom_components.cisco_unified_presence.explanation import (
    Besides,
    Circumstances,
    Kind,
    Note,
    Phase,
    situation_of,
)
from custom_components.cisco_unified_presence.rules import ConditionFact, RuleEvaluation, TruthValue

VALUES = {
    "on": TruthValue.TRUE,
    "off": TruthValue.FALSE,
    "unavailable": TruthValue.UNKNOWN,
}


def is_decided(around: Circumstances) -> bool:
    """Return whether what has changed last was decided already."""
    requests = [each.request for each in around.evaluations if each.acts]
    winner = around.decision.rule_request
    return winner in requests if winner else True


def check_claims(around: Circumstances, inputs: Mapping[str, str], now: datetime) -> None:
    """Assert that all that is told of a person is so, by the names of the inputs."""
    situation, decision = situation_of(around), around.decision
    by_name = {each.name: each for each in around.evaluations}
    _check_facts(situation.facts, inputs)
    if situation.rule is not None and decision.rule_request is not None:
        winner = by_name[situation.rule]
        assert winner.holds
        assert not winner.stopped
        assert situation.until == winner.request.until
        assert situation.since == winner.since
        _check_phase(winner, situation.phase, situation.phase_ends, now)
    match situation.kind:
        case Kind.MANUAL:
            assert decision.source is Source.MANUAL
            assert situation.until is None or situation.until > now
        case Kind.RULE:
            assert decision.source is Source.RULE
            assert situation.shown == situation.requested
        case Kind.OVERRULED:
            assert decision.overruled
        case Kind.DEVICES | Kind.CHOSEN | Kind.ON_THE_PHONE | Kind.IN_A_MEETING:
            assert decision.requested is None
            assert around.published is None
        case Kind.REFUSED | Kind.LIMITED:
            assert situation.at is not None
            assert around.published != decision.requested
        case Kind.PENDING | Kind.DEVICE_REPORTS | Kind.OTHER_WORD:
            assert situation.shown != situation.requested
    for note in situation.notes:
        _check_note(note, around, by_name, inputs)


def _check_facts(facts: tuple[ConditionFact, ...], inputs: Mapping[str, str]) -> None:
    for fact in facts:
        if fact.name not in inputs:
            # That the person has a name.
            assert fact.value is TruthValue.TRUE
            continue
        assert fact.state == inputs[fact.name]
        assert fact.value is VALUES[inputs[fact.name]]


def _check_phase(
    winner: RuleEvaluation,
    phase: Phase,
    ends: datetime | None,
    now: datetime,
) -> None:
    values = {fact.value for fact in winner.facts()}
    if phase is Phase.TRUE:
        assert values <= {TruthValue.TRUE}
        return
    assert ends is not None
    assert ends >= now
    left = {TruthValue.UNKNOWN} if phase is Phase.GRACE else {TruthValue.FALSE, TruthValue.UNKNOWN}
    assert values <= left


def _check_note(
    note: Note,
    around: Circumstances,
    by_name: Mapping[str, RuleEvaluation],
    inputs: Mapping[str, str],
) -> None:
    _check_facts(note.facts, inputs)
    match note.kind:
        case Besides.YIELDS:
            assert by_name[note.rule].holds
            assert note.own in by_name[note.rule].request.yields_to & around.own.names
        case Besides.NOT_FOLLOWING:
            assert not around.gate.follows
        case Besides.PAUSED:
            assert around.gate.pause is not None
        case Besides.RULE_PAUSED:
            assert by_name[note.rule].stopped
        case Besides.BEGINS | Besides.NOT_TRUE | Besides.ENDED | Besides.AT_MOST_OVER:
            assert not by_name[note.rule].holds
        case Besides.NONE_HOLDS:
            assert not any(each.acts for each in around.evaluations)
