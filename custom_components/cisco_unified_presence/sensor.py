"""Sensors: each person's presence, and how it arrives."""

from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_CONTACT, DOMAIN, Channel
from .data import CupConfigEntry
from .entity import PersonEntity, ServerEntity
from .people import Person
from .states import STATES

PARALLEL_UPDATES = 0

PRESENCE = "presence"
UPDATE_CHANNEL = "update_channel"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the server's sensor, and those of the people there are now and later."""
    coordinator = entry.runtime_data.coordinator
    server_device_id = dr.async_get_device_id_by_identifier(
        hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
    )
    shown: set[Person] = set()

    @callback
    def add_people() -> None:
        nonlocal shown
        known = {person.subentry_id for person in shown}
        shown = set(coordinator.people.values())
        for person in shown:
            if person.subentry_id not in known:
                async_add_entities(
                    [PresenceSensor(entry, person, server_device_id)],
                    config_subentry_id=person.subentry_id,
                )

    async_add_entities([UpdateChannelSensor(entry)])
    add_people()
    entry.async_on_unload(coordinator.async_subscribe_people(add_people))


class PresenceSensor(PersonEntity, SensorEntity):
    """A person's presence, as the server shows it to others."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = list(STATES.values())
    _unrecorded_attributes = frozenset({CONF_CONTACT})

    def __init__(self, entry: CupConfigEntry, person: Person, server_device_id: str) -> None:
        """Show this person's presence."""
        super().__init__(entry, person, server_device_id, PRESENCE)
        self._attr_extra_state_attributes: dict[str, Any] = {CONF_CONTACT: person.contact}

    @property
    @override
    def native_value(self) -> str | None:
        seen = self._coordinator.presence_of(self._person.contact)
        return STATES.get(seen.presence) if seen else None


class UpdateChannelSensor(ServerEntity, SensorEntity):
    """How changes of presence arrive at the moment."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_options = list(Channel)

    def __init__(self, entry: CupConfigEntry) -> None:
        """Show the channel of this entry."""
        super().__init__(entry, UPDATE_CHANNEL)

    @property
    @override
    def native_value(self) -> Channel:
        return self._coordinator.channel
