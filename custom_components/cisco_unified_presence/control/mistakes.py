"""Back-off after unexpected exceptions: a mistake in one person's reconciliation stays theirs."""

from datetime import timedelta
from typing import Final

FIRST: Final = timedelta(seconds=30)
LONGEST: Final = timedelta(minutes=15)
DOUBLINGS: Final = 5


class Mistakes:
    """Counts the unexpected exceptions in a row, for each person."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def note(self, key: str) -> timedelta:
        """Return after how long the person is to be tried again."""
        count = self._counts.get(key, 0)
        self._counts[key] = count + 1
        return FIRST * (1 << count) if count < DOUBLINGS else LONGEST

    def forget(self, key: str) -> None:
        self._counts.pop(key, None)
