"""Who is notified when rules change."""

import asyncio
from functools import partial

from homeassistant.core import HomeAssistant

from custom_components.cisco_unified_presence.rules.listeners import (
    PEOPLE_PER_TURN,
    RULES_PER_TURN,
    TURNS_PER_WINNERS,
    RuleListeners,
)


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_thousands_of_people_are_told_of_in_several_turns(hass: HomeAssistant) -> None:
    listeners = RuleListeners(hass)
    told: list[frozenset[str]] = []
    listeners.async_subscribe_requests("entry", told.append)
    keys = {f"user{number}@example.com" for number in range(2 * PEOPLE_PER_TURN + 1)}
    listeners.async_note_people(("entry", key) for key in keys)
    await _turns()

    assert [len(each) for each in told] == [PEOPLE_PER_TURN, PEOPLE_PER_TURN, 1]
    assert frozenset().union(*told) == keys


async def test_hundreds_of_rules_are_told_of_in_several_turns(hass: HomeAssistant) -> None:
    listeners = RuleListeners(hass)
    told: list[int] = []
    rules = 2 * RULES_PER_TURN + 1
    for number in range(rules):
        listeners.async_subscribe_rule(f"rule{number}", partial(told.append, number))
    listeners.async_note_rules(f"rule{number}" for number in range(rules))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(told) <= 2 * RULES_PER_TURN
    await _turns()

    assert sorted(told) == list(range(rules))


async def test_a_rule_that_wins_turn_by_turn_is_told_of_now_and_then(hass: HomeAssistant) -> None:
    listeners = RuleListeners(hass)
    won = 0
    told: list[int] = []

    def decide(keys: frozenset[str]) -> None:
        nonlocal won
        won += len(keys)
        listeners.async_note_winners(["rule"])

    listeners.async_subscribe_requests("entry", decide)
    listeners.async_subscribe_rule("rule", lambda: told.append(won))
    people = 25 * PEOPLE_PER_TURN
    listeners.async_note_people(("entry", f"user{number}") for number in range(people))
    for _ in range(30):
        await asyncio.sleep(0)

    ten_turns = TURNS_PER_WINNERS * PEOPLE_PER_TURN
    assert told[:2] == [ten_turns, 2 * ten_turns]
    assert told[-1] == people
    assert len(told) <= 4


async def test_a_change_is_told_of_once(hass: HomeAssistant) -> None:
    listeners = RuleListeners(hass)
    told: list[frozenset[str]] = []
    listeners.async_subscribe_requests("entry", told.append)
    listeners.async_note_people([("entry", "anna"), ("entry", "anna")])
    await _turns()

    assert told == [frozenset({"anna"})]
