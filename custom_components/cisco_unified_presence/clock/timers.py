"""Named timers, each of which runs once at a time."""

from collections.abc import Callable, KeysView
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later


class Timers[NameT]:
    """Timers by name; a timer that is started again begins anew."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._running: dict[NameT, CALLBACK_TYPE] = {}

    def __contains__(self, name: NameT) -> bool:
        return name in self._running

    @property
    def running(self) -> KeysView[NameT]:
        """A view of the timers that run."""
        return self._running.keys()

    @callback
    def async_start(self, name: NameT, seconds: float, action: Callable[[], None]) -> None:
        @callback
        def fire(_now: datetime) -> None:
            self._running.pop(name, None)
            action()

        self.async_add(name, async_call_later(self._hass, seconds, fire))

    @callback
    def async_add(self, name: NameT, cancel: CALLBACK_TYPE) -> None:
        """Add something else that is waited for under this name, and what cancels it."""
        self.async_cancel(name)
        self._running[name] = cancel

    @callback
    def async_remove(self, name: NameT) -> None:
        """Remove what async_add added, since it has come about."""
        self._running.pop(name, None)

    @callback
    def async_cancel(self, *names: NameT) -> None:
        for name in names:
            if cancel := self._running.pop(name, None):
                cancel()

    @callback
    def async_cancel_all(self) -> None:
        self.async_cancel(*self._running)
