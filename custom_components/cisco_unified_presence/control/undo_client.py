"""A client for an entry that is not loaded."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.core import HomeAssistant

from ..pws import PresenceClient, make_ssl_context, open_session
from ..settings import dialect_in
from ..trust import KnownNodes, client_in, server_in


@asynccontextmanager
async def open_client(
    hass: HomeAssistant, data: Mapping[str, Any], known: KnownNodes
) -> AsyncGenerator[PresenceClient]:
    """Open a client of the server that an entry's data name; nobody is logged out at its end."""
    server = server_in(data)
    ssl_context = await hass.async_add_executor_job(make_ssl_context, server.security)
    async with open_session(server, ssl_context=ssl_context) as session:
        client = client_in(data, session, dialect=dialect_in(data), backup=known.backup)
        try:
            await client.abandon(known.elsewhere)
            yield client
        finally:
            await client.close()
