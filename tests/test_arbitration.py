"""Who wins, as docs/rules.md has it in "Who wins"."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from custom_components.cisco_unified_presence.arbitration import (
    NO_REQUEST,
    ManualSetting,
    Outcome,
    RequestedPresence,
    RuleRequest,
    Source,
    decide,
    highest,
)
from custom_components.cisco_unified_presence.pws import Presence

from .common.strategies import NOW, manual_settings, outcomes, request_lists

BUSY = RequestedPresence(Presence.BUSY, override=True)
DND = RequestedPresence(Presence.DND, override=True)


def rule_request(
    rule: str, requested: RequestedPresence = BUSY, *, priority: int = 0, order: int = 0
) -> RuleRequest:
    return RuleRequest(
        rule_id=rule,
        name=rule,
        requested=requested,
        priority=priority,
        order=order,
        insist=False,
        since=NOW,
    )


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


@given(st.none() | manual_settings, request_lists(), st.none() | outcomes, st.randoms())
def test_order_of_the_requests_does_not_matter(
    manual: ManualSetting | None,
    requests: list[RuleRequest],
    overruled: Outcome | None,
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

    decision = decide(manual, requests, winning.winner, NOW)

    assert decision.winner == winning.winner
    if winning.winner is None:
        assert decision == NO_REQUEST
        return
    assert decision.overruled
    assert decision.source is Source.OWN
    assert decision.requested is None
    assert (decision.rule_request, decision.until) == (winning.rule_request, winning.until)


@given(st.none() | manual_settings, request_lists(), outcomes)
def test_only_the_winner_can_be_overruled(
    manual: ManualSetting | None, requests: list[RuleRequest], other: Outcome
) -> None:
    winning = decide(manual, requests, None, NOW)

    if winning.winner != other:
        assert decide(manual, requests, other, NOW) == winning


def test_same_rule_with_another_request_is_another_winner() -> None:
    overruled = decide(None, [rule_request("room")], None, NOW).winner

    assert not decide(None, [rule_request("room", DND)], overruled, NOW).overruled


def test_same_word_set_again_is_another_winner() -> None:
    first = ManualSetting(BUSY, NOW)
    overruled = decide(first, (), None, NOW).winner

    again = ManualSetting(BUSY, NOW + timedelta(seconds=1))

    assert decide(first, (), overruled, NOW).overruled
    assert not decide(again, (), overruled, NOW).overruled


def test_manual_setting_ends_at_its_very_end() -> None:
    until = NOW + timedelta(minutes=5)
    manual = ManualSetting(BUSY, NOW, until)

    assert decide(manual, (), None, until - timedelta(microseconds=1)).requested == BUSY
    assert decide(manual, (), None, until) == NO_REQUEST
