"""People of an entry in the registries, as the directory of rules finds them."""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.entry import person


def add_entry(hass: HomeAssistant) -> MockConfigEntry:
    """Add an entry in which Anna and Ben are controlled and Clara is only watched."""
    added = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[
            person("anna", controlled=True),
            person("ben", controlled=True),
            person("clara"),
        ],
    )
    added.add_to_hass(hass)
    for subentry in added.subentries.values():
        register(hass, added, subentry)
    return added


def register(hass: HomeAssistant, entry: MockConfigEntry, subentry: ConfigSubentry) -> None:
    """Give a person a device and a sensor."""
    user = subentry.data["user"]
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, user)},
        name=subentry.title,
    )
    er.async_get(hass).async_get_or_create(
        "sensor",
        DOMAIN,
        user,
        config_entry=entry,
        config_subentry_id=subentry.subentry_id,
        device_id=device.id,
        suggested_object_id=f"{user}_presence",
    )


def device_of(hass: HomeAssistant, entry: MockConfigEntry, user: str) -> str:
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, user), entry.entry_id)
    assert device is not None
    return device.id
