"""Follows whom words and targets mean: when that may be others, rules are resolved again."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryChange, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..clock import PacedBurst
from ..const import DOMAIN
from ..listeners import add_listener, async_track_entries
from .directory import async_track_registries
from .listeners import Listener

# Resolving takes all people and rules: thousands of people may get a label one by one.
RESOLVED_AT_ONCE: Final = 20
RESOLVED_EACH: Final = 1.0


class DirectoryWatch:
    """Calls its listeners in their order after changes of registries and entries, some together."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._listeners: list[Listener] = []
        self._stop_following: CALLBACK_TYPE | None = None
        self._changes = PacedBurst(
            hass, self._changed, at_once=RESOLVED_AT_ONCE, rest=RESOLVED_EACH
        )

    @callback
    def async_start(self) -> None:
        async_track_entries(self._hass, self._entry_changed)
        self._follow_registries()

    @callback
    def async_stop(self) -> None:
        self._changes.async_stop()

    @callback
    def async_subscribe(self, listener: Listener) -> CALLBACK_TYPE:
        """Call when a word, a target or a group may mean other people than before."""
        return add_listener(self._listeners, listener)

    @callback
    def _entry_changed(self, _change: ConfigEntryChange, _entry: ConfigEntry[Any]) -> None:
        if self._follow_registries():
            self._changes.async_note()

    def _follow_registries(self) -> bool:
        """Listen to registries, but not while an entry is set up; return whether it does.

        The devices and entities of its people are added in many bursts then, thousands of them; its
        change of state follows, which is a change of the directory as well.
        """
        entries = self._hass.config_entries.async_entries(DOMAIN)
        if any(entry.state is ConfigEntryState.SETUP_IN_PROGRESS for entry in entries):
            if self._stop_following is not None:
                self._stop_following()
                self._stop_following = None
            return False
        if self._stop_following is None:
            self._stop_following = async_track_registries(self._hass, self._changes.async_note)
        return True

    @callback
    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()
