"""The simulator's clock where the loop's time is set apart from that of the day."""

import asyncio
from datetime import datetime
from typing import override

from homeassistant.util import dt as dt_util

from cup_simulator.clock import Clock


class LoopClock(Clock):
    """The loop's time, so that setting Home Assistant's clock leaves the server's alone."""

    @override
    def seconds(self) -> float:
        return asyncio.get_running_loop().time()

    @override
    def utc(self) -> datetime:
        return dt_util.utcnow()

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    @override
    def advance(self, seconds: float) -> None:
        raise RuntimeError("The loop's time cannot be advanced for the server alone")
