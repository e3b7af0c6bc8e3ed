"""When a rule ends by its `until`: a time of day, a moment, a template, or what an entity says."""

from datetime import date, datetime
from typing import Final

from homeassistant.util import dt as dt_util

from ..clock import next_time_of_day, parse_moment

# As schedules and tests of rules name them, whatever the language.
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def end_of(value: object, after: datetime) -> datetime | None:
    """Return the moment that a value means, None when it means none.

    Args:
        value: A moment, a date (its beginning), a time of day (the next one), or a Unix time, as
            such or as a text.
        after: The moment from which a time of day counts.
    """
    match value:
        case datetime():
            return dt_util.as_utc(value)
        case date():
            return dt_util.start_of_local_day(value)
        case None | bool():
            return None
        case _:
            return _parsed(str(value).strip(), after)


def _parsed(text: str, after: datetime) -> datetime | None:
    if moment := parse_moment(text):
        return dt_util.as_utc(moment)
    if day := dt_util.parse_date(text):
        return dt_util.start_of_local_day(day)
    if at := dt_util.parse_time(text):
        return next_time_of_day(at, after)
    try:
        return dt_util.utc_from_timestamp(float(text))
    except OverflowError, OSError, ValueError:
        return None
