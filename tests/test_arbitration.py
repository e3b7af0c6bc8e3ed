"""Who wins, as docs/rules.md has it in "Who wins"."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from custom_components.cisco_unified_presence.arbitration import (
    NOBODY,
    ManualSetting,
    Outcome,
    RequestedPresence,
    RuleRequest,
    Source,
    best,
    decide,
)
from custom_components.cisco_unified_presence.pws import Presence

from .common.strategies import NOW, claim_lists, manual_holds, outcomes

BUSY = RequestedPresence(Presence.BUSY, override=True)
DND = RequestedPresence(Presence.DND, override=True)


def claim(
    rule: str, want: RequestedPresence = BUSY, *, priority: int = 0, order: int = 0
) -> RuleRequest:
    return RuleRequest(
        rule=rule,
        name=rule,
        want=want,
        priority=priority,
        order=order,
        insist=False,
        since=NOW,
    )


def test_nobody_wants_anything() -> None:
    assert decide(None, (), None, NOW) == NOBODY
    assert NOBODY.source is Source.OWN
    assert NOBODY.want is None


@given(manual_holds, claim_lists())
def test_manual_beats_rules_until_it_ends(manual: ManualSetting, claims: list[RuleRequest]) -> None:
    decision = decide(manual, claims, None, NOW)

    if manual.until is None or manual.until > NOW:
        assert (decision.source, decision.want) == (Source.MANUAL, manual.want)
        assert decision.until == manual.until
    else:
        assert decision == decide(None, claims, None, NOW)


@given(claim_lists().filter(bool))
def test_highest_priority_wins_then_the_first(claims: list[RuleRequest]) -> None:
    decision = decide(None, claims, None, NOW)

    assert decision.source is Source.RULE
    assert decision.rule
    assert decision.want == decision.rule.want
    for other in claims:
        assert decision.rule.priority >= other.priority
        if decision.rule.priority == other.priority:
            assert decision.rule.order <= other.order


@given(st.none() | manual_holds, claim_lists(), st.none() | outcomes, st.randoms())
def test_order_in_which_claims_are_told_does_not_matter(
    manual: ManualSetting | None, claims: list[RuleRequest], aside: Outcome | None, random: Random
) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)

    assert decide(manual, shuffled, aside, NOW) == decide(manual, claims, aside, NOW)


@given(claim_lists(), claim_lists())
def test_who_loses_makes_no_difference(
    claims: list[RuleRequest], others: list[RuleRequest]
) -> None:
    winner = best(claims)
    weaker = [
        replace(other, priority=-3, rule=f"weaker {other.rule}") for other in others if winner
    ]

    assert best([*claims, *weaker]) == winner


@given(st.none() | manual_holds, claim_lists())
def test_winner_that_is_set_aside_wants_nothing(
    manual: ManualSetting | None, claims: list[RuleRequest]
) -> None:
    winning = decide(manual, claims, None, NOW)

    decision = decide(manual, claims, winning.winner, NOW)

    assert decision.winner == winning.winner
    if winning.winner is None:
        assert decision == NOBODY
        return
    assert decision.set_aside
    assert decision.source is Source.OWN
    assert decision.want is None
    assert (decision.rule, decision.until) == (winning.rule, winning.until)


@given(st.none() | manual_holds, claim_lists(), outcomes)
def test_only_the_winner_can_be_set_aside(
    manual: ManualSetting | None, claims: list[RuleRequest], other: Outcome
) -> None:
    winning = decide(manual, claims, None, NOW)

    if winning.winner != other:
        assert decide(manual, claims, other, NOW) == winning


def test_same_rule_with_another_want_is_another_winner() -> None:
    aside = decide(None, [claim("room")], None, NOW).winner

    assert not decide(None, [claim("room", DND)], aside, NOW).set_aside


def test_same_word_set_again_is_another_winner() -> None:
    first = ManualSetting(BUSY, NOW)
    aside = decide(first, (), None, NOW).winner

    again = ManualSetting(BUSY, NOW + timedelta(seconds=1))

    assert decide(first, (), aside, NOW).set_aside
    assert not decide(again, (), aside, NOW).set_aside


def test_manual_hold_ends_at_its_very_end() -> None:
    until = NOW + timedelta(minutes=5)
    manual = ManualSetting(BUSY, NOW, until)

    assert decide(manual, (), None, until - timedelta(microseconds=1)).want == BUSY
    assert decide(manual, (), None, until) == NOBODY
