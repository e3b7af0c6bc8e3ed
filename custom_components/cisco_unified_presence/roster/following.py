"""Listens to the presence of some people, thousands of whom take several turns of the loop."""

from collections.abc import Callable, KeysView, Sequence
from functools import partial
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..coordinator import PresenceCoordinator

# Following a person takes some microseconds.
PEOPLE_PER_TURN: Final = 500


class FollowedPeople:
    """Whose presence is listened to, by contact key."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: PresenceCoordinator,
        changed: Callable[[str], None],
        is_wanted: Callable[[str], bool],
    ) -> None:
        """Initialize.

        ``changed`` is called with the key of a person, first when that person is followed;
        ``is_wanted`` tells when a person's turn comes whether to follow.
        """
        self._hass = hass
        self._coordinator = coordinator
        self._changed = changed
        self._is_wanted = is_wanted
        self._unsubscribe: dict[str, CALLBACK_TYPE] = {}
        self._is_running = False

    @property
    def keys(self) -> KeysView[str]:
        return self._unsubscribe.keys()

    @callback
    def async_start(self) -> None:
        self._is_running = True

    @callback
    def async_stop(self) -> None:
        self._is_running = False
        for key in tuple(self._unsubscribe):
            self.async_unfollow(key)

    @callback
    def async_follow(self, keys: Sequence[str]) -> None:
        """Follow people, and in later turns of the loop those beyond PEOPLE_PER_TURN."""
        if not self._is_running:
            return
        for key in keys[:PEOPLE_PER_TURN]:
            if key not in self._unsubscribe and self._is_wanted(key):
                changed = partial(self._changed, key)
                self._unsubscribe[key] = self._coordinator.async_subscribe(key, changed)
                changed()
        if later := keys[PEOPLE_PER_TURN:]:
            self._hass.loop.call_soon(self.async_follow, later)

    @callback
    def async_unfollow(self, key: str) -> None:
        self._unsubscribe.pop(key)()
