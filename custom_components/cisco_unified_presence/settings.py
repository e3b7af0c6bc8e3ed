"""An entry's data and options as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID

from .const import (
    CONF_CALLBACK,
    CONF_CALLBACK_PORT,
    CONF_CALLBACK_URL,
    CONF_DIALECT,
    CONF_LOOK_INTERVAL,
    CONF_POLL_INTERVAL,
    CONF_RICH_PRESENCE,
    DEFAULT_CALLBACK_PORT,
    DEFAULT_LOOK_INTERVAL,
    DEFAULT_POLL_INTERVAL,
    CallbackMode,
)
from .pws import DialectChoice, Server
from .trust import server_in


@dataclass(frozen=True, slots=True)
class Intervals:
    """How often the server is asked without having called.

    Attributes:
        poll: Between two requests for news.
        look: Between two looks at everybody while the live channel works.
    """

    poll: timedelta
    look: timedelta

    @classmethod
    def of(cls, entry: ConfigEntry) -> Self:
        """Return what the entry's options say."""
        options = entry.options
        return cls(
            poll=timedelta(
                seconds=options.get(CONF_POLL_INTERVAL, DEFAULT_POLL_INTERVAL.total_seconds())
            ),
            look=timedelta(
                seconds=options.get(CONF_LOOK_INTERVAL, DEFAULT_LOOK_INTERVAL.total_seconds())
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSettings:
    """What the user chose.

    Attributes:
        mode: Which place to use.
        url: The address that the server is to call, when it is not the obvious one
            (behind a proxy or a port forwarding, say).
        port: The port of a listener of our own.
        secret: The part of the path that nobody can guess.
    """

    mode: CallbackMode
    url: str | None
    port: int
    secret: str


def server_of(entry: ConfigEntry) -> Server:
    """Return the server that an entry names."""
    return server_in(entry.data)


def dialect_of(entry: ConfigEntry) -> DialectChoice:
    """Return how the server is spoken to."""
    return read_dialect(entry.data)


def read_dialect(data: Mapping[str, Any]) -> DialectChoice:
    """Return how an entry's data say that the server is spoken to; older ones do not say."""
    return DialectChoice(data.get(CONF_DIALECT, DialectChoice.AUTOMATIC))


def is_rich(entry: ConfigEntry) -> bool:
    """Return whether the user wants more of people than the one word."""
    return bool(entry.options.get(CONF_RICH_PRESENCE, False))


def callback_settings_of(entry: ConfigEntry) -> CallbackSettings:
    """Return where notifications are to come in."""
    options = entry.options
    return CallbackSettings(
        mode=CallbackMode(options.get(CONF_CALLBACK, CallbackMode.AUTOMATIC)),
        url=options.get(CONF_CALLBACK_URL),
        port=int(options.get(CONF_CALLBACK_PORT, DEFAULT_CALLBACK_PORT)),
        secret=entry.data[CONF_WEBHOOK_ID],
    )
