"""Repairs: people whom the server does not know are named, removed or ignored."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.issues import Issue, async_raise_issue
from custom_components.cisco_unified_presence.people import MOST_NAMES, Person, names_of
from tests.common.entry import add_person
from tests.common.flows import Walk
from tests.common.live_channel import issue_of
from tests.common.server import Cup
from tests.common.waiting import pass_time, settled


def test_not_more_names_than_a_sentence_holds() -> None:
    people = [
        Person(subentry_id="", name=str(n), user="", contact="", controlled=False)
        for n in range(MOST_NAMES + 1)
    ]
    assert names_of(people[:2]) == "0, 1"
    assert names_of(people[:MOST_NAMES]).endswith(f", {MOST_NAMES - 1}")
    assert names_of(people).endswith(f", {MOST_NAMES - 1}, …")


@pytest.fixture
async def with_a_stranger(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> MockConfigEntry:
    """Add a person whom the server does not know."""
    await settled(cup)
    add_person(hass, loaded, "nemo")
    await settled(cup)
    return loaded


async def test_people_whom_the_server_does_not_know_are_named_and_removed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    with_a_stranger: MockConfigEntry,
    cup: Cup,
) -> None:
    assert issue_of(hass, with_a_stranger, Issue.PEOPLE_UNKNOWN) is None
    await pass_time(freezer, cup, 60)
    issue = issue_of(hass, with_a_stranger, Issue.PEOPLE_UNKNOWN)
    assert issue is not None
    assert issue.translation_placeholders == {"title": "CUP", "people": "Nemo"}
    walk = await Walk.repair(hass, with_a_stranger.entry_id, Issue.PEOPLE_UNKNOWN)
    assert "Nemo" in walk.sentence
    await walk.choose("init", "remove")
    assert walk.created == {}
    await settled(cup)
    assert {each.title for each in with_a_stranger.subentries.values()} == {"Anna", "Ben", "Clara"}
    assert issue_of(hass, with_a_stranger, Issue.PEOPLE_UNKNOWN) is None


async def test_ignored_people_stay_ignored_until_there_are_others(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    with_a_stranger: MockConfigEntry,
    cup: Cup,
) -> None:
    await pass_time(freezer, cup, 60)
    walk = await Walk.repair(hass, with_a_stranger.entry_id, Issue.PEOPLE_UNKNOWN)
    await walk.choose("init", "ignore")
    assert walk.aborted == "issue_ignored"
    assert is_ignored(hass, with_a_stranger)
    await hass.config_entries.async_reload(with_a_stranger.entry_id)
    await settled(cup)
    await pass_time(freezer, cup, 60)
    assert is_ignored(hass, with_a_stranger)
    add_person(hass, with_a_stranger, "nobody")
    await settled(cup)
    await pass_time(freezer, cup, 60)
    issue = issue_of(hass, with_a_stranger, Issue.PEOPLE_UNKNOWN)
    assert issue is not None
    assert issue.translation_placeholders == {"title": "CUP", "people": "Nemo, Nobody"}
    assert not is_ignored(hass, with_a_stranger)


def is_ignored(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
    issue = issue_of(hass, entry, Issue.PEOPLE_UNKNOWN)
    assert issue is not None
    return issue.dismissed_version is not None


async def test_who_becomes_known_is_not_named_any_more(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    with_a_stranger: MockConfigEntry,
    cup: Cup,
) -> None:
    await pass_time(freezer, cup, 60)
    walk = await Walk.repair(hass, with_a_stranger.entry_id, Issue.PEOPLE_UNKNOWN)
    cup.simulator.service.people.add("nemo", "Nemo")
    await with_a_stranger.runtime_data.poller.async_poll("nemo@example.com")
    assert issue_of(hass, with_a_stranger, Issue.PEOPLE_UNKNOWN) is None
    await walk.choose("init", "remove")
    assert "Nemo" in {each.title for each in with_a_stranger.subentries.values()}


async def test_nobody_is_removed_while_the_server_is_away(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    async_raise_issue(hass, loaded, Issue.PEOPLE_UNKNOWN, people="Anna")
    walk = await Walk.repair(hass, loaded.entry_id, Issue.PEOPLE_UNKNOWN)
    await hass.config_entries.async_unload(loaded.entry_id)
    await walk.choose("init", "remove")
    assert walk.aborted == "not_connected"
    walk = await Walk.repair(hass, loaded.entry_id, Issue.PEOPLE_UNKNOWN)
    assert walk.aborted == "not_connected"
