"""When a condition that is true ends by time, if all else stays as it is."""

from datetime import datetime, time, timedelta
from typing import Final

from homeassistant.const import (
    CONF_AFTER,
    CONF_ATTRIBUTE,
    CONF_BEFORE,
    CONF_CONDITION,
    CONF_ENTITY_ID,
    CONF_WEEKDAY,
    WEEKDAYS,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from ..clock import next_time_of_day
from .condition_members import listed
from .condition_times import MIDNIGHT, time_of_day

_A_WEEK: Final = 7
# What a schedule tells besides its state.
_NEXT_EVENT: Final = "next_event"


@callback
def async_expected_end(hass: HomeAssistant, config: ConfigType, now: datetime) -> datetime | None:
    """Return when a condition on time or on a schedule, which is true, ends; None for any other."""
    match config[CONF_CONDITION]:
        case "time":
            return _end_of_hours(hass, config, now)
        case "state" if CONF_ATTRIBUTE not in config:
            return _end_of_schedule(hass, config[CONF_ENTITY_ID][0])
        case _:
            return None


def _end_of_hours(hass: HomeAssistant, config: ConfigType, now: datetime) -> datetime | None:
    after, before = (time_of_day(hass, config.get(key)) for key in (CONF_AFTER, CONF_BEFORE))
    ends: list[datetime] = []
    if last := before or _last_of_day(after):
        ends.append(next_time_of_day(last, now))
    if config.get(CONF_WEEKDAY) is not None:
        today = dt_util.as_local(now).date()
        days = (today + timedelta(days=ahead) for ahead in range(1, _A_WEEK))
        wanted = listed(config[CONF_WEEKDAY])
        others = (day for day in days if WEEKDAYS[day.weekday()] not in wanted)
        ends += [dt_util.as_utc(dt_util.start_of_local_day(day)) for day in others]
    return min(ends, default=None)


def _last_of_day(after: time | None) -> time | None:
    return MIDNIGHT if after else None


def _end_of_schedule(hass: HomeAssistant, entity_id: str) -> datetime | None:
    state = hass.states.get(entity_id)
    if state is None or state.domain != "schedule":
        return None
    ends = state.attributes.get(_NEXT_EVENT)
    return dt_util.as_utc(ends) if isinstance(ends, datetime) else None
