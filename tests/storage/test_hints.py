"""What can be done without, on disk: nothing in its files is worth a failed set-up."""

import asyncio
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.channel.orphans import Orphans
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.storage import HintStore
from custom_components.cisco_unified_presence.trust import KnownNodes, NodeStore
from tests.common.cancelling import cancel_at
from tests.common.storage import NO_JSON, OTHER_JSON, files, put, put_data, replace_by_file

DAMAGED_DATA: tuple[Any, ...] = (
    {},
    {"backup": None, "endpoint": "x", "subscriptions": {"1": 2}},
    {"backup": 5, "endpoint": [3], "subscriptions": "12"},
    {"backup": "", "endpoint": True, "subscriptions": [None, "7", 7.5, [7]]},
    {"backup": "[:::/\0", "endpoint": None, "subscriptions": 3},
    {"backup": ["host"], "endpoint": {}, "subscriptions": None},
    # Local times overflow; and what a sum of seconds cannot be.
    {"at": "9999-12-31T23:59:59-12:00", "published": 1, "missing": {"a": "0001-01-01T00:00+12:00"}},
    {"anna@example.com": {"offline": 1e308, "seen": False}},
    {"anna@example.com": {"presence": "BUSY", "since": "0001-01-01T00:00+00:00"}},
)


def contents() -> dict[str, bytes]:
    data = (json.dumps({"version": 1, "data": each}) for each in DAMAGED_DATA)
    return {**NO_JSON, **{each: each.encode() for each in (*OTHER_JSON, *data)}}


@pytest.mark.parametrize("content", contents().values(), ids=range(len(contents())))
async def test_no_content_of_the_files_fails_a_set_up(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry, directory: Path, content: bytes
) -> None:
    of_entry = (
        f"{entry.entry_id}.{what}"
        for what in ("backup", "contact_list", "leftovers", "run", "seen", "since")
    )
    for key in (*of_entry, "renamed_entities"):
        put(directory, f"{DOMAIN}.{key}", content)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert [issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN] == []
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_backup_that_is_no_text_is_none(hass: HomeAssistant, directory: Path) -> None:
    put_data(directory, f"{DOMAIN}.entry.backup", {"backup": 5})
    assert (await NodeStore(hass, "entry").async_load()).backup is None
    put_data(directory, f"{DOMAIN}.entry.backup", {"backup": "beta"})
    assert (await NodeStore(hass, "entry").async_load()).backup == "beta"


def test_orphans_are_read_one_by_one() -> None:
    stored = {"endpoint": "3", "subscriptions": [7, None, "8", True, 9]}
    assert Orphans.from_storage(stored) == Orphans(subscriptions=(7, 9))


async def test_a_disk_that_refuses_is_only_logged(
    hass: HomeAssistant, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    replace_by_file(directory)
    store = HintStore(hass, "hint")
    await store.async_save({"x": 1})
    await store.async_remove()
    assert await store.async_load() == {}
    assert "hint was not saved" in caplog.text
    assert "hint was not removed" in caplog.text


async def test_nobody_else_may_read_a_hint(hass: HomeAssistant, directory: Path) -> None:
    await HintStore(hass, "hint").async_save({"x": 1})
    assert (directory / "hint").stat().st_mode & 0o077 == 0
    assert json.loads((directory / "hint").read_text())["version"] == 1
    await HintStore(hass, "hint", version=2).async_save({"x": 1})
    assert json.loads((directory / "hint").read_text())["version"] == 2


async def test_an_unreadable_hint_stays_where_it_is_until_it_is_saved(
    hass: HomeAssistant, directory: Path
) -> None:
    put(directory, "hint", "[]")
    store = HintStore(hass, "hint")
    assert await store.async_load() == {}
    assert files(directory, "hint") == {"hint": b"[]"}
    await store.async_save({"x": 1})
    assert await store.async_load() == {"x": 1}


def test_nothing_is_known_of_nodes_before_it_is_loaded(hass: HomeAssistant) -> None:
    assert NodeStore(hass, "entry").known == KnownNodes()


async def test_a_save_goes_on_when_the_caller_is_cancelled(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in a thread by then could not be stopped, and would overtake the next save."""
    store, written, may_end = HintStore(hass, "hint"), [], asyncio.Event()

    async def write(data: dict[str, Any]) -> None:
        await may_end.wait()
        written.append(data)

    monkeypatch.setattr(store._store, "async_save", write)
    assert await cancel_at(0, store.async_save({"a": 1}))
    assert written == []
    may_end.set()
    await hass.async_block_till_done()
    assert written == [{"a": 1}]
