"""The tasks of the channel, run one at a time and the most urgent first."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from enum import IntEnum, auto
from typing import Final, NoReturn

from homeassistant.core import callback


class ChannelTask(IntEnum):
    """Something that may be due, the most urgent first."""

    FAIL_BACK = auto()
    CLOSE = auto()
    OPEN = auto()
    RESUBSCRIBE = auto()
    CHANGE = auto()
    RENEW = auto()
    FETCH = auto()
    REFRESH_ALL = auto()
    POLL_ALL = auto()
    POLL_UNSUBSCRIBED = auto()
    POLL_LEFT_OUT = auto()


# These run beside the others, so that they hold up no fetch.
POLLS: Final = frozenset(
    {ChannelTask.POLL_ALL, ChannelTask.POLL_UNSUBSCRIBED, ChannelTask.POLL_LEFT_OUT}
)


class WorkQueue:
    """Tasks that are due. A task that is enqueued again before its turn runs once."""

    def __init__(self, run: Callable[[ChannelTask], Awaitable[None]]) -> None:
        self._run = run
        self._due: set[ChannelTask] = set()
        self._wake = asyncio.Event()
        self._is_working = False
        self._waiting = defaultdict[ChannelTask, list[asyncio.Future[None]]](list)

    @callback
    def async_enqueue(self, task: ChannelTask) -> None:
        self._due.add(task)
        self._wake.set()

    async def async_enqueue_and_wait(self, task: ChannelTask) -> None:
        """Enqueue a task, and return when it has been run, with success or without.

        Returns as well when the task is dropped or the worker ends, and at once when none works.
        """
        self.async_enqueue(task)
        if not self._is_working:
            return
        ended = asyncio.get_running_loop().create_future()
        self._waiting[task].append(ended)
        await ended

    @callback
    def async_clear(self) -> None:
        """Drop the tasks that are due."""
        self._due.clear()
        for task in tuple(self._waiting):
            _resolve(self._waiting.pop(task))

    async def async_work(self) -> NoReturn:
        """Run what is due, and wait for more."""
        self._is_working = True
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._due:
                    await self._async_run_next()
        finally:
            self._is_working = False
            self.async_clear()

    async def _async_run_next(self) -> None:
        task = min(self._due)
        self._due.discard(task)
        waiting = self._waiting.pop(task, [])
        try:
            await self._run(task)
        finally:
            _resolve(waiting)


def _resolve(waiting: Iterable[asyncio.Future[None]]) -> None:
    for future in waiting:
        if not future.done():
            future.set_result(None)
