"""Whom an action is about: people behind entities, devices, areas and labels.

Home Assistant's entity actions skip entities that are unavailable and say nothing. Somebody who
asks for Do Not Disturb has to hear that the server is down, so our actions find their people by
themselves and fail with a sentence.
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
    """A person that an action is about, and the conversation with that person's server."""

    person: Person
    entry: CupConfigEntry

    @property
    def runtime(self) -> Runtime:
        """Return the running parts of the person's entry."""
        return self.entry.runtime_data


async def async_targets_of(call: ServiceCall, policy: str, *, controlled: bool) -> list[Target]:
    """Return whom an action is about.

    Args:
        call: The action with its target.
        policy: What the user who calls must be allowed to do with their entities.
        controlled: Whether it can only be about people whose presence can be set.

    Raises:
        Unauthorized: The user may not do that.
        ServiceValidationError: Nobody is meant, or somebody with whom it cannot be done.
        HomeAssistantError: Somebody's server is not connected.
    """
    selected = target.async_extract_referenced_entity_ids(
        call.hass, target.TargetSelection(call.data)
    )
    referenced = sorted(selected.referenced | selected.indirectly_referenced)
    (await Caller.async_of(call)).require(referenced, policy)
    registry = er.async_get(call.hass)
    targets: dict[str, Target] = {}
    for entity_id in referenced:
        entity = registry.async_get(entity_id)
        try:
            found = _target_of(call.hass, entity_id, entity)
            if controlled and not found.person.controlled:
                raise invalid("not_controlled", name=found.person.name)
        except ServiceValidationError:
            # An area or a label may hold other things, and people who are only watched.
            if entity_id in selected.referenced:
                raise
        else:
            targets[found.person.subentry_id] = found
    if not targets:
        raise invalid("no_target" if controlled else "nobody_meant")
    return list(targets.values())


def _target_of(hass: HomeAssistant, entity_id: str, entity: er.RegistryEntry | None) -> Target:
    if entity is None or entity.platform != DOMAIN or entity.config_subentry_id is None:
        raise invalid("not_a_person", entity=entity_id)
    entry: CupConfigEntry | None = hass.config_entries.async_get_entry(entity.config_entry_id or "")
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_connected",
            translation_placeholders={"title": entry.title if entry else entity_id},
        )
    people = entry.runtime_data.coordinator.people.values()
    person = next((each for each in people if each.subentry_id == entity.config_subentry_id), None)
    if person is None:
        raise invalid("not_a_person", entity=entity_id)
    return Target(person, entry)


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error that says what is wrong with an action."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
