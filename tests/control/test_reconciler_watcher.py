"""A watcher whose own presence is controlled too."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.entry import person
from tests.common.server import Cup
from tests.common.waiting import settled


@pytest.fixture
def entry(hass: HomeAssistant, entry_data: dict[str, Any]) -> MockConfigEntry:
    """Add an entry in which the watcher is controlled."""
    people = [person("watcher", controlled=True), person("ben")]
    added = MockConfigEntry(domain=DOMAIN, title="CUP", data=entry_data, subentries_data=people)
    added.add_to_hass(hass)
    return added


async def test_it_is_cleared_without_losing_the_subscription(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    watcher = {"entity_id": "sensor.watcher_presence"}
    await hass.services.async_call(
        DOMAIN, "set_presence", {**watcher, "presence": "busy"}, blocking=True
    )
    assert await cup.presence_of("watcher") == "BUSY"

    await hass.services.async_call(DOMAIN, "clear_presence", watcher, blocking=True)
    await settled(cup)

    assert await cup.presence_of("watcher") == "AVAILABLE"
    assert cup.asked("DELETE", "/watcher/session") == 0
    assert cup.asked("POST", "/watcher/subscriptions") == 1
