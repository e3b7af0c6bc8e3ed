"""Long work done piece by piece, so that the event loop is not blocked."""

import asyncio
from collections.abc import Iterable
import time
from typing import Final

_ITEMS_PER_TURN: Final = 100
_SECONDS_PER_TURN: Final = 0.005


async def in_turns[T](items: Iterable[T]) -> list[T]:
    """Return all items, letting other tasks run between some that take long to make."""
    made: list[T] = []
    began, count = time.monotonic(), 0
    for item in items:
        made.append(item)
        count += 1
        if count >= _ITEMS_PER_TURN or time.monotonic() - began > _SECONDS_PER_TURN:
            await asyncio.sleep(0)
            began, count = time.monotonic(), 0
    return made
