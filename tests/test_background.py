"""Background tasks of an entry, and the mark of a reload."""

import asyncio
from unittest.mock import AsyncMock, Mock

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.background import (
    Background,
    async_is_reloading,
    async_note_loading,
    async_reload,
    async_schedule_reload,
)
from custom_components.cisco_unified_presence.const import DOMAIN


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def reloads(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Mock:
    """What schedules reloads, without effect."""
    schedule = Mock()
    monkeypatch.setattr(hass.config_entries, "async_schedule_reload", schedule)
    return schedule


async def test_a_task_that_raises_reloads_the_entry(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    reloads: Mock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        raise ValueError("a mistake")

    task = Background(hass, entry).async_run(fail(), "work")
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert task.get_name() == "cisco_unified_presence work"
    assert "cisco_unified_presence work ended unexpectedly" in caplog.text
    assert "a mistake" in caplog.text
    reloads.assert_called_once_with(entry.entry_id)
    assert async_is_reloading(hass, entry)


async def test_tasks_that_end_or_are_stopped_reload_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, reloads: Mock
) -> None:
    ended: list[str] = []

    async def end() -> None:
        ended.append("end")

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("wait")

    background = Background(hass, entry)
    background.async_run(end(), "end")
    waiting = background.async_run(wait(), "wait")
    await asyncio.sleep(0)
    await background.async_stop()
    assert ended == ["end", "wait"]
    assert waiting.cancelled()
    assert not background._tasks
    reloads.assert_not_called()
    assert not async_is_reloading(hass, entry)


async def test_an_entry_reloads_until_it_is_loaded(
    hass: HomeAssistant, entry: MockConfigEntry, reloads: Mock
) -> None:
    other = MockConfigEntry(domain=DOMAIN)
    async_note_loading(hass, entry)
    assert not async_is_reloading(hass, entry)
    async_schedule_reload(hass, entry)
    async_note_loading(hass, other)
    assert async_is_reloading(hass, entry)
    assert not async_is_reloading(hass, other)
    async_note_loading(hass, entry)
    assert not async_is_reloading(hass, entry)


async def test_a_disabled_entry_does_not_reload(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    reload = AsyncMock()
    monkeypatch.setattr(hass.config_entries, "async_reload", reload)
    await async_reload(hass, entry)
    reload.assert_awaited_once_with(entry.entry_id)
    assert async_is_reloading(hass, entry)
    object.__setattr__(entry, "disabled_by", ConfigEntryDisabler.USER)
    assert not async_is_reloading(hass, entry)
