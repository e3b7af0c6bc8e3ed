"""The queue of the channel's tasks: their order, and that no one who waits is forgotten."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress

import pytest

from custom_components.cisco_unified_presence.channel.work_queue import ChannelTask, WorkQueue

type Run = Callable[[ChannelTask], Awaitable[None]]


class Work:
    """A queue at work, what it has run, and what its tasks do."""

    def __init__(self) -> None:
        self.queue = WorkQueue(self._run)
        self.ran: list[ChannelTask] = []
        self.may_run = asyncio.Event()
        self.may_run.set()
        self.then: Callable[[], None] = lambda: None
        self.worker = asyncio.create_task(self.queue.async_work())

    async def _run(self, task: ChannelTask) -> None:
        await self.may_run.wait()
        self.ran.append(task)
        self.then()


@pytest.fixture
async def work() -> AsyncGenerator[Work]:
    work = Work()
    yield work
    work.worker.cancel()
    with suppress(asyncio.CancelledError, ZeroDivisionError):
        await work.worker


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_most_urgent_task_runs_first_and_each_once(work: Work) -> None:
    work.queue.async_enqueue(ChannelTask.FETCH)
    work.queue.async_enqueue(ChannelTask.OPEN)
    work.queue.async_enqueue(ChannelTask.FETCH)
    await turns()
    assert work.ran == [ChannelTask.OPEN, ChannelTask.FETCH]


async def test_all_who_wait_for_a_task_wait_until_it_has_run(work: Work) -> None:
    work.may_run.clear()
    waiting = [
        asyncio.create_task(work.queue.async_enqueue_and_wait(ChannelTask.OPEN)) for _ in range(2)
    ]
    await turns()
    assert not any(each.done() for each in waiting)
    work.may_run.set()
    async with asyncio.timeout(1):
        await asyncio.gather(*waiting)
    assert work.ran == [ChannelTask.OPEN]


async def test_a_task_that_is_dropped_is_not_waited_for(work: Work) -> None:
    work.then = work.queue.async_clear
    work.queue.async_enqueue(ChannelTask.FAIL_BACK)
    async with asyncio.timeout(1):
        await work.queue.async_enqueue_and_wait(ChannelTask.OPEN)
    assert work.ran == [ChannelTask.FAIL_BACK]


async def test_a_task_that_is_enqueued_after_dropping_runs(work: Work) -> None:
    work.queue.async_enqueue(ChannelTask.FETCH)
    work.queue.async_clear()
    work.queue.async_enqueue(ChannelTask.RENEW)
    await turns()
    assert work.ran == [ChannelTask.RENEW]


async def test_a_task_that_raises_is_not_waited_for(work: Work) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    work.then = fail
    async with asyncio.timeout(1):
        await work.queue.async_enqueue_and_wait(ChannelTask.OPEN)
    with pytest.raises(ZeroDivisionError):
        await work.worker


@pytest.mark.parametrize("runs", [False, True])
async def test_a_worker_that_ends_is_not_waited_for(work: Work, *, runs: bool) -> None:
    work.may_run.clear()
    if not runs:
        work.queue.async_enqueue(ChannelTask.FAIL_BACK)
    waiting = asyncio.create_task(work.queue.async_enqueue_and_wait(ChannelTask.OPEN))
    await turns()
    work.worker.cancel()
    async with asyncio.timeout(1):
        await waiting
    assert work.ran == []


@pytest.mark.parametrize("ended", [False, True])
async def test_without_a_worker_there_is_no_waiting(work: Work, *, ended: bool) -> None:
    queue = work.queue if ended else WorkQueue(work.queue._run)
    work.worker.cancel()
    await turns()
    async with asyncio.timeout(1):
        await queue.async_enqueue_and_wait(ChannelTask.OPEN)
    assert work.ran == []


async def test_what_was_enqueued_before_the_worker_starts_runs(work: Work) -> None:
    work.worker.cancel()
    await turns()
    work.queue.async_enqueue(ChannelTask.RENEW)
    work.worker = asyncio.create_task(work.queue.async_work())
    await turns()
    assert work.ran == [ChannelTask.RENEW]
