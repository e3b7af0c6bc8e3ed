"""How long callbacks block the event loop."""

from asyncio import events
from collections.abc import Iterator
from contextlib import contextmanager
import gc
import time

LONGEST_ALLOWED = 50.0
"""Milliseconds."""


class Blocks:
    """The CPU milliseconds of each callback of the loop, without garbage collection.

    Attributes:
        stretches: Milliseconds of each callback.
        collecting: Milliseconds of garbage collection in total.
    """

    def __init__(self) -> None:
        self.stretches: list[float] = []
        self.collecting = 0.0

    @property
    def longest(self) -> float:
        """The longest stretch in milliseconds."""
        return max(self.stretches, default=0.0)

    @property
    def total(self) -> float:
        """The sum of all stretches in milliseconds."""
        return sum(self.stretches)


@contextmanager
def watched_blocks() -> Iterator[Blocks]:
    """Measure the loop of this thread."""
    blocks = Blocks()
    collection_began = 0.0

    def collect(phase: str, _info: dict[str, int]) -> None:
        nonlocal collection_began
        if phase == "start":
            collection_began = time.thread_time()
        else:
            blocks.collecting += (time.thread_time() - collection_began) * 1000

    # All callbacks of a loop run through this method; asyncio has no public hook.
    run = events.Handle._run  # noqa: SLF001

    def timed(handle: events.Handle) -> None:
        collected, began = blocks.collecting, time.thread_time()
        run(handle)
        took = (time.thread_time() - began) * 1000
        blocks.stretches.append(took - (blocks.collecting - collected))

    events.Handle._run = timed  # type: ignore[method-assign, assignment] # noqa: SLF001
    gc.callbacks.append(collect)
    try:
        yield blocks
    finally:
        gc.callbacks.remove(collect)
        events.Handle._run = run  # type: ignore[method-assign] # noqa: SLF001
