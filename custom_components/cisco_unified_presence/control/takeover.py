"""Noticing that a person's own hand, or another writer, has beaten what we hold.

docs/rules.md, "A person's own hand". What is noticed here is a suspicion, which is confirmed later.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..clock import Timers
from ..coordinator import PresenceCoordinator
from ..people import Person
from ..pws import Presence

# A change passes through other words on its way, and news may overtake what we have just written.
SETTLE_SECONDS: Final = 5.0


class TakeoverDetector:
    """Watches the people for whom something is held."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: PresenceCoordinator,
        is_beaten: Callable[[str, Presence | None], bool],
        on_suspicion: Callable[[str], None],
    ) -> None:
        """Watch nobody yet.

        Args:
            hass: Home Assistant.
            coordinator: Knows what is shown.
            is_beaten: Tells by a person's key whether a word is another than what is held.
            on_suspicion: Called with the key of a person who has shown one for the settle time.
        """
        self._coordinator = coordinator
        self._is_beaten = is_beaten
        self._on_suspicion = on_suspicion
        self._unsubscribe: dict[str, CALLBACK_TYPE] = {}
        self._settling = Timers[str](hass)

    @callback
    def async_watch(self, person: Person) -> None:
        """Watch a person from now on."""
        if person.key in self._unsubscribe:
            return
        self._unsubscribe[person.key] = self._coordinator.async_subscribe(
            person.key, partial(self._async_look, person)
        )
        self._async_look(person)

    @callback
    def async_forget(self, key: str) -> None:
        """Watch a person no longer."""
        self._settling.async_cancel(key)
        if unsubscribe := self._unsubscribe.pop(key, None):
            unsubscribe()

    @callback
    def async_stop(self) -> None:
        """Watch nobody any more."""
        for key in tuple(self._unsubscribe):
            self.async_forget(key)

    def shown(self, person: Person) -> Presence | None:
        """Return the word that is shown of a person, None when nothing is known."""
        seen = self._coordinator.presence_of(person.key)
        return seen.presence if seen else None

    @callback
    def _async_look(self, person: Person) -> None:
        if not self._is_beaten(person.key, self.shown(person)):
            self._settling.async_cancel(person.key)
        elif person.key not in self._settling:
            self._settling.async_start(
                person.key, SETTLE_SECONDS, partial(self._on_suspicion, person.key)
            )
