"""Set people's presence manually, and clear the manual setting."""

from datetime import timedelta

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..arbitration import RequestedPresence
from ..requested_presence import MAX_NOTE, ImpossiblePresence, request_presence
from ..states import PRESENCES
from .for_each import async_for_each
from .targets import async_targets_of, invalid

ATTR_PRESENCE = "presence"
ATTR_OVERRIDE = "override"
ATTR_NOTE = "note"
ATTR_DURATION = "duration"

PEOPLE_SCHEMA = cv.make_entity_service_schema({})
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


async def async_set_presence(call: ServiceCall) -> None:
    requested = _requested_by(call)
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    until = dt_util.utcnow() + duration if duration else None
    await async_for_each(
        call.hass,
        await async_targets_of(call, POLICY_CONTROL, controlled=True),
        lambda target: target.runtime.reconciler.async_set_manual(target.person, requested, until),
        "not_set_for",
    )


async def async_clear_presence(call: ServiceCall) -> None:
    await async_for_each(
        call.hass,
        await async_targets_of(call, POLICY_CONTROL, controlled=True),
        lambda target: target.runtime.reconciler.async_clear_manual(target.person),
        "not_set_for",
    )


def _requested_by(call: ServiceCall) -> RequestedPresence:
    try:
        return request_presence(
            PRESENCES[call.data[ATTR_PRESENCE]],
            override=call.data.get(ATTR_OVERRIDE),
            note=call.data.get(ATTR_NOTE),
        )
    except ImpossiblePresence as error:
        raise invalid(error.key) from error
