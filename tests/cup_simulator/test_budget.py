"""A node that can take only so many requests and so much computing in a second."""

import pytest

from cup_simulator import Simulator
from cup_simulator.budget import Budget, Meter
from cup_simulator.clock import ManualClock
from cup_simulator.errors import PresenceServiceError

from .wire import Wire

POLL = "/users/watcher/presence/basic/contacts/anna@example.com"


def refused(meter: Meter) -> int | None:
    try:
        meter.admit()
    except PresenceServiceError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("budget", "milliseconds", "code"),
    [
        (Budget(requests=10), 0, 212),
        (Budget(cpu=20), 2, 210),
        (Budget(requests=10, cpu=1000), 2, 212),
    ],
)
def test_requests_beyond_the_budget_of_a_second_are_refused(
    budget: Budget, milliseconds: float, code: int
) -> None:
    clock = ManualClock()
    meter = Meter(clock, budget)
    for _ in range(10):
        assert refused(meter) is None
        meter.charge(milliseconds)
        clock.advance(0.05)
    assert refused(meter) == code
    assert meter.refused == 1
    clock.advance(1)
    assert refused(meter) is None


def test_without_a_budget_nothing_is_refused() -> None:
    meter = Meter(ManualClock(), Budget())
    for _ in range(10_000):
        meter.charge(1000)
    assert refused(meter) is None


async def test_node_refuses_with_the_errors_of_a_real_one(simulator: Simulator, wire: Wire) -> None:
    await wire.control("POST", "/control/nodes/node1", {"budget": {"requests": 1}})
    first = await wire.ask("GET", POLL)
    second = await wire.ask("GET", POLL)
    assert first.code not in (210, 212)
    assert second.failure == (503, 212)
    await wire.control("POST", "/control/nodes/node1", {"budget": {"cpu": 1}})
    third = await wire.ask("GET", POLL)
    assert third.failure == (503, 210)
    nodes = (await wire.control("GET", "/control/nodes")).json
    assert isinstance(nodes, list)
    assert nodes[0]["budget"] == {"requests": None, "cpu": 1, "refused": 2}
    await wire.control("POST", "/control/nodes/node1", {"budget": {}})
    assert (await wire.ask("GET", POLL)).code not in (210, 212)
