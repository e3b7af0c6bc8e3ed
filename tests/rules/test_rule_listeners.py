"""What is told to whom when rules change, in which turn of the loop."""

import asyncio
from types import SimpleNamespace
from typing import Any

from custom_components.cisco_unified_presence.rules.listeners import (
    EXPLAINED_PER_TURN,
    PEOPLE_PER_TURN,
    RULES_PER_TURN,
    TURNS_PER_WINNERS,
    RuleListeners,
)

ANNA, BEN = ("entry", "anna"), ("other", "ben")


def listeners_of() -> RuleListeners:
    hass: Any = SimpleNamespace(loop=asyncio.get_running_loop())
    return RuleListeners(hass)


async def turns(count: int = 8) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_how_many_are_told_in_a_turn() -> None:
    assert (PEOPLE_PER_TURN, RULES_PER_TURN) == (10, 10)
    assert (EXPLAINED_PER_TURN, TURNS_PER_WINNERS) == (500, 10)


async def test_each_is_told_what_concerns_it() -> None:
    listeners, told = listeners_of(), list[Any]()
    ends = [
        listeners.async_subscribe_requests("entry", lambda keys: told.append(("entry", keys))),
        listeners.async_subscribe_requests("other", lambda keys: told.append(("other", keys))),
        listeners.async_subscribe_evaluations(ANNA, lambda: told.append("anna")),
        listeners.async_subscribe_evaluations(BEN, lambda: told.append("ben")),
        listeners.async_subscribe_rule("desk", lambda: told.append("desk")),
        listeners.async_subscribe_rule("call", lambda: told.append("call")),
        listeners.async_subscribe_rules(lambda: told.append("rules")),
    ]

    async def taken() -> list[Any]:
        await turns()
        taken = sorted(told, key=str)
        told.clear()
        return taken

    assert await taken() == []
    listeners.async_note_people([ANNA, ("entry", "clara"), BEN, ("gone", "dora")])
    assert await taken() == [
        ("entry", frozenset({"anna", "clara"})),
        ("other", frozenset({"ben"})),
    ]
    listeners.async_note_rule("desk", [ANNA])
    assert await taken() == ["anna", "desk"]
    listeners.async_note_evaluations([BEN, ("entry", "clara")])
    assert await taken() == ["ben"]
    listeners.async_note_rules(["desk", "call", "gone"])
    assert await taken() == ["call", "desk"]
    listeners.async_note_winners(["call"])
    assert await taken() == ["call"]
    listeners.async_note_set()
    assert await taken() == ["rules"]
    assert await taken() == []

    listeners.async_unsubscribe_entry("entry")
    listeners.async_unsubscribe_entry("entry")
    listeners.async_note_people([ANNA, BEN])
    assert await taken() == [("other", frozenset({"ben"}))]
    for end in ends[1:]:
        end()
    listeners.async_note_people([BEN])
    listeners.async_note_rule("desk", [ANNA, BEN])
    listeners.async_note_set()
    assert await taken() == []


async def test_all_of_one_turn_is_told_together_and_in_order() -> None:
    listeners, told = listeners_of(), list[Any]()
    listeners.async_subscribe_requests("entry", lambda _: told.append("people"))
    listeners.async_subscribe_evaluations(ANNA, lambda: told.append("explained"))
    listeners.async_subscribe_rule("desk", lambda: told.append("rule"))
    listeners.async_subscribe_rules(lambda: told.append("rules"))
    listeners.async_note_set()
    listeners.async_note_winners(["desk"])
    listeners.async_note_rule("desk", [ANNA])
    listeners.async_note_people([ANNA])
    assert told == []
    await turns()
    assert told == ["people", "rule", "explained", "rules"]


async def test_so_many_explanations_are_told_in_a_turn() -> None:
    listeners, told = listeners_of(), list[int]()
    people = [("entry", str(number)) for number in range(2 * EXPLAINED_PER_TURN + 1)]
    for number, person in enumerate(people):
        listeners.async_subscribe_evaluations(person, lambda number=number: told.append(number))  # type: ignore[misc]
    listeners.async_note_evaluations(people)
    counted = []
    for _ in range(8):
        await asyncio.sleep(0)
        counted.append(len(told))
    assert sorted({0, *counted}) == [0, 500, 1000, 1001]


async def test_winners_are_told_every_tenth_turn_and_at_the_end() -> None:
    listeners, told = listeners_of(), list[str]()
    listeners.async_subscribe_rule("desk", lambda: told.append("desk"))
    listeners.async_note_winners(["desk"])
    listeners.async_note_people(("entry", str(number)) for number in range(125))
    counted = []
    for _ in range(20):
        await asyncio.sleep(0)
        counted.append(len(told))
    # Thirteen turns: it waits for the tenth.
    first = counted.index(1)
    assert counted[-1] == 1
    assert 9 <= first <= 11
    listeners.async_note_winners(["desk"])
    listeners.async_note_people([ANNA])
    await turns()
    assert len(told) == 2
