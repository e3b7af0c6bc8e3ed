"""When time alone changes a condition; exact on the days of clock changes too."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    CONF_AFTER,
    CONF_BEFORE,
    CONF_CONDITION,
    CONF_FOR,
    CONF_OPTIONS,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import render_complex
from homeassistant.helpers.typing import ConfigType, TemplateVarsType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..clock import parse_moment

MIDNIGHT = time(0)
# Home Assistant accepts durations that overflow datetime.
LONGEST_WAIT = timedelta(days=36500)


@callback
def async_next_moment(
    hass: HomeAssistant,
    config: ConfigType,
    entities: Iterable[str],
    now: datetime,
    variables: TemplateVarsType = None,
) -> datetime | None:
    """Return the next moment after now, in UTC, at which a condition may change without an event.

    None when there is none, or when only an evaluation at each full minute can tell.
    """
    if config[CONF_CONDITION] == "time":
        return _next_boundary(hass, config, now)
    duration = duration_of(config, variables)
    if duration is None:
        return None
    states = (hass.states.get(entity_id) for entity_id in entities)
    # Home Assistant requires the duration to be over, not just reached.
    ends = (state.last_changed + duration + timedelta.resolution for state in states if state)
    return min((end for end in ends if end > now), default=None)


def duration_of(config: ConfigType, variables: TemplateVarsType) -> timedelta | None:
    """Return how long a condition must be true, None where it does not say, or says nonsense."""
    given = config.get(CONF_FOR) or (config.get(CONF_OPTIONS) or {}).get(CONF_FOR)
    if not given:
        return None
    try:
        duration: timedelta = cv.positive_time_period(render_complex(given, variables))
    except TemplateError, vol.Invalid:
        # The check of the condition fails for the same reason, and reports it.
        return None
    return min(duration, LONGEST_WAIT)


def _next_boundary(hass: HomeAssistant, config: ConfigType, now: datetime) -> datetime:
    """Return when the clock next reaches one of the condition's times, or a new day."""
    zone = dt_util.get_default_time_zone()
    today = now.astimezone(zone).date()
    bounds = (time_of_day(hass, config.get(key)) for key in (CONF_AFTER, CONF_BEFORE))
    times = {MIDNIGHT, *(bound for bound in bounds if bound)}
    days = (today + timedelta(days=ahead) for ahead in range(3))
    moments = (moment for day in days for at in times for moment in _reached(day, at, zone))
    return min(moment for moment in moments if moment > now)


def _reached(day: date, at: time, zone: tzinfo) -> list[datetime]:
    """Return when the clock passes a time of a day.

    Where the clock is set back it does so twice, and the change itself passes it backwards; where
    it is set forward over the time, the change passes it.
    """
    first, last = sorted(
        datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    if first == last:
        return [first]
    offset = last.astimezone(zone).utcoffset()
    seconds = range(int(first.timestamp()), int(last.timestamp()) + 1)
    index = bisect_left(
        seconds,
        True,  # noqa: FBT003 - the value to find, not a switch
        key=lambda second: datetime.fromtimestamp(second, zone).utcoffset() == offset,
    )
    return [first, datetime.fromtimestamp(seconds[index], UTC), last]


def time_of_day(hass: HomeAssistant, bound: time | str | None) -> time | None:
    """Return the local time that a bound of a `time` condition means to Home Assistant."""
    if not isinstance(bound, str):
        return bound
    state = hass.states.get(bound)
    if state is None:
        return None
    match state.domain:
        case "input_datetime":
            return _time_of_input(state)
        case "time":
            return dt_util.parse_time(state.state)
        case _:
            return _time_of_sensor(state)


def _time_of_input(state: State) -> time:
    return time(*(state.attributes.get(*part) for part in _PARTS_OF_INPUT))


_PARTS_OF_INPUT = (("hour", 23), ("minute", 59), ("second", 59))


def _time_of_sensor(state: State) -> time | None:
    if state.attributes.get(ATTR_DEVICE_CLASS) not in _SENSORS_OF_MOMENTS:
        return None
    moment = parse_moment(state.state)
    return dt_util.as_local(moment).time() if moment else None


_SENSORS_OF_MOMENTS = (SensorDeviceClass.TIMESTAMP, SensorDeviceClass.UPTIME)
