"""Pauses without rules: what counts when, who is told, and what is stored."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import pauses as module
from custom_components.cisco_unified_presence.rules.pause import Scope
from custom_components.cisco_unified_presence.rules.pauses import Pauses

KEY = f"{DOMAIN}.pauses"
ANNA, BEN, CLARA = (("entry", name) for name in ("anna", "ben", "clara"))
OTHER = ("other", "anna")
ALL = Scope()
DESK = Scope(rules=frozenset({"desk"}))
OF_ANNA = Scope(people=frozenset({ANNA}))
OF_BOTH = Scope(people=frozenset({ANNA, BEN}))
HOUR = timedelta(hours=1)


class Paused:
    """Pauses, and who is told of their changes."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        self.changed: list[Scope] = []
        self.told: list[str] = []
        self.pauses = Pauses(hass, self.changed.append)

    def subscribe(self, *names: str) -> None:
        for name in names:
            self.pauses.async_subscribe(("entry", name), partial(self.told.append, name))

    async def after(self, time: timedelta = timedelta()) -> None:
        self._freezer.tick(time)
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done()

    def stopped(self, rule: str = "desk") -> list[str]:
        people = (ANNA, BEN, CLARA)
        return [person[1] for person in people if self.pauses.stop(person, rule)]


@pytest.fixture
async def paused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> AsyncGenerator[Paused]:
    paused = Paused(hass, freezer)
    await paused.pauses.async_load()
    yield paused
    paused.pauses.async_stop()


def soon() -> datetime:
    return dt_util.utcnow() + HOUR


async def test_a_pause_ends_by_the_clock(paused: Paused) -> None:
    paused.subscribe("anna", "clara")
    paused.pauses.async_pause(OF_BOTH, soon())
    paused.pauses.async_pause(DESK, soon() + HOUR)
    assert paused.changed == [OF_BOTH, DESK]
    assert paused.told == ["anna", "anna", "clara"]
    assert paused.stopped("call") == ["anna", "ben"]
    assert paused.pauses.ends == {soon(), soon() + HOUR}

    await paused.after(HOUR + timedelta(seconds=1))
    assert paused.changed == [OF_BOTH, DESK, OF_BOTH]
    assert paused.stopped("call") == []
    assert paused.stopped() == ["anna", "ben", "clara"]
    await paused.after(HOUR)
    assert paused.changed[3:] == [DESK]
    assert paused.stopped() == []
    assert paused.pauses.ends == frozenset()


async def test_what_will_count_at_a_moment(paused: Paused) -> None:
    paused.pauses.async_pause(OF_ANNA, soon())
    assert paused.pauses.at(soon() - timedelta(seconds=1)).stop(ANNA, "desk")
    assert not paused.pauses.at(soon()).stop(ANNA, "desk")


async def test_the_same_pause_again_replaces_the_first(paused: Paused) -> None:
    paused.pauses.async_pause(OF_ANNA, soon())
    paused.pauses.async_pause(OF_ANNA, None)
    await paused.after(2 * HOUR)
    assert paused.stopped() == ["anna"]
    paused.pauses.async_resume(OF_ANNA)
    assert paused.stopped() == []
    assert paused.changed == [OF_ANNA] * 3


async def test_the_switch_and_a_pause_are_two_things(paused: Paused) -> None:
    paused.pauses.async_pause(OF_ANNA, None)
    paused.pauses.async_set_follows_rules(ANNA, follows=False)
    paused.pauses.async_set_follows_rules(BEN, follows=False)
    paused.pauses.async_pause(OF_ANNA, soon())
    assert not paused.pauses.follows_rules(ANNA)
    paused.pauses.async_resume(OF_ANNA)
    assert not paused.pauses.follows_rules(ANNA)
    paused.pauses.async_pause(OF_ANNA, soon())
    paused.pauses.async_set_follows_rules(ANNA, follows=True)
    assert paused.pauses.follows_rules(ANNA)
    assert not paused.pauses.follows_rules(BEN)
    assert paused.stopped() == ["anna", "ben"]
    paused.pauses.async_set_follows_rules(BEN, follows=False)
    paused.pauses.async_set_follows_rules(BEN, follows=True)
    assert paused.stopped() == ["anna"]


async def test_people_who_are_gone_are_forgotten(paused: Paused) -> None:
    paused.pauses.async_pause(Scope(people=frozenset({ANNA, BEN, OTHER})), None)
    paused.pauses.async_pause(ALL, None)
    paused.pauses.async_pause(OF_ANNA, None)
    paused.changed.clear()
    paused.pauses.async_retain_people("entry", ["anna", "ben"])
    assert paused.changed == []
    paused.pauses.async_retain_people("entry", ["ben"])
    assert paused.changed == [OF_ANNA]
    paused.pauses.async_resume(ALL)
    assert paused.stopped() == []


async def test_many_people_are_told_in_several_turns(
    hass: HomeAssistant, paused: Paused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PEOPLE_PER_BATCH", 2)
    paused.subscribe("anna", "ben", "clara")
    paused.pauses.async_pause(ALL, None)
    assert len(paused.told) == 2
    await hass.async_block_till_done()
    assert sorted(paused.told) == ["anna", "ben", "clara"]


async def test_nothing_ends_after_the_stop(paused: Paused) -> None:
    paused.pauses.async_pause(OF_ANNA, soon())
    paused.pauses.async_stop()
    await paused.after(2 * HOUR)
    assert paused.stopped() == ["anna"]


async def test_what_ended_meanwhile_is_gone_at_the_start(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, paused: Paused
) -> None:
    paused.pauses.async_pause(OF_ANNA, soon())
    paused.pauses.async_pause(OF_BOTH, soon() + HOUR)
    await paused.pauses.async_stored()
    paused.pauses.async_stop()
    freezer.tick(HOUR)
    again = Paused(hass, freezer)
    await again.pauses.async_load()
    assert again.pauses.ends == {soon()}
    await again.after(HOUR + timedelta(seconds=1))
    assert again.stopped() == []


async def test_pauses_that_cannot_be_read_are_told_and_dropped(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    first = Paused(hass, freezer)
    await first.pauses.async_load()
    assert not ir.async_get(hass).issues
    first.pauses.async_pause(OF_ANNA, None)
    await first.pauses.async_stored()
    hass_storage[KEY]["data"]["broken"] = {"rules": 7}
    again = Paused(hass, freezer)
    await again.pauses.async_load()
    assert again.stopped() == ["anna"]
    assert ir.async_get(hass).issues
    await again.pauses.async_stored()
    assert list(hass_storage[KEY]["data"]) == ["0"]
