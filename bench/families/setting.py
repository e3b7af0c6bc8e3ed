"""Setting the presence of one person and of many: requests, time, and others' news meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
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
SECONDS_ALLOWED = 1.0
PATIENCE_SECONDS = 300
INPUT = "binary_sensor.building"
BUSY = "busy"


async def measure(course: Course) -> Sequence[Row]:
    sizes = course.choose(thorough=(1, 30, 300), quick=(1, 3))
    rows: list[Row] = []
    # One more is watched only: the person whose news must not wait.
    async with integration(course, max(sizes) + 1, "http", controlled=max(sizes)) as ready:
        users = ready.node.population.watched_by(OURS)
        for size in sizes:
            setting = _by_action(ready, users[:size])
            rows += await _measure(ready, users[:size], setting, f"setting {size} by an action")
            await _clear(ready, users[:size])
        size = max(sizes)
        rule = await _by_rule(ready.hass, users[:size])
        rows += await _measure(ready, users[:size], rule, f"setting {size} by a rule")
        await async_rule_engine(ready.hass).async_set_yaml_rules([])
        await _until_state(ready, users[:size], is_busy=False)
    return rows


async def _measure(
    ready: Stage, users: Sequence[str], setting: Callable[[], Awaitable[None]], what: str
) -> list[Row]:
    await ready.node.requests()
    other = asyncio.create_task(_news_of_another(ready))
    began = time.perf_counter()
    await setting()
    await _until_state(ready, users, is_busy=True)
    seconds = time.perf_counter() - began
    other.cancel()
    delays = await other
    requests = await ready.node.requests()
    # The news of the other person is fetched as well, and not counted.
    count = sum(requests.values()) - len(delays)
    rows = [
        Row(
            name=f"{what}, requests for each",
            ours=[count / len(users)],
            against="allowed",
            base=[REQUESTS_ALLOWED],
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


async def _news_of_another(ready: Stage) -> list[float]:
    """Change the last person again and again until cancelled; return the seconds of each."""
    user = ready.node.population.watched_by(OURS)[-1]
    delays: list[float] = []
    with Arrivals(ready.hass) as arrivals:
        while True:
            word = next(each for each in WORDS if not ready.shows(user, each))
            try:
                delays.append(
                    await time_change(ready.node, arrivals, user, ready.entities[user], word)
                )
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
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


async def _clear(ready: Stage, users: Sequence[str]) -> None:
    targets = [ready.entities[user] for user in users]
    await ready.hass.services.async_call(
        DOMAIN, "clear_presence", {"entity_id": targets}, blocking=True
    )
    await _until_state(ready, users, is_busy=False)


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


async def _until_state(ready: Stage, users: Sequence[str], *, is_busy: bool) -> None:
    with Arrivals(ready.hass) as arrivals:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while any(ready.shows(user, "BUSY") is not is_busy for user in users):
                await arrivals.wait()
