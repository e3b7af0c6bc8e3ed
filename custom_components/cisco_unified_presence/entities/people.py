"""Adds and removes entities as people are added, removed, or begin or cease to be controlled."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from itertools import batched

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)

from ..const import DOMAIN
from ..people import Person, person_unique_id
from ..runtime import CupConfigEntry
from ..settings import is_rich
from .base import PersonEntity
from .limit import async_entity_limit
from .person_devices import async_person_devices

# Adding a person takes Home Assistant a fraction of a millisecond; so many at a time do not block
# its loop.
PEOPLE_PER_BATCH = 25

type EntityOf = Callable[[CupConfigEntry, Person], PersonEntity]
type EntityKinds = Mapping[str, EntityOf]


async def async_add_people(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kinds: EntityKinds,
    *,
    concerns: Callable[[Person], bool] = lambda _: True,
) -> None:
    """Add the entities of the people whom they concern, now and whenever people change.

    The entities of other people are removed from the registry. Nothing changes any more once the
    entry is being unloaded.

    Args:
        hass: Home Assistant.
        entry: The entry of the server.
        async_add_entities: The callback of the platform that is set up.
        kinds: What makes an entity of a person, by the entity's key.
        concerns: Whether a person has such entities.
    """
    people = _People(hass, entry, async_add_entities, kinds, concerns)

    @callback
    def update_later() -> None:
        entry.async_create_task(hass, people.async_update(), f"{DOMAIN} update people")

    entry.async_on_unload(entry.runtime_data.coordinator.async_subscribe_people(update_later))
    await people.async_update()


async def async_add_controlled(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kinds: EntityKinds,
) -> None:
    """Add the entities of controlled people, now and whenever people change."""
    await async_add_people(
        hass, entry, async_add_entities, kinds, concerns=lambda each: each.controlled
    )


async def async_add_rich(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kinds: EntityKinds,
) -> None:
    """Add the entities that need rich presence, if the entry's options ask for it."""
    await async_add_people(
        hass, entry, async_add_entities, kinds, concerns=lambda _: is_rich(entry.options)
    )


class _People:
    """The people whose entities one platform shows."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: CupConfigEntry,
        async_add_entities: AddConfigEntryEntitiesCallback,
        kinds: EntityKinds,
        concerns: Callable[[Person], bool],
    ) -> None:
        self._registry = er.async_get(hass)
        self._entry = entry
        self._runtime = entry.runtime_data
        self._coordinator = entry.runtime_data.coordinator
        self._devices = async_person_devices(hass, entry)
        self._platform = async_get_current_platform().domain
        self._async_add_entities = async_add_entities
        self._kinds = kinds
        self._concerns = concerns
        self._limit = async_entity_limit(hass, entry)
        self._shown: set[str] = set()
        self._earlier = self._registered_earlier()

    async def async_update(self) -> None:
        """Add and remove entities until they agree with the people, some people at a time."""
        watched = self._coordinator.people.values()
        self._shown.intersection_update(person.subentry_id for person in watched)
        self._limit.async_forget_gone(self._coordinator.people)
        # Most kinds of entity concern few people; the others are skipped early.
        known = self._shown | self._earlier
        people = [each for each in watched if self._concerns(each) or each.subentry_id in known]
        for batch in batched(people, PEOPLE_PER_BATCH, strict=False):
            if not self._runtime.is_in_use:
                return
            for person in filter(self._is_unchanged, batch):
                self._async_update_person(person)
            if len(people) > PEOPLE_PER_BATCH:
                await asyncio.sleep(0)

    def _registered_earlier(self) -> set[str]:
        """Return the ids of subentries for which such entities are registered already."""
        return {
            each.config_subentry_id
            for each in er.async_entries_for_config_entry(self._registry, self._entry.entry_id)
            if each.config_subentry_id
            and each.domain == self._platform
            and each.translation_key in self._kinds
        }

    def _is_unchanged(self, person: Person) -> bool:
        """Return whether a person has not changed since the update began.

        Each change is followed by an update of its own.
        """
        return (
            person.subentry_id in self._entry.subentries
            and self._coordinator.people.get(person.key) is person
        )

    @callback
    def _async_update_person(self, person: Person) -> None:
        if not self._concerns(person):
            self._async_remove(person)
        elif person.subentry_id not in self._shown:
            self._shown.add(person.subentry_id)
            self._async_show(person, self._kinds)
        elif refused := [key for key in self._kinds if self._is_refused(person, key)]:
            # There may be room by now.
            self._async_show(person, refused)

    def _is_refused(self, person: Person, key: str) -> bool:
        return self._limit.is_refused(person_unique_id(self._entry.entry_id, person.key, key))

    @callback
    def _async_show(self, person: Person, keys: Iterable[str]) -> None:
        device = self._devices.async_device_of(person)
        entities = [self._kinds[key](self._entry, person) for key in keys]
        for entity in entities:
            entity.device_entry = device
        self._async_add_entities(entities, config_subentry_id=person.subentry_id)

    @callback
    def _async_remove(self, person: Person) -> None:
        self._shown.discard(person.subentry_id)
        for key in self._kinds:
            unique_id = person_unique_id(self._entry.entry_id, person.key, key)
            entity_id = self._registry.async_get_entity_id(self._platform, DOMAIN, unique_id)
            if entity_id is not None:
                self._registry.async_remove(entity_id)
