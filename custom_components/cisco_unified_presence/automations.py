"""What triggers and conditions share: their options, and which entities they concern."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_OPTIONS, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
import voluptuous as vol

from .actions import ATTR_PRESENCE
from .const import DOMAIN
from .entities import person_unique_id
from .runtime import CupConfigEntry
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

    Areas, devices and labels hold other entities too, and users rename entities. An entity of a
    group stands for those of its members.
    """
    registry = er.async_get(hass)
    found: set[str] = set()
    groups: dict[str, CupConfigEntry] = {}
    for entity_id in entities:
        entity = registry.async_get(entity_id)
        if entity is None or entity.platform != DOMAIN:
            continue
        if entity.translation_key == key:
            found.add(entity_id)
        elif entry := _entry_of_group(hass, entity):
            groups[entity.config_subentry_id or ""] = entry
    return found.union(*(_members(registry, key, *group) for group in groups.items()))


def _entry_of_group(hass: HomeAssistant, entity: er.RegistryEntry) -> CupConfigEntry | None:
    """Return the loaded entry of a group's entity, None for another entity."""
    entry: CupConfigEntry | None = hass.config_entries.async_get_entry(entity.config_entry_id or "")
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return None
    is_group = entity.config_subentry_id in entry.runtime_data.groups.all
    return entry if is_group else None


def _members(
    registry: er.EntityRegistry, key: str, subentry_id: str, entry: CupConfigEntry
) -> set[str]:
    members = entry.runtime_data.groups.all[subentry_id].members
    found = (
        registry.async_get_entity_id(platform, DOMAIN, person_unique_id(entry, each, key))
        for each in members
        for platform in (Platform.SENSOR, Platform.BINARY_SENSOR)
    )
    return {entity_id for entity_id in found if entity_id}
