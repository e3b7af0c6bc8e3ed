"""Records on disk: saved in time, whatever the disk does."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
import threading
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import storage as core_storage
from homeassistant.util.file import write_utf8_file
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cisco_unified_presence.storage import RecordStore
from tests.common.storage import on_disk, replace_by_file

KEY = "cisco_unified_presence.test"


WITHIN = 5.0


def remove(file: Path) -> None:
    file.unlink()


class Disk:
    """A disk whose writes wait until they are let through, and are counted."""

    def __init__(self) -> None:
        self.writes = 0
        self.began = threading.Event()
        self.may_write = threading.Event()
        self.may_write.set()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk()
    original = write_utf8_file

    def slow(*args: Any, **kwargs: Any) -> None:
        disk.writes += 1
        disk.began.set()
        assert disk.may_write.wait(10)
        original(*args, **kwargs)

    monkeypatch.setattr(core_storage, "write_utf8_file", slow)
    yield disk
    disk.may_write.set()


# When it is saved


async def test_changes_every_three_seconds_are_saved_within_the_bound(
    hass: HomeAssistant,
    store: RecordStore,
    values: dict[str, Any],
    directory: Path,
    freezer: FrozenDateTimeFactory,
) -> None:
    for second in range(0, 60, 3):
        values["at"] = second
        store.async_note_change()
        freezer.tick(timedelta(seconds=3))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        if second >= WITHIN:
            assert on_disk(directory, KEY)["at"] >= second - WITHIN


async def test_a_save_is_on_disk_when_it_returns(
    store: RecordStore, values: dict[str, Any], directory: Path
) -> None:
    values["switch"] = False
    await store.async_save()
    assert on_disk(directory, KEY) == {"switch": False}


async def test_nobody_else_may_read_it(store: RecordStore, directory: Path) -> None:
    await store.async_save()
    mode = (directory / KEY).stat().st_mode
    assert mode & 0o077 == 0


async def test_what_changed_is_stored_when_that_is_awaited(
    store: RecordStore, values: dict[str, Any], directory: Path, disk: Disk
) -> None:
    values["since"] = "noon"
    store.async_note_change()
    await store.async_stored()
    assert on_disk(directory, KEY) == {"since": "noon"}
    await store.async_stored()
    assert disk.writes == 1


async def test_a_hundred_saves_at_once_are_one(
    store: RecordStore, values: dict[str, Any], directory: Path, disk: Disk
) -> None:
    async def save(number: int) -> None:
        values[str(number)] = number
        await store.async_save()
        assert str(number) in on_disk(directory, KEY)

    await asyncio.gather(*(save(number) for number in range(100)))
    assert disk.writes == 1


async def test_while_one_save_runs_all_others_wait_for_the_next(
    hass: HomeAssistant,
    store: RecordStore,
    values: dict[str, Any],
    directory: Path,
    disk: Disk,
) -> None:
    disk.may_write.clear()
    values["first"] = 1
    first = asyncio.create_task(store.async_save())
    await hass.async_add_executor_job(disk.began.wait, 10)
    running = asyncio.create_task(store.async_stored())
    await asyncio.sleep(0)

    async def save(number: int) -> None:
        values[str(number)] = number
        await store.async_save()
        assert str(number) in on_disk(directory, KEY)

    others = [asyncio.create_task(save(number)) for number in range(50)]
    await asyncio.sleep(0)
    assert not first.done()
    assert not running.done()
    disk.may_write.set()
    await asyncio.gather(first, running, *others)
    assert disk.writes == 2


async def test_what_is_saved_is_not_due_any_more(
    hass: HomeAssistant, store: RecordStore, freezer: FrozenDateTimeFactory, disk: Disk
) -> None:
    final = "homeassistant_final_write"
    before = hass.bus.async_listeners().get(final, 0)
    for _ in range(2):
        store.async_note_change()
        store.async_note_change()
        assert hass.bus.async_listeners()[final] == before + 1
        await store.async_save()
        assert hass.bus.async_listeners().get(final, 0) == before
    freezer.tick(timedelta(seconds=60))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert disk.writes == 2


async def test_a_change_is_saved_when_it_is_due_and_not_before(
    hass: HomeAssistant, store: RecordStore, freezer: FrozenDateTimeFactory, disk: Disk
) -> None:
    store.async_note_change()
    freezer.tick(timedelta(seconds=WITHIN - 2))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert disk.writes == 0
    freezer.tick(timedelta(seconds=3))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert disk.writes == 1


async def test_a_save_that_was_cancelled_before_it_began_is_made_up_for(
    store: RecordStore, values: dict[str, Any], directory: Path
) -> None:
    values["first"] = 1
    waiting = store._wait_for_save()
    waiting.cancel()
    await asyncio.wait([waiting])
    await store.async_save()
    assert on_disk(directory, KEY) == {"first": 1}


async def test_a_caller_that_is_cancelled_does_not_cancel_the_save(
    hass: HomeAssistant, store: RecordStore, values: dict[str, Any], directory: Path, disk: Disk
) -> None:
    disk.may_write.clear()
    values["first"] = 1
    first = asyncio.create_task(store.async_save())
    await hass.async_add_executor_job(disk.began.wait, 10)
    first.cancel()
    disk.may_write.set()
    await hass.async_block_till_done()
    assert on_disk(directory, KEY) == {"first": 1}


async def test_a_save_that_is_cancelled_while_it_runs_is_waited_for_no_more(
    hass: HomeAssistant, store: RecordStore, disk: Disk
) -> None:
    disk.may_write.clear()
    first = asyncio.create_task(store.async_save())
    await hass.async_add_executor_job(disk.began.wait, 10)
    (saving,) = (each for each in asyncio.all_tasks() if each.get_name() == f"save {KEY}")
    saving.cancel()
    await asyncio.wait([first])
    disk.may_write.set()
    await store.async_stored()
    assert first.cancelled()


async def test_a_disk_that_refuses_is_logged_and_stops_nothing(
    store: RecordStore,
    values: dict[str, Any],
    directory: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    replace_by_file(directory)
    await store.async_save()
    assert f"{KEY} was not saved" in caplog.text
    remove(directory)
    values["again"] = True
    await store.async_save()
    assert on_disk(directory, KEY) == {"again": True}


# While Home Assistant stops


@pytest.mark.parametrize("how", ["noted", "saved", "saved and noted", "noted and saved"])
async def test_what_changes_while_home_assistant_stops_is_in_the_final_write(
    hass: HomeAssistant, store: RecordStore, values: dict[str, Any], directory: Path, how: str
) -> None:
    async def on_stop(_event: object) -> None:
        for number, action in enumerate(how.split(" and ")):
            values[action] = number
            if action == "saved":
                await store.async_save()
            else:
                store.async_note_change()
        assert on_disk(directory, KEY) == {"before": 1}

    values["before"] = 1
    await store.async_save()
    hass.bus.async_listen_once("homeassistant_stop", on_stop)
    await hass.async_stop(force=True)
    assert on_disk(directory, KEY) == values
    assert len(values) > 1


async def test_what_was_due_when_home_assistant_stops_is_in_the_final_write(
    hass: HomeAssistant,
    store: RecordStore,
    values: dict[str, Any],
    directory: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    values["before"] = 1
    store.async_note_change()
    await hass.async_stop(force=True)
    assert on_disk(directory, KEY) == {"before": 1}
    assert "Unable to remove" not in caplog.text


async def test_what_changes_during_the_final_write_is_saved_at_once(
    hass: HomeAssistant, store: RecordStore, values: dict[str, Any], directory: Path
) -> None:
    def on_final_write(_event: object) -> None:
        assert hass.state is CoreState.final_write
        values["last"] = True
        hass.loop.call_soon_threadsafe(store.async_note_change)

    hass.bus.async_listen_once("homeassistant_final_write", on_final_write)
    await hass.async_stop(force=True)
    assert on_disk(directory, KEY) == {"last": True}


async def test_a_removed_store_stays_removed(
    hass: HomeAssistant,
    store: RecordStore,
    values: dict[str, Any],
    directory: Path,
    freezer: FrozenDateTimeFactory,
) -> None:
    values["x"] = 1
    await store.async_save()
    store.async_note_change()
    await store.async_remove()
    freezer.tick(timedelta(seconds=60))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert on_disk(directory, KEY) is None


class Noting:
    """What is made JSON of, and notes the thread."""

    def __init__(self, threads: list[int]) -> None:
        self._threads = threads

    def as_dict(self) -> dict[str, Any]:
        self._threads.append(threading.get_ident())
        return {}


@pytest.mark.parametrize("large", [True, False])
async def test_json_of_what_is_large_is_written_in_the_executor(
    hass: HomeAssistant, *, large: bool
) -> None:
    threads: list[int] = []
    store = RecordStore(
        hass,
        KEY,
        lambda: {"x": Noting(threads)},
        within=WITHIN,
        encode=dict if large else None,
    )
    await store.async_save()
    assert (threading.get_ident() in threads) is not large
    assert threads
