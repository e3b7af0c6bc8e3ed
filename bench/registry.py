"""The families of rows, by the name under which ``script/bench`` runs them.

To add one: a module in ``families`` with a coroutine function that takes a ``Course`` and returns
rows, and a line here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from .course import Course
from .families import (
    board,
    burst,
    change,
    events,
    hour,
    idle,
    parsing,
    recorder,
    rules,
    setting,
    silence,
    soak,
    start,
    week,
)
from .row import Row

type Family = Callable[[Course], Awaitable[Sequence[Row]]]

FAMILIES: Final[Mapping[str, Family]] = {
    "events": events.measure,
    "change": change.measure,
    "burst": burst.measure,
    "start": start.measure,
    "silence": silence.measure,
    "idle": idle.measure,
    "hour": hour.measure,
    "setting": setting.measure,
    "parsing": parsing.measure,
    "rules": rules.measure,
    "week": week.measure,
    "recorder": recorder.measure,
    "soak": soak.measure,
    "board": board.measure,
}

# Their rows count what happens on virtual clocks, whatever else runs: they run side by side, first
# the shortest, since their time is counted from the beginning.
SIDE_BY_SIDE: Final = ("hour", "soak", "week")
