"""When each person is reconciled: at one time each, not before the server may be asked again."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..clock import Timers
from .refusals import Refusals


class ReconcileSchedule:
    """Calls for each person at the time that was last agreed.

    Attributes:
        refusals: Whom the server has refused; they are visited later.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        visit: Callable[[str], Coroutine[Any, Any, None]],
    ) -> None:
        """Agree on nothing yet; ``visit`` gets the key of the person whose time has come."""
        self.refusals = Refusals()
        self._hass = hass
        self._entry = entry
        self._visit = visit
        self._timers = Timers[str](hass)
        self._beginning = set[str]()
        self._stopped = False

    @callback
    def async_at(self, key: str, when: datetime) -> None:
        """Visit a person at this time, and not at the time that was agreed before."""
        self._timers.async_cancel(key)
        allowed = self.refusals.not_before(key, when)
        seconds = (allowed - dt_util.utcnow()).total_seconds()
        if seconds <= 0:
            self._begin(key)
        elif not self._stopped:
            self._timers.async_start(key, seconds, partial(self._begin, key))

    @callback
    def async_soon(self, key: str) -> None:
        """Visit a person as soon as can be."""
        self.async_at(key, dt_util.utcnow())

    @callback
    def async_cancel(self, key: str) -> None:
        """Do not visit a person, as far as that has not begun."""
        self._timers.async_cancel(key)

    @callback
    def async_note_begun(self, key: str) -> None:
        """Note that a visit takes notice of the world only now: whatever changes needs another."""
        self._beginning.discard(key)

    @callback
    def async_stop(self) -> None:
        """Visit nobody from now on."""
        self._stopped = True
        self._timers.async_cancel_all()

    @callback
    def _begin(self, key: str) -> None:
        if self._stopped or key in self._beginning:
            return
        self._beginning.add(key)
        self._entry.async_create_background_task(
            self._hass, self._visit(key), f"cisco_unified_presence keep {key}"
        )
