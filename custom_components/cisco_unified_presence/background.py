"""The background tasks of an entry."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import LOGGER


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
        self._hass.config_entries.async_schedule_reload(self._entry.entry_id)
