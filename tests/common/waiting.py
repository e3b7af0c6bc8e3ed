"""Waiting in tests: until a condition holds, and until requests have ended.

Everything runs over real sockets in one loop, so the loop is made to turn until it is so. Nothing
here depends on the clock that freezer stops: a tick of it moves the loop's time as well, and the
timers that became due run while we wait.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import time

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from .executor_jobs import pending_jobs
from .open_requests import open_requests
from .server import Cup

# Seconds of the machine.
PATIENCE = 20.0
QUIET = 0.03

# Turns of the loop. Where a request stays under way, such as one that a fault lets wait, nothing
# but time tells that the others have ended; and on a busy machine a quiet moment may be one in
# which no task had a turn.
TURNS = 1000

# Turns of the loop with nothing else to run, no request under way and no job in a thread: sockets
# of this machine are ready at once, so that more than a few are for what we do not know of.
IDLE_TURNS = 200

# Timers are reckoned in fractions that do not add up exactly.
HAIR = timedelta(milliseconds=1)


def _now() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC)


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    deadline = _now() + PATIENCE
    while not condition():
        assert _now() < deadline, "The condition did not hold in time."
        await asyncio.sleep(0)


async def settled(cup: Cup) -> None:
    """Wait until no request is under way, no job is in a thread, and no task has anything to do."""
    loop = asyncio.get_running_loop()
    latest, since, turns, idle = cup.latest, _now(), 0, 0
    deadline = since + PATIENCE
    while idle < IDLE_TURNS and (_now() - since < QUIET or turns < TURNS):
        assert _now() < deadline, "Requests did not end in time."
        await asyncio.sleep(0)
        turns += 1
        # What is ready here became so by others, in this turn or from sockets and threads.
        is_busy = loop._ready or pending_jobs() or open_requests()  # type: ignore[attr-defined]
        idle = 0 if is_busy else idle + 1
        if cup.latest is not latest or pending_jobs():
            latest, since, turns = cup.latest, _now(), 0


async def all_done(hass: HomeAssistant) -> None:
    """Wait until all tasks have ended, and what becomes due in the next turns of the loop."""
    for _ in range(3):
        await asyncio.sleep(0)
        await hass.async_block_till_done(wait_background_tasks=True)


async def pass_time(freezer: FrozenDateTimeFactory, cup: Cup, seconds: float) -> None:
    """Let time pass, and everything happen that is due then."""
    freezer.tick(timedelta(seconds=seconds) + HAIR)
    await settled(cup)
