"""System health: a check of each server, and a sentence when it does not answer."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import Throttled

from .common.server import Cup
from .common.waiting import pass_time, settled


async def health(hass: HomeAssistant) -> dict[str, Any]:
    """Return the health as the interface gets it; what asks a server is not awaited."""
    assert await async_setup_component(hass, "system_health", {})
    lines: dict[str, Any] = await get_system_health_info(hass, DOMAIN)
    return lines


async def test_a_server_that_answers(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    polls = cup.asked("GET", "/contacts/watcher")
    disabled = MockConfigEntry(domain=DOMAIN, disabled_by=ConfigEntryDisabler.USER)
    disabled.add_to_hass(hass)
    lines = await health(hass)
    assert await lines.pop("server") == "ok"
    assert cup.asked("GET", "/contacts/watcher") == polls + 1
    assert lines == {
        "node": f"127.0.0.1:{cup.simulator.ports.http}",
        "update_channel": "eventing",
        "last_notification": loaded.runtime_data.coordinator.last_notification,
    }
    loaded.runtime_data.coordinator.last_notification = None
    lines = await health(hass)
    lines.pop("server").close()
    assert lines["last_notification"] == "-"
    loaded.runtime_data.coordinator.async_set_unreachable(Throttled())
    lines = await health(hass)
    lines.pop("server").close()
    assert lines["update_channel"] == "-"


@pytest.mark.parametrize(
    ("kind", "details", "sentence"),
    [
        ("garbage", {"body": "<html/>"}, "The server's response is not from a presence server"),
        ("error", {"code": 200}, "The server rejected the request"),
        ("error", {"code": 100}, "The server rejected the login"),
    ],
)
async def test_a_server_that_fails_is_explained(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    kind: str,
    details: dict[str, Any],
    sentence: str,
) -> None:
    await settled(cup)
    await cup.inject(kind, **details)
    server = await (await health(hass))["server"]
    assert server["type"] == "failed"
    assert server["error"].startswith(sentence)
    await cup.heal()


async def test_a_server_that_is_silent_is_explained(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("delay", delay=8, path="/contacts/watcher", count=1)
    asking = asyncio.create_task((await health(hass))["server"])
    await settled(cup)
    await pass_time(freezer, cup, 5)
    address = f"127.0.0.1:{cup.simulator.ports.http}"
    assert await asking == {
        "type": "failed",
        "error": f"{address} did not respond in time."
        " Check that the server is running and that no firewall blocks the connection",
    }


async def test_an_entry_that_is_not_loaded_says_why(
    hass: HomeAssistant, entry: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_unload(entry.entry_id)
    assert await health(hass) == {"server": {"type": "failed", "error": "not_loaded"}}
    await cup.inject("refuse_connections")
    await hass.config_entries.async_setup(entry.entry_id)
    lines = await health(hass)
    assert lines["server"]["error"].startswith("127.0.0.1")


async def test_several_servers_have_keys_with_their_titles(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    MockConfigEntry(domain=DOMAIN, title="CUP", data=dict(loaded.data)).add_to_hass(hass)
    lines = await health(hass)
    assert await lines.pop("1. CUP: server") == "ok"
    assert set(lines) == {
        "1. CUP: node",
        "1. CUP: update_channel",
        "1. CUP: last_notification",
        "2. CUP: server",
    }
