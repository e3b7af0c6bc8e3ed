"""What triggers and conditions have in common: whom they are about, and what they ask for."""

from typing import Final

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
import voluptuous as vol

from .actions import ATTR_PRESENCE
from .const import DOMAIN
from .states import PRESENCES

# Extends the options of a trigger or condition by a choice of presences.
PRESENCE_OPTIONS: Final = {
    vol.Required(CONF_OPTIONS): {
        vol.Required(ATTR_PRESENCE): vol.All(
            cv.ensure_list, vol.Length(min=1), [vol.In(list(PRESENCES))]
        ),
    },
}


def entities_showing(hass: HomeAssistant, key: str, entities: set[str]) -> set[str]:
    """Return those of many entities that are this integration's and show one certain thing.

    Areas, devices and labels hold more than ours, and a person has several sensors of a kind. The
    registry's translation key tells them apart, whatever their owner has renamed them to.

    Args:
        hass: Home Assistant.
        key: What has to be shown, for example "presence": the entity's translation key.
        entities: The entity ids to choose from.
    """
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entities
        if (entity := registry.async_get(entity_id))
        and entity.platform == DOMAIN
        and entity.translation_key == key
    }
