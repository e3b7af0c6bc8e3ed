"""Waiting while the server is too busy. Reference: rule 16."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from .errors import CannotConnect, ConnectFailure, PresenceServiceError
from .faults import Throttled
from .slots import Slots

# Seconds.
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 15.0


class Throttle:
    """Limits the requests to one node.

    Requests run in parallel until the server throttles one. From then on a single request at a time
    is tried, after a random, growing pause, until one succeeds. The others follow, fewer at a time
    than before.
    """

    def __init__(
        self,
        *,
        patience: float,
        parallel: int,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
    ) -> None:
        """``patience`` is in seconds, ``random`` returns numbers from 0 to 1.

        ``parallel`` is the most requests at a time; it begins with fewer.
        """
        self._patience = patience
        self._slots = Slots(parallel)
        self._turn = asyncio.Lock()
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._longest = _FIRST_PAUSE
        self._closed_by: Throttled | None = None

    @property
    def closed(self) -> bool:
        return self._closed_by is not None

    async def run[T](self, send: Callable[[], Awaitable[T]], *, urgent: bool = False) -> T:
        """Run a request, repeating it while the server is too busy.

        An urgent one goes before others that wait. Raises Throttled when the patience runs out.
        """
        deadline = self._clock() + self._patience
        while True:
            try:
                await self._slots.take(urgent=urgent)
                try:
                    # It may have closed while this one waited for its slot.
                    if not self.closed:
                        return await self._send(send)
                finally:
                    self._slots.give_back()
                async with self._turn:
                    if self._closed_by is not None:
                        return await self._try_again(send, self._closed_by, deadline)
            except Throttled as fault:
                if not self.closed:
                    self._slots.note_too_busy()
                self._closed_by = fault
                if self._clock() >= deadline:
                    raise

    async def _send[T](self, send: Callable[[], Awaitable[T]]) -> T:
        try:
            result = await send()
        except CannotConnect as error:
            if error.reason is ConnectFailure.TIMED_OUT:
                self._slots.note_timed_out(partial(CannotConnect, error.reason, error.address))
            raise
        except PresenceServiceError:
            self._slots.note_refusal()
            raise
        self._slots.note_answered()
        return result

    async def _try_again[T](
        self, send: Callable[[], Awaitable[T]], closed_by: Throttled, deadline: float
    ) -> T:
        left = deadline - self._clock()
        if left <= 0:
            raise Throttled(closed_by.code, closed_by.message, closed_by.fix, closed_by.status)
        await self._sleep(min(self._random() * self._longest, left))
        try:
            result = await send()
        except Throttled:
            self._longest = min(self._longest * 2, _LONGEST_PAUSE)
            raise
        except PresenceServiceError:
            self._open()
            raise
        self._open()
        return result

    def _open(self) -> None:
        self._closed_by = None
        self._longest = _FIRST_PAUSE
