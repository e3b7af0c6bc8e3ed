"""The diagnostics of an entry, as a user downloads them."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.diagnostics import async_get_config_entry_diagnostics


async def diagnostics_of(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Return the diagnostics as they are downloaded."""
    diagnostics: dict[str, Any] = json.loads(
        json.dumps(await async_get_config_entry_diagnostics(hass, entry))
    )
    return diagnostics
