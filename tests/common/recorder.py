"""Home Assistant's recorder and logbook in tests, as far as they go without its frontend."""

from datetime import datetime
from typing import Any

from homeassistant.components.recorder import history
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import get_instance
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import mock_component
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator


async def set_up_logbook(hass: HomeAssistant) -> None:
    """Set up the logbook, before the web server runs and its routes are frozen."""
    mock_component(hass, "frontend")
    assert await async_setup_component(hass, "websocket_api", {})
    assert await async_setup_component(hass, "logbook", {})
    # The board would be registered with it, for which it is too late once the web server runs.
    hass.config.components.remove("frontend")


async def logbook_of(
    hass: HomeAssistant, ws_client: WebSocketGenerator, since: datetime, *entity_ids: str
) -> list[tuple[str, str]]:
    """Return an entity's lines, oldest first: who or what, and the message or new state."""
    await async_wait_recording_done(hass)
    client = await ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": "logbook/get_events",
            "start_time": since.isoformat(),
            "entity_ids": list(entity_ids),
        }
    )
    events = (await client.receive_json())["result"]
    return [
        (each.get("name", each["entity_id"]), each.get("message") or each["state"])
        for each in events
    ]


async def recorded(hass: HomeAssistant, entity_id: str, since: datetime) -> list[State]:
    """Return the states of an entity that are in the recorder, oldest first."""
    await async_wait_recording_done(hass)

    def states() -> dict[str, list[Any]]:
        return history.state_changes_during_period(
            hass, since, entity_id=entity_id, include_start_time_state=False
        )

    return (await get_instance(hass).async_add_executor_job(states))[entity_id]
