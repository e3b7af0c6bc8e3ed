"""A contact list of 5000 people: nothing blocks Home Assistant's loop."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from bench.blocks import LONGEST_ALLOWED, watched_blocks
from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import ContactGroup, ContactList
from custom_components.cisco_unified_presence.roster import sync
from custom_components.cisco_unified_presence.roster.names import DisplayNames
from custom_components.cisco_unified_presence.roster.never_seen import NeverSeen
from tests.common.server import PASSWORD, Cup
from tests.common.waiting import settled

PEOPLE = 5000


@pytest.fixture
def cup_configuration() -> Configuration:
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=(ConfiguredPerson("watcher", "Watcher"),),
    )


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {"contact_list": True}


@pytest.fixture(autouse=True)
def _frozen(freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock before the list is read."""


@pytest.mark.timeout(600)
async def test_people_of_a_long_list_are_added_in_one_step_without_blocking(
    hass: HomeAssistant,
    cup: Cup,
    loaded: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contacts = tuple(f"user{number}@example.com" for number in range(PEOPLE))

    async def listed(*_: object, **__: object) -> ContactList:
        return ContactList((ContactGroup("Team", contacts),))

    # Only the adding is measured: the devices and entities are Home Assistant's.
    monkeypatch.setattr(sync, "async_contact_list", listed)
    noted: list[int] = []
    people = loaded.runtime_data.roster.contact_list
    monkeypatch.setattr(people, "_on_changed", lambda: noted.append(len(loaded.subentries)))

    async def no_entities() -> None:
        """Take nobody over."""

    monkeypatch.setattr(loaded.runtime_data, "async_people_changed", no_entities)
    await settled(cup)
    with watched_blocks() as blocks:
        await people.async_read()
    assert noted == [PEOPLE]
    assert blocks.longest < LONGEST_ALLOWED
    # All are there at the next reading.
    with watched_blocks() as blocks:
        await people.async_read()
    assert len(people.record.present) == PEOPLE
    assert blocks.longest < LONGEST_ALLOWED


async def test_thousands_are_taken_over_in_several_turns(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    contacts = [f"user{number}@example.com" for number in range(PEOPLE)]
    people = {
        contact: Person(
            subentry_id=contact, name="", user="", contact=contact, controlled=False, told_name=""
        )
        for contact in contacts
    }
    coordinator = PresenceCoordinator("server", {})
    names = DisplayNames(hass, loaded, coordinator, loaded.runtime_data.client, "", rich=True)
    never_seen = NeverSeen(hass, loaded, coordinator)
    names.async_start()
    await never_seen.async_start()
    with watched_blocks() as blocks:
        coordinator.async_set_people(people)
        for _ in range(PEOPLE):
            await asyncio.sleep(0)
    for each in (names, never_seen):
        assert len(vars(each)["_followed"].keys) == PEOPLE
    assert blocks.longest < LONGEST_ALLOWED
    await names.async_stop()
    await never_seen.async_stop()
