"""Home Assistant stops or is killed: only sessions that carry a presence stay at the server."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.sessions import Session
from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.server import Cup
from tests.common.server_state import NOTHING, left_at, set_busy
from tests.common.waiting import pass_time, settled


@pytest.fixture
async def running(hass: HomeAssistant, web_server: str, entry: MockConfigEntry) -> MockConfigEntry:
    """Set the entry up; the test ends it without unloading it."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def stop(hass: HomeAssistant) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()


async def test_stop_leaves_nothing_when_nothing_is_published(
    hass: HomeAssistant, running: MockConfigEntry, cup: Cup
) -> None:
    await stop(hass)
    assert await left_at(cup) == NOTHING


async def test_stop_leaves_only_sessions_that_carry_a_presence(
    hass: HomeAssistant, running: MockConfigEntry, cup: Cup
) -> None:
    await set_busy(hass)
    await stop(hass)
    sessions, endpoints, subscriptions = await left_at(cup)
    assert {session["user"] for session in sessions} == {"hass", "anna"}
    assert (endpoints, subscriptions) == ([], [])
    assert await cup.presence_of("anna") == "BUSY"


async def test_stopped_home_assistant_renews_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, running: MockConfigEntry, cup: Cup
) -> None:
    await set_busy(hass)
    await stop(hass)
    before = cup.asked()
    await pass_time(freezer, cup, 9000)
    assert cup.asked() == before


async def test_orphans_of_a_killed_run_are_removed_before_anything_is_created(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    service = cup.simulator.service
    application = service.login_application("hass", "simulator", force=False)
    watcher = service.login_end_user(application, "watcher", force=False)
    assert isinstance(watcher, Session)
    endpoint = service.register_endpoint(application, "http://127.0.0.1:9/", 3600)
    subscription = service.subscribe(watcher, endpoint.id, ["ben@example.com"], 3600)
    hass_storage[f"{DOMAIN}.{entry.entry_id}.leftovers"] = {
        "version": 1,
        "key": "",
        "data": {"endpoint": endpoint.id, "subscriptions": [subscription.id]},
    }

    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)

    _, endpoints, subscriptions = await left_at(cup)
    assert [each["id"] for each in endpoints] == [endpoint.id + 1]
    assert [each["id"] for each in subscriptions] == [subscription.id + 1]
    asked = [
        (method, path.rpartition("/presence-service")[2])
        for method, path, _ in await cup.requests()
    ]
    assert asked.index(("DELETE", f"/endpoints/{endpoint.id}")) < asked.index(
        ("POST", "/endpoints")
    )
