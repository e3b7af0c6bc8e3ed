"""What is decided for a person at each moment at which something may change."""

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
    RulesPause,
    Source,
)
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import RuleEvaluation, RuleMoment
from custom_components.cisco_unified_presence.rules.pause import Pause, PausesInForce, Scope
from custom_components.cisco_unified_presence.simulation.person_course import Standing, follow

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
BUSY = RequestedPresence(Presence.BUSY, override=True)
AWAY = RequestedPresence(Presence.AWAY, override=True)
ANNA = ("entry", "anna")
NOTHING = Standing(person=ANNA)


def moments(standing: Standing, *pauses: float) -> list[Any]:
    ends: Any = SimpleNamespace(
        ends=frozenset(NOW + hours * HOUR for hours in pauses), at=lambda _: PausesInForce(())
    )
    return list(follow(standing, {}, ends, NOW, NOW + 5 * HOUR))


def hours(standing: Standing, *pauses: float) -> list[float]:
    return [(moment.at - NOW) / HOUR for moment in moments(standing, *pauses)]


def test_ends_of_settings_and_pauses_are_moments() -> None:
    manual = ManualSetting(BUSY, NOW - HOUR, NOW + 2 * HOUR)
    standing = Standing(person=ANNA, manual=manual)
    # What is over, or comes later, is none.
    assert hours(standing, 1, 2, -1, 6) == [0, 1, 2, 5]
    assert [moment.decision.source for moment in moments(standing)] == [
        Source.MANUAL,
        Source.OWN,
        Source.OWN,
    ]


def test_what_is_overruled_is_forgotten_in_time() -> None:
    overruled = Overruled(Outcome(Source.RULE, "desk", BUSY))
    standing = Standing(person=ANNA, overruled=overruled)
    # No rule requests it any more; a quarter of an hour later it is forgotten.
    assert hours(standing) == [0, 0.25, 5]
    assert [moment.overruled is None for moment in moments(standing)] == [False, False, True]


def asking(rule_id: str, requested: RequestedPresence | None = BUSY, **said: Any) -> RuleRequest:
    usual = {"priority": 0, "order": 0, "insist": False, "since": NOW}
    return RuleRequest(rule_id=rule_id, name=rule_id, requested=requested, **{**usual, **said})


def rule(
    at: float, request: RuleRequest, *, holds: bool = True, unknown: str | None = None
) -> RuleMoment:
    evaluation = RuleEvaluation(
        rule_id=request.rule_id,
        name=request.name,
        enabled=True,
        holds=holds,
        since=None,
        failing=(),
        presence="busy",
        request=request,
    )
    return RuleMoment(NOW + at * HOUR, evaluation, unknown)


def course(
    *moments: RuleMoment,
    standing: Standing = NOTHING,
    pauses: tuple[Pause, ...] = (),
    resting: frozenset[str] = frozenset(),
) -> list[Any]:
    """Follow rules for five hours."""
    courses: dict[str, list[RuleMoment]] = {}
    for each in moments:
        courses.setdefault(each.evaluation.rule_id, []).append(each)
    ends = frozenset(each.until for each in pauses if each.until)
    around: Any = SimpleNamespace(
        ends=ends,
        at=lambda now: PausesInForce(tuple(each for each in pauses if not each.has_ended(now))),
    )
    return list(follow(standing, courses, around, NOW, NOW + 5 * HOUR, resting))


def decided(moments: list[Any]) -> list[tuple[float, str | None, tuple[str, ...]]]:
    """Return when which rule wins, and what else may be."""
    return [
        (
            (each.at - NOW) / HOUR,
            each.decision.rule_request.name if each.decision.rule_request else None,
            each.unknown,
        )
        for each in moments
    ]


DESK, CALL = asking("desk"), asking("call", AWAY, priority=5)


def test_rules_begin_and_end() -> None:
    moments = course(
        rule(0, DESK),
        rule(3, DESK, holds=False),
        rule(0, CALL, holds=False),
        rule(1, CALL),
        rule(2, CALL, holds=False),
        rule(6, CALL),
    )
    assert decided(moments) == [
        (0, "desk", ()),
        (1, "call", ()),
        (2, "desk", ()),
        (3, None, ()),
        (5, None, ()),
    ]
    # All of them are told at the beginning and at the end only.
    assert [set(each.rules) for each in moments] == [
        {"desk", "call"},
        set(),
        set(),
        set(),
        {"desk", "call"},
    ]
    first, last = moments[0].evaluations(ANNA), moments[-1].evaluations(ANNA)
    assert [each.holds for each in first] == [True, False]
    assert [each.holds for each in last] == [False, False]


