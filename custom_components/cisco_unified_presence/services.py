"""The actions: set a person's presence, let it go again, and read the rules anew.

Home Assistant's entity actions skip entities that are unavailable and say nothing. Somebody who
asks for Do Not Disturb has to hear that the server is down, so these actions find their people by
themselves and fail with a sentence.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import target
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .arbitration import Want
from .const import DOMAIN
from .data import CupConfigEntry
from .explanations import translated
from .keeper import Keeper
from .people import Person
from .rule_reload import async_reload_rules
from .states import PRESENCES
from .wanted_presence import MAX_NOTE, ImpossibleWant, want_of

SERVICE_SET_PRESENCE = "set_presence"
SERVICE_CLEAR_PRESENCE = "clear_presence"

ATTR_PRESENCE = "presence"
ATTR_OVERRIDE = "override"
ATTR_NOTE = "note"
ATTR_DURATION = "duration"

CLEAR_PRESENCE_SCHEMA = cv.make_entity_service_schema({})
SET_PRESENCE_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_PRESENCE): vol.In(list(PRESENCES)),
        vol.Optional(ATTR_NOTE): vol.All(cv.string, str.strip, vol.Length(min=1, max=MAX_NOTE)),
        vol.Optional(ATTR_OVERRIDE): cv.boolean,
        vol.Optional(ATTR_DURATION): vol.All(
            cv.time_period, vol.Range(min=timedelta(seconds=1), max=timedelta(days=31))
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Target:
    """A person that an action is about, and who keeps that person's presence."""

    person: Person
    keeper: Keeper


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""

    async def set_presence(call: ServiceCall) -> None:
        want = _want_of(call)
        duration: timedelta | None = call.data.get(ATTR_DURATION)
        until = dt_util.utcnow() + duration if duration else None
        await _async_for_each(call, lambda each: each.keeper.async_hold(each.person, want, until))

    async def clear_presence(call: ServiceCall) -> None:
        await _async_for_each(call, lambda each: each.keeper.async_release(each.person))

    async def reload(call: ServiceCall) -> None:
        await async_reload_rules(call.hass)

    async_register_admin_service(hass, DOMAIN, SERVICE_RELOAD, reload)
    hass.services.async_register(
        DOMAIN, SERVICE_SET_PRESENCE, set_presence, schema=SET_PRESENCE_SCHEMA
    )
    hass.services.async_register(
        DOMAIN, SERVICE_CLEAR_PRESENCE, clear_presence, schema=CLEAR_PRESENCE_SCHEMA
    )


def _want_of(call: ServiceCall) -> Want:
    try:
        return want_of(
            PRESENCES[call.data[ATTR_PRESENCE]],
            override=call.data.get(ATTR_OVERRIDE),
            note=call.data.get(ATTR_NOTE),
        )
    except ImpossibleWant as error:
        raise _invalid(error.key) from error


async def _async_for_each(
    call: ServiceCall, act: Callable[[Target], Coroutine[Any, Any, None]]
) -> None:
    """Act for every target at once.

    Raises:
        ServiceValidationError: The targets are not people whose presence can be set.
        HomeAssistantError: It failed for some; the sentence says for whom and why.
    """
    targets = _targets_of(call)

    async def attempt(each: Target) -> HomeAssistantError | None:
        try:
            with translated(HomeAssistantError):
                await act(each)
        except HomeAssistantError as error:
            return error
        return None

    outcomes = await asyncio.gather(*map(attempt, targets))
    failures = {
        each.person.name: error for each, error in zip(targets, outcomes, strict=True) if error
    }
    if not failures:
        return
    raise HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="not_set_for",
        translation_placeholders={
            "failures": "; ".join(f"{name}: {error}" for name, error in failures.items())
        },
    ) from next(iter(failures.values()))


def _targets_of(call: ServiceCall) -> list[Target]:
    selected = target.async_extract_referenced_entity_ids(
        call.hass, target.TargetSelection(call.data)
    )
    registry = er.async_get(call.hass)
    targets: dict[str, Target] = {}
    for entity_id in sorted(selected.referenced | selected.indirectly_referenced):
        entity = registry.async_get(entity_id)
        try:
            found = _target_of(call.hass, entity_id, entity)
        except ServiceValidationError:
            # An area or a label may hold other things, and people who are only watched.
            if entity_id in selected.referenced:
                raise
        else:
            targets[found.person.subentry_id] = found
    if not targets:
        raise _invalid("no_target")
    return list(targets.values())


def _target_of(hass: HomeAssistant, entity_id: str, entity: er.RegistryEntry | None) -> Target:
    if entity is None or entity.platform != DOMAIN or entity.config_subentry_id is None:
        raise _invalid("not_a_person", entity=entity_id)
    entry: CupConfigEntry | None = hass.config_entries.async_get_entry(entity.config_entry_id or "")
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_connected",
            translation_placeholders={"title": entry.title if entry else entity_id},
        )
    connection = entry.runtime_data
    people = connection.coordinator.people.values()
    person = next((each for each in people if each.subentry_id == entity.config_subentry_id), None)
    if person is None:
        raise _invalid("not_a_person", entity=entity_id)
    if not person.controlled:
        raise _invalid("not_controlled", name=person.name)
    return Target(person, connection.keeper)


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
