"""When each person is reconciled next."""

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
    """One time for each person, put off while the server refuses the person."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        reconcile: Callable[[str], Coroutine[Any, Any, None]],
    ) -> None:
        self.refusals = Refusals()
        self._hass = hass
        self._entry = entry
        self._reconcile = reconcile
        self._timers = Timers[str](hass)
        self._beginning = set[str]()
        self._stopped = False

    @callback
    def async_at(self, key: str, when: datetime) -> None:
        """Reconcile a person at this time, in place of the time that was set before."""
        self._timers.async_cancel(key)
        allowed = self.refusals.not_before(key, when)
        seconds = (allowed - dt_util.utcnow()).total_seconds()
        if seconds <= 0:
            self._begin(key)
        elif not self._stopped:
            self._timers.async_start(key, seconds, partial(self._begin, key))

    @callback
    def async_soon(self, key: str) -> None:
        """Reconcile a person as soon as the server may be asked."""
        self.async_at(key, dt_util.utcnow())

    @callback
    def async_cancel(self, key: str) -> None:
        """Drop the time of a person; a reconciliation that has begun goes on."""
        self._timers.async_cancel(key)

    @callback
    def async_note_begun(self, key: str) -> None:
        """Note that a reconciliation reads the world only now: later changes need another one."""
        self._beginning.discard(key)

    @callback
    def async_stop(self) -> None:
        self._stopped = True
        self._timers.async_cancel_all()

    @callback
    def _begin(self, key: str) -> None:
        if self._stopped or key in self._beginning:
            return
        self._beginning.add(key)
        self._entry.async_create_background_task(
            self._hass, self._reconcile(key), f"cisco_unified_presence reconcile {key}"
        )
