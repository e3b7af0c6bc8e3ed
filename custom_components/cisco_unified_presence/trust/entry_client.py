"""The client of an entry: its account, and which nodes it may use and how they are trusted."""

from collections.abc import Callable
from functools import partial

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant

from ..const import CONF_APPLICATION_USER
from ..pws import DialectMode, PresenceClient, Server
from .distrust import async_clear_distrust, async_report_distrust
from .nodes import node_policy
from .pins import security_at, server_in


def client_of_entry(  # noqa: PLR0913 - the last three are what the client calls
    hass: HomeAssistant,
    entry: ConfigEntry,
    session: ClientSession,
    backup: str | None,
    *,
    dialect: DialectMode,
    on_session_lost: Callable[[str], None],
    on_session_taken_over: Callable[[str], None],
    on_node_changed: Callable[[Server, Server], None],
) -> PresenceClient:
    """Return the client of an entry, which raises an issue for a node that it does not trust.

    Args:
        hass: Home Assistant.
        entry: The entry.
        session: Opened for the configured node; stays the caller's.
        backup: The configured node's backup as an earlier login named it.
        dialect: In which the nodes are spoken to.
        on_session_lost: Called with each user whose session has ended.
        on_session_taken_over: Called with a user whose session keeps ending.
        on_node_changed: Called with the old and the new node.
    """
    server = server_in(entry.data)
    return PresenceClient(
        server,
        entry.data[CONF_APPLICATION_USER],
        entry.data[CONF_PASSWORD],
        session,
        dialect=dialect,
        nodes=node_policy(server, backup, partial(security_at, entry.data)),
        on_session_lost=on_session_lost,
        on_session_taken_over=on_session_taken_over,
        on_node_changed=on_node_changed,
        on_distrusted=partial(async_report_distrust, hass, entry),
        on_trusted=partial(async_clear_distrust, hass, entry),
    )
