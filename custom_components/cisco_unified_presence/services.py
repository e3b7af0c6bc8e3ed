"""The actions: set, clear and get people's presence, explain it, and read the rules anew."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, SERVICE_RELOAD
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
)
from homeassistant.helpers.target import TargetSelection
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .actions import Caller, Target, async_targets_of, invalid
from .arbitration import RequestedPresence
from .const import DOMAIN
from .error_messages import async_sentence, translated
from .requested_presence import MAX_NOTE, ImpossiblePresence, request_presence
from .rules import async_reload_rules, async_rule_engine, explanation_of
from .runtime import CupConfigEntry
from .states import PRESENCES, presence_in_words

SERVICE_SET_PRESENCE = "set_presence"
SERVICE_CLEAR_PRESENCE = "clear_presence"
SERVICE_GET_PRESENCE = "get_presence"
SERVICE_EXPLAIN = "explain"

ATTR_PRESENCE = "presence"
ATTR_OVERRIDE = "override"
ATTR_NOTE = "note"
ATTR_DURATION = "duration"
ATTR_CONTACT = "contact"


def _printable(text: str) -> str:
    """Return a text that can be sent, and shown where it is named."""
    if not text.isprintable():
        raise vol.Invalid("There are characters in it that cannot be seen")
    return text


CONTACT = vol.All(cv.string, str.strip, vol.Match(r"[^\s@]+@[^\s@]+$"), _printable)

TARGET_SCHEMA = cv.make_entity_service_schema({})
GET_PRESENCE_SCHEMA = vol.Schema(
    {
        **cv.ENTITY_SERVICE_FIELDS,
        vol.Optional(ATTR_CONTACT): vol.All(cv.ensure_list, vol.Length(max=100), [CONTACT]),
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)
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


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    register = hass.services.async_register
    register(DOMAIN, SERVICE_SET_PRESENCE, _set_presence, SET_PRESENCE_SCHEMA)
    register(DOMAIN, SERVICE_CLEAR_PRESENCE, _clear_presence, TARGET_SCHEMA)
    register(
        DOMAIN, SERVICE_GET_PRESENCE, _get_presence, GET_PRESENCE_SCHEMA, SupportsResponse.ONLY
    )
    register(DOMAIN, SERVICE_EXPLAIN, _explain, TARGET_SCHEMA, SupportsResponse.ONLY)
    async_register_admin_service(hass, DOMAIN, SERVICE_RELOAD, _reload)


async def _set_presence(call: ServiceCall) -> None:
    requested = _requested_by(call)
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    until = dt_util.utcnow() + duration if duration else None
    await _async_for_each(
        call.hass,
        await async_targets_of(call, POLICY_CONTROL, controlled=True),
        lambda each: each.runtime.reconciler.async_set_manual(each.person, requested, until),
        "not_set_for",
    )


async def _clear_presence(call: ServiceCall) -> None:
    await _async_for_each(
        call.hass,
        await async_targets_of(call, POLICY_CONTROL, controlled=True),
        lambda each: each.runtime.reconciler.async_clear_manual(each.person),
        "not_set_for",
    )


async def _get_presence(call: ServiceCall) -> ServiceResponse:
    contacts: list[str] = call.data.get(ATTR_CONTACT, [])
    targets = (
        await async_targets_of(call, POLICY_READ, controlled=False)
        if TargetSelection(call.data).has_any_target
        else []
    )
    if not targets and not contacts:
        raise invalid("nobody_meant")
    if contacts:
        (await Caller.async_of(call)).require_sight_of_everybody()
    people: dict[str, JsonValueType] = {}

    async def see(each: Target) -> None:
        seen = await each.runtime.poller.async_poll(each.person.contact)
        people[each.person.contact] = {"name": each.person.name, **presence_in_words(seen)}

    await _async_for_each(call.hass, targets, see, "not_seen")
    if contacts:
        entry_id: str | None = call.data.get(ATTR_CONFIG_ENTRY_ID)
        entry: CupConfigEntry = async_get_config_entry(call.hass, DOMAIN, entry_id)
        with translated(HomeAssistantError):
            for seen in await entry.runtime_data.poller.async_read(contacts):
                people.setdefault(seen.contact, presence_in_words(seen))
    return {"people": people}


async def _explain(call: ServiceCall) -> ServiceResponse:
    targets = await async_targets_of(call, POLICY_READ, controlled=True)
    return {"people": {each.person.contact: _explanation_of(call.hass, each) for each in targets}}


def _explanation_of(hass: HomeAssistant, target: Target) -> JsonValueType:
    person, runtime = target.person, target.runtime
    record = runtime.reconciler.record_of(person)
    return explanation_of(
        person,
        runtime.coordinator.presence_of(person.key),
        async_rule_engine(hass).evaluations_for(target.entry.entry_id, person.key),
        manual=record.manual,
        overruled=record.overruled,
        now=dt_util.utcnow(),
    )


async def _reload(call: ServiceCall) -> None:
    await async_reload_rules(call.hass)


def _requested_by(call: ServiceCall) -> RequestedPresence:
    try:
        return request_presence(
            PRESENCES[call.data[ATTR_PRESENCE]],
            override=call.data.get(ATTR_OVERRIDE),
            note=call.data.get(ATTR_NOTE),
        )
    except ImpossiblePresence as error:
        raise invalid(error.key) from error


async def _async_for_each(
    hass: HomeAssistant,
    targets: Sequence[Target],
    act: Callable[[Target], Coroutine[Any, Any, None]],
    failed: str,
) -> None:
    """Act for every target at once.

    Args:
        hass: Home Assistant.
        targets: For whom.
        act: What to do for each.
        failed: The sentence that names those for whom it failed.

    Raises:
        HomeAssistantError: It failed for some; the sentence says for whom and why.
    """

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
        translation_key=failed,
        translation_placeholders={
            "failures": "; ".join(
                f"{name}: {async_sentence(hass, error)}" for name, error in failures.items()
            )
        },
    ) from next(iter(failures.values()))
