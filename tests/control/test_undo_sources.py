"""When it is searched for what entries that are not loaded have left published."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import async_undo_removed
from custom_components.cisco_unified_presence.control import undo_sources as module
from custom_components.cisco_unified_presence.control.pending_clears import (
    PendingClear,
    RemovedAccount,
)
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.control.undo_sources import async_start_undoing
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.trust import KnownNodes, NodeStore
from tests.common.entry import person
from tests.common.strategies import NOW

DATA = {"host": "cup", "port": 8083, "application_user": "hass", "password": "secret"}
BUSY = RequestedPresence(Presence.BUSY, override=True)
PUBLISHED = PersonRecord(published=PublishedPresence(BUSY, NOW, "session"))
END = NOW + timedelta(hours=2)


class Queue:
    """Notes what it is given."""

    def __init__(self) -> None:
        self.loaded = 0
        self.added: list[tuple[str, list[PendingClear], RemovedAccount | None]] = []

    async def async_load(self) -> None:
        self.loaded += 1

    async def async_add(
        self, entry_id: str, clears: Any, *, removed: RemovedAccount | None = None
    ) -> None:
        self.added.append((entry_id, list(clears), removed))


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    queue = Queue()
    monkeypatch.setattr(module, "async_undo_queue", lambda _: queue)
    return queue


@pytest.fixture
def entry(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> MockConfigEntry:
    """An entry that controls Anna, and no longer Ben, and has published something for both."""
    freezer.move_to(NOW)
    made = MockConfigEntry(
        domain=DOMAIN,
        entry_id="entry",
        data=DATA,
        subentries_data=[person("anna", controlled=True), person("ben")],
    )
    made.add_to_hass(hass)
    put(hass_storage, "kept", {f"{user}@example.com": stored(user) for user in ("anna", "ben")})
    return made


def stored(user: str) -> dict[str, Any]:
    return {"user": user, "contact": f"{user}@example.com", **PUBLISHED.as_storage()}


def put(hass_storage: dict[str, Any], name: str, data: dict[str, Any]) -> None:
    key = f"{DOMAIN}.entry.{name}"
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}


ANNAS = PendingClear("anna", "anna@example.com", END)
BENS = PendingClear("ben", "ben@example.com", END)


async def update(hass: HomeAssistant, entry: ConfigEntry, *titles: str) -> None:
    for title in titles:
        hass.config_entries.async_update_entry(entry, title=title)
    await hass.async_block_till_done()


async def test_what_an_entry_that_is_not_loaded_no_longer_controls_is_cleared(
    hass: HomeAssistant, entry: MockConfigEntry, queue: Queue
) -> None:
    await async_start_undoing(hass)
    assert (queue.loaded, queue.added) == (1, [])
    # Many changes at a time are one.
    await update(hass, entry, "One", "Two")
    assert queue.added == [("entry", [BENS], None)]
    await update(hass, entry, "Three")
    assert queue.added[1:] == [("entry", [BENS], None)]


async def test_an_entry_that_is_added_or_removed_is_left_alone(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any], queue: Queue
) -> None:
    await async_start_undoing(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert [removed is None for _, _, removed in queue.added] == [False]


@pytest.mark.parametrize(
    ("state", "is_at_rest"),
    [
        (ConfigEntryState.LOADED, False),
        (ConfigEntryState.SETUP_IN_PROGRESS, False),
        (ConfigEntryState.UNLOAD_IN_PROGRESS, False),
        (ConfigEntryState.FAILED_UNLOAD, True),
        (ConfigEntryState.MIGRATION_ERROR, True),
        (ConfigEntryState.SETUP_ERROR, True),
        (ConfigEntryState.SETUP_RETRY, True),
    ],
)
async def test_only_entries_at_rest_are_dealt_with(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    queue: Queue,
    state: ConfigEntryState,
    *,
    is_at_rest: bool,
) -> None:
    await async_start_undoing(hass)
    entry.mock_state(hass, state)
    await update(hass, entry, "One")
    assert len(queue.added) == is_at_rest
    entry.mock_state(hass, ConfigEntryState.NOT_LOADED)


async def test_an_entry_that_is_loaded_meanwhile_takes_care_of_its_people_itself(
    hass: HomeAssistant, entry: MockConfigEntry, queue: Queue
) -> None:
    await async_start_undoing(hass)
    hass.config_entries.async_update_entry(entry, title="One")
    entry.mock_state(hass, ConfigEntryState.LOADED)
    await hass.async_block_till_done()
    assert queue.added == []
    entry.mock_state(hass, ConfigEntryState.NOT_LOADED)
    await update(hass, entry, "Two")
    assert len(queue.added) == 1


async def test_all_that_a_disabled_entry_has_published_is_cleared(
    hass: HomeAssistant, entry: MockConfigEntry, queue: Queue
) -> None:
    entry.disabled_by = ConfigEntryDisabler.USER
    other = MockConfigEntry(domain=DOMAIN, entry_id="other", data=DATA)
    other.add_to_hass(hass)
    await async_start_undoing(hass)
    assert queue.added == [("entry", [ANNAS, BENS], None)]


async def test_all_that_a_removed_entry_has_left_is_cleared_and_its_files_are_deleted(
    hass: HomeAssistant, hass_storage: dict[str, Any], entry: MockConfigEntry, queue: Queue
) -> None:
    known = KnownNodes(backup="cup2", logged_in=True)
    await NodeStore(hass, "entry").async_remember(known)
    put(hass_storage, "run", {"at": NOW.isoformat(), "published": 2})
    await async_undo_removed(hass, entry)
    assert queue.added == [("entry", [ANNAS, BENS], RemovedAccount(DATA, known))]
    assert f"{DOMAIN}.entry.kept" not in hass_storage
    assert f"{DOMAIN}.entry.run" not in hass_storage
