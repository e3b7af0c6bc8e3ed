"""Why a person has their presence, as a value: one kind of situation and what is true in it.

Pure: everything that it depends on is handed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..arbitration import (
    NOT_KNOWN,
    Decision,
    OwnPresence,
    RequestedPresence,
    RulesGate,
    Source,
    highest,
)
from ..pws import Presence
from ..rules import ConditionFact, RuleEvaluation
from ..states import STATES

ON_THE_PHONE: Final = "on_the_phone"
IN_A_MEETING: Final = "in_a_meeting"


class Kind(StrEnum):
    """What makes the presence what it is."""

    SERVER_AWAY = "server_away"
    UNREAD = "unread"
    MANUAL = "manual"
    RULE = "rule"
    OWN_BY_RULE = "own_by_rule"
    OVERRULED = "overruled"
    REFUSED = "refused"
    LIMITED = "limited"
    PENDING = "pending"
    DEVICE_REPORTS = "device_reports"
    OTHER_WORD = "other_word"
    RELEASING = "releasing"
    ON_THE_PHONE = "on_the_phone"
    IN_A_MEETING = "in_a_meeting"
    CHOSEN = "chosen"
    DEVICES = "devices"


class Phase(StrEnum):
    """Why the rule that wins holds."""

    TRUE = "true"
    HOLD = "hold"
    GRACE = "grace"


class Besides(StrEnum):
    """What is true besides, in the order of its weight."""

    RELEASE_REFUSED = "release_refused"
    RELEASE_WAITS = "release_waits"
    YIELDS = "yields"
    NOT_FOLLOWING = "not_following"
    PAUSED = "paused"
    RULE_PAUSED = "rule_paused"
    RESTS = "rests"
    BEGINS = "begins"
    AT_MOST_OVER = "at_most_over"
    ENDED = "ended"
    NOT_TRUE = "not_true"
    NONE_HOLDS = "none_holds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What decides what is told of a person.

    Attributes:
        person: The person's name.
        decision: Who wins.
        now: The time.
        reachable: Whether the server answers.
        shown: The state that the server shows, None while it is not known.
        chosen: Whether the server says that the person has chosen it by hand.
        own: The person's own presence.
        evaluations: All rules about the person.
        gate: Whether rules may decide.
        published: What the server has been told, None for nothing.
        published_shown: The state that it has shown right after, None where it was not read.
        waiting_until: Until when a write waits.
        refused_until: When the server is tried again that has refused a write.
    """

    person: str
    decision: Decision
    now: datetime
    reachable: bool = True
    shown: str | None = None
    chosen: bool = False
    own: OwnPresence = NOT_KNOWN
    evaluations: tuple[RuleEvaluation, ...] = ()
    gate: RulesGate = field(default_factory=RulesGate)
    published: RequestedPresence | None = None
    published_shown: str | None = None
    waiting_until: datetime | None = None
    refused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that is true besides what makes the presence.

    Attributes:
        kind: What it is.
        rule: The name of the rule that it is about.
        at: When that begins or ends, None where it has no time.
        own: The own presence or activity to which the rule yields.
        count: How many rules it is about.
        facts: What the conditions are now.
    """

    kind: Besides
    rule: str = ""
    at: datetime | None = None
    own: str = ""
    count: int = 0
    facts: tuple[ConditionFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Why a person has their presence.

    Attributes:
        kind: What makes it what it is.
        person: The person's name.
        shown: The state that the server shows, None while it is not known.
        requested: The state that the winner requests, overruled or not; None for none.
        rule: The name of the rule that wins, None where none does.
        set_by: Who has set it, None for an automation or a rule.
        since: Since when the winner requests it.
        until: When it ends, None where no end is known.
        phase: Why the rule that wins holds.
        phase_ends: When `hold` or `grace` ends it.
        at: When the server is told, or tried again.
        facts: What the conditions of the rule are now.
        notes: What is true besides.
    """

    kind: Kind
    person: str
    shown: str | None = None
    requested: str | None = None
    rule: str | None = None
    set_by: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    phase: Phase = Phase.TRUE
    phase_ends: datetime | None = None
    at: datetime | None = None
    facts: tuple[ConditionFact, ...] = ()
    notes: tuple[Note, ...] = ()


def situation_of(around: Circumstances) -> Situation:
    """Return what is to be told."""
    decision = around.decision
    winner = decision.winner
    evaluation = _winning(around)
    phase, phase_ends = _phase_of(evaluation) if evaluation else (Phase.TRUE, None)
    return Situation(
        kind=_kind_of(around),
        person=around.person,
        shown=around.shown,
        requested=STATES[winner.requested.presence] if winner and winner.requested else None,
        rule=decision.rule_request.name if decision.rule_request else None,
        set_by=decision.set_by,
        since=decision.since,
        until=decision.until,
        phase=phase,
        phase_ends=min(phase_ends, decision.until or phase_ends) if phase_ends else None,
        at=around.refused_until or around.waiting_until,
        facts=evaluation.facts() if evaluation else (),
        notes=tuple(_notes_of(around)),
    )


