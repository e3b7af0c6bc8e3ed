"""The directory of people follows the registries and the entries."""

import asyncio
from collections.abc import Sequence
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import RuleEngine
from custom_components.cisco_unified_presence.rules.directory_watch import (
    RESOLVED_AT_ONCE,
    RESOLVED_EACH,
)
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.targets import RuleTargets
from tests.common.entry import add_person, person
from tests.common.rules import open_engine, rule, settled
from tests.rules.directory_people import add_entry, device_of, register

ANNA = "anna@example.com"
BEN = "ben@example.com"


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    return add_entry(hass)


@pytest.fixture
def notified() -> list[frozenset[str]]:
    """Return the people of whom the listener was notified."""
    return []


async def engine_for(
    hass: HomeAssistant, entry: MockConfigEntry, notified: list[frozenset[str]], *people: Any
) -> RuleEngine:
    engine = await open_engine(hass, rule(people=list(people), when="{{ true }}"), entry=entry)
    engine.async_subscribe_requests(entry.entry_id, notified.append)
    return engine


def about(engine: RuleEngine, entry: MockConfigEntry) -> list[str]:
    return [key for key in (ANNA, BEN) if engine.requests_for(entry.entry_id, key)]


async def test_a_person_enters_an_area_and_leaves_it(
    hass: HomeAssistant, entry: MockConfigEntry, notified: list[frozenset[str]]
) -> None:
    area = ar.async_get(hass).async_create("Office")
    engine = await engine_for(hass, entry, notified, {"area_id": area.id})
    assert about(engine, entry) == []
    registry, anna = dr.async_get(hass), device_of(hass, entry, "anna")
    registry.async_update_device(anna, area_id=area.id)
    await settled(hass)
    assert about(engine, entry) == [ANNA]
    assert notified == [{ANNA}]
    registry.async_update_device(anna, area_id=None)
    await settled(hass)
    assert about(engine, entry) == []
    assert notified == [{ANNA}, {ANNA}]


async def test_entities_areas_floors_and_labels_that_change_count(
    hass: HomeAssistant, entry: MockConfigEntry, notified: list[frozenset[str]]
) -> None:
    engine = await engine_for(hass, entry, notified, "Upstairs", "Team", "sensor.boss")
    entities, areas = er.async_get(hass), ar.async_get(hass)
    area = areas.async_create("Office")
    floor = fr.async_get(hass).async_create("Upstairs")
    label = lr.async_get(hass).async_create("Crew")
    await settled(hass)
    assert about(engine, entry) == []

    entities.async_update_entity("sensor.anna_presence", name="Boss", area_id=area.id)
    areas.async_update(area.id, floor_id=floor.floor_id)
    await settled(hass)
    assert about(engine, entry) == [ANNA]

    entities.async_update_entity("sensor.ben_presence", labels={label.label_id})
    await settled(hass)
    assert about(engine, entry) == [ANNA]
    lr.async_get(hass).async_update(label.label_id, name="Team")
    await settled(hass)
    assert about(engine, entry) == [ANNA, BEN]

    lr.async_get(hass).async_delete(label.label_id)
    fr.async_get(hass).async_delete(floor.floor_id)
    await settled(hass)
    assert about(engine, entry) == []
    entities.async_update_entity("sensor.ben_presence", new_entity_id="sensor.boss")
    await settled(hass)
    assert about(engine, entry) == [BEN]
    entities.async_remove("sensor.boss")
    await settled(hass)
    assert about(engine, entry) == []


async def test_entities_of_other_integrations_are_ignored(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    notified: list[frozenset[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await engine_for(hass, entry, notified, "anna")
    resolved: list[str] = []

    def resolve_none(_targets: RuleTargets, _rules: Sequence[Rule]) -> dict[str, frozenset[str]]:
        resolved.append("resolved")
        return {}

    monkeypatch.setattr(RuleTargets, "async_resolve", resolve_none)
    er.async_get(hass).async_get_or_create("sensor", "other", "x")
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    hass.config_entries.async_update_entry(other, title="Other")
    await settled(hass)
    assert resolved == []
    er.async_get(hass).async_update_entity("sensor.anna_presence", name="Anna")
    dr.async_get(hass).async_update_device(device_of(hass, entry, "anna"), name_by_user="Anna")
    await settled(hass)
    assert resolved == ["resolved"]


async def test_people_whose_entry_is_being_set_up_are_looked_for_when_it_is(
    hass: HomeAssistant, entry: MockConfigEntry, notified: list[frozenset[str]]
) -> None:
    """Thousands of entities are registered meanwhile; each burst would resolve all rules."""
    engine = await engine_for(hass, entry, notified, "sensor.boss")
    entry.mock_state(hass, ConfigEntryState.SETUP_IN_PROGRESS)
    await settled(hass)
    registry = er.async_get(hass)
    registry.async_update_entity("sensor.ben_presence", new_entity_id="sensor.boss")
    hass.config_entries.async_update_entry(entry, title="Another")
    await settled(hass)
    assert about(engine, entry) == []
    entry.mock_state(hass, ConfigEntryState.LOADED)
    await settled(hass)
    assert about(engine, entry) == [BEN]


async def test_people_become_known_and_unknown_with_their_entry(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    other = MockConfigEntry(domain=DOMAIN, subentries_data=[person("dora", controlled=True)])
    other.add_to_hass(hass)
    await open_engine(hass, rule(people=["anna", "dora"]), entry=entry)
    issues = ir.async_get(hass).issues
    assert not issues
    await hass.config_entries.async_remove(other.entry_id)
    await settled(hass)
    issue = issues[DOMAIN, "rule_people_desk"]
    assert issue.translation_placeholders == {"rule": "Desk", "words": "dora"}
    add_person(hass, entry, "dora")
    await settled(hass)
    # Still only watched.
    assert issues[DOMAIN, "rule_people_desk"].active
    dora = next(each for each in entry.subentries.values() if each.title == "Dora")
    hass.config_entries.async_update_subentry(entry, dora, data={**dora.data, "controlled": True})
    await settled(hass)
    assert not issues


async def test_people_who_get_a_label_one_by_one_are_resolved_together(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resolving takes all people and rules, so once for each of them would be quadratic."""
    people = [person(f"user{number}", controlled=True) for number in range(100)]
    entry = MockConfigEntry(domain=DOMAIN, subentries_data=people)
    entry.add_to_hass(hass)
    for subentry in entry.subentries.values():
        register(hass, entry, subentry)
    label = lr.async_get(hass).async_create("Team").label_id
    engine = await open_engine(hass, rule("Desk", people=[{"label_id": [label]}]), entry=entry)
    runs: list[None] = []
    resolve = RuleTargets.async_resolve

    def counted(targets: RuleTargets, rules: Sequence[Rule]) -> Any:
        runs.append(None)
        return resolve(targets, rules)

    monkeypatch.setattr(RuleTargets, "async_resolve", counted)
    registry = er.async_get(hass)
    for number in range(100):
        registry.async_update_entity(f"sensor.user{number}_presence", labels={label})
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        # The first ones are taken at once.
        status = engine.status_of("desk")
        assert status
        assert number > 5 or len(status.people) == number + 1
    freezer.tick(RESOLVED_EACH + 0.1)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert len(runs) <= RESOLVED_AT_ONCE + 2
    status = engine.status_of("desk")
    assert status
    assert len(status.people) == 100
