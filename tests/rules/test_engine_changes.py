"""The rule engine: rules that change, and entries that come and go."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.people import people_of
from tests.common.rules import (
    ANNA,
    BEN,
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
)

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


# Rules that change


async def test_another_priority_or_order_keeps_the_times(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(), entry=entry)
    await pass_by(hass, freezer, MINUTE)
    notified: list[frozenset[str]] = []
    engine.async_subscribe_requests(entry.entry_id, notified.append)
    await engine.async_set_yaml_rules([rule("New"), rule("Desk", priority=3)])
    await hass.async_block_till_done()
    requests = engine.requests_for(entry.entry_id, ANNA)
    assert [(each.name, each.priority, each.order) for each in requests] == [
        ("New", 0, 0),
        ("Desk", 3, 1),
    ]
    assert [each.since for each in requests] == [NOON + MINUTE, NOON]
    assert notified == [{ANNA}]


async def test_other_times_count_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(), entry=entry)
    await pass_by(hass, freezer, 2 * MINUTE)
    await engine.async_set_yaml_rules([rule(at_most={"minutes": 1})])
    assert names(engine, entry) == []
    await engine.async_set_yaml_rules([rule(at_most={"minutes": 3})])
    assert names(engine, entry) == []


async def test_other_conditions_begin_anew(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(), entry=entry)
    slower = rule(when="{{ true }}", duration={"minutes": 1})
    await engine.async_set_yaml_rules([slower])
    assert names(engine, entry) == []
    notified: list[list[str]] = []
    engine.async_subscribe_requests(entry.entry_id, lambda _: notified.append(names(engine, entry)))
    await engine.async_set_yaml_rules([rule(when="{{ true }}")])
    await engine.async_set_yaml_rules([rule(when=["{{ 1 == 1 }}"])])
    await hass.async_block_till_done()
    # At no moment the reconciler sees no request.
    assert notified
    assert all(each == ["Desk"] for each in notified)


async def test_a_rule_that_is_gone_requests_nothing_more_and_its_people_are_notified(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(), entry=entry)
    notified: list[frozenset[str]] = []
    engine.async_subscribe_requests(entry.entry_id, notified.append)
    await engine.async_set_yaml_rules([])
    assert names(engine, entry) == []
    assert engine.evaluations_for(entry.entry_id, ANNA) == ()
    assert engine.status_of("desk") is None
    await hass.async_block_till_done()
    assert notified == [{ANNA}]
    await desk(hass, "off")
    await desk(hass, "on")
    assert names(engine, entry) == []


async def test_conditions_that_are_refused_are_an_issue_until_they_are_mended(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    bad = rule(when=REFUSED)
    engine = await open_engine(hass, bad, entry=entry)
    assert names(engine, entry) == []
    issue = issues(hass)["rule_conditions_desk"]
    assert issue is not None
    assert issue["rule"] == "Desk"
    assert issue["problem"]
    await engine.async_set_yaml_rules([rule()])
    assert issues(hass) == {}
    assert names(engine, entry) == ["Desk"]
    await engine.async_set_yaml_rules([bad])
    assert names(engine, entry) == []
    assert issues(hass).keys() == {"rule_conditions_desk"}
    await engine.async_set_yaml_rules([])
    assert issues(hass) == {}


async def test_an_unknown_person_is_an_issue_and_the_rule_works_for_the_others(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(people=["anna", "ann", "zoe"]), entry=entry)
    assert names(engine, entry) == ["Desk"]
    assert issues(hass) == {"rule_people_desk": {"rule": "Desk", "words": "ann, zoe"}}
    await engine.async_set_yaml_rules([rule()])
    assert issues(hass) == {}
    await engine.async_set_yaml_rules([rule(people="zoe")])
    await engine.async_set_yaml_rules([])
    assert issues(hass) == {}


# Entries that come and go


async def test_the_rules_of_an_entry_stop_with_it_and_return_with_their_state(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    own = add_rule(hass, entry, people=["anna"])
    engine = await open_engine(hass, rule("Other"), entry=entry)
    await engine.async_set_enabled("other", enabled=False)
    notified: list[frozenset[str]] = []
    engine.async_subscribe_requests(entry.entry_id, notified.append)
    await hass.async_block_till_done()
    notified.clear()
    await engine.async_remove_entry(entry)
    await hass.async_block_till_done()
    assert notified == []
    assert engine.requests_for(entry.entry_id, ANNA) == ()
    assert engine.rules_from(entry.entry_id) == ()
    assert [each.name for each in engine.rules_from(None)] == ["Other"]

    await pass_by(hass, freezer, MINUTE)
    await engine.async_add_entry(entry, lambda: people_of(entry))
    (request,) = engine.requests_for(entry.entry_id, ANNA)
    assert (request.rule_id, request.since) == (own.subentry_id, NOON)


async def test_rules_and_people_of_an_entry_are_taken_up(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(people=["anna", "ben"]), entry=entry)
    assert names(engine, entry, BEN) == []
    notified: list[frozenset[str]] = []
    engine.async_subscribe_requests(entry.entry_id, notified.append)

    ben = next(each for each in entry.subentries.values() if each.title == "Ben")
    hass.config_entries.async_update_subentry(entry, ben, data={**ben.data, "controlled": True})
    await engine.async_people_changed(entry)
    await hass.async_block_till_done()
    assert names(engine, entry, BEN) == ["Desk"]
    assert notified == [{BEN}]

    own = add_rule(hass, entry, "Own", people=["ben"])
    await engine.async_people_changed(entry)
    assert names(engine, entry, BEN) == ["Desk", "Own"]
    hass.config_entries.async_remove_subentry(entry, own.subentry_id)
    await engine.async_people_changed(entry)
    assert names(engine, entry, BEN) == ["Desk"]


async def test_changes_of_an_entry_that_is_not_loaded_are_ignored(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    add_rule(hass, entry, people=["anna"])
    engine = await open_engine(hass)
    await engine.async_people_changed(entry)
    assert engine.rules_from(entry.entry_id) == ()


async def test_a_rule_that_becomes_one_for_each_person_and_back_runs_at_once(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(), entry=entry)
    personal = rule(note="{{ person.name }}")
    assert personal.is_personal
    await engine.async_set_yaml_rules([personal])
    (request,) = engine.requests_for(entry.entry_id, ANNA)
    assert request.requested
    assert request.requested.note == "Anna"
    assert len(engine.readings_of("desk")) == 1
    await engine.async_set_yaml_rules([rule()])
    (request,) = engine.requests_for(entry.entry_id, ANNA)
    assert request.requested
    assert request.requested.note is None


async def test_what_was_counted_of_a_rule_stays_until_the_rule_is_removed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    added = add_rule(hass, entry)
    engine = await open_engine(hass, entry=entry)
    person = (entry.entry_id, ANNA)
    engine.statistics.async_note(person, None, added.subentry_id, entry.entry_id)
    await engine.async_people_changed(entry)
    assert engine.statistics.wins_of(added.subentry_id) == 1
    hass.config_entries.async_remove_subentry(entry, added.subentry_id)
    await engine.async_people_changed(entry)
    assert engine.statistics.wins_of(added.subentry_id) == 0


async def test_what_was_counted_of_a_rule_in_yaml_stays_while_it_is_there(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    engine.statistics.async_note((entry.entry_id, ANNA), None, "desk", None)
    await engine.async_set_yaml_rules([rule(priority=1)])
    assert engine.statistics.wins_of("desk") == 1
    await engine.async_set_yaml_rules([], complete=False)
    assert engine.statistics.wins_of("desk") == 1
    await engine.async_set_yaml_rules([])
    assert engine.statistics.wins_of("desk") == 0
