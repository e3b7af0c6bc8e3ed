"""Named timers: each runs once at a time, and ends when it is cancelled."""

from datetime import timedelta
from functools import partial

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cisco_unified_presence.clock import Timers


class Started:
    """Timers that note when they fire."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        self.timers = Timers[str](hass)
        self.fired: list[str] = []

    def start(self, name: str, seconds: float) -> None:
        self.timers.async_start(name, seconds, partial(self._fire, name))

    def _fire(self, name: str) -> None:
        assert name not in self.timers
        self.fired.append(name)

    async def after(self, seconds: float) -> list[str]:
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done()
        return self.fired


@pytest.fixture
def started(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Started:
    return Started(hass, freezer)


async def test_timers_fire_once(started: Started) -> None:
    started.start("poll", 10)
    started.start("renew", 20)
    assert list(started.timers.running) == ["poll", "renew"]
    assert await started.after(9) == []
    assert await started.after(2) == ["poll"]
    assert list(started.timers.running) == ["renew"]
    assert await started.after(30) == ["poll", "renew"]
    assert await started.after(30) == ["poll", "renew"]


async def test_a_timer_that_is_started_again_begins_anew(started: Started) -> None:
    started.start("poll", 10)
    await started.after(9)
    started.start("poll", 10)
    assert await started.after(9) == []
    assert await started.after(2) == ["poll"]


async def test_cancelled_timers_do_not_fire(started: Started) -> None:
    for name in ("poll", "renew", "retry"):
        started.start(name, 10)
    started.timers.async_cancel("poll", "unknown")
    assert await started.after(0) == []
    assert list(started.timers.running) == ["renew", "retry"]
    started.timers.async_cancel_all()
    assert list(started.timers.running) == []
    assert await started.after(20) == []


async def test_what_else_is_waited_for_is_cancelled_or_removed(started: Started) -> None:
    cancelled: list[str] = []
    started.timers.async_add("one", lambda: cancelled.append("one"))
    started.timers.async_add("two", lambda: cancelled.append("two"))
    started.timers.async_remove("one")
    started.timers.async_remove("one")
    started.timers.async_add("two", lambda: cancelled.append("two again"))
    assert cancelled == ["two"]
    started.timers.async_cancel_all()
    assert cancelled == ["two", "two again"]
