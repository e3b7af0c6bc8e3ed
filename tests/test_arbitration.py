"""Who wins, as docs/rules.md has it in "Who wins"."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    NO_REQUEST,
    Decision,
    ManualSetting,
    Outcome,
    Overruled,
    OwnPresence,
    RequestedPresence,
    RuleRequest,
    Source,
    decide,
    highest,
)
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.arbitration import rule_request

from .common.strategies import NOW, manual_settings, overruled_outcomes, request_lists

BUSY = RequestedPresence(Presence.BUSY, override=True)


DND = RequestedPresence(Presence.DND, override=True)


def test_nothing_is_requested() -> None:
    assert decide(None, (), None, NOW) == NO_REQUEST
    assert NO_REQUEST.source is Source.OWN
    assert NO_REQUEST.requested is None


@given(manual_settings, request_lists())
def test_manual_beats_rules_until_it_ends(
    manual: ManualSetting, requests: list[RuleRequest]
) -> None:
    decision = decide(manual, requests, None, NOW)

    if manual.until is None or manual.until > NOW:
        assert (decision.source, decision.requested) == (Source.MANUAL, manual.requested)
        assert decision.until == manual.until
    else:
        assert decision == decide(None, requests, None, NOW)


@given(request_lists().filter(bool))
def test_highest_priority_wins_then_the_first(requests: list[RuleRequest]) -> None:
    decision = decide(None, requests, None, NOW)

    assert decision.source is Source.RULE
    assert decision.rule_request
    assert decision.requested == decision.rule_request.requested
    for other in requests:
        assert decision.rule_request.priority >= other.priority
        if decision.rule_request.priority == other.priority:
            assert decision.rule_request.order <= other.order


@given(st.none() | manual_settings, request_lists(), st.none() | overruled_outcomes, st.randoms())
def test_order_of_the_requests_does_not_matter(
    manual: ManualSetting | None,
    requests: list[RuleRequest],
    overruled: Overruled | None,
    random: Random,
) -> None:
    shuffled = list(requests)
    random.shuffle(shuffled)

    assert decide(manual, shuffled, overruled, NOW) == decide(manual, requests, overruled, NOW)


@given(request_lists(), request_lists())
def test_losing_requests_make_no_difference(
    requests: list[RuleRequest], others: list[RuleRequest]
) -> None:
    winner = highest(requests)
    weaker = [
        replace(other, priority=-3, rule_id=f"weaker {other.rule_id}") for other in others if winner
    ]

    assert highest([*requests, *weaker]) == winner


@given(st.none() | manual_settings, request_lists())
def test_overruled_winner_requests_nothing(
    manual: ManualSetting | None, requests: list[RuleRequest]
) -> None:
    winning = decide(manual, requests, None, NOW)

    if winning.winner is None:
        assert winning == NO_REQUEST
        return
    decision = decide(manual, requests, Overruled(winning.winner), NOW)

    assert decision.winner == winning.winner
    assert decision.overruled
    assert decision.source is Source.OWN
    assert decision.requested is None
    assert (decision.rule_request, decision.until) == (winning.rule_request, winning.until)


@given(st.none() | manual_settings, request_lists(), overruled_outcomes)
def test_only_the_winner_can_be_overruled(
    manual: ManualSetting | None, requests: list[RuleRequest], other: Overruled
) -> None:
    winning = decide(manual, requests, None, NOW)

    if not other.covers(winning.winner):
        decision = decide(manual, requests, other, NOW)
        assert replace(decision, remains_overruled=None) == winning


def test_overruled_presence_is_that_of_any_rule() -> None:
    overruled = overruled_winner(rule_request("room"))

    assert not decide(None, [rule_request("room", DND)], overruled, NOW).overruled
    noted = rule_request("desk", replace(BUSY, note="At the desk"))
    assert decide(None, [noted], overruled, NOW).overruled


def test_overruled_presence_is_remembered_while_another_rule_wins() -> None:
    overruled = overruled_winner(rule_request("room"))
    both = [rule_request("room"), replace(rule_request("alarm", DND), priority=1)]

    decision = decide(None, both, overruled, NOW)

    assert not decision.overruled
    assert decide(None, both[:1], decision.remains_overruled, NOW).overruled


@pytest.mark.parametrize(("after", "is_overruled"), [(14, True), (15, False)])
def test_choice_is_respected_for_a_time_after_the_rule(after: int, *, is_overruled: bool) -> None:
    holding = [rule_request("room")]
    overruled = overruled_winner(*holding)
    ended = decide(None, (), overruled, NOW).remains_overruled
    ended = decide(None, (), ended, NOW + timedelta(minutes=1)).remains_overruled

    again = decide(None, holding, ended, NOW + timedelta(minutes=after))

    assert again.overruled is is_overruled


def test_rule_yields_to_the_own_presence_and_a_lower_one_takes_its_place() -> None:
    yielding = replace(rule_request("room"), yields_to=frozenset({"busy"}), priority=1)
    own = OwnPresence("busy")

    decision = decide(None, [yielding], None, NOW, own)
    assert (decision.source, decision.requested) == (Source.OWN, None)
    assert (decision.yielding, decision.yields_to) == (yielding, "busy")
    assert decide(None, [yielding], None, NOW, OwnPresence("away")).rule_request == yielding
    lower = rule_request("desk", DND)
    assert decide(None, [yielding, lower], None, NOW, own).rule_request == lower


def test_rule_that_would_not_win_yields_unseen() -> None:
    yielding = replace(rule_request("room"), yields_to=frozenset({"busy"}))
    own, higher = OwnPresence("busy"), replace(rule_request("alarm", DND), priority=1)
    manual = ManualSetting(BUSY, NOW)

    assert decide(None, [yielding, higher], None, NOW, own) == decide(None, [higher], None, NOW)
    assert decide(manual, [yielding], None, NOW, own) == decide(manual, (), None, NOW)


def test_rule_yields_to_an_own_activity() -> None:
    yielding = replace(rule_request("room"), yields_to=frozenset({"on_the_phone"}))

    decision = decide(None, [yielding], None, NOW, OwnPresence("busy", frozenset({"on_the_phone"})))

    assert decision.yields_to == "on_the_phone"


def test_own_presence_as_a_request_beats_lower_rules() -> None:
    hands_back = replace(rule_request("desk"), requested=None, priority=1)

    decision = decide(None, [rule_request("room"), hands_back], None, NOW)

    assert decision.source is Source.RULE
    assert decision.requested is None
    assert decision.winner == Outcome(Source.RULE, "desk", None)
    assert decision.winner == Outcome.from_storage(decision.winner.as_storage())


def test_rule_that_beats_manual_settings_beats_them_alone() -> None:
    manual = ManualSetting(BUSY, NOW)
    drill = replace(rule_request("drill", DND), beats_manual=True, priority=-1)

    assert decide(manual, [rule_request("room"), drill], None, NOW).rule_request == drill
    assert decide(None, [rule_request("room"), drill], None, NOW).requested == BUSY


def overruled_winner(*requests: RuleRequest) -> Overruled:
    winner = decide(None, requests, None, NOW).winner
    assert winner is not None
    return Overruled(winner)


def test_same_word_set_again_is_another_winner() -> None:
    first = ManualSetting(BUSY, NOW)
    overruled = Overruled(first.outcome)

    again = ManualSetting(BUSY, NOW + timedelta(seconds=1))

    assert decide(first, (), overruled, NOW).overruled
    assert not decide(again, (), overruled, NOW).overruled


def test_manual_setting_ends_at_its_very_end() -> None:
    until = NOW + timedelta(minutes=5)
    manual = ManualSetting(BUSY, NOW, until)

    assert decide(manual, (), None, until - timedelta(microseconds=1)).requested == BUSY
    assert decide(manual, (), None, until) == NO_REQUEST


def test_what_a_decision_tells_of_its_winner() -> None:
    end = NOW + timedelta(hours=1)
    request = replace(rule_request("desk"), since=NOW - timedelta(hours=1), until=end)
    assert decide(None, [request], None, NOW) == Decision(
        source=Source.RULE,
        requested=BUSY,
        winner=Outcome(Source.RULE, "desk", BUSY),
        rule_request=request,
        since=request.since,
        until=end,
    )
    manual = ManualSetting(DND, NOW - timedelta(minutes=1), end, set_by="Ben")
    assert decide(manual, [request], None, NOW) == Decision(
        source=Source.MANUAL,
        requested=DND,
        winner=manual.outcome,
        since=manual.since,
        until=end,
        set_by="Ben",
    )
