"""What is stored of a contact list is read as it was written."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.roster.plan import SyncRecord
from custom_components.cisco_unified_presence.roster.record import (
    LabelRecord,
    StoredSync,
    SyncStore,
)

STORED = {
    "present": ["anna@example.com", "ben@example.com"],
    "missing": {"clara@example.com": "2026-11-02T08:00:00+00:00"},
    "labels": {
        "of_group": {"Sales": "sales"},
        "created": ["sales", "support"],
        "assigned": {"anna@example.com": ["sales", "support"]},
    },
}
READ = StoredSync(
    SyncRecord(
        present=frozenset({"anna@example.com", "ben@example.com"}),
        missing={"clara@example.com": datetime(2026, 11, 2, 8, tzinfo=UTC)},
    ),
    LabelRecord(
        of_group={"Sales": "sales"},
        created={"sales", "support"},
        assigned={"anna@example.com": frozenset({"sales", "support"})},
    ),
)


def test_what_is_stored() -> None:
    assert StoredSync.from_storage(STORED) == READ
    assert READ.as_storage() == STORED


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"present": "anna", "missing": ["anna"], "labels": None},
        {"present": [7], "missing": {"anna": "yesterday", "ben": 7}, "labels": {}},
        {"labels": {"of_group": {"Sales": 7}, "created": {"a": 1}, "assigned": ["anna"]}},
    ],
)
def test_what_cannot_be_read_is_nothing(stored: dict[str, Any]) -> None:
    assert StoredSync.from_storage(stored) == StoredSync()


async def test_only_what_has_changed_is_written(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    store = SyncStore(hass, "entry")
    stored = await store.async_load()
    await store.async_save(stored)
    assert hass_storage == {}
    await store.async_save(READ)
    assert hass_storage.pop("cisco_unified_presence.entry.contact_list")["data"] == STORED
    await store.async_save(READ)
    assert hass_storage == {}


async def test_what_was_stored_is_written_again_only_when_it_changes(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    await SyncStore(hass, "entry").async_save(READ)
    store = SyncStore(hass, "entry")
    assert await store.async_load() == READ
    hass_storage.clear()
    await store.async_save(READ)
    assert hass_storage == {}


async def test_what_is_forgotten_is_stored_no_more(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    store = SyncStore(hass, "entry")
    await store.async_save(READ)
    assert hass_storage
    await store.async_forget()
    assert hass_storage == {}
