"""Saying what comes and goes: each change of health, but not each of a hundred in an hour."""

from collections import deque
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.util import dt as dt_util

from ..const import LOGGER

# It goes wrong, and is right again: that is told. What follows soon after is told only to those
# who read everything.
LINES: Final = 2
WITHIN: Final = timedelta(minutes=10)


class LogPace:
    """Tells the lines of one cause."""

    def __init__(self) -> None:
        """Have told nothing."""
        self._told = deque[datetime](maxlen=LINES)

    def log(self, level: int, message: str, *arguments: object) -> None:
        """Log a line at its level, or for debugging when there were enough of late."""
        now = dt_util.utcnow()
        # A clock that was set back silences nothing.
        if len(self._told) == LINES and timedelta() <= now - self._told[0] < WITHIN:
            level = logging.DEBUG
        else:
            self._told.append(now)
        LOGGER.log(level, message, *arguments, stacklevel=2)
