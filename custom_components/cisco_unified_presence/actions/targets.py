"""The people that an action is about, found by entities, devices, areas and labels.

Home Assistant's entity actions skip entities that are unavailable and say nothing. A user who sets
Do Not Disturb has to hear that the server is down, so these actions find their people themselves
and fail with a sentence.
"""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import target

from ..const import DOMAIN
from ..people import Person
from ..runtime import CupConfigEntry, Runtime
from .permissions import Caller


@dataclass(frozen=True, slots=True)
class Target:
    """A person that an action is about, and the entry of the person's server."""

    person: Person
    entry: CupConfigEntry

    @property
    def runtime(self) -> Runtime:
        return self.entry.runtime_data


async def async_targets_of(call: ServiceCall, policy: str, *, controlled: bool) -> list[Target]:
    """Return the people that an action is about.

    Args:
        call: The action with its target.
        policy: What the user who calls must be allowed to do with the people's entities.
        controlled: Whether only people whose presence can be set are valid.

    Raises:
        Unauthorized: The user may not do that.
        ServiceValidationError: No person is meant, or one that is not valid is named directly.
        HomeAssistantError: The server of a person is not connected.
    """
    selected = target.async_extract_referenced_entity_ids(
        call.hass, target.TargetSelection(call.data)
    )
    referenced = sorted(selected.referenced | selected.indirectly_referenced)
    (await Caller.async_of(call)).require(referenced, policy)
    targets: dict[str, Target] = {}
    for entity_id in referenced:
        try:
            found = _target_of(call.hass, entity_id, controlled=controlled)
        except ServiceValidationError:
            # An area or a label may hold other things, and people who are only watched.
            if entity_id in selected.referenced:
                raise
        else:
            targets[found.person.subentry_id] = found
    if not targets:
        raise invalid("no_target" if controlled else "nobody_meant")
    return list(targets.values())


def _target_of(hass: HomeAssistant, entity_id: str, *, controlled: bool) -> Target:
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.platform != DOMAIN or entity.config_subentry_id is None:
        raise invalid("not_a_person", entity=entity_id)
    entry = _loaded_entry(hass, entity)
    people = entry.runtime_data.coordinator.people.values()
    person = next((each for each in people if each.subentry_id == entity.config_subentry_id), None)
    if person is None:
        raise invalid("not_a_person", entity=entity_id)
    if controlled and not person.controlled:
        raise invalid("not_controlled", name=person.name)
    return Target(person, entry)


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
