"""Detecting that another client keeps taking a session over. Reference: rule 9."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Final

# A server that is restarted ends every session once; so many ends in so many seconds are a fight.
_ENDS: Final = 3
_SECONDS: Final = 60.0


class SessionTakeoverDetector:
    """Counts for each user how often the session ended unasked."""

    def __init__(self, clock: Callable[[], float], tell: Callable[[str], None]) -> None:
        """``tell`` is called with a user whose session keeps ending, once until that stops."""
        self._clock = clock
        self._tell = tell
        self._ends: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_ENDS))
        self._told: dict[str, float] = {}

    def keeps_ending(self, user: str) -> bool:
        """Count one end of a user's session; tell whether there were too many."""
        now = self._clock()
        ends = self._ends[user]
        ends.append(now)
        if len(ends) < _ENDS or now - ends[0] > _SECONDS:
            return False
        if now - self._told.get(user, -_SECONDS) >= _SECONDS:
            self._tell(user)
        self._told[user] = now
        return True
