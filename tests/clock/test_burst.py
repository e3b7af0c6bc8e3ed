"""Many changes that are answered once."""

import asyncio
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cisco_unified_presence.clock import Burst, PacedBurst


class Paced:
    """An action that may run three times at once, and every ten seconds from then on."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        self.runs = 0
        self.burst = PacedBurst(hass, self._run, at_once=3, rest=10)

    def _run(self) -> None:
        self.runs += 1

    async def after(self, *, changes: int = 0, seconds: float = 0) -> int:
        """Let time pass, note changes in turns of their own, and return how often it has run."""
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done()
        for _ in range(changes):
            self.burst.async_note()
            self.burst.async_note()
            await self._hass.async_block_till_done()
        return self.runs


@pytest.fixture
def paced(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Paced:
    return Paced(hass, freezer)


async def test_some_changes_are_answered_at_once_and_a_stream_now_and_then(paced: Paced) -> None:
    assert await paced.after(changes=2) == 2
    assert await paced.after(changes=50) == 3
    assert await paced.after(seconds=9) == 3
    assert await paced.after(seconds=1.1) == 4
    assert await paced.after(changes=1, seconds=5) == 4
    assert await paced.after(seconds=5) == 5
    # Nothing has changed since.
    assert await paced.after(seconds=60) == 5
    assert await paced.after(changes=3) == 8
    paced.burst.async_stop()


async def test_changes_that_wait_or_follow_are_dropped_at_a_stop(paced: Paced) -> None:
    assert await paced.after(changes=5) == 3
    paced.burst.async_stop()
    assert await paced.after(seconds=60) == 3
    assert await paced.after(changes=1, seconds=60) == 3


async def test_changes_after_a_stop_are_dropped_though_none_waited(paced: Paced) -> None:
    paced.burst.async_stop()
    assert await paced.after(changes=5, seconds=60) == 0


async def test_the_next_run_is_allowed_at_the_end_of_the_rest(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, runs = hass.loop.time(), list[float]()
    monkeypatch.setattr(hass.loop, "time", lambda: now)
    burst = PacedBurst(hass, lambda: runs.append(now), at_once=1, rest=10)
    for seconds, expected in ((0, 1), (10, 2)):
        now += seconds
        burst.async_note()
        await asyncio.sleep(0)
        assert len(runs) == expected


async def test_changes_of_one_turn_are_answered_once_after_it(hass: HomeAssistant) -> None:
    runs: list[int] = []
    burst = Burst(hass, lambda: runs.append(len(runs)))
    for turn in range(3):
        burst.async_note()
        burst.async_note()
        assert len(runs) == turn
        await hass.async_block_till_done()
        assert len(runs) == turn + 1


async def test_a_change_while_it_is_answered_is_answered_after_it(hass: HomeAssistant) -> None:
    runs: list[int] = []

    def act() -> None:
        runs.append(len(runs))
        if len(runs) < 3:
            burst.async_note()

    burst = Burst(hass, act)
    burst.async_note()
    for turn in range(1, 5):
        await asyncio.sleep(0)
        assert runs == [0, 1, 2][:turn]
