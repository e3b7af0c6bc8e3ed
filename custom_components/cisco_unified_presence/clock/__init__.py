"""Timing: timers, bursts of changes, jumps of the clock, and the pace of log lines."""

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
