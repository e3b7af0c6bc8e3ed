"""The state of a rule, for explanations and for its entities."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import RuleRequest, RulesPause
from custom_components.cisco_unified_presence.rules.pause import Pause, PausesInForce, Scope
from custom_components.cisco_unified_presence.rules.status import (
    RuleActivity,
    RuleEvaluation,
    RuleStatus,
)
from tests.common.rules import rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANNA, BEN = ("entry", "anna"), ("entry", "ben")
EVALUATION = RuleEvaluation(
    rule_id="desk",
    name="Desk",
    enabled=True,
    holds=True,
    since=NOW,
    failing=("condition 1",),
    presence="busy",
    request=RuleRequest(
        rule_id="desk",
        name="Desk",
        requested=None,
        priority=0,
        order=0,
        insist=False,
        since=NOW,
    ),
)


def of_anna(*pauses: Pause, rests: bool = False) -> RuleEvaluation:
    return EVALUATION.for_person(ANNA, PausesInForce(pauses), rests=rests)


def test_what_keeps_a_rule_from_acting() -> None:
    assert of_anna() == EVALUATION
    assert EVALUATION.acts
    assert not replace(EVALUATION, holds=False).acts
    until = NOW + timedelta(hours=1)

    paused = of_anna(Pause(scope=Scope(rules=frozenset({"desk"})), until=until))
    assert paused == replace(EVALUATION, stopped=True, pause=RulesPause(until))
    assert not paused.acts
    switched = of_anna(Pause(scope=Scope(people=frozenset({ANNA})), by_switch=True))
    assert switched == replace(EVALUATION, stopped=True)
    for other in (Scope(rules=frozenset({"call"})), Scope(people=frozenset({BEN}))):
        assert of_anna(Pause(scope=other)) == EVALUATION

    rests = of_anna(rests=True)
    failing = ("it rests, since it chased itself",)
    assert rests == replace(EVALUATION, holds=False, rests=True, failing=failing)
    assert (EVALUATION.facts(), EVALUATION.expected_end()) == ((), None)


def test_a_person_may_follow_no_rules() -> None:
    switch = Pause(scope=Scope(people=frozenset({ANNA})), by_switch=True)
    hour = Pause(scope=Scope(people=frozenset({ANNA})), until=NOW)
    some = Pause(scope=Scope(people=frozenset({ANNA}), rules=frozenset({"desk"})))
    pauses = PausesInForce((switch, hour, some))
    assert not pauses.follows_rules(ANNA)
    assert pauses.follows_rules(BEN)
    assert (pauses.of(ANNA, None), pauses.of(ANNA, "desk")) == (RulesPause(NOW), RulesPause())
    assert (pauses.of(BEN, None), pauses.of(None, None)) == (None, None)
    assert PausesInForce((hour, some)).follows_rules(ANNA)
    gate = pauses.gate_of(ANNA)
    assert (gate.follows, gate.pause, gate.paused_until) == (False, RulesPause(NOW), NOW)


def status(**changes: Any) -> RuleStatus:
    usual = {
        "rule": rule(),
        "enabled": True,
        "since": NOW,
        "until": None,
        "about": frozenset({ANNA}),
        "winning_for": frozenset({ANNA}),
        "names_of": lambda _: (),
    }
    return RuleStatus(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "activity"),
    [
        ({}, RuleActivity.ON_AND_WINS),
        ({"winning_for": frozenset()}, RuleActivity.HOLDS),
        ({"since": None}, RuleActivity.DOES_NOT_HOLD),
        ({"rests_for": ("Anna",), "since": None}, RuleActivity.RESTING),
        ({"pause": RulesPause(), "rests_for": ("Anna",)}, RuleActivity.PAUSED),
        ({"enabled": False, "pause": RulesPause()}, RuleActivity.OFF),
    ],
)
def test_what_a_rule_does(changes: dict[str, Any], activity: RuleActivity) -> None:
    assert status(**changes).activity is activity


@pytest.mark.parametrize(
    ("presence", "shown"),
    [("busy", "busy"), ("own", "own"), ({"entity_id": "select.x"}, None)],
)
def test_what_a_rule_requests(presence: Any, shown: str | None) -> None:
    assert status(rule=rule(presence=presence)).presence == shown
