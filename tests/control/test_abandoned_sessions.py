"""When sessions that are not used any more are ended, and what is stored of them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.abandoned_sessions import (
    AbandonedSessions,
)
from custom_components.cisco_unified_presence.pws import PresenceClient
from custom_components.cisco_unified_presence.trust import KnownNodes, NodeStore

CHECK_EVERY = timedelta(seconds=10)
CHECKS_UNSETTLED = 30

# In the place of open sessions.
LEFT: Any = frozenset({"left"})
NONE: Any = frozenset()


class Client:
    """Has abandoned sessions, which end or do not."""

    backup = "two"

    def __init__(self) -> None:
        self.has_abandoned = True
        self.ends = True
        self.is_broken_off = False
        self.answers = asyncio.Event()
        self.answers.set()
        self.ended_at: list[int] = []
        self.check = 0
        self.sessions_elsewhere = NONE
        self.abandoned: list[Any] = []
        self.on_sessions_changed: Callable[[], None] | None = None

    def change(self, elsewhere: Any) -> None:
        self.sessions_elsewhere = elsewhere
        assert self.on_sessions_changed
        self.on_sessions_changed()

    async def abandon(self, elsewhere: Any) -> None:
        self.abandoned.append(elsewhere)

    async def end_abandoned(self) -> bool:
        self.ended_at.append(self.check)
        try:
            await self.answers.wait()
        except asyncio.CancelledError:
            self.is_broken_off = True
            raise
        return self.ends


class Nodes:
    """Remembers what is stored of the nodes."""

    known = KnownNodes(elsewhere=LEFT)

    def __init__(self) -> None:
        self.stored: list[KnownNodes] = []

    async def async_remember(self, nodes: KnownNodes) -> None:
        self.stored.append(nodes)


class Watched:
    """Abandoned sessions that are checked."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        self.client = Client()
        self.nodes = Nodes()
        self.is_settled = True
        entry = MockConfigEntry(domain=DOMAIN)
        entry.add_to_hass(hass)
        self.sessions = AbandonedSessions(
            hass,
            entry,
            cast("PresenceClient", self.client),
            cast("NodeStore", self.nodes),
            lambda: self.is_settled,
        )

    async def after(self, seconds: float) -> None:
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done(wait_background_tasks=self.client.answers.is_set())

    async def turns(self, seconds: float = 0) -> None:
        """Let time pass, without waiting for what waits longer."""
        self._freezer.tick(timedelta(seconds=seconds))
        for _ in range(10):
            await asyncio.sleep(0)

    async def check(self, times: int = 1) -> list[int]:
        """Let so many checks pass; return at which of all of them sessions were ended."""
        for _ in range(times):
            self.client.check += 1
            await self.after(CHECK_EVERY.total_seconds() + 0.1)
        return self.client.ended_at


@pytest.fixture
def watched(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Watched:
    return Watched(hass, freezer)


async def test_each_check_ends_what_was_abandoned(watched: Watched) -> None:
    watched.sessions.async_start()
    assert await watched.check(2) == [1, 2]
    watched.client.has_abandoned = False
    assert await watched.check(2) == [1, 2]
    watched.client.has_abandoned = True
    await watched.sessions.async_stop()
    assert await watched.check(2) == [1, 2]


async def test_a_node_that_fails_is_asked_less_and_less_often(watched: Watched) -> None:
    watched.client.ends = False
    watched.sessions.async_start()
    assert await watched.check(100) == [1, 3, 6, 11, 20, 37, 68, 99]
    watched.client.ends = True
    await watched.check(31)
    watched.client.ends = False
    watched.client.ended_at.clear()
    watched.client.check = 0
    assert await watched.check(6) == [1, 3, 6]
    await watched.sessions.async_stop()


async def test_what_is_not_settled_keeps_them_open_for_a_while(watched: Watched) -> None:
    watched.is_settled = False
    watched.sessions.async_start()
    first = CHECKS_UNSETTLED + 1
    assert await watched.check(first) == [first]
    # It begins anew once they have ended.
    assert await watched.check(CHECKS_UNSETTLED) == [first]
    watched.is_settled = True
    assert await watched.check() == [first, 2 * first]
    await watched.sessions.async_stop()


async def test_what_earlier_runs_have_left_is_taken_over(watched: Watched) -> None:
    await watched.sessions.async_load()
    assert watched.client.abandoned == [Nodes.known.elsewhere]
    assert watched.nodes.stored == [KnownNodes(backup="two", logged_in=True, elsewhere=NONE)]
    await watched.sessions.async_save(logged_in=False)
    assert watched.nodes.stored[1:] == [KnownNodes(backup="two", logged_in=False, elsewhere=NONE)]
    await watched.sessions.async_stop()
    assert watched.client.on_sessions_changed is None


async def test_a_node_that_is_being_asked_is_not_asked_again(watched: Watched) -> None:
    watched.client.answers.clear()
    watched.sessions.async_start()
    assert await watched.check(3) == [1]
    watched.client.answers.set()
    await watched.after(0)
    assert await watched.check() == [1, 4]
    await watched.sessions.async_stop()


async def test_what_is_under_way_is_broken_off_at_a_stop(watched: Watched) -> None:
    watched.client.answers.clear()
    watched.sessions.async_start()
    await watched.check()
    assert not watched.client.is_broken_off
    await watched.sessions.async_stop()
    assert watched.client.is_broken_off


async def test_sessions_that_change_are_stored_once_a_second(watched: Watched) -> None:
    def stored() -> list[frozenset[Any]]:
        return [each.elsewhere for each in watched.nodes.stored]

    await watched.sessions.async_load()
    watched.nodes.stored.clear()
    for number in range(3):
        watched.client.change(frozenset({number}))
    await watched.turns()
    assert stored() == [frozenset({2})]
    watched.client.change(NONE)
    await watched.turns(0.9)
    assert stored() == [frozenset({2})]
    await watched.turns(0.2)
    assert stored() == [frozenset({2}), NONE]
    await watched.turns(1.1)
    # Nothing has changed since, and what changes later is stored at once again.
    watched.client.change(LEFT)
    await watched.turns()
    assert stored() == [frozenset({2}), NONE, LEFT]
    await watched.sessions.async_stop()
