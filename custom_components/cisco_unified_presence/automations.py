"""What triggers and conditions share: their options, and which entities they concern."""

from collections.abc import Iterable
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_OPTIONS, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
import voluptuous as vol

from .actions import ATTR_PRESENCE
from .const import DOMAIN, SUBENTRY_GROUP
from .people import people_of, person_unique_id
from .rules import people_in_groups
from .runtime import CupConfigEntry
from .states import PRESENCES

_PRESENCES: Final = [vol.In(list(PRESENCES))]

# A required choice of presences among the options.
PRESENCE_OPTIONS: Final = {
    vol.Required(CONF_OPTIONS): {
        vol.Required(ATTR_PRESENCE): vol.All(cv.ensure_list, vol.Length(min=1), _PRESENCES),
    },
}

# A choice that may be left out.
ANY_PRESENCE_OPTIONS: Final = {
    vol.Required(CONF_OPTIONS, default={}): {
        vol.Optional(ATTR_PRESENCE, default=[]): vol.All(cv.ensure_list, _PRESENCES),
    },
}


def entities_showing(hass: HomeAssistant, key: str, entities: set[str]) -> set[str]:
    """Return the ids of this integration's entities with one translation key.

    Areas, devices and labels hold other entities too, and users rename entities. An entity of a
    group stands for those of its members.
    """
    registry = er.async_get(hass)
    found: set[str] = set()
    groups: dict[str, ConfigEntry] = {}
    for entity_id in entities:
        entity = registry.async_get(entity_id)
        if entity is None or entity.platform != DOMAIN:
            continue
        if entity.translation_key == key:
            found.add(entity_id)
        elif entry := _entry_of_group(hass, entity):
            groups[entity.config_subentry_id or ""] = entry
    return found.union(*(_members(hass, key, *group) for group in groups.items()))


def _entry_of_group(hass: HomeAssistant, entity: er.RegistryEntry) -> ConfigEntry | None:
    """Return the entry of a group's entity, None for another entity."""
    entry = hass.config_entries.async_get_entry(entity.config_entry_id or "")
    subentry = entry.subentries.get(entity.config_subentry_id or "") if entry else None
    return entry if subentry and subentry.subentry_type == SUBENTRY_GROUP else None


def _members(hass: HomeAssistant, key: str, subentry_id: str, entry: CupConfigEntry) -> set[str]:
    registry = er.async_get(hass)
    found = (
        registry.async_get_entity_id(
            platform, DOMAIN, person_unique_id(entry.entry_id, member, key)
        )
        for member in _keys_of_members(hass, subentry_id, entry)
        for platform in (Platform.SENSOR, Platform.BINARY_SENSOR)
    )
    return {entity_id for entity_id in found if entity_id}


def _keys_of_members(hass: HomeAssistant, subentry_id: str, entry: CupConfigEntry) -> Iterable[str]:
    """Return the keys of a group's people, also while the server has not been reached yet."""
    if entry.state is ConfigEntryState.LOADED and (
        group := entry.runtime_data.groups.get(subentry_id)
    ):
        return [each.key for each in group.members]
    group_entry = entry.subentries[subentry_id]
    return people_in_groups(hass, entry.entry_id, people_of(entry), [group_entry])[subentry_id]
