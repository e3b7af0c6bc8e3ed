"""What an entry leaves at the server when it ends."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.cisco_unified_presence.const import DOMAIN

from .server import Cup

ANNA = "sensor.anna_presence"
NOTHING: tuple[list[Any], list[Any], list[Any]] = ([], [], [])


async def left_at(cup: Cup) -> tuple[list[Any], list[Any], list[Any]]:
    """Return the sessions, endpoints and subscriptions that the server holds."""
    state = await cup.state()
    return state["sessions"], state["endpoints"], state["subscriptions"]


async def set_busy(hass: HomeAssistant) -> None:
    """Set Anna's presence, which opens a session of hers."""
    await hass.services.async_call(
        DOMAIN, "set_presence", {"entity_id": ANNA, "presence": "busy"}, blocking=True
    )
