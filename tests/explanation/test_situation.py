"""What is told of a person, as a pure function of what decides it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import (
    Decision,
    ManualSetting,
    Outcome,
    OwnPresence,
    RequestedPresence,
    RuleRequest,
    RulesGate,
    RulesPause,
    Source,
)
from custom_components.cisco_unified_presence.explanation.situation import (
    Besides,
    Circumstances,
    Kind,
    Note,
    Phase,
    Situation,
    situation_of,
)
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import (
    ConditionFact,
    FactKind,
    RuleEvaluation,
    RuleTimes,
    TimingState,
    TruthValue,
)

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOON, LATER = NOW + 5 * MINUTE, NOW + 10 * MINUTE
BUSY = RequestedPresence(Presence.BUSY, override=True)
QUIET = RequestedPresence(Presence.BUSY, override=False)
AWAY = RequestedPresence(Presence.AWAY, override=True)
FACTS = (ConditionFact(kind=FactKind.TIME, value=TruthValue.TRUE),)
NEVER = TimingState()
HOLDS = TimingState(true_since=NOW - MINUTE, holds_since=NOW - MINUTE)


def request(
    rule_id: str = "desk", requested: RequestedPresence | None = BUSY, **said: Any
) -> RuleRequest:
    usual = {"priority": 0, "order": 0, "insist": False, "since": NOW - MINUTE}
    return RuleRequest(
        rule_id=rule_id, name=rule_id.title(), requested=requested, **{**usual, **said}
    )


def rule(
    rule_id: str = "desk", timing: TimingState = NEVER, priority: int = 0, **said: Any
) -> RuleEvaluation:
    return RuleEvaluation(
        rule_id=rule_id,
        name=rule_id.title(),
        holds=timing.holds,
        since=timing.holds_since,
        failing=(),
        presence="busy",
        request=request(rule_id, priority=priority),
        timing=timing,
        facts=lambda: FACTS,
        **{"enabled": True, **said},
    )


def won(requested: RequestedPresence | None = BUSY, **said: Any) -> Decision:
    """Return that the rule Desk wins."""
    return Decision(
        source=Source.RULE,
        requested=requested,
        winner=Outcome(Source.RULE, "desk", requested),
        rule_request=request(requested=requested),
        **said,
    )


OWN = Decision(source=Source.OWN)
MANUAL_OUTCOME = ManualSetting(BUSY, NOW).outcome
MANUAL = Decision(source=Source.MANUAL, requested=BUSY, winner=MANUAL_OUTCOME)
OVERRULED = replace(won(), source=Source.OWN, requested=None, overruled=True)


def situation(decision: Decision = OWN, **said: Any) -> Situation:
    usual: dict[str, Any] = {"shown": "available", "own": OwnPresence("available")}
    return situation_of(
        Circumstances(person="Anna", decision=decision, now=NOW, **{**usual, **said})
    )


ON_THE_PHONE = OwnPresence("busy", frozenset({"on_the_phone", "in_a_meeting"}))
IN_A_MEETING = OwnPresence("busy", frozenset({"in_a_meeting"}))


@pytest.mark.parametrize(
    ("decision", "said", "kind"),
    [
        (OWN, {"reachable": False, "shown": None}, Kind.SERVER_AWAY),
        (OWN, {"shown": None}, Kind.UNREAD),
        (won(), {"shown": None, "published": BUSY}, Kind.UNREAD),
        # What the server refuses is told, whatever it shows.
        (won(), {"shown": None, "refused_until": SOON}, Kind.REFUSED),
        (OVERRULED, {"published": BUSY}, Kind.OVERRULED),
        # The person's own presence
        (OWN, {}, Kind.DEVICES),
        (OWN, {"chosen": True}, Kind.CHOSEN),
        (OWN, {"shown": "busy", "own": ON_THE_PHONE, "chosen": True}, Kind.ON_THE_PHONE),
        (OWN, {"shown": "busy", "own": IN_A_MEETING, "chosen": True}, Kind.IN_A_MEETING),
        (OWN, {"shown": "away", "own": ON_THE_PHONE}, Kind.DEVICES),
        (OWN, {"shown": "away", "own": IN_A_MEETING}, Kind.DEVICES),
        (OWN, {"shown": "busy"}, Kind.DEVICES),
        (OWN, {"published": BUSY}, Kind.RELEASING),
        (won(None), {}, Kind.OWN_BY_RULE),
        (won(None), {"published": BUSY}, Kind.OWN_BY_RULE),
        # What is requested
        (won(), {"refused_until": SOON, "waiting_until": SOON}, Kind.REFUSED),
        (won(), {"refused_until": SOON, "published": AWAY}, Kind.REFUSED),
        (won(), {"refused_until": SOON, "published": BUSY, "shown": "busy"}, Kind.RULE),
        (won(), {"waiting_until": SOON}, Kind.LIMITED),
        (won(), {"waiting_until": SOON, "published": BUSY, "shown": "busy"}, Kind.RULE),
        (won(), {}, Kind.PENDING),
        (won(), {"published": AWAY}, Kind.PENDING),
        (won(), {"published": BUSY}, Kind.PENDING),
        (won(), {"published": BUSY, "published_shown": "away"}, Kind.PENDING),
        (won(), {"published": BUSY, "published_shown": "available"}, Kind.OTHER_WORD),
        (won(QUIET), {"published": QUIET, "published_shown": "available"}, Kind.DEVICE_REPORTS),
        (won(QUIET), {"published": BUSY}, Kind.PENDING),
        (won(), {"shown": "busy"}, Kind.RULE),
        (MANUAL, {"shown": "busy"}, Kind.MANUAL),
    ],
)
def test_each_kind(decision: Decision, said: dict[str, Any], kind: Kind) -> None:
    assert situation(decision, **said).kind is kind


def test_what_is_told_of_a_rule_that_wins() -> None:
    told = situation(
        won(since=NOW - MINUTE, until=LATER),
        shown="busy",
        published=BUSY,
        evaluations=(rule("lunch", HOLD), rule(timing=HOLDS)),
    )
    assert told == Situation(
        kind=Kind.RULE,
        person="Anna",
        shown="busy",
        requested="busy",
        rule="Desk",
        since=NOW - MINUTE,
        until=LATER,
        facts=FACTS,
    )


def test_what_is_told_of_a_setting() -> None:
    told = situation(replace(MANUAL, set_by="Ben"), waiting_until=SOON, refused_until=LATER)
    assert told == Situation(
        kind=Kind.REFUSED,
        person="Anna",
        shown="available",
        requested="busy",
        set_by="Ben",
        at=LATER,
    )
    assert situation(MANUAL, waiting_until=SOON).at == SOON


def test_what_was_requested_is_told_of_a_winner_that_is_overruled() -> None:
    told = situation(OVERRULED)
    assert (told.rule, told.requested) == ("Desk", "busy")
    assert situation(won(None)).requested is None


HOLD = TimingState(false_since=NOW, holds_since=NOW - MINUTE)
GRACE = TimingState(true_since=NOW - MINUTE, unknown_since=NOW, holds_since=NOW - MINUTE)


@pytest.mark.parametrize(
    ("timing", "until", "expected"),
    [
        (HOLDS, None, (Phase.TRUE, None)),
        (HOLDS, SOON, (Phase.TRUE, None)),
        (HOLD, None, (Phase.HOLD, NOW + 7 * MINUTE)),
        (HOLD, LATER, (Phase.HOLD, NOW + 7 * MINUTE)),
        (HOLD, SOON, (Phase.HOLD, SOON)),
        (GRACE, None, (Phase.GRACE, NOW + 8 * MINUTE)),
        (GRACE, SOON, (Phase.GRACE, SOON)),
        (replace(GRACE, true_since=None, false_since=NOW), None, (Phase.HOLD, NOW + 7 * MINUTE)),
    ],
)
def test_why_a_rule_holds_and_when_that_ends(
    timing: TimingState, until: datetime | None, expected: tuple[Phase, datetime | None]
) -> None:
    times = RuleTimes(after=7 * MINUTE, grace=8 * MINUTE)
    one = rule(timing=timing, times=times)
    told = situation(won(until=until), shown="busy", evaluations=(one,))
    assert (told.phase, told.phase_ends) == expected


YIELDING = Decision(source=Source.OWN, yielding=request("lunch"), yields_to="do_not_disturb")
YIELDS = Note(kind=Besides.YIELDS, rule="Lunch", own="do_not_disturb")
WAITS = TimingState(true_since=NOW)
SPENT = TimingState(true_since=NOW, spent=True)
NOT_TRUE = Note(kind=Besides.NOT_TRUE, rule="Desk", facts=FACTS)
BEGINS = Note(kind=Besides.BEGINS, rule="Desk", at=SOON, facts=FACTS)
RESTS = Note(kind=Besides.RESTS, rule="Desk")
SLOW = RuleTimes(before=5 * MINUTE)
PAUSE = RulesPause(SOON)


STOPPED = rule(rests=True, timing=HOLDS)


@pytest.mark.parametrize(
    ("decision", "said", "notes"),
    [
        (OWN, {}, []),
        # What was set is being cleared
        (
            OWN,
            {"published": BUSY, "refused_until": SOON, "waiting_until": LATER},
            [Note(kind=Besides.RELEASE_REFUSED, at=SOON)],
        ),
        (
            OWN,
            {"published": BUSY, "waiting_until": LATER},
            [Note(kind=Besides.RELEASE_WAITS, at=LATER)],
        ),
        (OWN, {"published": BUSY}, []),
        (OWN, {"waiting_until": LATER, "refused_until": SOON}, []),
        (won(), {"published": AWAY, "waiting_until": LATER}, []),
        # A rule that yields
        (YIELDING, {"evaluations": (rule(),)}, [YIELDS]),
        (
            YIELDING,
            {"published": BUSY, "waiting_until": SOON},
            [Note(kind=Besides.RELEASE_WAITS, at=SOON), YIELDS],
        ),
        (replace(YIELDING, yields_to=None), {"evaluations": (rule(),)}, []),
        # Rules that may not decide
        (OWN, {"gate": RulesGate(follows=False)}, [Note(kind=Besides.NOT_FOLLOWING)]),
        (
            OWN,
            {"gate": RulesGate(follows=False, pause=PAUSE), "evaluations": (rule(),)},
            [Note(kind=Besides.NOT_FOLLOWING), Note(kind=Besides.PAUSED, at=SOON)],
        ),
        (
            OWN,
            {"gate": RulesGate(pause=RulesPause()), "evaluations": (rule(),)},
            [Note(kind=Besides.PAUSED)],
        ),
        (
            OWN,
            {"gate": RulesGate(follows=False), "evaluations": (rule(),)},
            [Note(kind=Besides.NOT_FOLLOWING)],
        ),
        # They matter to none who is set by hand, but for who has overruled that
        (MANUAL, {"gate": RulesGate(follows=False), "evaluations": (rule(),)}, []),
        (
            replace(MANUAL, overruled=True),
            {"gate": RulesGate(follows=False)},
            [Note(kind=Besides.NOT_FOLLOWING)],
        ),
        # Rules that do not act
        (OWN, {"evaluations": (rule(),)}, [NOT_TRUE]),
        (
            OWN,
            {"evaluations": (rule(), rule("lunch"))},
            [Note(kind=Besides.NONE_HOLDS, count=2)],
        ),
        (OWN, {"evaluations": (rule(), rule("lunch", enabled=False))}, [NOT_TRUE]),
        (OWN, {"evaluations": (rule(enabled=False),)}, []),
        (OWN, {"evaluations": (rule(enabled=False, rests=True),)}, []),
        (won(None), {"evaluations": (rule("lunch", priority=1),)}, []),
        (OWN, {"evaluations": (rule(rests=True, timing=HOLDS),)}, [RESTS]),
        (
            OWN,
            {"evaluations": (rule(timing=HOLDS, stopped=True, pause=PAUSE),)},
            [Note(kind=Besides.RULE_PAUSED, rule="Desk", at=SOON)],
        ),
        (OWN, {"evaluations": (rule(timing=HOLDS),)}, [NOT_TRUE]),
        (OWN, {"evaluations": (rule(timing=WAITS, times=SLOW),)}, [BEGINS]),
        (OWN, {"evaluations": (rule(timing=WAITS, times=SLOW, stopped=True),)}, [NOT_TRUE]),
        (
            OWN,
            {"evaluations": (rule(timing=replace(WAITS, unknown_since=NOW), times=SLOW),)},
            [NOT_TRUE],
        ),
        (
            OWN,
            {"evaluations": (rule(timing=SPENT),)},
            [Note(kind=Besides.AT_MOST_OVER, rule="Desk")],
        ),
        (
            OWN,
            {"evaluations": (rule(timing=replace(SPENT, until=SOON)),)},
            [Note(kind=Besides.ENDED, rule="Desk", at=SOON)],
        ),
        (
            OWN,
            {"evaluations": (rule(timing=TimingState(false_since=NOW, spent=True)),)},
            [NOT_TRUE],
        ),
        # Two at most, the weightiest first
        (
            OWN,
            {
                "evaluations": (
                    rule("spent", SPENT),
                    rule(timing=WAITS, times=SLOW),
                    rule("lunch", rests=True),
                )
            },
            [replace(RESTS, rule="Lunch"), BEGINS],
        ),
        # Beside a rule that wins only those that would win over it
        (
            won(),
            {
                "evaluations": (
                    rule(timing=HOLDS),
                    rule("low", rests=True, priority=-1),
                    rule("same", rests=True),
                    rule("high", rests=True, priority=1),
                )
            },
            [replace(RESTS, rule="High")],
        ),
        (replace(won(), rule_request=STOPPED.request), {"evaluations": (STOPPED,)}, []),
    ],
)
def test_what_is_true_besides(decision: Decision, said: dict[str, Any], notes: list[Note]) -> None:
    assert list(situation(decision, **said).notes) == notes