def _winning(around: Circumstances) -> RuleEvaluation | None:
    request = around.decision.rule_request
    if request is None:
        return None
    return next((each for each in around.evaluations if each.rule_id == request.rule_id), None)


def _kind_of(around: Circumstances) -> Kind:
    decision = around.decision
    if not around.reachable:
        return Kind.SERVER_AWAY
    if around.shown is None and around.refused_until is None:
        return Kind.UNREAD
    if decision.overruled:
        return Kind.OVERRULED
    if decision.requested is not None:
        return _kind_of_requested(around, decision.requested)
    if decision.rule_request is not None:
        return Kind.OWN_BY_RULE
    # What is shown may still be what was set.
    return _kind_of_own(around) if around.published is None else Kind.RELEASING


def _kind_of_own(around: Circumstances) -> Kind:
    if around.shown == STATES[Presence.BUSY] and ON_THE_PHONE in around.own.activities:
        return Kind.ON_THE_PHONE
    if around.shown == STATES[Presence.BUSY] and IN_A_MEETING in around.own.activities:
        return Kind.IN_A_MEETING
    return Kind.CHOSEN if around.chosen else Kind.DEVICES


def _kind_of_requested(around: Circumstances, requested: RequestedPresence) -> Kind:
    is_published = around.published == requested
    if around.refused_until and not is_published:
        return Kind.REFUSED
    if around.waiting_until and not is_published:
        return Kind.LIMITED
    if around.shown not in {None, STATES[requested.presence]}:
        if not is_published:
            return Kind.PENDING
        if not requested.override:
            return Kind.DEVICE_REPORTS
        is_usual = around.published_shown == around.shown
        return Kind.OTHER_WORD if is_usual else Kind.PENDING
    return Kind.MANUAL if around.decision.source is Source.MANUAL else Kind.RULE


def _phase_of(evaluation: RuleEvaluation) -> tuple[Phase, datetime | None]:
    timing, times = evaluation.timing, evaluation.times
    if timing.false_since:
        return Phase.HOLD, timing.false_since + times.after
    if timing.unknown_since:
        return Phase.GRACE, timing.unknown_since + times.grace
    return Phase.TRUE, None


def _notes_of(around: Circumstances) -> Iterable[Note]:
    decision = around.decision
    if decision.requested is None and around.published is not None:
        if around.refused_until:
            yield Note(kind=Besides.RELEASE_REFUSED, at=around.refused_until)
        elif around.waiting_until:
            yield Note(kind=Besides.RELEASE_WAITS, at=around.waiting_until)
    if decision.yielding and decision.yields_to:
        name = decision.yielding.name
        yield Note(kind=Besides.YIELDS, rule=name, own=decision.yields_to)
    if decision.source is Source.MANUAL and not decision.overruled:
        return
    if not around.gate.follows:
        yield Note(kind=Besides.NOT_FOLLOWING)
    if around.gate.pause:
        yield Note(kind=Besides.PAUSED, at=around.gate.pause.until)
    if around.gate.follows and not around.gate.pause:
        yield from _notes_of_rules(around)


def _notes_of_rules(around: Circumstances) -> Iterable[Note]:
    """Yield what is to be known of rules that do not act, though they may seem to."""
    enabled = [each for each in around.evaluations if each.enabled and _may_win(each, around)]
    found = [note for each in enabled if (note := _note_of(each))]
    order = list(Besides)
    yield from sorted(found, key=lambda note: order.index(note.kind))[:2]
    if found or around.decision.rule_request or around.decision.yielding or not enabled:
        return
    if len(enabled) > 1:
        yield Note(kind=Besides.NONE_HOLDS, count=len(enabled))
    else:
        (only,) = enabled
        yield Note(kind=Besides.NOT_TRUE, rule=only.name, facts=only.facts())


def _may_win(evaluation: RuleEvaluation, around: Circumstances) -> bool:
    """Return whether a rule would win over the one that does."""
    winner = around.decision.rule_request
    if winner is None:
        return True
    return winner.rule_id != evaluation.rule_id and (
        highest((winner, evaluation.request)) is evaluation.request
    )


def _note_of(evaluation: RuleEvaluation) -> Note | None:
    timing, name = evaluation.timing, evaluation.name
    if evaluation.rests:
        return Note(kind=Besides.RESTS, rule=name)
    if evaluation.holds:
        pause = evaluation.pause
        return Note(kind=Besides.RULE_PAUSED, rule=name, at=pause.until) if pause else None
    if evaluation.stopped or timing.true_since is None or timing.unknown_since:
        return None
    if not timing.spent:
        begins = timing.true_since + evaluation.times.before
        return Note(kind=Besides.BEGINS, rule=name, at=begins, facts=evaluation.facts())
    if timing.until is not None:
        return Note(kind=Besides.ENDED, rule=name, at=timing.until)
    return Note(kind=Besides.AT_MOST_OVER, rule=name)
