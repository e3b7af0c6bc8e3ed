"""Forecast: how people's presence will change within the next hours, as far as that is known."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
import voluptuous as vol

from ..simulation import HOURS, async_forecast
from .people import PEOPLE_FIELDS, async_people_of

ATTR_HOURS: Final = "hours"
MOST_HOURS: Final = 7 * 24

FORECAST_SCHEMA: Final = vol.Schema(
    {
        **PEOPLE_FIELDS,
        vol.Optional(ATTR_HOURS, default=HOURS): vol.All(
            vol.Coerce(float), vol.Range(min=1, max=MOST_HOURS)
        ),
    }
)


async def async_forecast_people(call: ServiceCall) -> ServiceResponse:
    people = await async_people_of(call)
    return {"people": await async_forecast(call.hass, people, call.data[ATTR_HOURS])}
