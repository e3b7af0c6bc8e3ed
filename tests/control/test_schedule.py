"""When each person is reconciled next."""

from datetime import timedelta
from typing import cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.refusals import PAUSE
from custom_components.cisco_unified_presence.control.schedule import ReconcileSchedule
from custom_components.cisco_unified_presence.pws import UnknownUser


class Scheduled:
    """A schedule that notes who is reconciled."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        entry = MockConfigEntry(domain=DOMAIN)
        entry.add_to_hass(hass)
        self.schedule = ReconcileSchedule(hass, entry, self._reconcile)
        self.reconciled: list[str] = []

    async def _reconcile(self, key: str) -> None:
        self.schedule.async_note_begun(key)
        self.reconciled.append(key)

    def at(self, key: str, seconds: float) -> None:
        self.schedule.async_at(key, dt_util.utcnow() + timedelta(seconds=seconds))

    async def after(self, seconds: float = 0) -> list[str]:
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done(wait_background_tasks=True)
        return self.reconciled


@pytest.fixture
def scheduled(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Scheduled:
    return Scheduled(hass, freezer)


async def test_each_person_has_one_time(scheduled: Scheduled) -> None:
    scheduled.at("anna", 10)
    scheduled.at("ben", 20)
    scheduled.at("anna", 30)
    assert await scheduled.after(15) == []
    assert await scheduled.after(6) == ["ben"]
    assert await scheduled.after(10) == ["ben", "anna"]
    assert await scheduled.after(60) == ["ben", "anna"]


async def test_what_is_due_begins_at_once_and_takes_the_place_of_a_later_time(
    scheduled: Scheduled,
) -> None:
    scheduled.at("anna", 10)
    scheduled.schedule.async_soon("anna")
    assert await scheduled.after() == ["anna"]
    assert await scheduled.after(20) == ["anna"]


async def test_what_is_due_within_a_second_does_not_begin_before(scheduled: Scheduled) -> None:
    scheduled.at("anna", 1)
    assert await scheduled.after() == []
    assert await scheduled.after(1) == ["anna"]


async def test_a_cancelled_time_is_dropped(scheduled: Scheduled) -> None:
    scheduled.at("anna", 10)
    scheduled.at("ben", 10)
    scheduled.schedule.async_cancel("anna")
    assert await scheduled.after(20) == ["ben"]


async def test_who_is_refused_waits(scheduled: Scheduled) -> None:
    scheduled.schedule.refusals.note("anna", UnknownUser(user="anna"), dt_util.utcnow())
    scheduled.schedule.async_soon("anna")
    scheduled.schedule.async_soon("ben")
    assert await scheduled.after() == ["ben"]
    assert await scheduled.after(PAUSE.total_seconds() + 1) == ["ben", "anna"]


@pytest.mark.parametrize("seconds", [0, 10])
async def test_nothing_begins_after_the_stop(scheduled: Scheduled, seconds: float) -> None:
    scheduled.at("ben", 10)
    scheduled.schedule.async_stop()
    scheduled.at("anna", seconds)
    assert await scheduled.after(20) == []


async def test_nothing_is_waited_for_after_the_stop(scheduled: Scheduled) -> None:
    """A timer that is left would fail the test."""
    scheduled.at("ben", 10)
    scheduled.schedule.async_stop()
    scheduled.at("anna", 10)


async def test_a_reconciliation_that_has_not_begun_to_read_is_not_doubled(
    scheduled: Scheduled, hass: HomeAssistant
) -> None:
    begun: list[str] = []

    async def reconcile(key: str) -> None:
        begun.append(key)

    schedule = ReconcileSchedule(
        hass, cast("MockConfigEntry", scheduled.schedule._entry), reconcile
    )
    schedule.async_soon("anna")
    schedule.async_soon("anna")
    assert begun == ["anna"]
    schedule.async_note_begun("anna")
    schedule.async_soon("anna")
    assert begun == ["anna", "anna"]
