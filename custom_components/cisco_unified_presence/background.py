"""The background tasks of an entry, work that is not broken off, and reloads.

Home Assistant cancels what a user has requested when the client goes, such as a browser that is
closed: the step of a flow, and loading, unloading or removing an entry.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER

# The ids of entries that are about to be reloaded.
_RELOADING: HassKey[set[str]] = HassKey(f"{DOMAIN}.reloading")


@callback
def async_schedule_reload(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Reload an entry soon; what is published, and the sessions that carry it, stay meanwhile."""
    hass.data.setdefault(_RELOADING, set()).add(entry.entry_id)
    hass.config_entries.async_schedule_reload(entry.entry_id)


async def async_reload(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Reload an entry; what is published, and the sessions that carry it, stay meanwhile.

    The reload goes on when the caller is cancelled.
    """
    hass.data.setdefault(_RELOADING, set()).add(entry.entry_id)
    await async_detached(hass, hass.config_entries.async_reload(entry.entry_id), "reload")


@callback
def async_is_reloading(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Tell whether an entry is left to be loaded again at once."""
    return entry.entry_id in hass.data.get(_RELOADING, ()) and not entry.disabled_by


@callback
def async_note_loading(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Note that the reload has come about, if there was one."""
    hass.data.get(_RELOADING, set()).discard(entry.entry_id)


async def async_detached[T](hass: HomeAssistant, work: Coroutine[Any, Any, T], name: str) -> T:
    """Return the result of work that goes on when the caller is cancelled."""
    task = hass.async_create_task(work, f"{DOMAIN} {name}")
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        task.add_done_callback(_log_failure)
        raise
    return task.result()


async def async_in_full[T](hass: HomeAssistant, work: Coroutine[Any, Any, T], name: str) -> T:
    """Return the result of work, also when the caller is cancelled meanwhile.

    For what Home Assistant awaits in the middle of changing the state of an entry, which would stay
    in between. While Home Assistant stops, the work is cancelled with the caller.
    """
    task = hass.async_create_task(work, f"{DOMAIN} {name}")
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            if hass.is_stopping:
                task.cancel()
                await asyncio.wait([task])
                raise
    return task.result()


def _log_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()):
        LOGGER.debug("%s failed after its caller had gone: %r", task.get_name(), error)


class Background:
    """Runs tasks until the entry is unloaded. A task that raises reloads the entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._tasks: set[asyncio.Task[None]] = set()

    @callback
    def async_run(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = self._entry.async_create_background_task(
            self._hass, work, f"cisco_unified_presence {name}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def async_stop(self) -> None:
        """Cancel all tasks, and wait until they have ended."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @callback
    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        # A bug. Without this task nothing would be updated, so the entry is loaded anew.
        LOGGER.error("%s ended unexpectedly", task.get_name(), exc_info=error)
        async_schedule_reload(self._hass, self._entry)
