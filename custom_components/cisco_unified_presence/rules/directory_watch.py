"""Follows whom words and targets mean: when that may be others, rules are resolved again."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryChange, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import label_registry as lr

from ..clock import PacedBurst
from ..const import DOMAIN
from ..listeners import add_listener, async_track_entries
from .listeners import Listener

# Resolving takes all people and rules: thousands of people may get a label one by one.
RESOLVED_AT_ONCE: Final = 20
RESOLVED_EACH: Final = 1.0

_REGISTRIES: Final = (
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    ar.EVENT_AREA_REGISTRY_UPDATED,
    fr.EVENT_FLOOR_REGISTRY_UPDATED,
    lr.EVENT_LABEL_REGISTRY_UPDATED,
)


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


@callback
def async_track_registries(hass: HomeAssistant, on_change: Callable[[], None]) -> CALLBACK_TYPE:
    """Call whenever a word or a target may mean other people, for a change of a registry."""

    @callback
    def registry_changed(_event: Event[Any]) -> None:
        on_change()

    @callback
    def entity_changed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        entity = er.async_get(hass).async_get(event.data["entity_id"])
        if entity is None or entity.platform == DOMAIN:
            on_change()

    stops = [hass.bus.async_listen(each, registry_changed) for each in _REGISTRIES]
    stops.append(hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, entity_changed))

    @callback
    def stop() -> None:
        for each in stops:
            each()

    return stop
