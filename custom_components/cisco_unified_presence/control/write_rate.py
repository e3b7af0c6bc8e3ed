"""How often anybody is written to: docs/rules.md, "Writing"."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Final

WRITES: Final = 6
WITHIN: Final = timedelta(minutes=1)


class WriteRate:
    """Counts the writes of the last minute, each person's apart."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self._writes: defaultdict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=WRITES))

    def allowed_at(self, key: str, now: datetime) -> datetime:
        """Return when the person may be written to, which is now for most."""
        writes = self._writes[key]
        while writes and writes[-1] > now:
            # The clock was set back since, which must not silence anybody.
            writes.pop()
        return max(now, writes[0] + WITHIN) if len(writes) == WRITES else now

    def count(self, key: str, now: datetime) -> None:
        """Note a write."""
        self._writes[key].append(now)

    def forget(self, key: str) -> None:
        """Forget somebody who is not record any more."""
        self._writes.pop(key, None)
