"""The fields that say where the server calls back, used by the options and by repairs."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from ..const import (
    CONF_CALLBACK,
    CONF_CALLBACK_PORT,
    CONF_CALLBACK_URL,
    DEFAULT_CALLBACK_PORT,
    CallbackMode,
)
from .addresses import is_callable_url
from .selectors import PORT, URL, choice

CALLBACK_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_CALLBACK, default=CallbackMode.AUTOMATIC.value): choice(
            CallbackMode, CONF_CALLBACK
        ),
        vol.Optional(CONF_CALLBACK_URL): URL,
        vol.Required(CONF_CALLBACK_PORT, default=DEFAULT_CALLBACK_PORT): PORT,
    }
)


def read_callback(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a form says; a blank address is left out."""
    url = typed.get(CONF_CALLBACK_URL, "").strip()
    others = {key: value for key, value in typed.items() if key != CONF_CALLBACK_URL}
    return {**others, CONF_CALLBACK_URL: url} if url else others


def errors_in_callback(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of errors by field."""
    url = options.get(CONF_CALLBACK_URL)
    if url is None or is_callable_url(url):
        return {}
    return {CONF_CALLBACK_URL: "callback_url_not_http"}


def with_callback(options: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    fields = {str(field) for field in CALLBACK_SCHEMA.schema}
    others = {key: value for key, value in options.items() if key not in fields}
    return {**others, **chosen}
