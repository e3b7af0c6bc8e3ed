"""Time that stands still, and time that does not."""

import asyncio
from datetime import UTC, datetime, timedelta

from cup_simulator.clock import ManualClock, SystemClock


async def test_sleepers_wake_in_their_time() -> None:
    clock = ManualClock()
    woken: list[int] = []

    async def sleep(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as sleepers:
        for seconds in (5, 3):
            sleepers.create_task(sleep(seconds))
        await asyncio.sleep(0)
        clock.advance(2)
        await asyncio.sleep(0)
        assert woken == []
        clock.advance(1)
        await asyncio.sleep(0)
        assert woken == [3]
        clock.advance(10)
    assert woken == [3, 5]
    assert clock.seconds() == 13
    assert clock.utc() == datetime(2026, 1, 1, 0, 0, 13, tzinfo=UTC)


async def test_the_time_of_the_machine() -> None:
    clock = SystemClock()
    before = clock.seconds()

    await clock.sleep(0.001)

    assert clock.seconds() > before
    assert abs(clock.utc() - datetime.now(UTC)) < timedelta(minutes=1)


async def test_the_time_of_the_machine_can_be_made_to_run_ahead() -> None:
    clock = SystemClock()
    async with asyncio.TaskGroup() as sleepers:
        long, short = (sleepers.create_task(clock.sleep(each)) for each in (7200, 3600))
        await asyncio.sleep(0)
        clock.advance(3600)
        await short
        assert not long.done()
        clock.advance(3600)
    ahead = clock.utc() - datetime.now(UTC)
    assert timedelta(minutes=119) < ahead < timedelta(minutes=121)
