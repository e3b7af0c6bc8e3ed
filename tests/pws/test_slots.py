"""The limit of requests at a time: how it grows and shrinks, and who goes first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from custom_components.cisco_unified_presence.pws.slots import Slots


@asynccontextmanager
async def taken(slots: Slots, *, urgent: bool = False) -> AsyncIterator[None]:
    await slots.take(urgent=urgent)
    try:
        yield
    finally:
        slots.give_back()


async def work(slots: Slots, number: int, *, answers: bool = True) -> int:
    """Send so many requests at once; return the most that were under way together."""
    under_way = most = 0

    async def request() -> None:
        nonlocal under_way, most
        async with taken(slots):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            if answers:
                slots.note_answered()

    await asyncio.gather(*(request() for _ in range(number)))
    return most


async def test_limit_grows_while_requests_wait() -> None:
    slots = Slots(8)
    assert slots.limit == 2
    assert await work(slots, 200) == 8
    assert slots.limit == 8


async def test_limit_does_not_grow_while_nothing_waits() -> None:
    slots = Slots(8)
    for _ in range(100):
        await work(slots, 2)
    assert slots.limit == 2


@pytest.mark.parametrize(("times", "limit"), [(1, 4), (2, 2), (3, 1), (9, 1)])
async def test_limit_halves_when_the_node_is_too_busy(times: int, limit: int) -> None:
    slots = Slots(8)
    await work(slots, 200)
    for _ in range(times):
        slots.note_too_busy()
    assert slots.limit == limit
    assert await work(slots, 50, answers=False) == limit


async def test_urgent_request_goes_before_those_that_wait() -> None:
    slots = Slots(1)
    order = []

    async def request(name: str, *, urgent: bool = False) -> None:
        async with taken(slots, urgent=urgent):
            await asyncio.sleep(0)
            order.append(name)

    async with asyncio.TaskGroup() as group:
        for name in ("first", "second", "third"):
            group.create_task(request(name))
        group.create_task(request("urgent", urgent=True))
    assert order == ["first", "urgent", "second", "third"]


async def test_cancelled_requests_give_their_slots_back() -> None:
    slots = Slots(1)
    release = asyncio.Event()

    async def hold() -> None:
        async with taken(slots):
            await release.wait()

    holding, waiting, next_one = (asyncio.create_task(hold()) for _ in range(3))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    holding.cancel()
    await asyncio.sleep(0)
    # Its turn has come, and it is cancelled before it runs.
    next_one.cancel()
    await asyncio.gather(holding, waiting, next_one, return_exceptions=True)
    async with asyncio.timeout(1), taken(slots):
        pass
