"""The values of arbitration: what is stored, what is overruled for how long, and small things."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    Outcome,
    Overruled,
    OwnPresence,
    RequestedPresence,
    RulesGate,
    RulesPause,
    Source,
    decide,
    highest,
    yields,
)
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.arbitration import rule_request

from .common.strategies import NOW

BUSY = RequestedPresence(Presence.BUSY, override=True)


DND = RequestedPresence(Presence.DND, override=True)


# What is stored

SINCE, UNTIL = NOW.isoformat(), (NOW + timedelta(hours=1)).isoformat()


STORED_BUSY = {"presence": "BUSY", "override": True, "note": None}


@pytest.mark.parametrize(
    ("manual", "stored"),
    [
        (
            ManualSetting(BUSY, NOW),
            {"want": STORED_BUSY, "since": SINCE, "until": None},
        ),
        (
            ManualSetting(
                RequestedPresence(Presence.AWAY, override=False, note="Lunch"),
                NOW,
                NOW + timedelta(hours=1),
                ends_by_clock=True,
                set_by="Eve",
                for_note=True,
            ),
            {
                "want": {"presence": "AWAY", "override": False, "note": "Lunch"},
                "since": SINCE,
                "until": UNTIL,
                "ends_by_clock": True,
                "set_by": "Eve",
                "for_note": True,
            },
        ),
    ],
)
def test_a_manual_setting_in_storage(manual: ManualSetting, stored: dict[str, Any]) -> None:
    assert manual.as_storage() == stored
    assert ManualSetting.from_storage(stored) == manual


def test_a_manual_setting_moves_with_the_clock() -> None:
    hour = timedelta(hours=1)
    for_a_while = ManualSetting(BUSY, NOW, NOW + hour)
    assert for_a_while.moved(hour) == ManualSetting(BUSY, NOW + hour, NOW + 2 * hour)
    by_clock = replace(for_a_while, ends_by_clock=True)
    assert by_clock.moved(hour) == replace(by_clock, since=NOW + hour)
    assert ManualSetting(BUSY, NOW).moved(-hour) == ManualSetting(BUSY, NOW - hour)


@pytest.mark.parametrize(
    ("overruled", "stored"),
    [
        (
            Overruled(Outcome(Source.RULE, "desk", BUSY)),
            {"source": "rule", "by": "desk", "want": STORED_BUSY},
        ),
        (
            Overruled(
                Outcome(Source.MANUAL, SINCE, None), timedelta(hours=2), NOW + timedelta(hours=1)
            ),
            {
                "source": "manual",
                "by": SINCE,
                "want": None,
                "overruled_for": 7200.0,
                "until": UNTIL,
            },
        ),
    ],
)
def test_what_is_overruled_in_storage(overruled: Overruled, stored: dict[str, Any]) -> None:
    assert overruled.as_storage() == stored
    assert Overruled.from_storage(stored) == overruled


@pytest.mark.parametrize(
    "stored",
    [
        {"presence": "LUNCH", "override": True},
        {"presence": "BUSY", "override": 1},
        {"presence": "BUSY", "override": True, "note": 5},
        {"presence": "BUSY"},
    ],
)
def test_a_presence_in_storage_that_is_none(stored: dict[str, Any]) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        RequestedPresence.from_storage(stored)


# What is overruled, and for how long


def outcome(presence: Presence | None, source: Source = Source.RULE, by: str = "desk") -> Outcome:
    requested = RequestedPresence(presence, override=True) if presence else None
    return Outcome(source, by, requested)


@pytest.mark.parametrize(
    ("overruled", "winner", "covers"),
    [
        (outcome(Presence.BUSY), outcome(Presence.BUSY, by="room"), True),
        (outcome(Presence.BUSY), outcome(Presence.DND), False),
        (outcome(None), outcome(None), False),
        (outcome(Presence.BUSY), None, False),
        (outcome(Presence.BUSY), outcome(Presence.BUSY, Source.MANUAL), False),
        (outcome(Presence.BUSY, Source.MANUAL), outcome(Presence.BUSY), False),
        (outcome(Presence.BUSY, Source.MANUAL), outcome(Presence.BUSY, Source.MANUAL), True),
        (
            outcome(Presence.BUSY, Source.MANUAL),
            outcome(Presence.BUSY, Source.MANUAL, "later"),
            False,
        ),
    ],
)
def test_which_winners_are_overruled(
    overruled: Outcome, winner: Outcome | None, *, covers: bool
) -> None:
    assert Overruled(overruled).covers(winner) is covers


def test_how_long_an_overruled_rule_is_remembered() -> None:
    quarter, minute = timedelta(minutes=15), timedelta(minutes=1)
    overruled = Overruled(outcome(Presence.BUSY))
    ended = overruled.after(None, (), NOW)
    assert ended == replace(overruled, until=NOW + quarter)
    # The end stays while nothing requests the presence, and a clock that is set back shortens it.
    assert ended.after(None, (), NOW + minute) == ended
    assert ended.after(None, (), NOW - minute) == replace(ended, until=NOW + quarter - minute)
    assert ended.after(None, [rule_request("room", DND)], NOW + minute) == ended
    assert ended.after(None, [rule_request("room")], NOW + minute) == overruled
    assert ended.after(None, (), NOW + quarter) is None
    assert ended.at(NOW + quarter - minute) is ended
    assert ended.at(NOW + quarter) is None
    assert overruled.at(NOW + 1000 * quarter) is overruled
    manual = Overruled(outcome(Presence.BUSY, Source.MANUAL))
    assert manual.after(manual.outcome, (), NOW) is manual
    assert manual.after(None, [rule_request("room")], NOW) is None


# Small things


def test_an_outcome_without_its_note() -> None:
    noted = Outcome(Source.RULE, "desk", replace(BUSY, note="Lunch"))
    assert noted.without_note == Outcome(Source.RULE, "desk", BUSY)
    assert outcome(None).without_note == outcome(None)


def test_who_insists() -> None:
    insisting = replace(rule_request("desk"), insist=True)
    assert decide(None, [insisting], None, NOW).insists
    assert not decide(None, [rule_request("desk")], None, NOW).insists
    assert not decide(ManualSetting(BUSY, NOW), (), None, NOW).insists


def test_of_equal_requests_the_id_decides() -> None:
    first, second = rule_request("a"), rule_request("b")
    assert highest([second, first]) == first
    assert highest([second, replace(first, order=1)]) == second
    assert highest([second, replace(first, order=1, priority=1)]).rule_id == "a"  # type: ignore[union-attr]
    assert highest([]) is None


def test_what_a_request_yields_to() -> None:
    request = replace(rule_request("desk"), yields_to=frozenset({"busy", "on_the_phone"}))
    assert yields(request, OwnPresence("busy"))
    assert yields(request, OwnPresence("away", frozenset({"on_the_phone"})))
    assert not yields(request, OwnPresence("away"))
    assert not yields(request, OwnPresence())
    assert OwnPresence().names == frozenset()
    assert OwnPresence("away", frozenset({"x"})).names == {"away", "x"}
    both = decide(None, [request], None, NOW, OwnPresence("busy", frozenset({"on_the_phone"})))
    assert both.yields_to == "busy"


def test_until_when_rules_are_paused() -> None:
    assert RulesGate().paused_until is None
    assert RulesGate(pause=RulesPause()).paused_until is None
    assert RulesGate(pause=RulesPause(NOW)).paused_until == NOW
