"""The tasks of the channel, run one at a time and the most urgent first."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from enum import IntEnum, auto
from typing import Any, Final

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
    """Tasks that are due. A task that is enqueued again before its turn runs once.

    They run in a background task, which lives as long as any is due.
    """

    def __init__(
        self,
        run: Callable[[ChannelTask], Awaitable[None]],
        begin: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """Initialize; ``begin`` runs work in a background task that starts eagerly."""
        self._run = run
        self._begin = begin
        self._due: set[ChannelTask] = set()
        self._is_open = False
        self._is_working = False
        self._waiting = defaultdict[ChannelTask, list[asyncio.Future[None]]](list)

    @callback
    def async_start(self) -> None:
        """Run what is due, and from now on what is enqueued."""
        self._is_open = True
        if self._due:
            self._work(at_once=True)

    @callback
    def async_stop(self) -> None:
        """Begin no more work; the background task is the caller's to cancel."""
        self._is_open = False
        self.async_clear()

    @callback
    def async_enqueue(self, task: ChannelTask) -> None:
        """Have a task run in its turn; a fetch is sent at once where nothing is before it."""
        self._due.add(task)
        if self._is_open and not self._is_working:
            self._work(at_once=task is ChannelTask.FETCH)

    async def async_enqueue_and_wait(self, task: ChannelTask) -> None:
        """Enqueue a task, and return when it has been run, with success or without.

        Returns as well when the task is dropped or the work is cancelled, and at once when nothing
        is run yet or any more.
        """
        ended = asyncio.get_running_loop().create_future()
        self._waiting[task].append(ended)
        self.async_enqueue(task)
        if self._is_open:
            await ended

    @callback
    def async_clear(self) -> None:
        """Drop the tasks that are due."""
        self._due.clear()
        for task in tuple(self._waiting):
            _resolve(self._waiting.pop(task))

    def _work(self, *, at_once: bool) -> None:
        self._is_working = True
        self._begin(self._async_work(at_once=at_once))

    async def _async_work(self, *, at_once: bool) -> None:
        try:
            if not at_once:
                # What else becomes due in this turn of the loop may be more urgent, or the same.
                await asyncio.sleep(0)
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
