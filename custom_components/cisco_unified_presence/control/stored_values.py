"""Checks what a stored record holds: values that would raise only later, somewhere else."""

from collections.abc import Iterable
from datetime import datetime
from types import NoneType
from typing import Final

from ..arbitration import RequestedPresence
from ..storage import of_type

# In the first and the last year of datetime, local times overflow.
_YEARS: Final = range(1970, 9999)


def require_times(times: Iterable[datetime | None]) -> None:
    """Raise ValueError for a time without a zone, or out of range."""
    for time in times:
        if time is not None and (time.tzinfo is None or time.year not in _YEARS):
            raise ValueError(f"{time} is no time of a record")


def require_requests(requests: Iterable[RequestedPresence | None]) -> None:
    """Raise TypeError for a requested presence with values of other types."""
    for requested in requests:
        if requested is not None:
            of_type(requested.override, bool)
            of_type(requested.note, str, NoneType)
