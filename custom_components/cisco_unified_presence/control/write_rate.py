"""How often a person is written to: docs/rules.md, "Writing"."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Final

WRITES: Final = 6
WITHIN: Final = timedelta(minutes=1)


class WriteRate:
    """Counts each person's writes of the last minute."""

    def __init__(self) -> None:
        self._writes: defaultdict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=WRITES))

    def allowed_at(self, key: str, now: datetime) -> datetime:
        """Return when the person may be written to, now at the earliest."""
        writes = self._writes[key]
        # The clock was set back since; such writes must not block the person.
        for later in [each for each in writes if each > now]:
            writes.remove(later)
        return max(now, writes[0] + WITHIN) if len(writes) == WRITES else now

    def count(self, key: str, now: datetime) -> None:
        self._writes[key].append(now)

    def forget(self, key: str) -> None:
        self._writes.pop(key, None)
