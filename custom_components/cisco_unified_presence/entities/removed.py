"""What Home Assistant has registered for people, groups and rules that are gone.

Home Assistant saves its registries some seconds later than entries, so that a kill brings back the
devices and entities of what was removed just before.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er


@callback
def async_clear_removed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove the devices and entities of subentries that an entry does not have any more."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    of_devices = dr.async_entries_for_config_entry(devices, entry.entry_id)
    of_entities = er.async_entries_for_config_entry(entities, entry.entry_id)
    named = {each.config_subentry_id for each in of_devices}
    named |= {each.config_subentry_id for each in of_entities}
    for subentry_id in filter(None, named - entry.subentries.keys()):
        devices.async_clear_config_subentry(entry.entry_id, subentry_id)
        entities.async_clear_config_subentry(entry.entry_id, subentry_id)
