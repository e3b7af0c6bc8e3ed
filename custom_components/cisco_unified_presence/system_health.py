"""System health: whether each server answers now, and its update channel."""

import asyncio
from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .error_messages import async_sentence
from .people import Watcher
from .pws import CannotConnect, ConnectFailure, PresenceServiceError
from .runtime import CupConfigEntry

ANSWER_WITHIN_SECONDS = 5.0

type Failed = dict[str, str]


@callback
def async_register(
    hass: HomeAssistant,  # noqa: ARG001 (fixed by Home Assistant)
    register: system_health.SystemHealthRegistration,
) -> None:
    register.async_register_info(async_health)


async def async_health(hass: HomeAssistant) -> dict[str, Any]:
    """Return the health of every entry; with several, each key begins with the entry's title."""
    entries: list[CupConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_disabled=False
    )
    if len(entries) == 1:
        return _health_of(hass, entries[0])
    return {
        f"{number}. {entry.title}: {key}": value
        for number, entry in enumerate(entries, 1)
        for key, value in _health_of(hass, entry).items()
    }


def _health_of(hass: HomeAssistant, entry: CupConfigEntry) -> dict[str, Any]:
    if entry.state is not ConfigEntryState.LOADED:
        return {"server": _failed(entry.reason or entry.state.value)}
    runtime = entry.runtime_data
    coordinator = runtime.coordinator
    return {
        "server": _async_check(hass, entry),
        "node": runtime.client.node.address,
        "update_channel": coordinator.channel if coordinator.reachable else "-",
        "last_notification": coordinator.last_notification or "-",
    }


async def _async_check(hass: HomeAssistant, entry: CupConfigEntry) -> str | Failed:
    """Return "ok" when the server answers a request that needs a session, or why it fails."""
    watcher = Watcher.of(entry.data)
    try:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            await entry.runtime_data.client.poll_contact(watcher.user, watcher.contact)
    except PresenceServiceError as error:
        return _failed(async_sentence(hass, error))
    except TimeoutError:
        address = entry.runtime_data.client.node_of(watcher.user).address
        return _failed(async_sentence(hass, CannotConnect(ConnectFailure.TIMED_OUT, address)))
    return "ok"


def _failed(why: str) -> Failed:
    return {"type": "failed", "error": why}
