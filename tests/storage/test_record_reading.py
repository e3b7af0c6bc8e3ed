"""Records on disk, read whatever a file holds."""

import json
from pathlib import Path
import threading
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.cisco_unified_presence.storage import RecordStore, of_type
from tests.common.storage import NO_JSON, OTHER_JSON, files, on_disk, put, put_data

KEY = "cisco_unified_presence.test"


WITHIN = 5.0


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
