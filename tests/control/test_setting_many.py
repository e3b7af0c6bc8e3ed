"""Many people set at once: requests, and others' news meanwhile."""

import asyncio
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration, ConfiguredPerson
from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.entry import person
from tests.common.live_channel import CONTACT_POLLS, FETCHES
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled, until

MANY = 30
USERS = tuple(f"user{number}" for number in range(MANY))
ENTITIES = tuple(f"sensor.{user}_presence" for user in USERS)


@pytest.fixture
def cup_configuration(cup_configuration: Configuration) -> Configuration:
    more = tuple(ConfiguredPerson(user, user.title()) for user in USERS)
    return replace(cup_configuration, people=cup_configuration.people + more)


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person(user, controlled=True) for user in USERS] + [person("anna")]


async def set_all(hass: HomeAssistant, presence: str) -> None:
    data = {"entity_id": list(ENTITIES), "presence": presence}
    await hass.services.async_call(DOMAIN, "set_presence", data, blocking=True)


async def test_news_of_the_subscription_confirms_what_is_set(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before, polls = cup.asked(), cup.asked("GET", CONTACT_POLLS)

    await set_all(hass, "busy")

    assert {shown(hass, entity) for entity in ENTITIES} == {"busy"}
    assert cup.asked() - before <= 2.1 * MANY + 6
    assert cup.asked("GET", CONTACT_POLLS) == polls
    reconciler = loaded.runtime_data.reconciler
    people = loaded.runtime_data.coordinator.controlled.values()
    assert {reconciler.record_of(each).published.shown for each in people} == {"BUSY"}


async def test_others_news_arrives_at_once_meanwhile(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("delay", delay=0.3, path="/user")
    setting = hass.async_create_task(set_all(hass, "busy"))
    await until(lambda: cup.asked("PUT", "/user") > 5)
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, "sensor.anna_presence") == "do_not_disturb")
    assert not setting.done()
    await setting


async def test_writes_without_news_are_read_back(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    fetches, polls = cup.asked("GET", FETCHES), cup.asked("GET", CONTACT_POLLS)
    async with asyncio.timeout(20):
        await set_all(hass, "busy")
    assert {shown(hass, entity) for entity in ENTITIES} == {"busy"}
    assert cup.asked("GET", FETCHES) == fetches
    assert cup.asked("GET", CONTACT_POLLS) - polls == MANY
