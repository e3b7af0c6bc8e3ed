"""Lists of listeners, and listening to the integration's entries."""

from collections.abc import Callable
from functools import partial
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN


def add_listener[ListenerT](listeners: list[ListenerT], listener: ListenerT) -> CALLBACK_TYPE:
    listeners.append(listener)
    return partial(listeners.remove, listener)


@callback
def async_track_entries(
    hass: HomeAssistant, listener: Callable[[ConfigEntryChange, ConfigEntry[Any]], None]
) -> CALLBACK_TYPE:
    """Call the listener with each change of an entry of the integration."""

    @callback
    def changed(change: ConfigEntryChange, entry: ConfigEntry[Any]) -> None:
        if entry.domain == DOMAIN:
            listener(change, entry)

    return async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)
