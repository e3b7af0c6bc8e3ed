"""What is prepared for an entry's entities while its server is waited for."""

import asyncio

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from ..runtime import CupConfigEntry, Runtime
from .base import server_device
from .person_devices import async_person_devices


class Preparation:
    """Creates the devices of thousands of people, as far as it gets until the server has answered.

    The rest are created when their entities are added.
    """

    def __init__(self, hass: HomeAssistant, entry: CupConfigEntry, runtime: Runtime) -> None:
        self._hass = hass
        self._entry = entry
        self._people = runtime.coordinator.people
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_begin(self) -> None:
        """Create the server's device at once, and those of people in the background."""
        registry = dr.async_get(self._hass)
        registry.async_get_or_create(
            config_entry_id=self._entry.entry_id, **server_device(self._entry)
        )
        devices = async_person_devices(self._hass, self._entry)
        self._task = self._entry.async_create_background_task(
            self._hass, devices.async_prepare(self._people.values()), f"{DOMAIN} prepare devices"
        )

    async def async_end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
