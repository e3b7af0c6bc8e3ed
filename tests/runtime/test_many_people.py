"""Many people at once are handled in batches, which let the loop run in between."""

import asyncio
from functools import partial
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.model import Presence, Status
from custom_components.cisco_unified_presence import coordinator as coordinating
from custom_components.cisco_unified_presence.channel import subscription
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.entities import people as person_entities
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from tests.common.entry import add_person
from tests.common.live_channel import ANNA, BEN, SUBSCRIPTIONS
from tests.common.people import people
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, until

CLARA = "sensor.clara_presence"
DND = Status(Presence.DND)
DOWN = CannotConnect(ConnectFailure.REFUSED, "cup.example.com:8083")
CONTACTS = ("anna@example.com", "ben@example.com", "clara@example.com")


def _is_dnd(hass: HomeAssistant, entity_id: str) -> bool:
    return shown(hass, entity_id) == "do_not_disturb"


class TestBatchesOfOne:
    """Batches of one, so that three people are many."""

    @pytest.fixture(autouse=True)
    def _batches_of_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(coordinating, "CONTACTS_PER_BATCH", 1)
        monkeypatch.setattr(person_entities, "PEOPLE_PER_BATCH", 1)
        monkeypatch.setattr(subscription, "CONTACTS_PER_BATCH", 1)

    async def test_every_listener_is_called_when_the_server_is_lost(self) -> None:
        """The first at once, the others in later turns of the loop, but one that unsubscribed."""
        coordinator = PresenceCoordinator("cup.example.com:8083", people(*CONTACTS))
        called: list[str] = []
        unsubscribe = [
            coordinator.async_subscribe(contact, partial(called.append, contact))
            for contact in CONTACTS
        ]

        coordinator.async_set_unreachable(DOWN)
        assert called == [CONTACTS[0]]
        unsubscribe[1]()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

        assert called == [CONTACTS[0], CONTACTS[2]]

    @pytest.mark.usefixtures("loaded")
    async def test_all_people_are_shown_after_the_start_and_after_changes(
        self, hass: HomeAssistant, cup: Cup
    ) -> None:
        assert shown(hass, ANNA) == "available"
        for user in ("anna", "ben", "clara"):
            cup.simulator.service.people.choose_by_hand(
                cup.simulator.service.people[user], DND, "jabber"
            )
        for entity_id in (ANNA, BEN, CLARA):
            await until(partial(_is_dnd, hass, entity_id))

    async def test_people_who_are_added_together_are_all_shown(
        self, hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
    ) -> None:
        """All but one who is removed meanwhile."""
        for user in ("dora", "emil", "frida"):
            cup.simulator.service.people.add(user, user.title())
            add_person(hass, loaded, user)
        await until(lambda: hass.states.get("sensor.dora_presence"))
        assert hass.states.get("sensor.frida_presence") is None
        frida = next(each for each in loaded.subentries.values() if each.title == "Frida")
        hass.config_entries.async_remove_subentry(loaded, frida.subentry_id)
        await hass.async_block_till_done()

        assert hass.states.get("sensor.emil_presence")
        assert hass.states.get("sensor.frida_presence") is None

    async def test_people_who_become_controlled_together_all_get_controls(
        self, hass: HomeAssistant, loaded: MockConfigEntry
    ) -> None:
        """All but one who is not controlled any more when its batch comes."""

        def control(title: str, *, on: bool) -> None:
            found = next(each for each in loaded.subentries.values() if each.title == title)
            hass.config_entries.async_update_subentry(
                loaded, found, data={**found.data, "controlled": on}
            )

        for user in ("dora", "emil", "frida"):
            add_person(hass, loaded, user)
        await hass.async_block_till_done()
        for title in ("Dora", "Emil", "Frida"):
            control(title, on=True)
        await until(lambda: hass.states.get("select.dora_set_presence"))
        control("Frida", on=False)
        await hass.async_block_till_done()

        assert hass.states.get("select.emil_set_presence")
        assert hass.states.get("select.frida_set_presence") is None


class TestPreparation:
    """While the server prepares the first picture, the devices of people are created."""

    @pytest.mark.usefixtures("web_server")
    async def test_devices_are_there_before_the_server_has_answered(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        entry: MockConfigEntry,
        cup: Cup,
    ) -> None:
        await cup.inject("delay", delay=5, path=SUBSCRIPTIONS, method="POST", count=1)
        setup = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
        await until(lambda: cup.asked("POST", SUBSCRIPTIONS) == 1)
        await until(lambda: _people_with_devices(hass, entry) == {"Anna", "Ben", "Clara"})
        assert hass.states.get(ANNA) is None

        await pass_time(freezer, cup, 5)
        assert await setup
        assert shown(hass, ANNA) == "available"

    @pytest.mark.usefixtures("web_server")
    async def test_nothing_is_created_for_a_server_that_lets_nobody_in(
        self, hass: HomeAssistant, entry: MockConfigEntry, cup: Cup
    ) -> None:
        await cup.inject("error", code=200, count=1)
        assert not await hass.config_entries.async_setup(entry.entry_id)
        assert not dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)

    async def test_device_is_updated_once_for_all_entities_of_a_person(
        self, hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        registry = dr.async_get(hass)
        create = registry.async_get_or_create
        created: list[str | None] = []

        def noting(**info: Any) -> dr.DeviceEntry:
            created.append(info.get("name"))
            return create(**info)

        monkeypatch.setattr(registry, "async_get_or_create", noting)
        await hass.config_entries.async_reload(loaded.entry_id)
        assert {name: created.count(name) for name in ("Anna", "Ben", "Clara")} == {
            "Anna": 1,
            "Ben": 1,
            "Clara": 1,
        }


def _people_with_devices(hass: HomeAssistant, entry: MockConfigEntry) -> set[str | None]:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {device.name for device in devices if device.model == "Person"}
