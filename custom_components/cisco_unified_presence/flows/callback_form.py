"""The fields that say where the server calls, in the options and where they are repaired."""

from collections.abc import Mapping
from typing import Any

from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..const import (
    CONF_CALLBACK,
    CONF_CALLBACK_PORT,
    CONF_CALLBACK_URL,
    DEFAULT_CALLBACK_PORT,
    CallbackMode,
)
from .forms import PORT_SELECTOR, is_callable_url

CALLBACK_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_CALLBACK, default=CallbackMode.AUTOMATIC.value): SelectSelector(
            SelectSelectorConfig(
                options=[mode.value for mode in CallbackMode], translation_key=CONF_CALLBACK
            )
        ),
        vol.Optional(CONF_CALLBACK_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL)
        ),
        vol.Required(CONF_CALLBACK_PORT, default=DEFAULT_CALLBACK_PORT): PORT_SELECTOR,
    }
)


def read_callback(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a form says; an address that is blank is none."""
    url = typed.get(CONF_CALLBACK_URL, "").strip()
    rest = {key: value for key, value in typed.items() if key != CONF_CALLBACK_URL}
    return {**rest, CONF_CALLBACK_URL: url} if url else rest


def errors_in_callback(options: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the options, by the field."""
    url = options.get(CONF_CALLBACK_URL)
    if url is None or is_callable_url(url):
        return {}
    return {CONF_CALLBACK_URL: "callback_url_not_http"}


def with_callback(options: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's options with another place where the server calls."""
    fields = {str(field) for field in CALLBACK_SCHEMA.schema}
    kept = {key: value for key, value in options.items() if key not in fields}
    return {**kept, **chosen}
