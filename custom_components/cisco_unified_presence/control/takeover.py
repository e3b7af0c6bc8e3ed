"""Takeover detection: a person, or another writer, has replaced what is published, or it is lost.

docs/rules.md, "A person's own choice". What is detected is a suspicion; the reconciler verifies it.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..clock import Timers
from ..coordinator import PresenceCoordinator
from ..people import Person
from .marks import Marks
from .store import ControlStore

# The server passes through other words during a change, and a notification of an older word may
# arrive after a write.
SETTLE_SECONDS: Final = 5.0


class TakeoverDetector:
    """Suspects a takeover when another presence than the published is shown for the settle time.

    A loss is suspected when its mark is missing for as long.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: PresenceCoordinator,
        store: ControlStore,
        on_suspicion: Callable[[str], None],
    ) -> None:
        self._loop = hass.loop
        self._coordinator = coordinator
        self._store = store
        self._on_suspicion = on_suspicion
        self._unsubscribe: dict[str, CALLBACK_TYPE] = {}
        self._settling = Timers[str](hass)
        self._marks = Marks()

    @callback
    def async_watch(self, person: Person) -> None:
        """Watch what is published for a person from now on, or anew after it was written."""
        if person.key in self._unsubscribe:
            self._note_mark(person.key)
            return
        check = partial(self._async_check, person.key)
        self._unsubscribe[person.key] = self._coordinator.async_subscribe(person.key, check)
        check()

    @callback
    def async_forget(self, key: str) -> None:
        self._settling.async_cancel(key)
        self._marks.forget(key)
        if unsubscribe := self._unsubscribe.pop(key, None):
            unsubscribe()

    @callback
    def async_stop(self) -> None:
        for key in tuple(self._unsubscribe):
            self.async_forget(key)

    def is_unmarked(self, key: str) -> bool:
        """Tell whether the latest document lacks the mark of what is published."""
        published = self._store.record_of(key).published
        seen, now = self._coordinator.presence_of(key), self._loop.time()
        return published is not None and self._marks.is_missing(key, published, seen, now)

    def note_lost_by_mark(self, key: str) -> None:
        """Note that what is published counts as lost since its mark is missing."""
        self._marks.note_missed(key, self._loop.time())

    def _note_mark(self, key: str) -> None:
        if published := self._store.record_of(key).published:
            self._marks.note(key, published, self._coordinator.presence_of(key))

    def _is_doubtful(self, key: str) -> bool:
        seen = self._coordinator.presence_of(key)
        published = self._store.record_of(key).published
        if published and published.is_contradicted_by(seen.presence if seen else None):
            return True
        return self.is_unmarked(key)

    @callback
    def _async_check(self, key: str) -> None:
        self._note_mark(key)
        if not self._is_doubtful(key):
            self._settling.async_cancel(key)
        elif key not in self._settling:
            self._settling.async_start(key, SETTLE_SECONDS, partial(self._on_suspicion, key))