def test_rules_that_rest_or_are_paused_do_not_act() -> None:
    moments = course(rule(0, DESK), rule(0, CALL), resting=frozenset({"call"}))
    assert decided(moments) == [(0, "desk", ()), (5, "desk", ())]
    assert [(each.resting, each.gate) for each in moments] == [
        (frozenset({"call"}), RulesGate())
    ] * 2
    assert [each.rests for each in moments[0].evaluations(ANNA)] == [False, True]

    paused = Pause(scope=Scope(rules=frozenset({"call"})), until=NOW + HOUR)
    moments = course(rule(0, DESK), rule(0, CALL), pauses=(paused,))
    assert decided(moments) == [(0, "desk", ()), (1, "call", ()), (5, "call", ())]
    assert [each.stopped for each in moments[0].evaluations(ANNA)] == [False, True]

    everything = Pause(scope=Scope(), until=NOW + HOUR)
    moments = course(rule(0, DESK), pauses=(everything,))
    assert decided(moments) == [(0, None, ()), (1, "desk", ()), (5, "desk", ())]
    assert [each.gate for each in moments] == [
        RulesGate(pause=RulesPause(NOW + HOUR)),
        RulesGate(),
        RulesGate(),
    ]


SET = Standing(person=ANNA, manual=ManualSetting(AWAY, NOW))
OVERRULED = Standing(person=ANNA, overruled=Overruled(Outcome(Source.RULE, "desk", BUSY)))
LOW, SAME = asking("low", AWAY, priority=-1), asking("same", AWAY, order=1)


@pytest.mark.parametrize(
    ("moments", "told", "unknown"),
    [
        # It may hold, or not.
        ([rule(0, DESK, holds=False, unknown="?")], {}, ("?",)),
        ([rule(0, DESK, unknown="?")], {}, ("?",)),
        ([rule(0, DESK, holds=False), rule(0, DESK, holds=False)], {}, ()),
        # Others decide all the same.
        ([rule(0, DESK), rule(0, LOW, holds=False, unknown="?")], {}, ()),
        ([rule(0, DESK), rule(0, SAME, holds=False, unknown="?")], {}, ()),
        ([rule(0, DESK), rule(0, CALL, holds=False, unknown="?")], {}, ("?",)),
        ([rule(0, DESK), rule(0, replace(CALL, requested=BUSY), unknown="?")], {}, ()),
        ([rule(0, DESK, unknown="?"), rule(0, replace(LOW, requested=BUSY))], {}, ()),
        ([rule(0, DESK, unknown="?"), rule(0, LOW)], {}, ("?",)),
        ([rule(0, DESK, holds=False, unknown="?")], {"standing": SET}, ()),
        (
            [rule(0, replace(DESK, beats_manual=True), holds=False, unknown="?")],
            {"standing": SET},
            ("?",),
        ),
        # What is overruled may be another one.
        ([rule(0, DESK), rule(0, LOW, unknown="?")], {"standing": OVERRULED}, ()),
        ([rule(0, DESK, unknown="?")], {"standing": OVERRULED}, ()),
        ([rule(0, DESK, unknown="?"), rule(0, LOW)], {"standing": OVERRULED}, ("?",)),
        # It does not act.
        ([rule(0, DESK, unknown="?")], {"resting": frozenset({"desk"})}, ()),
        ([rule(0, DESK, unknown="?")], {"pauses": (Pause(scope=Scope()),)}, ()),
        (
            [rule(0, DESK, unknown="?"), rule(0, CALL, unknown="!")],
            {"resting": frozenset({"desk"})},
            ("!",),
        ),
        # Three reasons are enough.
        (
            [rule(0, asking(each), holds=False, unknown=each) for each in "abcd"],
            {},
            ("a", "b", "c"),
        ),
    ],
)
def test_what_may_be_decided_as_well(
    moments: list[RuleMoment], told: dict[str, Any], unknown: tuple[str, ...]
) -> None:
    assert course(*moments, **told)[0].unknown == unknown


def test_what_was_not_known_is_known_later() -> None:
    moments = course(
        rule(0, DESK, holds=False, unknown="?"), rule(1, DESK, holds=False), rule(2, DESK)
    )
    assert decided(moments) == [(0, None, ("?",)), (1, None, ()), (2, "desk", ()), (5, "desk", ())]


def test_who_has_overruled_a_rule_is_followed() -> None:
    moments = course(rule(0, DESK), rule(1, DESK, holds=False), standing=OVERRULED)
    assert [((each.at - NOW) / HOUR, each.decision.overruled) for each in moments] == [
        (0, True),
        (1, False),
        (1.25, False),
        (5, False),
    ]
    assert [each.overruled is None for each in moments] == [False, False, False, True]


def test_own_presence_counts() -> None:
    shy = replace(DESK, yields_to=frozenset({"busy"}))
    standing = Standing(person=ANNA, own=OwnPresence("busy"))
    moments = course(rule(0, shy), rule(0, replace(CALL, priority=-1)), standing=standing)
    assert decided(moments)[0] == (0, "call", ())
    assert moments[0].decision.yields_to == "busy"
