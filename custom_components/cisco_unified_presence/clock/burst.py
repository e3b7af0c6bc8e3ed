"""Many changes in one turn of the loop, answered once."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback


class Burst:
    """Runs its action once after all changes of one turn of the loop."""

    def __init__(self, hass: HomeAssistant, action: Callable[[], None]) -> None:
        self._hass = hass
        self._action = action
        self._waiting = False

    @callback
    def async_note(self) -> None:
        if not self._waiting:
            self._waiting = True
            self._hass.loop.call_soon(self._act)

    def _act(self) -> None:
        self._waiting = False
        self._action()
