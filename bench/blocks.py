"""For how long the event loop is blocked."""

from asyncio import events
from collections.abc import Iterator
from contextlib import contextmanager
import gc
import time

LONGEST_ALLOWED = 50.0
"""Milliseconds."""


class Blocks:
    """The stretches during which one callback had the loop to itself.

    Computing time of the loop's thread is counted, so that other programs on the machine are not;
    garbage collections are left out.

    Attributes:
        stretches: Milliseconds of each.
        collecting: Milliseconds of garbage collection, all in all.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.stretches: list[float] = []
        self.collecting = 0.0

    @property
    def longest(self) -> float:
        """Return the longest one, in milliseconds."""
        return max(self.stretches, default=0.0)

    @property
    def total(self) -> float:
        """Return all of them together, in milliseconds."""
        return sum(self.stretches)


@contextmanager
def watched_blocks() -> Iterator[Blocks]:
    """Watch the loop of this thread."""
    blocks = Blocks()
    collection_began = 0.0

    def collect(phase: str, _info: dict[str, int]) -> None:
        nonlocal collection_began
        if phase == "start":
            collection_began = time.thread_time()
        else:
            blocks.collecting += (time.thread_time() - collection_began) * 1000

    # Every callback of a loop, be it of a task, a timer or a socket, runs through here; asyncio
    # has no public place that all of them pass.
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
