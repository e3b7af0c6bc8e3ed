"""When something ends that was said with a duration or a time of day."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

HALF_DAY: Final = 12
DAY: Final = 24

NO_MINUTES: Final = timedelta()


class BadEnd(ValueError):
    """The end that was said is none: a duration of nothing, or a time that does not exist."""


def end_said(slots: Mapping[str, Any], now: datetime) -> datetime | timedelta | None:
    """Return the end that was said, None without one.

    An hour that could be one of the morning or of the evening is the one that comes first.
    until_minute counts from the hour and may be negative: German says half past three as half four.

    Args:
        slots: hours and minutes; or until_hour, until_minute and half_day.
        now: The local time.

    Raises:
        BadEnd: There is no such time.
    """
    if "hours" in slots or "minutes" in slots:
        lasting = timedelta(hours=slots.get("hours", 0), minutes=slots.get("minutes", 0))
        if lasting <= NO_MINUTES:
            raise BadEnd
        return lasting
    if "until_hour" not in slots:
        return None
    hour, minute = slots["until_hour"], slots.get("until_minute", 0)
    if not 0 <= hour <= DAY or not -60 < minute < 60:  # noqa: PLR2004 (minutes of an hour)
        raise BadEnd
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    times = (
        midnight + timedelta(days=day, hours=each, minutes=minute)
        for day in (0, 1, 2)
        for each in _hours(hour, slots.get("half_day"))
    )
    # In the hour that there is twice, the one that it is now is meant.
    return min(each for each in times if each > now).replace(fold=now.fold)


def _hours(hour: int, half_day: str | None) -> tuple[int, ...]:
    """Return the hours of a day that may be meant."""
    if half_day and hour <= HALF_DAY:
        return (hour % HALF_DAY + (HALF_DAY if half_day == "pm" else 0),)
    if 1 <= hour <= HALF_DAY:
        return hour % HALF_DAY, hour % HALF_DAY + HALF_DAY
    return (hour % DAY,)
