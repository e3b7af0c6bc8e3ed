"""Named timers, each of which runs once at a time."""

from collections.abc import Callable, Iterator
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later


class Timers[NameT]:
    """What an object waits for."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nothing to wait for."""
        self._hass = hass
        self._running: dict[NameT, CALLBACK_TYPE] = {}

    def __contains__(self, name: NameT) -> bool:
        return name in self._running

    def __iter__(self) -> Iterator[NameT]:
        """Iterate over the timers that run."""
        return iter(self._running)

    @callback
    def async_start(self, name: NameT, seconds: float, action: Callable[[], None]) -> None:
        """Act after so many seconds; a timer of this name that runs already begins anew."""

        @callback
        def fire(_now: datetime) -> None:
            self._running.pop(name, None)
            action()

        self.async_note(name, async_call_later(self._hass, seconds, fire))

    @callback
    def async_note(self, name: NameT, cancel: CALLBACK_TYPE) -> None:
        """Note that something is waited for under this name, and how to end that."""
        self.async_cancel(name)
        self._running[name] = cancel

    @callback
    def async_note_done(self, name: NameT) -> None:
        """Note that what was waited for has come about: there is nothing to be ended any more."""
        self._running.pop(name, None)

    @callback
    def async_cancel(self, *names: NameT) -> None:
        """Wait no longer for these."""
        for name in names:
            if cancel := self._running.pop(name, None):
                cancel()

    @callback
    def async_cancel_all(self) -> None:
        """Wait no longer for anything."""
        self.async_cancel(*self._running)
