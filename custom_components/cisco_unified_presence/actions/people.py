"""The controlled people whom an action with an answer is about: its target, named ones, or all."""

from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection
import voluptuous as vol

from ..const import DOMAIN
from ..people import async_presence_sensor
from ..rules import CONF_PEOPLE, PeopleDirectory, PeopleSelection, PersonId
from ..runtime import CupConfigEntry
from ..simulation import SimulatedPerson
from .permissions import Caller
from .targets import async_targets_of, invalid

PEOPLE_FIELDS: Final[dict[Any, Any]] = {
    **cv.ENTITY_SERVICE_FIELDS,
    vol.Optional(CONF_PEOPLE): vol.All(cv.ensure_list, vol.Length(min=1), [cv.string]),
}


async def async_people_of(call: ServiceCall) -> list[SimulatedPerson]:
    """Return the people of a call's target and those whom it names, or all whom the user may see.

    Raises:
        Unauthorized: The user may not see one of them.
        ServiceValidationError: A person who is named is not known or not controlled.
    """
    words: list[str] = call.data.get(CONF_PEOPLE, [])
    people: dict[PersonId, SimulatedPerson] = {}
    if TargetSelection(call.data).has_any_target:
        targets = await async_targets_of(call, POLICY_READ, controlled=True)
        if targets.left_out:
            raise targets.left_out[0][1]
        found = (
            SimulatedPerson(each.entry.entry_id, each.runtime, each.person)
            for each in targets.people
        )
        people |= {each.id: each for each in found}
    elif not words:
        return await _async_all_readable(call)
    return list((people | await _async_named(call, words)).values())


async def _async_all_readable(call: ServiceCall) -> list[SimulatedPerson]:
    caller = await Caller.async_of(call)
    return [
        each
        for each in _controlled(call).values()
        if caller.may(async_presence_sensor(call.hass, *each.id), POLICY_READ)
    ]


async def _async_named(call: ServiceCall, words: list[str]) -> dict[PersonId, SimulatedPerson]:
    controlled = _controlled(call)
    loaded = {each.entry_id: each.runtime.coordinator.people for each in controlled.values()}
    meant = PeopleSelection.of(words).resolve(PeopleDirectory(call.hass, loaded))
    if meant.unmatched:
        raise invalid("person_not_known", person=meant.unmatched[0])
    caller = await Caller.async_of(call)
    named = {person: controlled[person] for person in sorted(meant.people)}
    caller.require((async_presence_sensor(call.hass, *each) for each in named), POLICY_READ)
    return named


def _controlled(call: ServiceCall) -> dict[PersonId, SimulatedPerson]:
    entries: list[CupConfigEntry] = call.hass.config_entries.async_entries(DOMAIN)
    people = (
        SimulatedPerson(entry.entry_id, entry.runtime_data, person)
        for entry in entries
        if entry.state is ConfigEntryState.LOADED
        for person in entry.runtime_data.coordinator.controlled.values()
    )
    return {each.id: each for each in people}
