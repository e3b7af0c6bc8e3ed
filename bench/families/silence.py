"""An event after an hour of silence, against one in a lively channel.

Nothing is sent or received for a while, in the thorough form also for longer than the usual 75
seconds for which servers and proxies keep idle connections; then the clocks of both loops jump by
an hour, so that all that ages by them does.
"""

import asyncio
from collections.abc import Sequence

from bench.course import Course
from bench.crowd import BARE, OURS
from bench.families.events import stage
from bench.node import jump_loop
from bench.row import Row

SHORT, LONG = 1.0, 80.0
HOUR = 3600.0
MOST = 1.3
LIVELY_EVENTS = 10
ACCOUNTS = (OURS, BARE)

type Times = dict[str, list[float]]


class Silences:
    """Silences, and the milliseconds that events took before and after them."""

    def __init__(self) -> None:
        """Begin with none."""
        self.lively: Times = {account: [] for account in ACCOUNTS}
        self.silent: Times = {account: [] for account in ACCOUNTS}
        self._jumped = 0.0

    async def keep(self, course: Course, seconds: float) -> None:
        """Be silent once, in a channel that has been lively."""
        # Whoever is first wakes the other; they take turns.
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
    """Wake the integration and the least code."""
    silences = Silences()
    pauses = course.choose(thorough=(*[SHORT] * 20, LONG, LONG), quick=(0.05,))
    for seconds in pauses:
        await silences.keep(course, seconds)
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
