"""Moments that texts say, whatever the texts hold."""

from datetime import MAXYEAR, MINYEAR, datetime

from homeassistant.util import dt as dt_util


def parse_moment(text: str) -> datetime | None:
    """Return the moment that a text says, None without one.

    ciso8601, by which Home Assistant parses, ends the process at half a surrogate pair. In the
    first and the last year of datetime, local times overflow.
    """
    moment = dt_util.parse_datetime(text) if text.isascii() else None  # noqa: TID251 (guarded)
    return moment if moment and MINYEAR < moment.year < MAXYEAR else None
