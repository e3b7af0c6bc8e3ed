"""Timing: timers, bursts, jumps of the clock, moments, times of day, the pace of log lines."""

from .burst import Burst, PacedBurst
from .jumps import async_track_clock_jumps
from .log_pace import LogPace
from .moments import parse_moment
from .time_of_day import next_time_of_day
from .timers import Timers

__all__ = [
    "Burst",
    "LogPace",
    "PacedBurst",
    "Timers",
    "async_track_clock_jumps",
    "next_time_of_day",
    "parse_moment",
]
