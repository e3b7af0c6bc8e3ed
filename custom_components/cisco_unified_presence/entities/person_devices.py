"""The devices of an entry's people."""

import asyncio
from collections.abc import Iterable
from itertools import batched
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..people import Person
from ..runtime import CupConfigEntry
from .base import (
    MANUFACTURER,
    async_rename_device,
    async_server_device_id,
    person_identifier,
)

# Creating a device takes Home Assistant a tenth of a millisecond.
DEVICES_PER_BATCH: Final = 25

# Without a real pause now and then, threads that store and import would hardly get a turn, and be
# waited for.
BATCHES_PER_PAUSE: Final = 4
PAUSE_SECONDS: Final = 0.001

_DEVICES: HassKey[dict[str, PersonDevices]] = HassKey(f"{DOMAIN}.person_devices")


class PersonDevices:
    """Creates devices of people, or updates those of earlier runs, once while an entry is loaded.

    Home Assistant would do so for each entity of a person, and only when it is added.
    """

    def __init__(self, hass: HomeAssistant, entry: CupConfigEntry) -> None:
        """Initialize; the server's device must be there."""
        self._registry = dr.async_get(hass)
        self._entry = entry
        self._server_device_id = async_server_device_id(hass, entry)
        # The ids of subentries.
        self._up_to_date: set[str] = set()

    async def async_prepare(self, people: Iterable[Person]) -> None:
        """Create the devices of people, some at a time."""
        for number, batch in enumerate(batched(people, DEVICES_PER_BATCH, strict=False)):
            for person in batch:
                if person.subentry_id in self._entry.subentries:
                    self.async_device_of(person)
            await asyncio.sleep(0 if number % BATCHES_PER_PAUSE else PAUSE_SECONDS)

    @callback
    def async_device_of(self, person: Person) -> dr.DeviceEntry:
        identifier = person_identifier(self._entry, person)
        if person.subentry_id in self._up_to_date:
            device = self._registry.async_get_device_by_identifier(identifier, self._entry.entry_id)
            if device is not None:
                return device
        self._up_to_date.add(person.subentry_id)
        return self._registry.async_get_or_create(
            config_entry_id=self._entry.entry_id,
            config_subentry_id=person.subentry_id,
            identifiers={identifier},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=MANUFACTURER,
            model="Person",
            name=person.name,
            via_device_id=self._server_device_id,
        )


@callback
def async_person_devices(hass: HomeAssistant, entry: CupConfigEntry) -> PersonDevices:
    """Return what creates the devices of an entry's people, since it was loaded."""
    devices = hass.data.setdefault(_DEVICES, {})
    if entry.entry_id in devices:
        return devices[entry.entry_id]

    @callback
    def forget() -> None:
        del devices[entry.entry_id]

    entry.async_on_unload(forget)
    devices[entry.entry_id] = PersonDevices(hass, entry)
    return devices[entry.entry_id]


@callback
def async_update_people_devices(hass: HomeAssistant, entry: CupConfigEntry) -> None:
    """Rename the devices of people whose subentries have another name now."""
    for person in entry.runtime_data.coordinator.people.values():
        async_rename_device(hass, entry, person_identifier(entry, person), person.name)
