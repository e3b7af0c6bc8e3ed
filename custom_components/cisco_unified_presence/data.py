"""What an entry says: its typed ConfigEntry, and its data and options as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID

from .channel.callback import CallbackSettings
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
from .trust.pins import server_in

if TYPE_CHECKING:
    from .runtime import Runtime

type CupConfigEntry = ConfigEntry[Runtime]


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
