"""Setting the presence of one person and of many: requests, time, and others' news meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
import time

from homeassistant.core import HomeAssistant

from bench.arrivals import WORDS, Arrivals, time_change
from bench.course import Course
from bench.families.stage import Stage, integration
from bench.population import OURS
from bench.row import Row
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule, async_rule_engine

REQUESTS_ALLOWED = 2.1
# A login, a write, and the fetch of its news, which many people share and one alone does not.
REQUESTS_OF_ONE = 3.0
SECONDS_ALLOWED = 1.0
# As small as a real node: so many requests, and milliseconds of computing, in a second.
SMALL_NODE = {"requests": 50, "cpu": 800}
PATIENCE_SECONDS = 300
PAUSE_SECONDS = 0.05
INPUT = "binary_sensor.building"
BUSY = "busy"


async def measure(course: Course) -> Sequence[Row]:
    sizes = course.choose(thorough=(1, 30, 300), quick=(1, 3))
    many = max(sizes)
    controlled = sum(sizes) + 2 * many
    rows: list[Row] = []
    # One more is watched only: the person whose news must not wait.
    async with integration(course, controlled + 1, "http", controlled=controlled) as ready:
        await _quiet(ready)
        # Others each time, since nobody is written to often within a minute.
        left = iter(ready.node.population.watched_by(OURS))
        for size in sizes:
            users = [*islice(left, size)]
            setting = _by_action(ready, users)
            rows += await _measure(ready, users, setting, f"setting {size} by an action")
        users = [*islice(left, many)]
        rule = await _by_rule(ready.hass, users)
        rows += await _measure(ready, users, rule, f"setting {many} by a rule")
        rows.append(await _at_a_small_node(ready, [*islice(left, many // 2)]))
    return rows


async def _at_a_small_node(ready: Stage, users: Sequence[str]) -> Row:
    """Compare the time with that in which such a node answers as many requests at all."""
    await ready.node.limit(**SMALL_NODE)
    began = time.perf_counter()
    await _by_action(ready, users)()
    await _until_busy(ready, users)
    seconds = time.perf_counter() - began
    count = sum((await ready.node.requests()).values())
    limit = SMALL_NODE["requests"]
    return Row(
        name=f"setting {len(users)} at a small node, time",
        ours=[seconds],
        against=f"two requests each at its {limit} in a second",
        base=[2 * len(users) / limit],
        unit="s",
        remark=f"{count} requests, refused ones included",
    )


async def _quiet(ready: Stage) -> None:
    """Wait until the start asks nothing more."""
    while True:
        await asyncio.sleep(1)
        if not await ready.node.requests():
            return


async def _measure(
    ready: Stage, users: Sequence[str], setting: Callable[[], Awaitable[None]], what: str
) -> list[Row]:
    await ready.node.requests()
    over = asyncio.Event()
    other = asyncio.create_task(_news_of_another(ready, over))
    began = time.perf_counter()
    await setting()
    await _until_busy(ready, users)
    seconds = time.perf_counter() - began
    over.set()
    delays = await other
    requests = await ready.node.requests()
    # The news of the other person is fetched as well, and not counted.
    count = sum(requests.values()) - len(delays)
    rows = [
        Row(
            name=f"{what}, requests for each",
            ours=[count / len(users)],
            against="allowed",
            base=[REQUESTS_ALLOWED if len(users) > 1 else REQUESTS_OF_ONE],
            unit="requests",
            most=1,
            remark=f"{seconds:.1f} s",
        )
    ]
    if len(users) > 1 and delays:
        rows.append(
            Row(
                name=f"{what}, news of another meanwhile, at the latest",
                ours=[max(delays)],
                against="allowed",
                base=[SECONDS_ALLOWED],
                unit="s",
                most=1,
                remark=f"{len(delays)} of them",
            )
        )
    return rows


async def _news_of_another(ready: Stage, over: asyncio.Event) -> list[float]:
    """Change the last person again and again until it is over; return the seconds of each."""
    user = ready.node.population.watched_by(OURS)[-1]
    delays: list[float] = []
    with Arrivals(ready.hass) as arrivals:
        while not over.is_set():
            word = next(each for each in WORDS if not ready.shows(user, each))
            delay = await time_change(ready.node, arrivals, user, ready.entities[user], word)
            delays.append(delay)
            await asyncio.sleep(PAUSE_SECONDS)
    return delays


def _by_action(ready: Stage, users: Sequence[str]) -> Callable[[], Awaitable[None]]:
    async def act() -> None:
        await ready.hass.services.async_call(
            DOMAIN,
            "set_presence",
            {"entity_id": [ready.entities[user] for user in users], "presence": BUSY},
            blocking=True,
        )

    return act


async def _by_rule(hass: HomeAssistant, users: Sequence[str]) -> Callable[[], Awaitable[None]]:
    hass.states.async_set(INPUT, "off")
    written = {
        "name": "Building",
        "people": list(users),
        "when": [{"condition": "state", "entity_id": INPUT, "state": "on"}],
        "presence": BUSY,
    }
    await async_rule_engine(hass).async_set_yaml_rules([Rule.of(RULE_SCHEMA(written))])

    async def act() -> None:
        hass.states.async_set(INPUT, "on")

    return act


async def _until_busy(ready: Stage, users: Sequence[str]) -> None:
    with Arrivals(ready.hass) as arrivals:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not all(ready.shows(user, "BUSY") for user in users):
                await arrivals.wait()
