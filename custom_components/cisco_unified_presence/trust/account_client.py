"""The client of an account: which nodes it may use, and how they are trusted."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from aiohttp import ClientSession
from homeassistant.const import CONF_PASSWORD

from ..const import CONF_APPLICATION_USER
from ..pws import DialectMode, PresenceClient
from .nodes import node_policy
from .pins import security_at, server_in


def client_in(
    data: Mapping[str, Any], session: ClientSession, *, dialect: DialectMode, backup: str | None
) -> PresenceClient:
    """Return the client of the server and the account that an entry's data name.

    Args:
        data: The entry's data.
        session: Opened for the configured node; stays the caller's.
        dialect: In which the nodes are spoken to.
        backup: The configured node's backup as an earlier login named it.
    """
    server = server_in(data)
    return PresenceClient(
        server,
        data[CONF_APPLICATION_USER],
        data[CONF_PASSWORD],
        session,
        dialect=dialect,
        nodes=node_policy(server, backup, partial(security_at, data)),
    )
