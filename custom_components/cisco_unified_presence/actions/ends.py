"""When what an action does ends: after a duration, or at a time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..clock import next_time_of_day
from .targets import invalid

ATTR_DURATION: Final = "duration"
ATTR_UNTIL: Final = "until"

LONGEST: Final = timedelta(days=31)


def moment(value: object) -> time | datetime:
    """Validate a time of day or a moment."""
    if isinstance(value, str) and not value.isascii():
        # ciso8601 ends the process at half a surrogate pair.
        raise vol.Invalid("invalid time specified")
    valid: time | datetime = _MOMENT(value)
    return valid


_MOMENT: Final = vol.Any(cv.time, cv.datetime)

END_FIELDS: Final[dict[vol.Marker, Any]] = {
    vol.Optional(ATTR_DURATION): vol.All(
        cv.time_period, vol.Range(min=timedelta(seconds=1), max=LONGEST)
    ),
    # A time of day is the next one.
    vol.Optional(ATTR_UNTIL): moment,
}


@dataclass(frozen=True, slots=True)
class End:
    """When something ends.

    Attributes:
        at: The time, in UTC; None when it was not said.
        by_clock: Whether a time was said, rather than a duration.
    """

    at: datetime | None = None
    by_clock: bool = False


def end_of(call: ServiceCall) -> End:
    """Return the end that a call says.

    Raises:
        ServiceValidationError: It says two, or a time that has passed or is too far away.
    """
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    until: time | datetime | None = call.data.get(ATTR_UNTIL)
    if duration is not None and until is not None:
        raise invalid("two_ends")
    now = dt_util.utcnow()
    if duration is not None:
        return End(now + duration)
    if until is None:
        return End()
    at = moment_of(until, now)
    if at <= now:
        raise invalid("end_has_passed")
    if at > now + LONGEST:
        raise invalid("end_too_far", days=str(LONGEST.days))
    return End(at, by_clock=True)


def moment_of(until: time | datetime, now: datetime) -> datetime:
    """Return a time in UTC; one without a zone is local, and a time of day is the next one."""
    if isinstance(until, datetime):
        return dt_util.as_utc(until)
    return next_time_of_day(until, now)
