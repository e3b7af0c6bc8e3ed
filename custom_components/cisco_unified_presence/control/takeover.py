"""Takeover detection: a person, or another writer, has replaced what is published.

docs/rules.md, "A person's own choice". What is detected is a suspicion; the reconciler verifies it.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..clock import Timers
from ..coordinator import PresenceCoordinator
from ..people import Person
from .store import ControlStore

# The server passes through other words during a change, and a notification of an older word may
# arrive after a write.
SETTLE_SECONDS: Final = 5.0


class TakeoverDetector:
    """Suspects a takeover when another presence than the published is shown for the settle time."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: PresenceCoordinator,
        store: ControlStore,
        on_suspicion: Callable[[str], None],
    ) -> None:
        self._coordinator = coordinator
        self._store = store
        self._on_suspicion = on_suspicion
        self._unsubscribe: dict[str, CALLBACK_TYPE] = {}
        self._settling = Timers[str](hass)

    @callback
    def async_watch(self, person: Person) -> None:
        if person.key in self._unsubscribe:
            return
        check = partial(self._async_check, person.key)
        self._unsubscribe[person.key] = self._coordinator.async_subscribe(person.key, check)
        check()

    @callback
    def async_forget(self, key: str) -> None:
        self._settling.async_cancel(key)
        if unsubscribe := self._unsubscribe.pop(key, None):
            unsubscribe()

    @callback
    def async_stop(self) -> None:
        for key in tuple(self._unsubscribe):
            self.async_forget(key)

    @callback
    def _async_check(self, key: str) -> None:
        seen = self._coordinator.presence_of(key)
        published = self._store.record_of(key).published
        if not published or not published.is_contradicted_by(seen.presence if seen else None):
            self._settling.async_cancel(key)
        elif key not in self._settling:
            self._settling.async_start(key, SETTLE_SECONDS, partial(self._on_suspicion, key))
