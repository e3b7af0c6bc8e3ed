"""The queue of the channel's tasks: their order, and that no one who waits is forgotten."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

import pytest

from custom_components.cisco_unified_presence.channel.work_queue import ChannelTask, WorkQueue


class Work:
    """A queue at work, what it has run, and what its tasks do."""

    def __init__(self) -> None:
        self.queue = WorkQueue(self._run, self._begin)
        self.ran: list[ChannelTask] = []
        self.may_run = asyncio.Event()
        self.may_run.set()
        self.then: Callable[[], None] = lambda: None
        self.begun: list[asyncio.Task[None]] = []

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        loop = asyncio.get_running_loop()
        self.begun.append(asyncio.Task(work, loop=loop, eager_start=True))

    async def _run(self, task: ChannelTask) -> None:
        await self.may_run.wait()
        self.ran.append(task)
        self.then()

    async def end(self) -> None:
        """Cancel what is under way, and wait for it."""
        for task in self.begun:
            task.cancel()
        await asyncio.gather(*self.begun, return_exceptions=True)


@pytest.fixture
async def unstarted() -> AsyncGenerator[Work]:
    work = Work()
    yield work
    await work.end()


@pytest.fixture
async def work(unstarted: Work) -> Work:
    unstarted.queue.async_start()
    return unstarted


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_most_urgent_task_runs_first_and_each_once(work: Work) -> None:
    work.queue.async_enqueue(ChannelTask.RENEW)
    work.queue.async_enqueue(ChannelTask.FETCH)
    work.queue.async_enqueue(ChannelTask.OPEN)
    work.queue.async_enqueue(ChannelTask.FETCH)
    assert work.ran == []
    await turns()
    assert work.ran == [ChannelTask.OPEN, ChannelTask.RENEW, ChannelTask.FETCH]
    assert [each.done() for each in work.begun] == [True]


async def test_a_fetch_begins_at_once_and_holds_up_what_becomes_due_meanwhile(work: Work) -> None:
    work.queue.async_enqueue(ChannelTask.FETCH)
    assert work.ran == [ChannelTask.FETCH]
    work.may_run.clear()
    work.queue.async_enqueue(ChannelTask.FETCH)
    work.queue.async_enqueue(ChannelTask.FETCH)
    work.queue.async_enqueue(ChannelTask.OPEN)
    await turns()
    assert work.ran == [ChannelTask.FETCH]
    work.may_run.set()
    await turns()
    assert work.ran == [ChannelTask.FETCH, ChannelTask.FETCH, ChannelTask.OPEN, ChannelTask.FETCH]


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


async def test_a_task_that_runs_at_once_is_not_waited_for(work: Work) -> None:
    async with asyncio.timeout(1):
        await work.queue.async_enqueue_and_wait(ChannelTask.FETCH)
    assert work.ran == [ChannelTask.FETCH]


async def test_a_task_that_is_dropped_is_not_waited_for(work: Work) -> None:
    work.then = work.queue.async_clear
    work.queue.async_enqueue(ChannelTask.FAIL_BACK)
    async with asyncio.timeout(1):
        await work.queue.async_enqueue_and_wait(ChannelTask.OPEN)
    assert work.ran == [ChannelTask.FAIL_BACK]


async def test_a_task_that_is_enqueued_after_dropping_runs(work: Work) -> None:
    work.queue.async_enqueue(ChannelTask.CHANGE)
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
        await work.begun[0]


@pytest.mark.parametrize("runs", [False, True])
async def test_work_that_is_cancelled_is_not_waited_for(work: Work, *, runs: bool) -> None:
    work.may_run.clear()
    if not runs:
        work.queue.async_enqueue(ChannelTask.FAIL_BACK)
    waiting = asyncio.create_task(work.queue.async_enqueue_and_wait(ChannelTask.OPEN))
    await turns()
    await work.end()
    async with asyncio.timeout(1):
        await waiting
    assert work.ran == []


async def test_work_that_is_cancelled_before_its_turn_is_not_waited_for(work: Work) -> None:
    waiting = asyncio.create_task(work.queue.async_enqueue_and_wait(ChannelTask.OPEN))
    await asyncio.sleep(0)
    await work.end()
    async with asyncio.timeout(1):
        await waiting
    assert work.ran == []


async def test_before_the_start_there_is_no_waiting(unstarted: Work) -> None:
    async with asyncio.timeout(1):
        await unstarted.queue.async_enqueue_and_wait(ChannelTask.OPEN)
    assert unstarted.begun == []


async def test_after_the_stop_nothing_runs_nor_is_waited_for(work: Work) -> None:
    work.may_run.clear()
    work.queue.async_enqueue(ChannelTask.FETCH)
    waiting = asyncio.create_task(work.queue.async_enqueue_and_wait(ChannelTask.OPEN))
    await turns()
    work.queue.async_stop()
    await work.end()
    async with asyncio.timeout(1):
        await waiting
        await work.queue.async_enqueue_and_wait(ChannelTask.FETCH)
    work.may_run.set()
    await turns()
    assert work.ran == []


async def test_what_was_enqueued_before_the_start_runs(unstarted: Work) -> None:
    unstarted.queue.async_enqueue(ChannelTask.RENEW)
    unstarted.queue.async_start()
    assert unstarted.ran == [ChannelTask.RENEW]


async def test_the_start_runs_nothing_where_nothing_is_due(work: Work) -> None:
    await turns()
    assert work.begun == []


async def test_what_is_due_at_the_stop_does_not_run(work: Work) -> None:
    work.queue.async_enqueue(ChannelTask.RENEW)
    work.queue.async_stop()
    await turns()
    assert work.ran == []
    work.queue.async_start()
    assert work.ran == []


async def test_work_goes_on_when_the_one_who_waits_is_cancelled(work: Work) -> None:
    work.may_run.clear()
    waiting = asyncio.create_task(work.queue.async_enqueue_and_wait(ChannelTask.OPEN))
    await turns()
    waiting.cancel()
    await turns()
    work.queue.async_enqueue(ChannelTask.RENEW)
    work.may_run.set()
    await turns()
    assert work.ran == [ChannelTask.OPEN, ChannelTask.RENEW]
