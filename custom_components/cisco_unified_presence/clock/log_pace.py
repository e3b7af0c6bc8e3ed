"""Log lines about health: each change, but not each of a hundred in an hour."""

from collections import deque
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.util import dt as dt_util

from ..const import LOGGER

# One failure and its recovery are logged at their level; what follows soon after is for debugging.
LINES: Final = 2
WITHIN: Final = timedelta(minutes=10)


class LogPace:
    """Limits the log lines of one cause."""

    def __init__(self) -> None:
        self._logged = deque[datetime](maxlen=LINES)

    def log(self, level: int, message: str, *arguments: object) -> None:
        """Log a line at its level, or for debugging after LINES lines WITHIN this time."""
        now = dt_util.utcnow()
        # A clock that was set back must not silence the log.
        if len(self._logged) == LINES and timedelta() <= now - self._logged[0] < WITHIN:
            level = logging.DEBUG
        else:
            self._logged.append(now)
        LOGGER.log(level, message, *arguments, stacklevel=2)
