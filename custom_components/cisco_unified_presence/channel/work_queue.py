"""What the live channel has to do, one thing at a time and the most urgent first."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from enum import IntEnum, auto
from typing import NoReturn

from homeassistant.core import callback


class ChannelTask(IntEnum):
    """Something that may be due, the most urgent first."""

    GO_HOME = auto()
    OPEN = auto()
    RESUBSCRIBE = auto()
    CHANGE = auto()
    RENEW = auto()
    FETCH = auto()
    LOOK = auto()
    LOOK_AT_PLACELESS = auto()


class WorkQueue:
    """What is due. However often a duty is required before its turn, it is performed once."""

    def __init__(self, perform: Callable[[ChannelTask], Awaitable[None]]) -> None:
        """Start with nothing due."""
        self._perform = perform
        self._due: set[ChannelTask] = set()
        self._wake = asyncio.Event()
        self._waiting = defaultdict[ChannelTask, list[asyncio.Future[None]]](list)

    @callback
    def async_require(self, duty: ChannelTask) -> None:
        """Have this done as soon as its turn comes."""
        self._due.add(duty)
        self._wake.set()

    async def async_have_done(self, duty: ChannelTask) -> None:
        """Have this done as soon as its turn comes, and return when it has been tried."""
        tried = asyncio.get_running_loop().create_future()
        self._waiting[duty].append(tried)
        self.async_require(duty)
        await tried

    @callback
    def async_drop(self) -> None:
        """Forget what is due."""
        self._due.clear()

    async def async_work(self) -> NoReturn:
        """Perform what is due, and wait for more."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._due:
                duty = min(self._due)
                self._due.discard(duty)
                waiting = self._waiting.pop(duty, ())
                await self._perform(duty)
                for tried in waiting:
                    if not tried.done():
                        tried.set_result(None)
