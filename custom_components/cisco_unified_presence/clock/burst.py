"""Many changes in one turn of the loop, or in the same second, answered once."""

import asyncio
from collections.abc import Callable
from math import inf

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


class PacedBurst:
    """Runs its action once a turn for some changes, and for a stream of them once in a while.

    For an action whose cost grows with what there is, and changes that may come for each of it.
    """

    def __init__(
        self, hass: HomeAssistant, action: Callable[[], None], *, at_once: int, rest: float
    ) -> None:
        """Initialize.

        Args:
            hass: Home Assistant.
            action: What to run after changes.
            at_once: How many times it runs in the turn after a change.
            rest: Seconds between two runs from then on; each that pass allow one more at once.
        """
        self._hass = hass
        self._action = action
        self._rest = rest
        self._ahead = (at_once - 1) * rest
        # When all runs so far have been rested from.
        self._rested_at = -inf
        self._waiting: asyncio.Handle | None = None
        self._stopped = False

    @callback
    def async_note(self) -> None:
        if self._waiting is None and not self._stopped:
            self._waiting = self._hass.loop.call_soon(self._act)

    @callback
    def async_stop(self) -> None:
        """Do not run any more, for changes that wait neither."""
        self._stopped = True
        if self._waiting is not None:
            self._waiting.cancel()

    def _act(self) -> None:
        now = self._hass.loop.time()
        allowed_at = self._rested_at - self._ahead
        if now < allowed_at:
            self._waiting = self._hass.loop.call_at(allowed_at, self._act)
            return
        self._waiting = None
        self._rested_at = max(self._rested_at, now) + self._rest
        self._action()
