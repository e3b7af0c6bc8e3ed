"""How many calls of one platform run side by side."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import async_get_platforms
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN


async def test_only_selects_are_set_one_after_another(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    limits = {
        platform.domain: {
            limit._value if (limit := entity.parallel_updates) else None
            for entity in platform.entities.values()
        }
        for platform in async_get_platforms(hass, DOMAIN)
        if platform.entities
    }
    assert limits == {
        "binary_sensor": {None},
        "select": {1},
        "sensor": {None},
        "switch": {None},
        "text": {None},
    }
