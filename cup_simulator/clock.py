"""Time, so that a day can be tested in a second."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import time
from typing import Protocol, override


class Clock(Protocol):
    """What the simulator asks about time."""

    def seconds(self) -> float:
        """Return seconds that only ever grow, from any origin."""
        ...

    def utc(self) -> datetime:
        """Return the time of day, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed."""
        ...

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass at once, and wake everyone whose time has come."""
        ...


class SystemClock(Clock):
    """The machine's own time, which may be made to run ahead."""

    def __init__(self) -> None:
        """Be on time."""
        self._ahead = 0.0
        self._advanced = asyncio.Event()

    @override
    def seconds(self) -> float:
        return time.monotonic() + self._ahead

    @override
    def utc(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    @override
    async def sleep(self, seconds: float) -> None:
        until = self.seconds() + seconds
        while (left := until - self.seconds()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._advanced.wait()

    @override
    def advance(self, seconds: float) -> None:
        self._ahead += seconds
        self._advanced.set()
        self._advanced = asyncio.Event()


class ManualClock(Clock):
    """A clock that stands still until it is told to advance, for tests."""

    def __init__(self) -> None:
        """Start at 0 seconds, on the first of January 2026."""
        self._seconds = 0.0
        self._origin = datetime(2026, 1, 1, tzinfo=UTC)
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    @override
    def seconds(self) -> float:
        return self._seconds

    @override
    def utc(self) -> datetime:
        return self._origin + timedelta(seconds=self._seconds)

    @override
    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        sleeper = (self._seconds + seconds, woken)
        self._sleepers.append(sleeper)
        try:
            await woken.wait()
        finally:
            self._sleepers.remove(sleeper)

    @override
    def advance(self, seconds: float) -> None:
        self._seconds += seconds
        for until, woken in self._sleepers:
            if until <= self._seconds:
                woken.set()
