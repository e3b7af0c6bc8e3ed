"""The explanation of a decision, as plain JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    Overruled,
    OwnPresence,
    RequestedPresence,
    RuleRequest,
    RulesGate,
    RulesPause,
    decide,
)
from custom_components.cisco_unified_presence.decision_words import in_words
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.explanation import (
    expected_end,
    explanation_of,
)
from custom_components.cisco_unified_presence.rules.status import RuleEvaluation

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANNA = Person(
    subentry_id="a", name="Anna", user="anna", contact="anna@example.com", controlled=True
)
BUSY = RequestedPresence(Presence.BUSY, override=True, note="In a call")
AWAY = RequestedPresence(Presence.AWAY, override=True)
OPEN = RulesGate()


@pytest.fixture(autouse=True)
def _at_noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOW)


def request(rule_id: str = "call", **changes: Any) -> RuleRequest:
    usual: dict[str, Any] = {
        "name": rule_id.title(),
        "requested": BUSY,
        "priority": 0,
        "order": 0,
        "insist": False,
        "since": NOW - MINUTE,
    }
    return RuleRequest(rule_id=rule_id, **{**usual, **changes})


def evaluation(requested: RuleRequest, *, holds: bool = True, **changes: Any) -> RuleEvaluation:
    return RuleEvaluation(
        rule_id=requested.rule_id,
        name=requested.name,
        enabled=changes.pop("enabled", True),
        holds=holds,
        since=requested.since if holds else None,
        failing=changes.pop("failing", ()),
        presence="busy",
        request=requested,
        **changes,
    )


def explained(
    *evaluations: RuleEvaluation,
    gate: RulesGate = OPEN,
    manual: ManualSetting | None = None,
    overruled: Overruled | None = None,
    own: OwnPresence = OwnPresence("available"),  # noqa: B008 (a value)
    waiting_until: datetime | None = None,
    refused_until: datetime | None = None,
) -> dict[str, Any]:
    return explanation_of(
        ANNA,
        "away",
        evaluations,
        gate,
        manual=manual,
        overruled=overruled,
        own=own,
        waiting_until=waiting_until,
        refused_until=refused_until,
        now=NOW,
    )


NOTHING: dict[str, Any] = {
    "name": "Anna",
    "shown": "away",
    "own": "available",
    "own_activities": [],
    "source": "own",
    "wanted": None,
    "note": None,
    "rule": None,
    "since": None,
    "until": None,
    "until_expected": None,
    "set_aside": False,
    "set_by": None,
    "waiting_until": None,
    "follows_rules": True,
    "rules_paused": False,
    "paused_until": None,
    "reason": "decided by the person's own devices",
    "rules": [],
}
WINS: dict[str, Any] = {
    "id": "call",
    "name": "Call",
    "on": True,
    "holds": True,
    "wins": True,
    "since": "2026-11-23T11:59:00+00:00",
    "presence": "busy",
    "yields": False,
    "priority": 0,
    "paused": False,
    "paused_until": None,
    "not_true": [],
    "if_it_held": "Busy, because of the rule “Call”",
}
BY_RULE: dict[str, Any] = {
    **NOTHING,
    "source": "rule",
    "wanted": "busy",
    "note": "In a call",
    "rule": "Call",
    "since": "2026-11-23T11:59:00+00:00",
    "reason": "Busy, because of the rule “Call”",
    "rules": [WINS],
}


def test_nothing_is_requested() -> None:
    assert explained() == NOTHING
    own = OwnPresence("busy", frozenset({"on_the_phone", "in_a_meeting"}))
    assert explained(own=own) == {
        **NOTHING,
        "own": "busy",
        "own_activities": ["in_a_meeting", "on_the_phone"],
    }


def test_a_rule_wins() -> None:
    assert explained(evaluation(request())) == BY_RULE


def test_when_the_winning_rule_ends() -> None:
    ends = request(until=NOW + 5 * MINUTE)
    by_rule = explained(evaluation(ends, expected_end=lambda: NOW + MINUTE))
    assert by_rule["until"] == "2026-11-23T12:05:00+00:00"
    assert by_rule["until_expected"] == "2026-11-23T12:01:00+00:00"


def test_a_rule_that_leaves_the_person_to_their_own_devices() -> None:
    found = explained(evaluation(request(requested=None)))
    reason = "decided by the person's own devices, because of the rule “Call”"
    assert found == {
        **BY_RULE,
        "wanted": None,
        "note": None,
        "reason": reason,
        "rules": [{**WINS, "if_it_held": reason}],
    }


def test_what_does_not_hold_is_told_with_what_would_follow() -> None:
    lunch = request("lunch", requested=AWAY, priority=7)
    below = request("below", requested=AWAY, order=1)
    failing = ("condition 1 (time is not after 12:30)",)
    found = explained(
        evaluation(request()),
        evaluation(lunch, holds=False, failing=failing, enabled=False),
        evaluation(below, holds=False),
    )
    assert found == {
        **BY_RULE,
        "rules": [
            WINS,
            {
                **WINS,
                "id": "lunch",
                "name": "Lunch",
                "on": False,
                "holds": False,
                "wins": False,
                "since": None,
                "priority": 7,
                "not_true": [*failing],
                "if_it_held": "Away, because of the rule “Lunch”",
            },
            {
                **WINS,
                "id": "below",
                "name": "Below",
                "holds": False,
                "wins": False,
                "since": None,
            },
        ],
    }


def test_a_rule_that_holds_and_does_not_act() -> None:
    pause = RulesPause(NOW + MINUTE)
    paused = evaluation(request(), stopped=True, pause=pause)
    gate = RulesGate(follows=False, pause=pause)
    assert explained(paused, gate=gate) == {
        **NOTHING,
        "follows_rules": False,
        "rules_paused": True,
        "paused_until": "2026-11-23T12:01:00+00:00",
        "reason": "decided by the person's own devices; rules are not followed;"
        " rules are paused until 12:01",
        "rules": [
            {**WINS, "wins": False, "paused": True, "paused_until": "2026-11-23T12:01:00+00:00"}
        ],
    }
    (without_end,) = explained(evaluation(request(), stopped=True, pause=RulesPause()))["rules"]
    assert (without_end["paused"], without_end["paused_until"]) == (True, None)


def test_a_rule_that_yields() -> None:
    yielding = request(yields_to=frozenset({"on_the_phone"}))
    own = OwnPresence("available", frozenset({"on_the_phone"}))
    reason = (
        "decided by the person's own devices; the rule “Call” yields to the person's own phone call"
    )
    found = explained(evaluation(yielding), evaluation(yielding, holds=False), own=own)
    told = {**WINS, "wins": False, "yields": True, "if_it_held": reason}
    assert found == {
        **NOTHING,
        "own_activities": ["on_the_phone"],
        "reason": reason,
        "rules": [told, {**told, "holds": False, "since": None, "yields": False}],
    }
    assert explained(evaluation(yielding)) == BY_RULE


@pytest.mark.parametrize("set_by", ["Zoe", None])
def test_what_is_set_manually_stands_above_rules(set_by: str | None) -> None:
    manual = ManualSetting(AWAY, NOW - 2 * MINUTE, until=NOW + MINUTE, set_by=set_by)
    by = "set by Zoe at 11:58" if set_by else "set through Home Assistant"
    reason = f"Away until 12:01, {by}"
    assert explained(evaluation(request()), manual=manual) == {
        **NOTHING,
        "source": "manual",
        "wanted": "away",
        "since": "2026-11-23T11:58:00+00:00",
        "until": "2026-11-23T12:01:00+00:00",
        "set_by": set_by,
        "reason": reason,
        "rules": [{**WINS, "wins": False, "if_it_held": reason}],
    }


def test_the_person_has_overruled_the_rule() -> None:
    winner = decide(None, [request()], None, NOW).winner
    assert winner
    reason = "changed by hand, which overrules the rule “Call”"
    held = evaluation(request(), expected_end=lambda: NOW + MINUTE)
    assert explained(held, overruled=Overruled(winner)) == {
        **BY_RULE,
        "source": "own",
        "wanted": None,
        "note": None,
        "set_aside": True,
        "reason": reason,
        "rules": [{**WINS, "wins": False, "if_it_held": reason}],
    }


@pytest.mark.parametrize(
    ("waiting", "refused", "until", "reason"),
    [
        (1, None, 1, "; this waits until 12:01:00, after six changes within a minute"),
        (None, 2, 2, "; the server has refused this, and is asked again at 12:02:00"),
        (1, 2, 2, "; the server has refused this, and is asked again at 12:02:00"),
    ],
)
def test_what_the_server_is_not_told_yet(
    waiting: int | None, refused: int | None, until: int, reason: str
) -> None:
    found = explained(
        evaluation(request()),
        waiting_until=NOW + waiting * MINUTE if waiting else None,
        refused_until=NOW + refused * MINUTE if refused else None,
    )
    assert found == {
        **BY_RULE,
        "waiting_until": f"2026-11-23T12:0{until}:00+00:00",
        "reason": f"{BY_RULE['reason']}{reason}",
    }


@pytest.mark.parametrize(
    ("until", "expected", "told"),
    [
        (None, None, None),
        (None, 5, 5),
        (7, 5, 5),
        (5, 5, None),
        (3, 5, None),
        (3, None, None),
    ],
)
def test_an_end_is_expected_where_no_other_is_certain_before(
    until: int | None, expected: int | None, told: int | None
) -> None:
    wins = request(until=None if until is None else NOW + until * MINUTE)
    decision = decide(None, [wins], None, NOW)
    other = evaluation(request("other"), expected_end=lambda: NOW + MINUTE)
    end = None if expected is None else NOW + expected * MINUTE
    evaluations = [other, evaluation(wins, expected_end=lambda: end)]
    assert expected_end(decision, evaluations) == (None if told is None else NOW + told * MINUTE)
    assert expected_end(decision, [other]) is None
    assert expected_end(decide(None, [], None, NOW), evaluations) is None


def test_a_rule_that_would_stand_above_what_is_set_and_yields_is_told() -> None:
    yielding = request("above", beats_manual=True, yields_to=frozenset({"busy"}))
    rivals = [request(f"high_{number}", priority=1) for number in range(3)]
    asked = evaluation(request("asked"), holds=False)
    found = explained(
        *map(evaluation, rivals),
        evaluation(yielding),
        asked,
        manual=ManualSetting(AWAY, NOW),
        own=OwnPresence("busy"),
    )
    reason = "Away, set through Home Assistant; the rule “Above” yields to the person's own Busy"
    assert found["reason"] == reason
    assert {each["if_it_held"] for each in found["rules"]} == {reason}


@pytest.mark.parametrize("manual", [None, ManualSetting(AWAY, NOW)])
def test_the_highest_that_does_not_yield_stands_above_lower_ones(
    manual: ManualSetting | None,
) -> None:
    above = manual is not None
    found = explained(
        evaluation(request("free", priority=3, yields_to=frozenset({"busy"}))),
        evaluation(request("high", priority=2, yields_to=frozenset({"busy"}), beats_manual=above)),
        evaluation(request("middle", priority=1, beats_manual=above)),
        evaluation(request("low", beats_manual=above), holds=False),
        manual=manual,
        own=OwnPresence("busy"),
    )
    yielding = "High" if manual else "Free"
    reason = (
        f"Busy, because of the rule “Middle”; the rule “{yielding}” yields to the person's own Busy"
    )
    assert {each["if_it_held"] for each in found["rules"]} == {reason}


requests = st.lists(
    st.builds(
        request,
        st.sampled_from("abcdefgh"),
        priority=st.integers(0, 2),
        order=st.integers(0, 2),
        beats_manual=st.booleans(),
        yields_to=st.sampled_from([frozenset(), frozenset({"busy"})]),
        requested=st.sampled_from([BUSY, AWAY, None]),
    ),
    max_size=8,
    unique_by=lambda each: each.rule_id,
)
manuals = st.sampled_from([None, ManualSetting(AWAY, NOW), ManualSetting(AWAY, NOW, until=NOW)])


owns = st.sampled_from([OwnPresence(), OwnPresence("busy")])


@given(requests, st.sets(st.sampled_from("abcdefgh")), manuals, owns)
def test_what_would_follow_is_decided_among_all_rules(
    every: Sequence[RuleRequest], holding: set[str], manual: ManualSetting | None, own: OwnPresence
) -> None:
    evaluations = [evaluation(each, holds=each.rule_id in holding) for each in every]
    found = explained(*evaluations, manual=manual, own=own)
    held = [each for each in every if each.rule_id in holding]
    for told, one in zip(found["rules"], every, strict=True):
        others = [each for each in held if each is not one]
        decision = decide(manual, [*others, one], None, NOW, own)
        assert told["if_it_held"] == in_words(decision)
