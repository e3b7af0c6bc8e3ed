"""Background tasks of an entry, and the mark of a reload."""

import asyncio
from collections.abc import Callable, Coroutine
import logging
from typing import Any
from unittest.mock import AsyncMock, Mock

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.background import (
    Background,
    async_detached,
    async_in_full,
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


# Work that is not broken off


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Work:
    """Work that waits until it may end, then fails where it is to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.may_end = asyncio.Event()
        self.ended: list[str] = []
        self._failure = failure

    async def do(self) -> str:
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            # It has something to do even then.
            await turns()
            self.ended.append("cancelled")
            raise
        self.ended.append("done")
        if self._failure:
            raise self._failure
        return "result"


type Await = Callable[[HomeAssistant, Coroutine[Any, Any, str], str], Coroutine[Any, Any, str]]


@pytest.mark.parametrize("awaits", [async_detached, async_in_full])
async def test_what_work_returns_or_raises_is_for_the_caller(
    hass: HomeAssistant, awaits: Await
) -> None:
    work, fails = Work(), Work(ValueError("a mistake"))
    work.may_end.set()
    fails.may_end.set()
    assert await awaits(hass, work.do(), "work") == "result"
    with pytest.raises(ValueError, match="a mistake"):
        await awaits(hass, fails.do(), "work")


@pytest.mark.parametrize("failure", [None, ValueError("a mistake")])
async def test_detached_work_goes_on_when_its_caller_is_cancelled(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, failure: Exception | None
) -> None:
    caplog.set_level(logging.DEBUG)
    work = Work(failure)
    caller = asyncio.create_task(async_detached(hass, work.do(), "work"))
    await turns()
    caller.cancel()
    await asyncio.wait([caller])
    assert caller.cancelled()
    assert work.ended == []
    work.may_end.set()
    await turns()
    assert work.ended == ["done"]
    said = "cisco_unified_presence work failed after its caller had gone: ValueError('a mistake')"
    assert (said in caplog.text) is (failure is not None)


async def test_detached_work_may_be_cancelled_after_its_caller(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """As Home Assistant does with what still runs in the end."""
    work, tasks = Work(), asyncio.all_tasks()
    caller = asyncio.create_task(async_detached(hass, work.do(), "work"))
    await turns()
    (task,) = asyncio.all_tasks() - tasks - {caller}
    caller.cancel()
    await turns()
    task.cancel()
    await asyncio.wait([task])
    await turns()
    assert work.ended == ["cancelled"]
    assert caplog.records == []


async def test_work_in_full_outlasts_each_cancelling_of_its_caller(hass: HomeAssistant) -> None:
    work = Work()
    caller = asyncio.create_task(async_in_full(hass, work.do(), "work"))
    await turns()
    for _ in range(2):
        caller.cancel()
        await turns()
        assert not caller.done()
    work.may_end.set()
    assert await caller == "result"


async def test_work_in_full_ends_with_its_caller_while_home_assistant_stops(
    hass: HomeAssistant,
) -> None:
    work = Work()
    caller = asyncio.create_task(async_in_full(hass, work.do(), "work"))
    await turns()
    hass.set_state(CoreState.stopping)
    caller.cancel()
    await asyncio.wait([caller])
    assert caller.cancelled()
    # The caller goes once the work has ended.
    assert work.ended == ["cancelled"]
    hass.set_state(CoreState.running)
