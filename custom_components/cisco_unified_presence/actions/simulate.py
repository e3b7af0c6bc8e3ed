"""Simulate: what people's presence would be at another time, or with other states."""

from datetime import datetime, time, timedelta
from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..rules import GIVEN_STATES, states_given
from ..simulation import async_simulate
from .ends import moment, moment_of
from .people import PEOPLE_FIELDS, async_people_of
from .targets import invalid

ATTR_AT: Final = "at"
ATTR_STATES: Final = "states"
FARTHEST: Final = timedelta(days=31)

SIMULATE_SCHEMA: Final = vol.Schema(
    {
        **PEOPLE_FIELDS,
        vol.Optional(ATTR_AT): moment,
        vol.Optional(ATTR_STATES, default={}): GIVEN_STATES,
    }
)


async def async_simulate_people(call: ServiceCall) -> ServiceResponse:
    people = await async_people_of(call)
    now = dt_util.utcnow()
    given = states_given(call.data[ATTR_STATES], call.hass.states.get, now)
    return {"people": await async_simulate(call.hass, people, _moment(call, now), given)}


def _moment(call: ServiceCall, now: datetime) -> datetime:
    """Return the time that a call means, now without one.

    Raises:
        ServiceValidationError: It has passed, or is too far away.
    """
    said: time | datetime | None = call.data.get(ATTR_AT)
    if said is None:
        return now
    at = moment_of(said, now)
    if at < now:
        raise invalid("end_has_passed")
    if at > now + FARTHEST:
        raise invalid("end_too_far", days=str(FARTHEST.days))
    return at
