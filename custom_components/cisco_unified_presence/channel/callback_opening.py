"""Opens and closes the callback of an entry, and raises the issue when none can be opened."""

import asyncio

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import CallbackMode
from ..issues import Issue, async_clear_issues, async_raise_issue
from ..settings import CallbackSettings
from .callback import Callback, CallbackUnavailable, NotificationHandler
from .callback_choice import choose_callback

_ISSUES = (
    Issue.CALLBACK_NO_URL,
    Issue.CALLBACK_NEEDS_HTTP,
    Issue.CALLBACK_PORT_CLOSED,
)


class EntryCallback:
    """The callback of an entry, by the settings that the entry has when it is opened."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, handler: NotificationHandler
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._handler = handler
        self._opened: Callback | None = None
        # An entry may be left while its new callback opens.
        self._lock = asyncio.Lock()

    @property
    def url(self) -> str | None:
        """The address that the server is to call, None when there is none."""
        return self._opened.url if self._opened else None

    async def async_open(self) -> Callback | None:
        """Open the callback in the place of what is open; None leaves polling."""
        async with self._lock:
            # First, since the next one may use the same port.
            await self._async_close()
            self._opened = await self._async_open()
            return self._opened

    async def _async_open(self) -> Callback | None:
        async_clear_issues(self._hass, self._entry, *_ISSUES)
        settings = CallbackSettings.of(self._entry.data, self._entry.options)
        if settings.mode is CallbackMode.NONE:
            return None
        try:
            chosen = choose_callback(self._hass, settings)
            await chosen.async_open(self._handler)
        except CallbackUnavailable as error:
            async_raise_issue(self._hass, self._entry, error.issue, **error.placeholders)
            return None
        return chosen

    async def async_close(self) -> None:
        async with self._lock:
            await self._async_close()

    async def _async_close(self) -> None:
        if self._opened is not None:
            await self._opened.async_close()
            self._opened = None
