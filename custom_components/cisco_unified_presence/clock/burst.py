"""Many changes in one go, answered once."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback


class Burst:
    """Acts once, as soon as the changes that come together are over."""

    def __init__(self, hass: HomeAssistant, action: Callable[[], None]) -> None:
        """Take what is to be done; nothing has changed yet."""
        self._hass = hass
        self._action = action
        self._waiting = False

    @callback
    def async_note(self) -> None:
        """Note a change."""
        if not self._waiting:
            self._waiting = True
            self._hass.loop.call_soon(self._act)

    def _act(self) -> None:
        self._waiting = False
        self._action()
