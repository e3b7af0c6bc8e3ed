"""A simulator on real ports, with a manual clock."""

from collections.abc import AsyncIterator

import pytest

from cup_simulator import Simulator, parse_configuration
from cup_simulator.clock import ManualClock

from .wire import Callback, Wire

CONFIGURATION = """
domain: example.com
application_users:
  hass: {password: simulator}
  other: {password: simulator}
people:
  user1: {name: First User, presence: AVAILABLE}
  user2: {name: Second User, presence: BUSY, note: Lunch}
  user3: {name: Third User}
  watcher: {name: Watcher}
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def configuration() -> str:
    """Return the YAML of the server; modules may override it."""
    return CONFIGURATION


@pytest.fixture
async def simulator(
    socket_enabled: None, clock: ManualClock, configuration: str
) -> AsyncIterator[Simulator]:
    async with Simulator(parse_configuration(configuration), clock=clock) as running:
        yield running


@pytest.fixture
def wire(simulator: Simulator) -> Wire:
    return Wire(simulator)


@pytest.fixture
async def callback(socket_enabled: None) -> AsyncIterator[Callback]:
    async with Callback() as listening:
        yield listening
