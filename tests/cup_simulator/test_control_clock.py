"""Time that is moved through the control port, for those who cannot reach into the process."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from cup_simulator import Simulator, parse_configuration

from .conftest import CONFIGURATION
from .wire import HOUR, Callback, Wire


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[Simulator]:
    """Return a simulator with the system's clock."""
    async with Simulator(parse_configuration(CONFIGURATION)) as running:
        yield running


async def advance(wire: Wire, seconds: float) -> None:
    reply = await wire.control("POST", "/control/clock", {"advance": seconds})
    assert reply.status == 200, reply.body


async def test_everything_expires_at_its_moment(wire: Wire, callback: Callback) -> None:
    watcher = await wire.login("watcher")
    endpoint = await wire.register(callback.url, expiry=2 * HOUR)
    await wire.subscribe(watcher, endpoint, "user1", expiry=3 * HOUR)
    await callback.next()
    await wire.fetch(watcher, 1)
    await wire.set_basic(await wire.login("user1"), "DND")
    await callback.next()
    assert await wire.fetch(watcher, 1) == {"user1@example.com": "DND"}

    await advance(wire, HOUR - 60)
    assert await wire.poll(watcher, "user1") == "DND"
    await advance(wire, 60)
    assert await callback.next() == "GET /cb?id=1&eventType=PRESENCE_NOTIFICATION HTTP/1.1"
    assert await wire.fetch(watcher, 1) == {"user1@example.com": "AVAILABLE"}

    assert len((await wire.state())["endpoints"]) == 1
    await advance(wire, HOUR)
    assert (await wire.state())["endpoints"] == []
    await advance(wire, HOUR)
    gone = "/users/watcher/presence/basic/subscriptions/1"
    assert (await wire.ask("GET", gone, key=watcher)).failure == (400, 133)


async def test_a_fault_ends_with_its_seconds(wire: Wire) -> None:
    await wire.control(
        "POST", "/control/faults", {"kind": "refuse_connections", "seconds": 5 * HOUR}
    )

    await advance(wire, 5 * HOUR)

    assert await wire.login("user1")


async def test_the_time_is_shown(wire: Wire) -> None:
    await advance(wire, 24 * HOUR)

    answer = (await wire.control("GET", "/control/clock")).json

    assert isinstance(answer, dict)
    ahead = datetime.fromisoformat(answer["time"]) - datetime.now(UTC)
    assert timedelta(hours=23) < ahead < timedelta(hours=25)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "advance must say the seconds that are to pass."),
        ({"advance": -1}, "advance must be a number of seconds, from 0 to 1000000000."),
        ({"advance": "3600"}, "advance must be a number of seconds, from 0 to 1000000000."),
        ({"advance": 1, "by": 2}, "Not understood here: by."),
    ],
)
async def test_time_that_cannot_pass(wire: Wire, body: object, sentence: str) -> None:
    reply = await wire.control("POST", "/control/clock", body)

    assert (reply.status, reply.json) == (400, {"error": sentence})


async def test_time_has_an_end(wire: Wire) -> None:
    for _ in range(251):
        await advance(wire, 10**9)

    reply = await wire.control("POST", "/control/clock", {"advance": 10**9})

    assert (reply.status, reply.json) == (
        400,
        {"error": "advance must not lead beyond the year 9999."},
    )
    assert await wire.login("user1")
