"""Counts the jobs in threads, such as writes of files: nothing is quiet before they end."""

from asyncio import AbstractEventLoop, BaseEventLoop, Future, get_running_loop
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import pytest

_pending: WeakKeyDictionary[AbstractEventLoop, Counter[str]] = WeakKeyDictionary()


def pending_jobs() -> int:
    """Return how many jobs of the running loop are in threads."""
    return _pending.get(get_running_loop(), Counter[str]()).total()


@contextmanager
def counted_jobs() -> Iterator[None]:
    """Count the jobs of every loop."""
    run = BaseEventLoop.run_in_executor

    def counted(
        loop: BaseEventLoop, executor: Executor | None, job: Callable[..., Any], *args: Any
    ) -> Future[Any]:
        jobs = _pending.setdefault(loop, Counter())
        future = run(loop, executor, job, *args)
        jobs["pending"] += 1
        future.add_done_callback(lambda _: jobs.subtract(["pending"]))
        return future

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseEventLoop, "run_in_executor", counted)
        yield
