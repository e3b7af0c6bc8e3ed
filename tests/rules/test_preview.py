"""What a rule that is not saved yet would do for a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    Outcome,
    Overruled,
    OwnPresence,
    RequestedPresence,
    RuleRequest,
    RulesGate,
    Source,
)
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.condition_facts import (
    ConditionFact,
    FactKind,
)
from custom_components.cisco_unified_presence.rules.preview import (
    Preview,
    PreviewedRule,
    PreviewOutcome,
    preview_of,
)
from custom_components.cisco_unified_presence.rules.status import RuleEvaluation
from custom_components.cisco_unified_presence.rules.truth import TruthValue

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
BUSY = RequestedPresence(Presence.BUSY, override=True)
FACT = ConditionFact(kind=FactKind.TIME, value=TruthValue.FALSE)
REQUEST = RuleRequest(
    rule_id="desk",
    name="Desk",
    requested=BUSY,
    priority=0,
    order=1,
    insist=False,
    since=NOW,
    until=LATER,
)


def evaluation(request: RuleRequest = REQUEST, **changes: Any) -> RuleEvaluation:
    usual = {
        "rule_id": request.rule_id,
        "name": request.name,
        "enabled": True,
        "holds": True,
        "since": NOW,
        "failing": (),
        "presence": "busy",
        "request": request,
    }
    return RuleEvaluation(**{**usual, **changes})


OTHER = evaluation(replace(REQUEST, rule_id="call", name="Call", order=0, priority=0))


def preview(
    *others: RuleEvaluation,
    request: RuleRequest = REQUEST,
    stopped: bool = False,
    follows: bool = True,
    ended: bool = False,
    begins_at: datetime | None = None,
    manual: ManualSetting | None = None,
    overruled: Overruled | None = None,
    own: str = "available",
    **changes: Any,
) -> Preview:
    trial: Any = SimpleNamespace(
        evaluation=evaluation(request, **changes),
        begins_at=begins_at,
        has_ended=ended,
        facts=(FACT,),
    )
    rule = PreviewedRule(
        trial=trial, stopped=stopped, others=others, gate=RulesGate(follows=follows)
    )
    return preview_of(rule, manual=manual, overruled=overruled, own=OwnPresence(own), now=NOW)


MANUAL = ManualSetting(replace(BUSY, presence=Presence.AWAY), NOW, set_by="Ben")
HIGHER = evaluation(replace(OTHER.request, priority=5))
OVERRULED = Overruled(Outcome(Source.RULE, "desk", BUSY))


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        ({"enabled": False, "ended": True}, Preview(outcome=PreviewOutcome.OFF)),
        (
            {"begins_at": LATER, "holds": False},
            Preview(outcome=PreviewOutcome.WAITS, presence="busy", begins_at=LATER),
        ),
        ({"ended": True, "holds": False}, Preview(outcome=PreviewOutcome.ENDED)),
        ({"holds": False}, Preview(outcome=PreviewOutcome.NOT_TRUE, facts=(FACT,))),
        ({"stopped": True}, Preview(outcome=PreviewOutcome.PAUSED)),
        ({"stopped": True, "follows": False}, Preview(outcome=PreviewOutcome.NOT_FOLLOWED)),
        ({}, Preview(outcome=PreviewOutcome.DECIDES, presence="busy", until=LATER)),
        (
            {"request": replace(REQUEST, requested=None)},
            Preview(outcome=PreviewOutcome.LEAVES_TO_PERSON, until=LATER),
        ),
        ({"overruled": OVERRULED}, Preview(outcome=PreviewOutcome.OVERRULED)),
        (
            {
                "request": replace(REQUEST, yields_to=frozenset({"do_not_disturb"})),
                "own": "do_not_disturb",
            },
            Preview(outcome=PreviewOutcome.YIELDS, yields_to="do_not_disturb"),
        ),
        (
            {"manual": MANUAL},
            Preview(outcome=PreviewOutcome.LOSES_TO_MANUAL, set_by="Ben"),
        ),
    ],
)
def test_alone(around: dict[str, Any], expected: Preview) -> None:
    assert preview(**around) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (
            OTHER,
            Preview(outcome=PreviewOutcome.LOSES_TO_EARLIER_RULE, winner="Call", priority=0),
        ),
        (HIGHER, Preview(outcome=PreviewOutcome.LOSES_TO_RULE, winner="Call", priority=5)),
        (
            replace(HIGHER, holds=False),
            Preview(outcome=PreviewOutcome.DECIDES, presence="busy", until=LATER),
        ),
        (
            replace(HIGHER, stopped=True),
            Preview(outcome=PreviewOutcome.DECIDES, presence="busy", until=LATER),
        ),
    ],
)
def test_among_others(other: RuleEvaluation, expected: Preview) -> None:
    assert preview(other) == expected
