"""Follows whom words and targets mean: when that may be others, rules are resolved again."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..clock import PacedBurst
from ..const import DOMAIN
from ..listeners import add_listener
from .directory import async_track_directory
from .listeners import Listener

# Resolving takes all people and rules: thousands of people may get a label one by one.
RESOLVED_AT_ONCE: Final = 20
RESOLVED_EACH: Final = 1.0


class DirectoryWatch:
    """Calls its listeners in their order after changes of registries and entries, some together."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._listeners: list[Listener] = []
        self._changes = PacedBurst(
            hass, self._changed, at_once=RESOLVED_AT_ONCE, rest=RESOLVED_EACH
        )

    @callback
    def async_start(self) -> None:
        async_track_directory(self._hass, self._may_have_changed)

    @callback
    def async_stop(self) -> None:
        self._changes.async_stop()

    @callback
    def async_subscribe(self, listener: Listener) -> CALLBACK_TYPE:
        """Call when a word, a target or a group may mean other people than before."""
        return add_listener(self._listeners, listener)

    @callback
    def _may_have_changed(self) -> None:
        """Tell of it soon, but not while an entry is set up.

        The entities of its people are added in many bursts then; its change of state follows,
        which is a change of the directory as well.
        """
        entries = self._hass.config_entries.async_entries(DOMAIN)
        if all(entry.state is not ConfigEntryState.SETUP_IN_PROGRESS for entry in entries):
            self._changes.async_note()

    @callback
    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()
