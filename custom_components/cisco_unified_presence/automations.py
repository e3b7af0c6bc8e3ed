"""What triggers and conditions share: their options, and which entities they concern."""

from typing import Final

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
import voluptuous as vol

from .actions import ATTR_PRESENCE
from .const import DOMAIN
from .states import PRESENCES

# A required choice of presences among the options.
PRESENCE_OPTIONS: Final = {
    vol.Required(CONF_OPTIONS): {
        vol.Required(ATTR_PRESENCE): vol.All(
            cv.ensure_list, vol.Length(min=1), [vol.In(list(PRESENCES))]
        ),
    },
}


def entities_showing(hass: HomeAssistant, key: str, entities: set[str]) -> set[str]:
    """Return the ids of this integration's entities with one translation key.

    Areas, devices and labels hold other entities too, and users rename entities.
    """
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entities
        if (entity := registry.async_get(entity_id))
        and entity.platform == DOMAIN
        and entity.translation_key == key
    }
