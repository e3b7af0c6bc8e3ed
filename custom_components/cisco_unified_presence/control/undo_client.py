"""A client for an entry that is not loaded."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant

from ..const import CONF_APPLICATION_USER
from ..pws import PresenceClient, make_ssl_context, open_session
from ..settings import dialect_in
from ..trust import KnownNodes, node_policy, security_at, server_in


@asynccontextmanager
async def open_client(
    hass: HomeAssistant, data: Mapping[str, Any], known: KnownNodes
) -> AsyncGenerator[PresenceClient]:
    """Open a client of the server that an entry's data name; nobody is logged out at its end."""
    server = server_in(data)
    ssl_context = await hass.async_add_executor_job(make_ssl_context, server.security)
    async with open_session(server, ssl_context=ssl_context) as session:
        client = PresenceClient(
            server,
            data[CONF_APPLICATION_USER],
            data[CONF_PASSWORD],
            session,
            dialect=dialect_in(data),
            nodes=node_policy(server, known.backup, partial(security_at, data)),
        )
        try:
            await client.abandon(known.elsewhere)
            yield client
        finally:
            await client.close()
