"""The people that an action is about, found by entities, devices, areas and labels.

Home Assistant's entity actions skip entities that are unavailable and say nothing. A user who sets
Do Not Disturb has to hear that the server is down, so these actions find their people themselves
and fail with a sentence.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import target

from ..const import DOMAIN
from ..people import Person, answer_keys, async_presence_sensor
from ..runtime import CupConfigEntry, Runtime
from .permissions import Caller

ENTITIES_PER_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Target:
    """A person that an action is about, and the entry of the person's server."""

    person: Person
    entry: CupConfigEntry

    @property
    def id(self) -> tuple[str, str]:
        """Return the id of the entry, and the person's key."""
        return self.entry.entry_id, self.person.key

    @property
    def runtime(self) -> Runtime:
        return self.entry.runtime_data


@dataclass(frozen=True, slots=True)
class Targets:
    """The people that an action is about.

    Attributes:
        people: Those whom it can be done for.
        left_out: The names of others who are named, and why they are left out.
    """

    people: list[Target]
    left_out: list[tuple[str, HomeAssistantError]]

    def answer_keys(self, hass: HomeAssistant) -> list[str]:
        """Return the key of each of the people in an answer."""
        keys = answer_keys(hass, ((each.entry.entry_id, each.person) for each in self.people))
        return [keys[each.id] for each in self.people]


async def async_targets_of(call: ServiceCall, policy: str, *, controlled: bool) -> Targets:
    """Return the people that an action is about.

    People who are only watched are left out where only controlled ones are valid: those of areas,
    labels and groups without a word, those who are named with a reason.

    Args:
        call: The action with its target.
        policy: What the user who calls must be allowed to do with the people's entities.
        controlled: Whether only people whose presence can be set are valid.

    Raises:
        Unauthorized: The user may not do that.
        ServiceValidationError: No valid person is meant, or an entity that is no person's is named.
        HomeAssistantError: The server of a person is not connected.
    """
    selected = target.async_extract_referenced_entity_ids(
        call.hass, target.TargetSelection(call.data)
    )
    referenced = sorted(selected.referenced | selected.indirectly_referenced)
    caller = await Caller.async_of(call)
    caller.require(referenced, policy)
    directory = _Directory(call.hass)
    targets: dict[str, Target] = {}
    left_out: dict[str, tuple[str, HomeAssistantError]] = {}
    for number, entity_id in enumerate(referenced):
        if number % ENTITIES_PER_BATCH == ENTITIES_PER_BATCH - 1:
            await asyncio.sleep(0)
        is_named = entity_id in selected.referenced
        if members := directory.members_of(entity_id):
            caller.require(directory.presence_sensors_of(members), policy)
            targets |= {
                each.person.subentry_id: each
                for each in members
                if each.person.controlled or not controlled
            }
            continue
        try:
            found = directory.target_of(entity_id)
        except ServiceValidationError:
            # An area or a label may hold other things.
            if is_named:
                raise
            continue
        person = found.person
        if person.controlled or not controlled:
            targets[person.subentry_id] = found
        elif is_named:
            left_out[person.subentry_id] = (
                person.name,
                invalid("not_controlled", name=person.name),
            )
    if not targets and left_out:
        raise next(iter(left_out.values()))[1]
    if not targets:
        raise invalid("no_target" if controlled else "nobody_meant")
    return Targets(list(targets.values()), list(left_out.values()))


class _Directory:
    """Finds people by their entities."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._registry = er.async_get(hass)
        self._people: dict[str, dict[str, Person]] = {}

    def target_of(self, entity_id: str) -> Target:
        entity = self._registry.async_get(entity_id)
        if entity is None or entity.platform != DOMAIN or entity.config_subentry_id is None:
            raise invalid("not_a_person", entity=entity_id)
        entry = _loaded_entry(self._hass, entity)
        person = self._people_of(entry).get(entity.config_subentry_id)
        if person is None:
            raise invalid("not_a_person", entity=entity_id)
        return Target(person, entry)

    def members_of(self, entity_id: str) -> list[Target]:
        """Return the people of a group by an entity of it; none for other entities."""
        entity = self._registry.async_get(entity_id)
        if entity is None or entity.platform != DOMAIN or entity.config_subentry_id is None:
            return []
        entry: CupConfigEntry | None = self._hass.config_entries.async_get_entry(
            entity.config_entry_id or ""
        )
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return []
        group = entry.runtime_data.groups.get(entity.config_subentry_id)
        return [Target(each, entry) for each in group.members] if group else []

    def presence_sensors_of(self, targets: Iterable[Target]) -> list[str | None]:
        return [
            async_presence_sensor(self._hass, each.entry.entry_id, each.person.key)
            for each in targets
        ]

    def _people_of(self, entry: CupConfigEntry) -> dict[str, Person]:
        if entry.entry_id not in self._people:
            people = entry.runtime_data.coordinator.people.values()
            self._people[entry.entry_id] = {each.subentry_id: each for each in people}
        return self._people[entry.entry_id]


def _loaded_entry(hass: HomeAssistant, entity: er.RegistryEntry) -> CupConfigEntry:
    entry: CupConfigEntry | None = hass.config_entries.async_get_entry(entity.config_entry_id or "")
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_connected",
            translation_placeholders={"title": entry.title if entry else entity.entity_id},
        )
    return entry


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error that says what is wrong with a call."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
