"""How many requests are under way at a node at the same time, as the node allows."""

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Final

FIRST: Final = 2


class Slots:
    """A limit that grows while requests wait and the node answers, and halves when it is too busy.

    Requests that are urgent do not queue up behind others. When one times out, those fail with it
    that have waited all the time since the node last answered: each would time out after the other.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit: float = min(FIRST, most)
        self._taken = 0
        # With how many answers there had been.
        self._waiting: list[tuple[bool, int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._answers = 0

    @property
    def limit(self) -> int:
        return int(self._limit)

    def note_answered(self) -> None:
        """Allow one more after as many answers as are allowed, if requests wait for it."""
        self._answers += 1
        if self._waiting:
            self._limit = min(self._limit + 1 / self.limit, self._most)

    def note_refusal(self) -> None:
        """Note an answer that says no."""
        self._answers += 1

    def note_timed_out(self, fail: Callable[[], Exception]) -> None:
        """Fail the requests that have waited since before the last answer, each with an error."""
        for *_, answers, turn in self._waiting:
            if answers == self._answers and not turn.done():
                turn.set_exception(fail())

    def note_too_busy(self) -> None:
        self._limit = max(self._limit / 2, 1)

    async def take(self, *, urgent: bool = False) -> None:
        """Wait for a slot, which is to be given back."""
        if self._taken < self.limit and not self._waiting:
            self._taken += 1
            return
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (not urgent, next(self._order), self._answers, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                # Its turn came in the same moment.
                self.give_back()
            raise

    def give_back(self) -> None:
        self._taken -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting and self._taken < self.limit:
            turn = heappop(self._waiting)[-1]
            if not turn.done():
                self._taken += 1
                turn.set_result(None)
