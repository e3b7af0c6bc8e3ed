"""Many changes at once: the number of fetches, the time until all states are right, their order."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
import time

from homeassistant.const import STATE_UNAVAILABLE

from bench.arrivals import PATIENCE_SECONDS, Arrivals, state_of
from bench.blocks import LONGEST_ALLOWED, Blocks, watched_blocks
from bench.course import Course
from bench.families.stage import Stage, integration
from bench.population import OURS
from bench.row import Row
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure

FETCHES = "GET /presence-service/users/watcher-hass/presence/basic/subscriptions/N"
# The node's time for a fetch during a burst of notifications.
FETCH_SECONDS = 0.02
BURST_SECONDS = 1.0
# No person gets a word twice, so that the order of states shows stale ones.
STEPS = ("BUSY", "AWAY", "DND", "VACATION", "UNAVAILABLE")


async def measure(course: Course) -> Sequence[Row]:
    return [
        *await _everyone_at_once(course),
        *await _notifications(course),
        await _server_lost(course),
    ]


async def _everyone_at_once(course: Course) -> list[Row]:
    size = course.choose(thorough=5000, quick=50)
    fetches: list[float] = []
    seconds: list[float] = []
    bare: list[float] = []
    blocks = Blocks()
    async with integration(course, size, "https") as ready:
        users = ready.node.population.watched_by(OURS)
        for word in STEPS:
            await ready.node.requests()
            with Arrivals(ready.hass) as arrivals, watched_blocks() as found:
                ready.node.change(*((user, word) for user in users))
                await _settle(ready, arrivals, dict.fromkeys(users, word))
                sent = await ready.node.sent()
            seconds.append((arrivals.last - sent) * 1000)
            fetches.append((await ready.node.requests()).get(FETCHES, 0))
            blocks.stretches += found.stretches
            bare.append(_write_bare(ready, users, word))
    what = f"all of {size} change at once"
    return [
        Row(
            name=f"{what}, fetches",
            ours=fetches,
            against="one cycle and two",
            base=[3],
            unit="fetches",
            most=1,
        ),
        Row(
            name=f"{what}, until all states are right",
            ours=seconds,
            against="writing as many bare states",
            base=bare,
            unit="ms",
        ),
        _longest(what, blocks),
    ]


def _write_bare(ready: Stage, users: Iterable[str], word: str) -> float:
    """Write this many bare states; return the milliseconds."""
    began = time.perf_counter()
    for user in users:
        ready.hass.states.async_set(f"sensor.bare_{user}", word)
    return (time.perf_counter() - began) * 1000


async def _notifications(course: Course) -> list[Row]:
    size = course.choose(thorough=200, quick=4)
    async with integration(course, size, "https") as ready:
        users = ready.node.population.watched_by(OURS)
        changes = [(user, word) for word in STEPS for user in users]
        await ready.node.delay("/subscriptions/", FETCH_SECONDS)
        await ready.node.requests()
        with Arrivals(ready.hass) as arrivals, watched_blocks() as blocks:
            lasted = await ready.node.burst(changes, BURST_SECONDS)
            await _settle(ready, arrivals, dict.fromkeys(users, STEPS[-1]))
        fetches = (await ready.node.requests()).get(FETCHES, 0)
    cycles = (lasted["ended"] - lasted["began"]) / FETCH_SECONDS
    stale = sum(_stale(states) for states in arrivals.history.values())
    what = f"{len(changes)} notifications in {BURST_SECONDS:g} s"
    return [
        Row(
            name=f"{what}, fetches",
            ours=[fetches],
            against="its length in fetch cycles and two",
            base=[cycles + 2],
            unit="fetches",
            most=1,
            remark=f"the node takes {FETCH_SECONDS * 1000:g} ms for each",
        ),
        Row(
            name=f"{what}, stale states written, and one",
            ours=[stale + 1],
            against="none, and one",
            base=[1],
            unit="states",
            most=1,
        ),
        Row(
            name=f"{what}, from its end until all states are right",
            ours=[(arrivals.last - lasted["ended"]) * 1000],
            against="one fetch cycle",
            base=[FETCH_SECONDS * 1000],
            unit="ms",
        ),
        _longest(what, blocks),
    ]


async def _server_lost(course: Course) -> Row:
    """Measure the loop while all entities become unavailable and available again."""
    size = course.choose(thorough=5000, quick=50)
    lost = CannotConnect(ConnectFailure.TIMED_OUT, "node")
    async with integration(course, size, "https") as ready:
        coordinator = ready.entry.runtime_data.coordinator
        with Arrivals(ready.hass) as arrivals, watched_blocks() as blocks:
            for _ in range(5):
                ready.hass.loop.call_soon(coordinator.async_set_unreachable, lost)
                await _settle(ready, arrivals, dict.fromkeys(ready.entities, STATE_UNAVAILABLE))
                ready.hass.loop.call_soon(coordinator.async_set_reachable)
                await _settle(ready, arrivals, dict.fromkeys(ready.entities, "AVAILABLE"))
    return _longest(f"the server of {size} people is lost and found", blocks)


async def _settle(ready: Stage, arrivals: Arrivals, words: Mapping[str, str]) -> None:
    """Wait until all entities show the right presence."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        for user, word in words.items():
            while not ready.shows(user, word):
                await arrivals.wait()


def _stale(states: Sequence[str]) -> int:
    """Return how often an earlier presence follows a later one."""
    order = [state_of(word) for word in STEPS]
    ranks = [order.index(state) for state in states if state in order]
    return sum(after < before for before, after in pairwise(ranks))


def _longest(what: str, blocks: Blocks) -> Row:
    return Row(
        name=f"{what}, longest block of the loop",
        ours=[blocks.longest],
        against="allowed",
        base=[LONGEST_ALLOWED],
        unit="ms",
        most=1,
    )
