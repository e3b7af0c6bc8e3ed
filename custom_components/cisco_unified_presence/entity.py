"""What the entities of this integration have in common: their devices and whom they listen to."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import batched
from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .arbitration import Decision
from .const import DOMAIN
from .coordinator import PresenceCoordinator
from .data import CupConfigEntry
from .decision_report import DecisionReport
from .keeper import Keeper
from .people import Person
from .pws import ContactPresence, RichPresence

MANUFACTURER = "Cisco"

# Adding a person takes Home Assistant a fraction of a millisecond; so many at a time keep its loop
# from being blocked.
PEOPLE_AT_A_STRETCH = 25


def server_device(entry: CupConfigEntry) -> DeviceInfo:
    """Return the device that stands for the server."""
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        model="Unified Presence",
        name=entry.title,
    )


def person_device(entry: CupConfigEntry, person: Person, server_device_id: str) -> DeviceInfo:
    """Return the device that stands for a person."""
    return DeviceInfo(
        identifiers={_person_identifier(entry, person)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        model="Person",
        name=person.name,
        via_device_id=server_device_id,
    )


@callback
def async_update_people_devices(hass: HomeAssistant, entry: CupConfigEntry) -> None:
    """Give people's devices the names that their subentries have now."""
    registry = dr.async_get(hass)
    for person in entry.runtime_data.coordinator.people.values():
        identifier = _person_identifier(entry, person)
        device = registry.async_get_device_by_identifier(identifier, entry.entry_id)
        if device and device.name != person.name:
            registry.async_update_device(device.id, name=person.name)


async def async_add_people(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[Person], Iterable[Entity]],
    *,
    concerns: Callable[[Person], bool] = lambda _: True,
) -> None:
    """Add the entities of the people there are now and later, of those whom it concerns."""
    coordinator = entry.runtime_data.coordinator
    shown: set[str] = set()

    async def add() -> None:
        people = [person for person in coordinator.people.values() if concerns(person)]
        shown.intersection_update(person.subentry_id for person in people)
        for batch in batched(people, PEOPLE_AT_A_STRETCH, strict=False):
            for person in batch:
                # Some may have been removed, and some added, during the last pause.
                if person.subentry_id in entry.subentries and person.subentry_id not in shown:
                    shown.add(person.subentry_id)
                    async_add_entities(entities_of(person), config_subentry_id=person.subentry_id)
            if len(people) > PEOPLE_AT_A_STRETCH:
                await asyncio.sleep(0)

    @callback
    def add_later() -> None:
        entry.async_create_task(hass, add(), "cisco_unified_presence add people")

    await add()
    entry.async_on_unload(coordinator.async_subscribe_people(add_later))


async def async_add_controlled(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[Person], Iterable[Entity]],
) -> None:
    """Add the entities of the people who are controlled now and later."""
    await async_add_people(
        hass, entry, async_add_entities, entities_of, concerns=lambda each: each.controlled
    )


@callback
def async_server_device_id(hass: HomeAssistant, entry: CupConfigEntry) -> str:
    """Return the device of the server, which set-up has registered."""
    return dr.async_get_device_id_by_identifier(
        hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
    )


def _person_identifier(entry: CupConfigEntry, person: Person) -> tuple[str, str]:
    return DOMAIN, f"{entry.entry_id}_{person.key}"


class ServerEntity(Entity):
    """An entity of the server itself."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: CupConfigEntry, key: str) -> None:
        """Belong to the server's device.

        Args:
            entry: The entry of the server.
            key: What the entity shows; its translation key and part of its unique id.
        """
        self._coordinator: PresenceCoordinator = entry.runtime_data.coordinator
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.entry_id}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._coordinator.async_subscribe_server(self.async_write_ha_state))


class PersonEntity(Entity):
    """An entity of a person; told only when this person's presence changes."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, entry: CupConfigEntry, person: Person, server_device_id: str, key: str
    ) -> None:
        """Belong to the person's device.

        Args:
            entry: The entry of the server that the person is on.
            person: Whose entity this is.
            server_device_id: The device of the server.
            key: What the entity shows; its translation key and part of its unique id.
        """
        self._coordinator: PresenceCoordinator = entry.runtime_data.coordinator
        self._person = person
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.entry_id}_{person.key}_{key}"
        self._attr_device_info = person_device(entry, person, server_device_id)

    @property
    @override
    def available(self) -> bool:
        return self._coordinator.reachable

    @property
    def _seen(self) -> ContactPresence | None:
        return self._coordinator.presence_of(self._person.contact)

    @property
    def _rich(self) -> RichPresence | None:
        return self._seen.rich if self._seen else None

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(
            self._coordinator.async_subscribe(self._person.contact, self.async_write_ha_state)
        )


class ControlledEntity(PersonEntity):
    """An entity of somebody who is controlled; told also when something else is decided."""

    def __init__(
        self, entry: CupConfigEntry, person: Person, server_device_id: str, key: str
    ) -> None:
        """Belong to the person's device, as long as the person is controlled."""
        super().__init__(entry, person, server_device_id, key)
        self._keeper: Keeper = entry.runtime_data.keeper
        self._report: DecisionReport = entry.runtime_data.report

    @property
    def _decision(self) -> Decision:
        return self._keeper.decision_of(self._person)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._report.async_subscribe(self._person, self.async_write_ha_state))
        self.async_on_remove(self._coordinator.async_subscribe_people(self._async_check_control))

    @callback
    def _async_check_control(self) -> None:
        person = self._coordinator.people.get(self._person.key)
        if person is not None and not person.controlled:
            er.async_get(self.hass).async_remove(self.entity_id)
