"""Counts the jobs in threads, such as writes of files: nothing is quiet before they end."""

from asyncio import AbstractEventLoop, BaseEventLoop, Future, get_running_loop
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import pytest

_pending: WeakKeyDictionary[AbstractEventLoop, set[Future[Any]]] = WeakKeyDictionary()


def pending_jobs() -> int:
    """Return how many jobs of the running loop are in threads."""
    return len(_pending.get(get_running_loop(), ()))


@contextmanager
def counted_jobs() -> Iterator[None]:
    """Count the jobs of every loop."""
    run = BaseEventLoop.run_in_executor

    def counted(
        loop: BaseEventLoop, executor: Executor | None, job: Callable[..., Any], *args: Any
    ) -> Future[Any]:
        jobs = _pending.setdefault(loop, set())
        future = run(loop, executor, job, *args)
        jobs.add(future)
        future.add_done_callback(jobs.discard)
        return future

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseEventLoop, "run_in_executor", counted)
        yield
