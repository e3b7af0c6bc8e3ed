"""Intents, as the conversation integration asks for them."""

from homeassistant.core import HomeAssistant

from .voice import async_register_intents


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents, once for as long as Home Assistant runs."""
    async_register_intents(hass)
