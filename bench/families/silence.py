"""An event after an hour of silence, against one in a lively channel.

Nothing is sent for a while (in the thorough form also for longer than the 15 seconds after which
Home Assistant's own session drops idle connections); then the clocks of both loops jump by an hour.
"""

import asyncio
from collections.abc import Sequence

from bench.course import Course
from bench.families.events import stage
from bench.node import jump_loop
from bench.population import BARE, OURS
from bench.row import Row

SHORT, LONG = 0.5, 16.0
HOUR = 3600.0
MOST = 1.3
LIVELY_EVENTS = 10
ACCOUNTS = (OURS, BARE)

type Times = dict[str, list[float]]


class Silences:
    """The milliseconds of events before and after silences."""

    def __init__(self) -> None:
        self.lively: Times = {account: [] for account in ACCOUNTS}
        self.silent: Times = {account: [] for account in ACCOUNTS}
        self._jumped = 0.0

    async def measure(self, course: Course, seconds: float) -> None:
        """Measure events in a lively channel, be silent, and measure again."""
        # The first one warms the system up for the second; they take turns.
        order = ACCOUNTS if len(self.silent[OURS]) % 2 else tuple(reversed(ACCOUNTS))
        async with stage(course, 1, "https", (BARE,)) as ready:
            for number in range(LIVELY_EVENTS):
                for account in order:
                    took, _ = await ready.time(account)
                    if number == LIVELY_EVENTS - 1:
                        self.lively[account].append(took)
            await asyncio.sleep(seconds)
            await ready.server.jump(HOUR)
            self._jumped += HOUR
            jump_loop(asyncio.get_running_loop(), self._jumped)
            for account in order:
                took, _ = await ready.time(account)
                self.silent[account].append(took)


async def measure(course: Course) -> Sequence[Row]:
    silences = Silences()
    # Of an even number each side is the first to be measured in half.
    pauses = course.choose(thorough=(*[SHORT] * 15, LONG), quick=(0.05,))
    for seconds in pauses:
        await silences.measure(course, seconds)
    longest = f"{min(pauses):g} to {max(pauses):g} s of real silence and a clock an hour ahead"
    name = "event after an hour of silence"
    ours, bare = silences.silent[OURS], silences.silent[BARE]
    rows = [
        Row(
            name=name,
            ours=ours,
            against="least code, as silent",
            base=bare,
            unit="ms",
            most=MOST,
            remark=longest,
        ),
        Row(
            name=name,
            ours=ours,
            against="a lively channel",
            base=silences.lively[OURS],
            unit="ms",
        ),
        Row(
            name=f"{name}, least code",
            ours=bare,
            against="a lively channel",
            base=silences.lively[BARE],
            unit="ms",
        ),
    ]
    really = [index for index, seconds in enumerate(pauses) if seconds == LONG]
    if really:
        rows.append(
            Row(
                name=f"event after {LONG:g} s of real silence and a clock an hour ahead",
                ours=[ours[index] for index in really],
                against="least code, as silent",
                base=[bare[index] for index in really],
                unit="ms",
            )
        )
    return rows
