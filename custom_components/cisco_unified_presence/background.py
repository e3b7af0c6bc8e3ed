"""What an entry does in the background, until it is left."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import LOGGER


class Background:
    """Tasks of an entry, none of which is ever missed in silence."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Do nothing yet."""
        self._hass = hass
        self._entry = entry
        self._tasks: set[asyncio.Task[None]] = set()

    @callback
    def async_run(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Do some work, and return its task."""
        task = self._entry.async_create_background_task(
            self._hass, work, f"cisco_unified_presence {name}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def async_stop(self) -> None:
        """Give up what is under way, and return when it has ended."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @callback
    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (mistake := task.exception()) is None:
            return
        # A mistake of ours. Nobody would work on what is due from now on, so all begins anew.
        LOGGER.error("%s ended unexpectedly", task.get_name(), exc_info=mistake)
        self._hass.config_entries.async_schedule_reload(self._entry.entry_id)
