"""Records on disk: saved in time, and read whatever a file holds."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import threading
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers import storage as core_storage
from homeassistant.util.file import write_utf8_file
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cisco_unified_presence.storage import (
    RecordStore,
    of_type,
    require_times,
    storable_text,
    stored_amount,
    stored_time,
)
from tests.common.storage import (
    NO_JSON,
    OTHER_JSON,
    files,
    on_disk,
    put,
    put_data,
    replace_by_file,
)

KEY = "cisco_unified_presence.test"
WITHIN = 5.0


@pytest.fixture
def values() -> dict[str, Any]:
    return {}


@pytest.fixture
def store(hass: HomeAssistant, values: dict[str, Any]) -> RecordStore:
    return RecordStore(hass, KEY, lambda: dict(values), within=WITHIN)


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
    hass: HomeAssistant, store: RecordStore, values: dict[str, Any], directory: Path
) -> None:
    values["before"] = 1
    store.async_note_change()
    await hass.async_stop(force=True)
    assert on_disk(directory, KEY) == {"before": 1}


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


# What is read


def number_of(stored: Any) -> int:
    return of_type(stored["number"], int)


async def test_a_record_that_cannot_be_read_costs_that_record(
    store: RecordStore, directory: Path
) -> None:
    good = {"number": 1}
    damaged: list[Any] = [None, [], {}, "text", 5, {"number": "1"}, {"number": True}]
    stored = {"good": good, **{f"bad {n}": each for n, each in enumerate(damaged)}}
    put(directory, KEY, json.dumps({"version": 1, "key": KEY, "data": stored}))
    loaded = await store.async_load(number_of)
    assert loaded.records == {"good": 1}
    assert loaded.unreadable == tuple(f"bad {n}" for n in range(len(damaged)))
    assert not loaded.complete


@pytest.mark.parametrize("content", OTHER_JSON)
async def test_a_file_of_another_form_is_moved_away(
    store: RecordStore, directory: Path, values: dict[str, Any], content: str
) -> None:
    put(directory, KEY, content)
    loaded = await store.async_load(number_of)
    assert loaded.records == {}
    assert loaded.unreadable_file is not None
    assert files(directory, KEY) == {Path(loaded.unreadable_file).name: content.encode()}
    values["new"] = 1
    await store.async_save()
    assert on_disk(directory, KEY) == {"new": 1}


async def test_a_file_of_a_later_version_is_not_lost(store: RecordStore, directory: Path) -> None:
    content = json.dumps({"version": 9, "data": {"x": {"number": 1}}})
    put(directory, KEY, content)
    loaded = await store.async_load(number_of)
    assert loaded.unreadable_file is not None
    assert files(directory, KEY) == {Path(loaded.unreadable_file).name: content.encode()}


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
async def test_a_file_that_is_no_json_is_moved_and_told_of_by_home_assistant(
    hass: HomeAssistant, store: RecordStore, directory: Path, content: bytes
) -> None:
    put(directory, KEY, content)
    loaded = await store.async_load(number_of)
    assert loaded.records == {}
    assert loaded.complete
    assert [each.translation_key for each in ir.async_get(hass).issues.values()] == [
        "storage_corruption"
    ]
    assert list(files(directory, KEY).values()) == [content]
    assert KEY not in files(directory, KEY)


async def test_no_file_and_an_empty_one_are_no_loss(store: RecordStore, directory: Path) -> None:
    assert (await store.async_load(number_of)).complete
    put(directory, KEY, "{}")
    assert (await store.async_load(number_of)).complete
    put(directory, KEY, '{"version": 1, "data": null}')
    assert (await store.async_load(number_of)).complete


async def test_what_stands_in_place_of_a_file_is_moved_away(
    store: RecordStore, directory: Path
) -> None:
    (directory / KEY).mkdir()
    loaded = await store.async_load(number_of)
    assert loaded.unreadable_file
    assert not (directory / KEY).exists()


@pytest.mark.parametrize(("count", "in_loop"), [(50, True), (51, False)])
async def test_many_records_are_read_in_the_executor(
    store: RecordStore, directory: Path, count: int, *, in_loop: bool
) -> None:
    """The histories of 2000 people took the loop half a second."""
    put_data(directory, KEY, {str(number): number for number in range(count)})
    threads = set[int]()

    def from_storage(stored: int) -> int:
        threads.add(threading.get_ident())
        return stored

    assert len((await store.async_load(from_storage)).records) == count
    assert (threads == {threading.get_ident()}) is in_loop


async def test_what_is_large_is_made_in_the_executor(hass: HomeAssistant, directory: Path) -> None:
    threads: list[int] = []

    def encode(snapshot: dict[str, Any]) -> dict[str, Any]:
        threads.append(threading.get_ident())
        return {key: {"value": value} for key, value in snapshot.items()}

    store = RecordStore(hass, KEY, lambda: {"anna": 1}, within=WITHIN, encode=encode)
    await store.async_save()

    assert threads
    assert threading.get_ident() not in threads
    assert on_disk(directory, KEY) == {"anna": {"value": 1}}


async def test_a_file_that_cannot_be_moved_stays_where_it_is(
    hass: HomeAssistant,
    store: RecordStore,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(self: Path, target: str) -> None:
        raise OSError("read-only")

    put(directory, KEY, "[]")
    monkeypatch.setattr(Path, "rename", refuse)
    loaded = await store.async_load(number_of)
    path = str(directory / KEY)
    assert loaded.unreadable_file == path
    assert f"{path} is not readable and could not be moved: read-only" in caplog.text
    assert files(directory, KEY) == {KEY: b"[]"}


async def test_a_file_is_moved_as_home_assistant_does(
    store: RecordStore,
    directory: Path,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    freezer.move_to("2026-11-23T09:00:00+00:00")
    put(directory, KEY, "[]")
    path = str(directory / KEY)
    moved_to = f"{path}.corrupt.2026-11-23T09:00:00+00:00"
    assert (await store.async_load(number_of)).unreadable_file == moved_to
    assert f"{path} is not readable and was moved to {moved_to}" in caplog.text


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


# Values


@pytest.mark.parametrize(
    ("stored", "types", "is_one"),
    [
        (1, (int,), True),
        (1.5, (int, float), True),
        ("x", (str,), True),
        (True, (bool,), True),
        (True, (int,), False),
        (1, (bool,), False),
        (1, (float,), False),
        (None, (str,), False),
    ],
)
def test_a_value_of_a_type(stored: object, types: tuple[type, ...], *, is_one: bool) -> None:
    if is_one:
        assert of_type(stored, *types) is stored
    else:
        with pytest.raises(TypeError, match="in place of"):
            of_type(stored, *types)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1970-01-01T00:00:00+00:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2026-11-23T10:00:00+01:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("9998-12-31T00:00:00+00:00", datetime(9998, 12, 31, tzinfo=UTC)),
        ("1969-12-31T00:00:00+00:00", None),
        ("9999-01-01T00:00:00+00:00", None),
        ("2026-11-23T10:00:00", None),
        ("noon", None),
    ],
)
def test_a_time(text: str, time: datetime | None) -> None:
    if time is None:
        with pytest.raises(ValueError, match=r"\w"):
            stored_time(text)
    else:
        assert stored_time(text) == time
        assert stored_time(text).tzinfo is UTC


def test_times_that_are_not_there_are_fine() -> None:
    require_times([None, datetime(2026, 11, 23, tzinfo=UTC)])
    with pytest.raises(ValueError, match="is no time of a record"):
        require_times([None, datetime(2026, 11, 23)])  # noqa: DTZ001 (what is refused)


def test_an_amount() -> None:
    for amount in (0, 0.5, 2**50):
        assert stored_amount(amount) == amount
    for none in (-0.5, -1, 2**50 + 1, 1e308, float("nan")):
        with pytest.raises(ValueError, match="is no amount"):
            stored_amount(none)


def test_a_text_that_json_can_carry() -> None:
    assert storable_text("Grüße \U0001f600") == "Grüße \U0001f600"
    assert storable_text("a\ud800b") == "a?b"
