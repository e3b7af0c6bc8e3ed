"""Unloading, reloading and removing an entry leave nothing behind and stop all work."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence import runtime
from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.server import Cup
from tests.common.server_state import ANNA, NOTHING, left_at, set_busy
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until


async def test_unloading_leaves_nothing_on_the_server(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_busy(hass)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert await left_at(cup) == NOTHING
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert shown(hass, ANNA) == STATE_UNAVAILABLE


async def test_unloaded_entry_does_nothing_more(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_busy(hass)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    before = cup.asked()
    await pass_time(freezer, cup, 9000)
    assert cup.asked() == before


async def test_reloading_works_repeatedly(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    for _ in range(3):
        assert await hass.config_entries.async_reload(loaded.entry_id)
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    sessions, endpoints, subscriptions = await left_at(cup)
    assert (len(sessions), len(endpoints), len(subscriptions)) == (2, 1, 1)


async def test_parts_are_in_use_until_the_entry_is_unloaded(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    parts = loaded.runtime_data
    in_use: list[bool] = []
    loaded.async_on_state_change(lambda: in_use.append(parts.is_in_use))
    assert parts.is_in_use
    assert await hass.config_entries.async_reload(loaded.entry_id)
    # While it is unloaded, and in each state from then on.
    assert in_use == [False, False, False, False]
    assert loaded.runtime_data.is_in_use


async def test_removing_deletes_what_is_stored(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_busy(hass)
    stored = {key for key in hass_storage if key.startswith(DOMAIN)}
    kinds = ("backup", "kept", "leftovers", "run")
    assert stored == {f"{DOMAIN}.{loaded.entry_id}.{what}" for what in kinds}

    await hass.config_entries.async_remove(loaded.entry_id)

    assert not [key for key in hass_storage if key.startswith(DOMAIN)]
    assert await left_at(cup) == NOTHING


async def test_removing_clears_the_issues(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, 60)
    await pass_time(freezer, cup, 10)
    assert ir.async_get(hass).issues

    await hass.config_entries.async_remove(loaded.entry_id)

    assert not ir.async_get(hass).issues


async def test_dead_server_does_not_delay_unloading(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    # It accepts connections and never answers.
    await cup.inject("delay", delay=3600)
    before = cup.asked()
    unloading = asyncio.create_task(hass.config_entries.async_unload(loaded.entry_id))
    await until(lambda: cup.asked() == before + 1)

    freezer.tick(runtime.LEAVE_SECONDS + 0.1)

    await until(unloading.done)
    assert unloading.result()
    await cup.heal()


async def test_leaving_that_is_cancelled_closes_what_is_open(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant cancels a reload that is under way when it stops."""
    await settled(cup)
    parts = loaded.runtime_data
    saved, may_end = asyncio.Event(), asyncio.Event()

    async def save() -> None:
        saved.set()
        await may_end.wait()

    monkeypatch.setattr(parts.reconciler, "async_save", save)
    leaving = asyncio.create_task(parts.async_leave())
    await saved.wait()
    may_end.set()
    leaving.cancel()

    with pytest.raises(asyncio.CancelledError):
        await leaving

    assert parts.callback_url is None
    assert parts._session.closed


async def test_refusing_server_does_not_delay_unloading(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("refuse_connections")
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await cup.heal()
