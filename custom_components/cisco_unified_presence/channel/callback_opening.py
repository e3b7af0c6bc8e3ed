"""Opens the callback of an entry, and raises the issue when none can be opened."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import CallbackMode
from ..issues import async_raise_issue
from ..settings import CallbackSettings
from .callback import Callback, CallbackUnavailable, NotificationHandler
from .callback_choice import choose_callback


async def async_open_callback(
    hass: HomeAssistant, entry: ConfigEntry, handler: NotificationHandler
) -> Callback | None:
    settings = CallbackSettings.of(entry.data, entry.options)
    if settings.mode is CallbackMode.NONE:
        return None
    try:
        chosen = choose_callback(hass, settings)
        await chosen.async_open(handler)
    except CallbackUnavailable as error:
        async_raise_issue(hass, entry, error.issue, **error.placeholders)
        return None
    return chosen
