"""Changes of an entry in the moment in which it is unloaded or reloaded.

Home Assistant adds entities also to a platform that was unloaded. Nothing removes them there, and
the next load finds them in the place of its own.
"""

import asyncio
from collections.abc import Iterable
import logging
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from custom_components.cisco_unified_presence.entities import people
from tests.common.entry import add_group, add_person, person
from tests.common.rules import add_rule
from tests.common.server import Cup
from tests.common.waiting import settled, until

# On each platform one of each kind.
ADDED = {
    "binary_sensor.ben_on_the_phone",
    "binary_sensor.clara_on_the_phone",
    "binary_sensor.desk_active",
    "binary_sensor.sales_anyone_available",
    "select.ben_set_presence",
    "sensor.ben_presence",
    "sensor.clara_presence",
    "sensor.desk_status",
    "sensor.sales_available",
    "switch.ben_do_not_disturb",
    "switch.desk_enabled",
    "text.ben_status_message",
}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person("anna", controlled=True)]


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch, all_rich_entities: None) -> None:
    """Let adding the entities of two people take two turns of the loop."""
    monkeypatch.setattr(people, "PEOPLE_PER_BATCH", 1)


def change(hass: HomeAssistant, entry: MockConfigEntry) -> list[ConfigSubentry]:
    """Add one of each kind, and two people."""
    return [
        add_rule(hass, entry),
        add_person(hass, entry, "ben", controlled=True),
        add_person(hass, entry, "clara"),
        add_group(hass, entry, "Sales", "ben"),
    ]


def take_back(hass: HomeAssistant, entry: MockConfigEntry, added: Iterable[ConfigSubentry]) -> None:
    for each in added:
        hass.config_entries.async_remove_subentry(entry, each.subentry_id)


def living(hass: HomeAssistant) -> set[str]:
    """Return the entities that are more than a remembered state."""
    return {
        each.entity_id
        for each in er.async_get(hass).entities.values()
        if each.platform == DOMAIN
        and (state := hass.states.get(each.entity_id))
        and not state.attributes.get("restored")
    }


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


async def test_changes_in_the_moment_of_an_unload_and_of_a_reload(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, caplog: pytest.LogCaptureFixture
) -> None:
    await settled(cup)
    before, number, taken_over = living(hass), 0, False
    while not taken_over:
        added = change(hass, loaded)
        await turns(number)
        taken_over = living(hass) >= ADDED
        assert await hass.config_entries.async_unload(loaded.entry_id)
        await hass.async_block_till_done()
        assert living(hass) == set(), number
        assert await hass.config_entries.async_setup(loaded.entry_id)
        await until(lambda: living(hass) >= ADDED)

        take_back(hass, loaded, added)
        await turns(number)
        assert await hass.config_entries.async_reload(loaded.entry_id)
        await until(lambda: living(hass) == before)
        number += 1
    assert number > 1
    assert complaints(caplog) == []
