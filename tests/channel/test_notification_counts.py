"""What is counted of requests at the callback."""

import asyncio
from contextlib import ExitStack

from custom_components.cisco_unified_presence.channel.notification_counts import Notifications
from custom_components.cisco_unified_presence.channel.poller import FetchGate


async def test_requests_are_counted_by_what_they_are() -> None:
    counts = Notifications()
    handle = counts.counting(lambda number: number == 7, FetchGate())

    for each in (7, 8, None, 7, 7, 8):
        if (waiting := handle(each)) is not None:
            assert each == 7
            await waiting

    assert counts == Notifications(received=3, forged=2, ignored=1)


async def test_a_notification_is_answered_after_the_fetch_that_it_begins() -> None:
    gate, fetch = FetchGate(), ExitStack()

    def begin_fetch(_number: int) -> bool:
        fetch.enter_context(gate)
        return True

    handle = Notifications().counting(begin_fetch, gate)
    begun, during = handle(7), handle(7)
    assert during is None
    assert begun is not None
    waiting = asyncio.ensure_future(begun)
    for _ in range(3):
        await asyncio.sleep(0)
    assert not waiting.done()
    fetch.close()
    async with asyncio.timeout(1):
        await waiting
