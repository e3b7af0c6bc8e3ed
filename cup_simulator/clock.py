"""Time sources: the system's clock, and one for tests that advances on request."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import time
from typing import Protocol, override


class Clock(Protocol):
    """The time source of the simulator."""

    def seconds(self) -> float:
        """Return monotonic seconds, from any origin."""
        ...

    def utc(self) -> datetime:
        """Return the time of day, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after this many seconds of this clock."""
        ...

    def advance(self, seconds: float) -> None:
        """Let seconds pass at once, and wake every sleeper that is due."""
        ...


class SystemClock(Clock):
    """The system's time plus what it was advanced by."""

    def __init__(self) -> None:
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
    """A clock for tests; it starts on 1 January 2026 and moves only by `advance`."""

    def __init__(self) -> None:
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
