"""Calendars for tests: they answer `calendar.get_events` with the events that are put into them."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.util import dt as dt_util

MONDAY = datetime(2026, 11, 23)  # noqa: DTZ001 (local time, in the zone of the test)


def meeting(summary: str, start: float, end: float, **more: Any) -> dict[str, Any]:
    """Return an event of that Monday, from an hour to an hour of local time."""
    # Parameters of tests are made before the test's zone is known.
    begins, ends = (MONDAY + timedelta(hours=hour) for hour in (start, end))
    return {"summary": summary, "start": begins, "end": ends, **more}


def whole_day(summary: str, **more: Any) -> dict[str, Any]:
    """Return an event that lasts all of that Monday."""
    day = MONDAY.date()
    return {"summary": summary, "start": day, "end": day + timedelta(days=1), **more}


class ServedCalendars:
    """The events of calendars by entity id."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._events: dict[str, list[dict[str, Any]]] = {}
        self.reads = 0

    @callback
    def put(self, entity_id: str, events: list[dict[str, Any]]) -> None:
        """Replace the events of a calendar, which changes its state."""
        self._events[entity_id] = events
        self._hass.states.async_set(entity_id, "on" if events else "off", force_update=True)

    async def async_get_events(self, call: ServiceCall) -> ServiceResponse:
        """Answer as Home Assistant's calendars do, with times of the local zone."""
        self.reads += 1
        begin, end = (
            dt_util.parse_datetime(call.data[key], raise_on_error=True)
            for key in ("start_date_time", "end_date_time")
        )
        entity_id = call.data["entity_id"]
        found = [
            event
            for event in self._events[entity_id]
            if _moment(event["end"]) > begin and _moment(event["start"]) < end
        ]
        return {
            entity_id: {
                "events": [
                    {**event, "start": _text(event["start"]), "end": _text(event["end"])}
                    for event in found
                ]
            }
        }


def serve_calendars(hass: HomeAssistant) -> ServedCalendars:
    """Let calendars be asked for events."""
    served = ServedCalendars(hass)
    hass.services.async_register(
        "calendar",
        "get_events",
        served.async_get_events,
        supports_response=SupportsResponse.ONLY,
    )
    return served


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        zone = dt_util.get_default_time_zone()
        return value if value.tzinfo else value.replace(tzinfo=zone)
    return dt_util.start_of_local_day(value)


def _text(value: Any) -> str:
    return _moment(value).isoformat() if isinstance(value, datetime) else value.isoformat()
