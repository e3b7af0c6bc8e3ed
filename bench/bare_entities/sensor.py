"""A minimal sensor and device for each subentry."""

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DOMAIN

OPTIONS = ["available", "busy", "do_not_disturb", "away", "vacation", "offline"]


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors; those of a subentry need a call of their own."""
    server = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        name=entry.title,
    )
    kinds: list[type[BareSensor]] = [BareSensor]
    if entry.options["everything"]:
        kinds += [BareActivity, BareMessage, BareMeeting]
    for subentry in entry.subentries.values():
        async_add_entities(
            [kind(entry, subentry, server.id) for kind in kinds],
            config_subentry_id=subentry.subentry_id,
        )


class BareSensor(SensorEntity):
    """A presence that never changes."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = OPTIONS
    _attr_native_value = "available"
    _attr_name = "Presence"
    _key = "presence"

    def __init__(self, entry: ConfigEntry, subentry: ConfigSubentry, server: str) -> None:
        contact = subentry.data["contact"]
        self._attr_unique_id = f"{entry.entry_id}_{contact}_{self._key}"
        self._attr_extra_state_attributes = {"contact": contact}
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, contact)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer="Cisco",
            model="Person",
            name=subentry.title,
            via_device_id=server,
        )


class BareActivity(BareSensor):
    """A second entity of a person."""

    _attr_name = "On the phone"
    _key = "on_the_phone"


class BareMessage(BareSensor):
    """An entity that is registered and disabled."""

    _attr_entity_registry_enabled_default = False
    _attr_name = "Status message"
    _key = "status_message"


class BareMeeting(BareSensor):
    """Another that is disabled."""

    _attr_entity_registry_enabled_default = False
    _attr_name = "In a meeting"
    _key = "in_a_meeting"
