"""An event loop whose clock jumps to the next timer whenever there is nothing else to do."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
import math
import selectors
import time
from typing import override
from unittest.mock import patch

from homeassistant.helpers import event
from homeassistant.util import dt as dt_util

# While a thread works, real time is waited for it in steps of so many seconds.
PATIENCE = 0.001


class VirtualClock:
    """What time it is."""

    def __init__(self, start: datetime) -> None:
        """Start at this time, which must know its zone."""
        self._start = start.timestamp()
        self.elapsed = 0.0

    def jump(self, seconds: float) -> None:
        """Be corrected by so much; timers go on as before."""
        self._start += seconds

    def time(self) -> float:
        """Return the seconds since the epoch."""
        return self._start + self.elapsed

    def set_by(self, seconds: float) -> None:
        """Set the time of day forward, or back; timers, which only count seconds, do not notice."""
        self._start += seconds

    def now(self, zone: tzinfo | None = None) -> datetime:
        """Return the time in a zone, by default Home Assistant's own."""
        return datetime.fromtimestamp(self.time(), zone or dt_util.get_default_time_zone())

    def utcnow(self) -> datetime:
        """Return the time in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)


class _Selector(selectors.SelectSelector):
    """Lets the clock jump in the place of waiting, unless a thread is at work."""

    def __init__(
        self,
        clock: VirtualClock,
        is_busy: Callable[[], bool],
        hesitation: float,
        is_awaiting: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._clock = clock
        self._is_busy = is_busy
        self._hesitation = hesitation
        self._is_awaiting = is_awaiting

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._is_busy():
            return super().select(PATIENCE)
        if ready := super().select(self._hesitation if timeout and self._is_awaiting() else 0):
            return ready
        if timeout is None:
            return super().select(None)
        # Beyond the timer by the least there is: after 194 days the resolution that asyncio adds to
        # the time of its loop is too small to make a difference, and the timer would never be due.
        # That holds for a timer of no time as well.
        self._clock.elapsed = math.nextafter(self._clock.elapsed + max(timeout, 0), math.inf)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on a virtual clock."""

    def __init__(
        self,
        clock: VirtualClock,
        *,
        hesitation: float = 0.0,
        is_awaiting: Callable[[], bool] = lambda: True,
    ) -> None:
        """Run on this clock.

        Args:
            clock: What time it is.
            hesitation: Real seconds to wait before the clock jumps. What goes from one socket of
                this process to another is there at once, or nearly so.
            is_awaiting: Tells whether anything may be under way; else the clock jumps at once.
        """
        self._clock_of_ours = clock
        self._at_work = 0
        super().__init__(_Selector(clock, lambda: self._at_work > 0, hesitation, is_awaiting))

    @override
    def time(self) -> float:
        return self._clock_of_ours.elapsed

    @override
    def run_in_executor[T, *Ts](
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        self._at_work += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._done)
        return future

    @override
    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        self._at_work += 1
        await super().shutdown_default_executor()
        self._at_work -= 1

    def _done(self, _: object) -> None:
        self._at_work -= 1


@contextmanager
def virtual_time(clock: VirtualClock) -> Iterator[None]:
    """Let Home Assistant read this clock."""
    with (
        patch.object(time, "time", clock.time),
        patch.object(dt_util, "utcnow", clock.utcnow),
        patch.object(dt_util, "now", clock.now),
        patch.object(event, "time_tracker_timestamp", clock.time),
        patch.object(event, "time_tracker_utcnow", clock.utcnow),
        # Home Assistant's own, which is set when it starts, is put back as well.
        patch.object(dt_util, "DEFAULT_TIME_ZONE", dt_util.DEFAULT_TIME_ZONE),
    ):
        yield
