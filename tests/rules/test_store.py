"""Rules that are remembered: over a restart of Home Assistant, and until they are gone."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.cisco_unified_presence.rules import RULE_ENGINE, RuleEngine
from custom_components.cisco_unified_presence.rules.conditions import WatchedConditions
from tests.common.rules import (
    ANNA,
    ELSEWHERE,
    MINUTE,
    NOON,
    REFUSED,
    add_rule,
    desk,
    issues,
    names,
    open_engine,
    pass_by,
    rule,
    shut,
    start,
)


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture(autouse=True)
async def _noon(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> AsyncGenerator[None]:
    """Begin at noon, let nothing reach the disk, and Home Assistant be done with its start."""
    freezer.move_to(NOON)
    yield
    # It cleans, and then waits whether to clean again.
    await pass_by(hass, freezer, MINUTE)
    await pass_by(hass, freezer, MINUTE)


# A restart


async def restart(hass: HomeAssistant, entry: MockConfigEntry, *rules: Any) -> RuleEngine:
    """Return the engine of a Home Assistant that is starting."""
    await shut(hass)
    hass.set_state(CoreState.starting)
    return await open_engine(hass, *rules, entry=entry)


async def test_until_home_assistant_has_started_rules_keep_their_state(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    impatient = rule(grace=0)
    engine = await open_engine(hass, impatient, rule("Off"), entry=entry)
    await engine.async_set_enabled("off", enabled=False)

    freezer.tick(MINUTE)
    await shut(hass)
    # What entities become while Home Assistant stops is not evaluated.
    await desk(hass, "unavailable")
    hass.set_state(CoreState.starting)
    engine = await open_engine(hass, impatient, rule("Off"), entry=entry)
    await pass_by(hass, freezer, 10 * MINUTE)
    assert names(engine, entry) == ["Desk"]
    notified: list[frozenset[str]] = []
    engine.async_subscribe_requests(entry.entry_id, notified.append)
    await desk(hass, "on")
    await start(hass)
    assert notified == []
    (request,) = engine.requests_for(entry.entry_id, ANNA)
    assert request.since == NOON
    assert [each.enabled for each in engine.evaluations_for(entry.entry_id, ANNA)] == [True, False]


async def test_times_go_on_while_home_assistant_is_stopped(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    slow = rule(duration={"minutes": 3})
    await open_engine(hass, slow, entry=entry)
    await shut(hass)
    await pass_by(hass, freezer, 5 * MINUTE)
    hass.set_state(CoreState.starting)
    engine = await open_engine(hass, slow, entry=entry)
    assert names(engine, entry) == []
    await start(hass)
    assert names(engine, entry) == ["Desk"]


@pytest.mark.parametrize(
    ("times", "stopped", "holds"),
    [
        ({"hold": {"minutes": 5}}, 4, True),
        ({"hold": {"minutes": 5}}, 5, False),
        ({"at_most": {"minutes": 5}}, 4, True),
        ({"at_most": {"minutes": 5}}, 5, False),
    ],
)
async def test_hold_and_at_most_go_on_while_home_assistant_is_stopped(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    times: dict[str, Any],
    stopped: int,
    holds: bool,  # noqa: FBT001 (given)
) -> None:
    await desk(hass, "on")
    await open_engine(hass, rule(**times), entry=entry)
    if "hold" in times:
        await desk(hass, "off")
    await shut(hass)
    await pass_by(hass, freezer, stopped * MINUTE)
    hass.set_state(CoreState.starting)
    engine = await open_engine(hass, rule(**times), entry=entry)
    assert names(engine, entry) == ["Desk"]

    await start(hass)
    assert names(engine, entry) == (["Desk"] if holds else [])
    await pass_by(hass, freezer, MINUTE)
    assert names(engine, entry) == []


async def test_other_conditions_after_a_restart_begin_anew_and_keep_the_switch(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(), rule("Off"), entry=entry)
    await engine.async_set_enabled("off", enabled=False)
    other = "{{ true }}"
    engine = await restart(hass, entry, rule(when=other), rule("Off", when=other))
    assert names(engine, entry) == []
    assert [each.enabled for each in engine.evaluations_for(entry.entry_id, ANNA)] == [True, False]
    await start(hass)
    assert names(engine, entry) == ["Desk"]


@pytest.mark.parametrize("name", ["Desk", "New"])
@pytest.mark.parametrize("when", [ELSEWHERE, REFUSED])
async def test_a_stop_while_conditions_are_being_built_leaves_nobody_looking(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    when: dict[str, Any],
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(), entry=entry)
    create, gate = WatchedConditions.async_create, asyncio.Event()

    async def create_slowly(*args: Any) -> WatchedConditions:
        await gate.wait()
        return await create(*args)

    monkeypatch.setattr(WatchedConditions, "async_create", create_slowly)
    task = hass.async_create_task(engine.async_set_yaml_rules([rule(name, when=[when])]))
    await asyncio.sleep(0)
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire("homeassistant_stop")
    await asyncio.sleep(0)
    gate.set()
    await task
    before = engine.requests_for(entry.entry_id, ANNA)
    await desk(hass, "off")
    assert engine.requests_for(entry.entry_id, ANNA) == before
    assert issues(hass) == {}


# What is forgotten


def recorded(hass_storage: dict[str, Any]) -> set[str]:
    return set(hass_storage["cisco_unified_presence.rules"]["data"])


async def test_rules_that_are_gone_for_good_are_forgotten(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await desk(hass, "on")
    own, other = add_rule(hass, entry, "Own"), add_rule(hass, entry, "Other")
    engine = await open_engine(hass, rule(), rule("Lunch"), entry=entry)
    ids = {own.subentry_id, other.subentry_id}
    # One of them could not be read.
    await engine.async_set_yaml_rules([rule("Lunch")], complete=False)
    engine = await restart(hass, entry, *())
    assert recorded(hass_storage) == {"desk", "lunch"} | ids
    hass.config_entries.async_remove_subentry(entry, own.subentry_id)
    await engine.async_people_changed(entry)
    await engine.async_set_yaml_rules([rule("Lunch")])
    await shut(hass)
    assert recorded(hass_storage) == {other.subentry_id, "lunch"}


async def test_an_entry_that_is_unloaded_is_not_forgotten_and_one_that_is_removed_is(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await desk(hass, "on")
    own = add_rule(hass, entry, "Own")
    engine = await open_engine(hass, rule(), entry=entry)
    await engine.async_remove_entry(entry)
    await shut(hass)
    assert recorded(hass_storage) == {"desk", own.subentry_id}
    hass.set_state(CoreState.running)
    engine.async_forget_entry(entry)
    await shut(hass)
    assert recorded(hass_storage) == {"desk"}


async def test_the_rules_of_an_entry_that_was_removed_meanwhile_are_forgotten(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    add_rule(hass, entry, "Own")
    await open_engine(hass, rule(), entry=entry)
    await shut(hass)
    hass.set_state(CoreState.running)
    del hass.data[RULE_ENGINE]
    # Nothing of the integration runs, as when its only entry is disabled.
    await hass.config_entries.async_remove(entry.entry_id)
    await open_engine(hass, rule())
    await shut(hass)
    assert recorded(hass_storage) == {"desk"}
