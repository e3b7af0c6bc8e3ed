"""The time from the server's notification to the state."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
import random
import time

from bench.arrivals import WORDS, Arrivals, bare_entity, time_change
from bench.bare import BareChannel, SamplesChannel, bare_channel
from bench.core import add_entry, home_assistant, presence_entity, server_entry
from bench.course import Course
from bench.population import BARE, OURS, POLLING, SAMPLES
from bench.row import Row
from bench.serving import Node, node

# The highest allowed ratio to the least code, by the number of people.
SIZES: Mapping[int, float] = {1: 1.15, 100: 1.2, 1000: 1.2, 5000: 1.2}
SCHEMES = ("http", "https")
WARM_UP = 20
ROUNDS = 150
POLL_SECONDS = 1.0
POLLED_EVENTS = 6
# The end of an event, such as closing connections, must not count for the next one.
SETTLE_SECONDS = 0.005


class Stage:
    """The integration and the alternatives, side by side in one Home Assistant."""

    def __init__(self, server: Node, arrivals: Arrivals, entities: Mapping[str, str]) -> None:
        """``entities`` has the entity of each user of the integration."""
        self.server = server
        self._arrivals = arrivals
        self._entities = entities
        self._random = random.Random(1)  # noqa: S311 (it only picks people)
        self._turns: dict[str, int] = {}

    def shuffled(self, accounts: Sequence[str]) -> list[str]:
        """Return the accounts in random order."""
        return self._random.sample(accounts, len(accounts))

    async def time(self, account: str) -> tuple[float, float]:
        """Change a user; return wall and CPU milliseconds until the state shows it."""
        user = self._random.choice(self.server.population.watched_by(account))
        turn = self._turns[user] = self._turns.get(user, -1) + 1
        entity = self._entities.get(user) or bare_entity(user)
        computed = time.thread_time()
        word = WORDS[turn % len(WORDS)]
        seconds = await time_change(self.server, self._arrivals, user, entity, word)
        return seconds * 1000, (time.thread_time() - computed) * 1000


@asynccontextmanager
async def stage(
    course: Course, size: int, scheme: str, alternatives: Sequence[str]
) -> AsyncGenerator[Stage]:
    """Set up the integration and the alternatives."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(node(size, course.folder / "tls"))
        hass = await stack.enter_async_context(home_assistant(course.new_folder()))
        for account in alternatives:
            kind = SamplesChannel if account == SAMPLES else BareChannel
            opening = bare_channel(kind, hass, server, scheme, account)
            channel = await stack.enter_async_context(opening)
            if account == POLLING:
                stack.callback(asyncio.create_task(_poll(channel)).cancel)
        entry = server_entry(server.at, scheme)
        await add_entry(hass, entry)
        users = server.population.watched_by(OURS)
        entities = {user: presence_entity(hass, entry, user) for user in users}
        arrivals = stack.enter_context(Arrivals(hass))
        yield Stage(server, arrivals, entities)


async def _poll(channel: BareChannel) -> None:
    """Fetch at intervals, ignoring notifications."""
    channel.deaf = True
    while True:
        await channel.poll()
        await asyncio.sleep(POLL_SECONDS)


async def measure(course: Course) -> Sequence[Row]:
    rows: list[Row] = []
    for size in course.choose(thorough=tuple(SIZES), quick=(1,)):
        for scheme in SCHEMES:
            # What the alternatives take does not depend on the number of people.
            alternatives = (BARE, SAMPLES, POLLING) if size == 1 else (BARE,)
            async with stage(course, size, scheme, alternatives) as ready:
                what = f"{scheme}, {size} people"
                rows += await _measure(course, ready, alternatives, what, SIZES[size])
    return rows


async def _measure(
    course: Course, ready: Stage, alternatives: Sequence[str], what: str, most: float
) -> list[Row]:
    accounts = (OURS, *(each for each in alternatives if each != POLLING))
    for _ in range(course.choose(thorough=WARM_UP, quick=1)):
        for account in accounts:
            await ready.time(account)
    times: dict[str, list[tuple[float, float]]] = {account: [] for account in accounts}
    for _ in range(course.choose(thorough=ROUNDS, quick=5)):
        # In random order, since each account's event leaves work behind for the next one.
        for account in ready.shuffled(accounts):
            times[account].append(await ready.time(account))
            await asyncio.sleep(SETTLE_SECONDS)
    took = {account: [each[0] for each in pairs] for account, pairs in times.items()}
    computed = {account: [each[1] for each in pairs] for account, pairs in times.items()}
    name = f"event to state, {what}"
    rows = [
        Row(
            name=name,
            ours=took[OURS],
            against="least code",
            base=took[BARE],
            unit="ms",
            most=most,
        ),
        Row(
            name=f"the same, computing time of Home Assistant, {what}",
            ours=computed[OURS],
            against="least code",
            base=computed[BARE],
            unit="ms",
        ),
    ]
    if SAMPLES in alternatives:
        against = "samples' way"
        rows.append(Row(name=name, ours=took[OURS], against=against, base=took[SAMPLES], unit="ms"))
    if POLLING in alternatives:
        count = course.choose(thorough=POLLED_EVENTS, quick=1)
        polled = [await _polled(ready) for _ in range(count)]
        against = f"polling every {POLL_SECONDS:g} s"
        rows.append(Row(name=name, ours=took[OURS], against=against, base=polled, unit="ms"))
    return rows


async def _polled(ready: Stage) -> float:
    # Events come at a random time between two polls.
    await asyncio.sleep(random.uniform(0, POLL_SECONDS))  # noqa: S311 (no secret)
    return (await ready.time(POLLING))[0]
