"""Presence rules: what it costs when an input of many changes, and when one concerns many."""

import asyncio
from collections.abc import Callable, Sequence
import time
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, label_registry
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er

from bench.blocks import LONGEST_ALLOWED, watched_blocks
from bench.core import home_assistant
from bench.course import Course
from bench.families.stage import integration
from bench.row import Row
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import (
    RULE_SCHEMA,
    Rule,
    RuleEngine,
    async_rule_engine,
)

INPUT = "binary_sensor.building"
# Resolved again whenever a registry changes.
UNKNOWN = 20_000
RESOLVED_WITHIN = 1.5
NEVER = {"condition": "state", "entity_id": INPUT, "state": "never"}


async def measure(course: Course) -> Sequence[Row]:
    return [await _evaluation(course), *await _everybody(course)]


async def _evaluation(course: Course) -> Row:
    count = course.choose(thorough=500, quick=20)
    rounds = course.choose(thorough=30, quick=5)
    async with home_assistant(course.new_folder()) as hass:
        hass.states.async_set(INPUT, "off")
        engine = RuleEngine(hass)
        await engine.async_load()
        bare = await _bare(hass, count)
        ours, base = [], []
        for _ in range(rounds):
            base.append(await _changed(hass))
            await engine.async_set_yaml_rules([_rule(number) for number in range(count)])
            await hass.async_block_till_done()
            ours.append(await _changed(hass))
            await engine.async_set_yaml_rules([])
        for stop in bare:
            stop()
    return Row(
        name=f"{count} rules, one input of all changes",
        ours=[max(both - alone, 0.0) for both, alone in zip(ours, base, strict=True)],
        against=f"{count} conditions of Home Assistant's own, checked",
        base=base,
        unit="ms",
        most=2.5,
        remark="computing time",
    )


async def _everybody(course: Course) -> list[Row]:
    """Measure the longest blocks of one rule for all, who share a label, and of explaining it."""
    people = course.choose(thorough=5000, quick=20)
    async with integration(course, people, "http", controlled=people) as ready:
        hass, entities = ready.hass, list(ready.entities.values())
        label = label_registry.async_get(hass).async_create("Everybody").label_id
        with watched_blocks() as labelling:
            for entity in entities:
                er.async_get(hass).async_update_entity(entity, labels={label})
                await asyncio.sleep(0)
            await hass.async_block_till_done()
        with watched_blocks() as following:
            rule = _rule(0, people=[{"label_id": [label]}], when=[NEVER])
            await async_rule_engine(hass).async_set_yaml_rules([rule])
            await hass.async_block_till_done()
        with watched_blocks() as explaining:
            answer = await hass.services.async_call(
                DOMAIN, "explain", {"label_id": [label]}, blocking=True, return_response=True
            )
        # What follows is not a part of it.
        await asyncio.sleep(0)
        gone = _rule(0, people=[f"gone{number}@example.com" for number in range(UNKNOWN)])
        await async_rule_engine(hass).async_set_yaml_rules([gone])
        with watched_blocks() as resolving:
            er.async_get(hass).async_update_entity(entities[0], labels=set())
            # After so many changes, the next one waits for its turn.
            await asyncio.sleep(RESOLVED_WITHIN)
    explained = answer["people"] if answer else {}
    if not isinstance(explained, dict) or len(explained) != people:
        raise RuntimeError("Not everybody is explained")
    blocks = {
        f"a rule for {people} people by label": following,
        f"a rule for {people} people by label, while they get it": labelling,
        f"explain of {people} people": explaining,
        f"a rule that names {UNKNOWN} unknown people, a label changes": resolving,
    }
    return [
        Row(
            name=f"{what}, longest block",
            ours=[found.longest],
            against="allowed",
            base=[LONGEST_ALLOWED],
            unit="ms",
            most=1,
            remark=f"{found.total / 1000:.1f} s in all",
        )
        for what, found in blocks.items()
    ]


async def _bare(hass: HomeAssistant, count: int) -> list[Callable[[], None]]:
    """Check as many conditions whenever their input changes, without using the result."""
    stops: list[Callable[[], None]] = []
    for _ in range(count):
        config = await condition.async_validate_condition_config(hass, _condition())
        checker = await condition.async_from_config(hass, config)
        stops.append(await checker.async_track_changes(lambda each=checker: each.async_check()))  # type: ignore[misc] # checker is bound now
        stops.append(checker.async_unload)
    return stops


async def _changed(hass: HomeAssistant) -> float:
    """Change the input, and return the milliseconds of computing until all that follows is done."""
    state = "on" if hass.states.is_state(INPUT, "off") else "off"
    begin = time.thread_time()
    hass.states.async_set(INPUT, state)
    await hass.async_block_till_done()
    return (time.thread_time() - begin) * 1000


def _condition() -> dict[str, Any]:
    found: dict[str, Any] = cv.CONDITION_SCHEMA(
        {"condition": "state", "entity_id": INPUT, "state": "on"}
    )
    return found


def _rule(number: int, **different: Any) -> Rule:
    written = {
        "name": f"Rule {number}",
        "people": [f"user{number}"],
        "when": [{"condition": "state", "entity_id": INPUT, "state": "on"}],
        "presence": "busy",
    }
    return Rule.of(RULE_SCHEMA({**written, **different}))
