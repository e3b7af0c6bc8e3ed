"""What is said of a rule, by its state and by how it evaluates."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, override

import pytest

from custom_components.cisco_unified_presence.arbitration import RulesPause
from custom_components.cisco_unified_presence.explanation.rule_status import rule_status
from custom_components.cisco_unified_presence.explanation.texts import Texts
from custom_components.cisco_unified_presence.rules import (
    ConditionFact,
    FactKind,
    RuleEvaluation,
    RuleStatus,
    TruthValue,
)
from custom_components.cisco_unified_presence.rules.timing import RuleTimes, TimingState
from tests.common.rules import rule

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Keys(Texts):
    """Texts that are their keys and what they tell."""

    def __init__(self) -> None:
        super().__init__({})

    @override
    def say(self, key: str, **values: str) -> str:
        return " ".join((key, *values.values()))

    @override
    def at(self, moment: datetime) -> str:
        return f"at {moment:%H:%M}"

    @override
    def until(self, moment: datetime) -> str:
        return f"until {moment:%H:%M}"


def status(
    *, people: tuple[str, ...] = ("Anna",), wins_for: tuple[str, ...] = (), **changes: Any
) -> RuleStatus:
    usual = {
        "rule": rule(),
        "enabled": True,
        "since": NINE,
        "until": None,
        "about": frozenset(("entry", name) for name in people),
        "winning_for": frozenset(("entry", name) for name in wins_for),
        "names_of": lambda found: tuple(sorted(name for _, name in found)),
    }
    return RuleStatus(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"enabled": False, "pause": RulesPause()}, "status_off"),
        ({"pause": RulesPause(), "rests_for": ("Anna",)}, "status_paused"),
        ({"pause": RulesPause(NINE)}, "status_paused until 09:00"),
        ({"rests_for": ("Anna", "Ben"), "wins_for": ("Anna",)}, "status_resting Anna, Ben"),
        ({"wins_for": ("Anna", "Ben")}, "status_active Anna, Ben"),
        ({}, "status_holds"),
        ({"people": ()}, "status_no_people"),
        ({"people": (), "since": None}, "status_no_people"),
        ({"since": None}, "status_waiting_many"),
        ({"wins_for": ("x" * 241,)}, f"status_active {'x' * 241}"),
        ({"wins_for": ("x" * 242,)}, f"status_active {'x' * 240}…"),
        ({"wins_for": ("Anna", "x" * 235)}, f"status_active Anna, {'x' * 235}"),
        ({"wins_for": ("Anna", "x" * 236)}, "status_active Anna, …"),
        ({"wins_for": ("A", "B", "x" * 300, "x" * 301)}, "status_active A, B, …"),
    ],
)
def test_each_activity_has_its_sentence(changes: dict[str, Any], said: str) -> None:
    told = rule_status(status(**changes), (), Keys())
    assert told == said
    assert len(told) <= 255


def fact(name: str, *, is_needed: bool = True) -> ConditionFact:
    value = TruthValue.FALSE if is_needed else TruthValue.TRUE
    return ConditionFact(kind=FactKind.NAMED, value=value, name=name)


def evaluation(*facts: ConditionFact, timing: TimingState | None = None) -> RuleEvaluation:
    request: Any = SimpleNamespace()
    return RuleEvaluation(
        rule_id="desk",
        name="Desk",
        enabled=True,
        holds=False,
        since=None,
        failing=(),
        presence="busy",
        request=request,
        times=RuleTimes(before=10 * MINUTE),
        timing=timing or TimingState(),
        facts=lambda: facts,
    )


@pytest.mark.parametrize(
    ("evaluations", "said"),
    [
        ([evaluation(), evaluation()], "status_waiting_many"),
        ([evaluation()], "status_waiting_many"),
        ([evaluation(fact("a", is_needed=False))], "status_waiting_many"),
        (
            [evaluation(fact("a"), fact("b", is_needed=False), fact("c"))],
            "status_waiting both need_true a need_true c",
        ),
        ([evaluation(timing=TimingState(true_since=NINE))], "status_begins at 09:10"),
        (
            [evaluation(fact("a"), timing=TimingState(true_since=NINE, spent=True))],
            "status_ended",
        ),
        ([evaluation(fact("x" * 230))], f"status_waiting need_true {'x' * 230}"),
        ([evaluation(fact("x" * 231))], f"status_waiting need_true {'x' * 229}…"),
    ],
)
def test_why_a_rule_does_not_hold(evaluations: list[RuleEvaluation], said: str) -> None:
    assert rule_status(status(since=None), evaluations, Keys()) == said
