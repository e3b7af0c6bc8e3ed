"""When clocks show a time of day next, on the days too on which they are set."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import count
from typing import Final

from homeassistant.util import dt as dt_util

_SECOND: Final = timedelta(seconds=1)


def next_time_of_day(at: time, after: datetime) -> datetime:
    """Return when it is this local time for the next time after a moment, in UTC.

    A time that there is twice counts each time; one that is left out counts when clocks are set.
    """
    zone = dt_util.get_default_time_zone()
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in count())
    moments = (moment for day in days for moment in _moments(day, at, zone))
    return next(moment for moment in moments if moment > after)


def _moments(day: date, at: time, zone: tzinfo) -> Iterator[datetime]:
    local = datetime.combine(day, at, zone)
    first, second = (dt_util.as_utc(local.replace(fold=fold)) for fold in (0, 1))
    if second < first:
        yield _clock_change(second, first, zone)
        return
    yield first
    yield second


def _clock_change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the second between two moments from which the offset is the later one's."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
