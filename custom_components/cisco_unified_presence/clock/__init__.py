"""When something is done: timers, bursts of changes, and jumps of the clock."""

from .burst import Burst
from .jumps import async_track_clock_jumps
from .log_pace import LogPace
from .timers import Timers

__all__ = [
    "Burst",
    "LogPace",
    "Timers",
    "async_track_clock_jumps",
]
