"""Home Assistant's conditions on time and sun, for any time."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from homeassistant.const import (
    CONF_AFTER,
    CONF_BEFORE,
    CONF_WEEKDAY,
    SUN_EVENT_SUNRISE,
    SUN_EVENT_SUNSET,
    WEEKDAYS,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.sun import get_astral_event_date
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from ..condition_members import listed
from ..condition_times import time_of_day

_MIDNIGHT: Final = time(0)
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)


def is_time(hass: HomeAssistant, config: ConfigType, now: datetime) -> bool:
    """Tell what a condition of the kind `time` is at a time.

    Raises:
        HomeAssistantError: An entity that it takes a time from does not exist.
    """
    for key in (CONF_AFTER, CONF_BEFORE):
        entity_id = config.get(key)
        if isinstance(entity_id, str) and hass.states.get(entity_id) is None:
            raise HomeAssistantError(f"{entity_id} is missing")
    local = dt_util.as_local(now)
    weekdays = config.get(CONF_WEEKDAY)
    if weekdays is not None and WEEKDAYS[local.weekday()] not in listed(weekdays):
        return False
    bounds = [time_of_day(hass, config.get(key)) for key in (CONF_AFTER, CONF_BEFORE)]
    if any(
        bound is None and config.get(key) is not None
        for key, bound in zip((CONF_AFTER, CONF_BEFORE), bounds, strict=True)
    ):
        return False
    after, before = bounds[0] or _MIDNIGHT, bounds[1] or time.max
    if after < before:
        return after <= local.time() < before
    return not before <= local.time() < after


def is_sun(hass: HomeAssistant, options: Mapping[str, Any], now: datetime) -> bool:
    """Tell what a condition of the kind `sun` is at a time."""
    begins, ends = _bound(hass, options, CONF_AFTER, now), _bound(hass, options, CONF_BEFORE, now)
    for key, bound in ((CONF_AFTER, begins), (CONF_BEFORE, ends)):
        if options.get(key) is not None and bound is None:
            # The sun does not rise, or does not set, on this day.
            return False
    if begins and ends and _is_night(options):
        return now < ends or now > begins
    return (begins is None or now >= begins) and (ends is None or now <= ends)


def next_of_sun(hass: HomeAssistant, options: Mapping[str, Any], now: datetime) -> datetime:
    """Return the next full minute at which a condition of the kind `sun` may change."""
    midnight = dt_util.as_utc(dt_util.start_of_local_day(dt_util.as_local(now).date() + _DAY))
    bounds = (_bound(hass, options, key, now) for key in (CONF_AFTER, CONF_BEFORE))
    full = (next_minute(bound) for bound in bounds if bound)
    return min((moment for moment in full if moment > now), default=midnight)


def next_minute(moment: datetime) -> datetime:
    """Return the next full minute after a moment, when Home Assistant checks such conditions."""
    return moment.replace(second=0, microsecond=0) + _MINUTE


def _is_night(options: Mapping[str, Any]) -> bool:
    is_before_sunrise = options.get(CONF_BEFORE) == SUN_EVENT_SUNRISE
    return is_before_sunrise and options.get(CONF_AFTER) == SUN_EVENT_SUNSET


def _bound(
    hass: HomeAssistant, options: Mapping[str, Any], key: str, now: datetime
) -> datetime | None:
    """Return when the sun event of a bound is on this day, with its offset."""
    event = options.get(key)
    if event not in (SUN_EVENT_SUNRISE, SUN_EVENT_SUNSET):
        return None
    today = dt_util.as_local(now).date()
    at = get_astral_event_date(hass, event, today)
    if at is not None and today > dt_util.as_local(at).date():
        at = get_astral_event_date(hass, event, today + _DAY)
    offset: timedelta = options.get(f"{key}_offset") or timedelta(0)
    return at + offset if at else None
