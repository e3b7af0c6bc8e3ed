"""What the server itself tells for the forms: its presence domain, and the watcher's contact list.

That is another service of the node, on another port and with another certificate than that of
presence. A form that asked people to trust that one too would cost them more than it saves, so
it is asked only where the system trusts it. Whatever is in the way, people are asked instead.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from ..pws import (
    DEFAULT_CONFIGURATION_PORT,
    ContactGroup,
    ContactService,
    PresenceClient,
    PresenceServiceError,
    Server,
    SystemTrust,
    make_ssl_context,
    open_session,
)

# The same at every node; tests have another one.
PORT = DEFAULT_CONFIGURATION_PORT

# People wait for the form; where a firewall swallows requests they shall not wait for long.
PATIENCE_SECONDS = 4.0


async def async_presence_domain(hass: HomeAssistant, client: PresenceClient) -> str | None:
    """Return the presence domain, None when the server does not tell it.

    It is asked for with the application user's session: no end user is known yet.
    """

    async def ask() -> str:
        session = await client.session_of(None)
        async with _service_at(hass, client.node) as service:
            return await service.presence_domain(session)

    return await _told(ask())


async def async_contact_list(
    hass: HomeAssistant, client: PresenceClient, watcher: str
) -> tuple[ContactGroup, ...]:
    """Return the watcher's contact list, with nobody in it when the server does not tell it.

    The watcher is logged in for it, at its own node, if the client has not done so yet.
    """

    async def ask() -> tuple[ContactGroup, ...]:
        session = await client.session_of(watcher)
        async with _service_at(hass, client.node_of(watcher)) as service:
            return await service.contact_list(session)

    return await _told(ask()) or ()


@asynccontextmanager
async def _service_at(hass: HomeAssistant, node: Server) -> AsyncGenerator[ContactService]:
    server = Server(host=node.host, port=PORT, security=SystemTrust())
    ssl_context = await hass.async_add_executor_job(make_ssl_context, server.security)
    async with open_session(server, ssl_context=ssl_context) as session:
        yield ContactService(server, session)


async def _told[T](asking: Awaitable[T]) -> T | None:
    """Return what the server tells, None when it does not, or not in time."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asking
    except (PresenceServiceError, TimeoutError) as error:
        reason = str(error.__cause__ or error) or "It did not answer in time."
        LOGGER.debug("The form does without the server's help: %s", reason)
        return None
