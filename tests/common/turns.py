"""How often work lets other tasks run."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def turns_of(work: Coroutine[Any, Any, object]) -> int:
    """Return in how many turns of the loop some work was done."""
    task = asyncio.ensure_future(work)
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    await task
    return turns
