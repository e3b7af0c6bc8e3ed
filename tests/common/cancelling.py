"""Cancels what runs at each of its awaits in turn, as Home Assistant does whose client has gone."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any


class _Stepwise[T]:
    """Awaits a coroutine, and cancels the task that does so once it waits for the nth time."""

    def __init__(self, work: Coroutine[Any, Any, T], number: int) -> None:
        self._work = work
        self._number = number
        self.was_cancelled = False

    def __await__(self) -> Generator[Any, None, T]:
        steps = self._work.__await__()
        task, count = asyncio.current_task(), 0
        assert task is not None
        error: BaseException | None = None
        while True:
            try:
                waited_for = steps.send(None) if error is None else steps.throw(error)
            except StopIteration as end:
                result: T = end.value
                return result
            if count == self._number:
                self.was_cancelled = True
                asyncio.get_running_loop().call_soon(task.cancel)
            count += 1
            error = None
            try:
                yield waited_for
            except BaseException as thrown:  # noqa: BLE001 (all of it is for the coroutine)
                error = thrown


async def cancel_at(number: int, work: Coroutine[Any, Any, object]) -> bool:
    """Cancel work when it waits for the nth time; return whether it had not ended before.

    Whatever else the work raises is raised.
    """
    stepwise = _Stepwise(work, number)

    async def run() -> None:
        await stepwise

    task = asyncio.create_task(run())
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return stepwise.was_cancelled
