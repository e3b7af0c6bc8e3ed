"""Finds what entries that are not loaded have left published, and has it cleared."""

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..listeners import async_track_entries
from ..people import controlled_keys, people_of
from ..storage import HintStore
from ..trust import NodeStore
from .pending_clears import PendingClear, RemovedAccount, stored_clears
from .run_marker import RunMarker
from .store import storage_key
from .undo import async_undo_queue

# In the other states the entry is loaded, or changes; it takes care of its people itself then.
_AT_REST = frozenset(
    {
        ConfigEntryState.FAILED_UNLOAD,
        ConfigEntryState.MIGRATION_ERROR,
        ConfigEntryState.NOT_LOADED,
        ConfigEntryState.SETUP_ERROR,
        ConfigEntryState.SETUP_RETRY,
    }
)


async def async_start_undoing(hass: HomeAssistant) -> None:
    """Clear what earlier runs have left, and from now on what entries leave while not loaded."""
    await async_undo_queue(hass).async_load()

    waiting = set[str]()

    async def undo(entry: ConfigEntry) -> None:
        waiting.discard(entry.entry_id)
        if entry.state in _AT_REST:
            await _async_undo_unwanted(hass, entry)

    @callback
    def changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if change is not ConfigEntryChange.UPDATED:
            return
        # Removing many people is a change for each of them.
        if entry.state in _AT_REST and entry.entry_id not in waiting:
            waiting.add(entry.entry_id)
            hass.async_create_task(undo(entry), f"{DOMAIN} undo", eager_start=False)

    async_track_entries(hass, changed)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.disabled_by:
            await _async_undo_unwanted(hass, entry)


async def async_undo_removed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Clear all that a removed entry has left at its server, and delete its records."""
    left = await _async_left_published(hass, entry)
    nodes = await NodeStore(hass, entry.entry_id).async_load()
    await async_undo_queue(hass).async_add(
        entry.entry_id, left.values(), removed=RemovedAccount.of(entry.data, nodes)
    )
    await HintStore(hass, storage_key(entry.entry_id)).async_remove()
    await RunMarker(hass, entry.entry_id).async_forget()


async def _async_undo_unwanted(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Clear what stands for people whom the entry will not control when it is loaded."""
    left = await _async_left_published(hass, entry)
    controlled = controlled_keys(entry)
    unwanted = (
        left.values()
        if entry.disabled_by
        else (each for key, each in left.items() if key not in controlled)
    )
    await async_undo_queue(hass).async_add(entry.entry_id, unwanted)


async def _async_left_published(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, PendingClear]:
    # Only read: the entry's own ControlStore deals with a file that is damaged.
    stored = await HintStore(hass, storage_key(entry.entry_id)).async_load()
    return stored_clears(stored, people_of(entry), dt_util.utcnow())
