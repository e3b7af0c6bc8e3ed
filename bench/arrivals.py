"""Observes when states change."""

import asyncio
import time
from typing import Self

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import (
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)

from .population import BARE
from .serving import Node

PATIENCE_SECONDS = 60
WORDS = ("BUSY", "AWAY", "AVAILABLE")
_STATES = {"DND": "do_not_disturb", "UNAVAILABLE": "offline"}


def state_of(word: str) -> str:
    """Return the sensor state of a presence word."""
    return _STATES.get(word, word.lower())


class Arrivals:
    """Records state changes; a context manager.

    Attributes:
        writes: The number of states written.
        history: The states of each entity, in order.
        last: The time of the last change.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._awaited: dict[str, tuple[str, asyncio.Future[float]]] = {}
        self.writes = 0
        self.history: dict[str, list[str]] = {}
        self.last = 0.0
        self._next = asyncio.Event()

    def __enter__(self) -> Self:
        self._stops = [
            self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._changed),
            self._hass.bus.async_listen(
                EVENT_STATE_REPORTED, self._reported, event_filter=callback(lambda _data: True)
            ),
        ]
        return self

    def __exit__(self, *_: object) -> None:
        for stop in self._stops:
            stop()

    def expect(self, entity_id: str, state: str) -> asyncio.Future[float]:
        """Return a future of the time at which the entity gets this state."""
        arrival = self._hass.loop.create_future()
        self._awaited[entity_id] = (state, arrival)
        return arrival

    async def wait(self) -> None:
        """Wait for the next state change."""
        self._next.clear()
        await self._next.wait()

    @callback
    def _reported(self, _event: Event[EventStateReportedData]) -> None:
        self.writes += 1

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        now = self.last = time.perf_counter()
        self.writes += 1
        self._next.set()
        new, entity_id = event.data["new_state"], event.data["entity_id"]
        if new is None:
            return
        self.history.setdefault(entity_id, []).append(new.state)
        awaited, arrival = self._awaited.get(entity_id, ("", None))
        if arrival is not None and awaited == new.state:
            del self._awaited[entity_id]
            arrival.set_result(now)


async def time_change(
    node: Node, arrivals: Arrivals, user: str, entity_id: str, word: str
) -> float:
    """Change one person's presence; return the seconds until the entity shows it."""
    arrival = arrivals.expect(entity_id, state_of(word))
    node.change((user, word))
    async with asyncio.timeout(PATIENCE_SECONDS):
        arrived = await arrival
    return arrived - await node.sent()


def bare_entity(user: str) -> str:
    """Return the entity in which code without the integration shows a user."""
    return f"sensor.{BARE}_{user}"
