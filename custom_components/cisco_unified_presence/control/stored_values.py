"""Checks what a stored record holds: values that would raise only later, somewhere else."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

# In the first and the last year of datetime, local times overflow.
_YEARS: Final = range(1970, 9999)


def require_times(times: Iterable[datetime | None]) -> None:
    """Raise ValueError for a time without a zone, or out of range."""
    for time in times:
        if time is not None and (time.tzinfo is None or time.year not in _YEARS):
            raise ValueError(f"{time} is no time of a record")
