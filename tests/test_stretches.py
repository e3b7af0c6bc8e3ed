"""Many people at once: all are served, and the loop is not blocked for the whole of it."""

import asyncio
from functools import partial

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.model import Presence, Status
from custom_components.cisco_unified_presence import coordinator as coordinating
from custom_components.cisco_unified_presence.channel import subscription
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.entities import people as person_entities

from .common.entry import add_person
from .common.live_channel import ANNA, BEN
from .common.server import Cup
from .common.states import shown
from .common.waiting import until
from .test_coordinator import DOWN, people

CLARA = "sensor.clara_presence"
DND = Status(Presence.DND)
CONTACTS = ("anna@example.com", "ben@example.com", "clara@example.com")


def _is_dnd(hass: HomeAssistant, entity_id: str) -> bool:
    return shown(hass, entity_id) == "do_not_disturb"


class TestOneAtAStretch:
    """Stretches of one, so that three people are many."""

    @pytest.fixture(autouse=True)
    def _one_at_a_stretch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(coordinating, "CONTACTS_PER_BATCH", 1)
        monkeypatch.setattr(person_entities, "PEOPLE_AT_A_STRETCH", 1)
        monkeypatch.setattr(subscription, "CONTACTS_PER_BATCH", 1)

    async def test_everybody_is_told_that_the_server_is_lost(self) -> None:
        """The first at once, the others when their turn comes; who has left is not told."""
        coordinator = PresenceCoordinator("cup.example.com:8083", people(*CONTACTS))
        told: list[str] = []
        leave = [
            coordinator.async_subscribe(contact, partial(told.append, contact))
            for contact in CONTACTS
        ]

        coordinator.async_set_unreachable(DOWN)
        assert told == [CONTACTS[0]]
        leave[1]()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

        assert told == [CONTACTS[0], CONTACTS[2]]

    @pytest.mark.usefixtures("loaded")
    async def test_everybody_is_there_after_the_start_and_changes(
        self, hass: HomeAssistant, cup: Cup
    ) -> None:
        """None is lost between stretches."""
        assert shown(hass, ANNA) == "available"
        for user in ("anna", "ben", "clara"):
            cup.simulator.service.people.choose_by_hand(
                cup.simulator.service.people[user], DND, "jabber"
            )
        for entity_id in (ANNA, BEN, CLARA):
            await until(partial(_is_dnd, hass, entity_id))

    async def test_people_who_are_added_together_all_come(
        self, hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
    ) -> None:
        """Those who are removed meanwhile do not."""
        for user in ("dora", "emil", "frida"):
            cup.simulator.service.people.add(user, user.title())
            add_person(hass, loaded, user)
        await until(lambda: hass.states.get("sensor.dora_presence"))
        frida = next(each for each in loaded.subentries.values() if each.title == "Frida")
        hass.config_entries.async_remove_subentry(loaded, frida.subentry_id)
        await hass.async_block_till_done()

        assert hass.states.get("sensor.emil_presence")
        assert hass.states.get("sensor.frida_presence") is None

    async def test_people_who_are_controlled_together_all_get_controls(
        self, hass: HomeAssistant, loaded: MockConfigEntry
    ) -> None:
        """Those who are no longer when it is their turn do not."""

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
        await until(lambda: hass.states.get("select.dora_presence"))
        control("Frida", on=False)
        await hass.async_block_till_done()

        assert hass.states.get("select.emil_presence")
        assert hass.states.get("select.frida_presence") is None
