"""What a node's client configuration service knows: the presence domain and contact lists.

The service has another port and another certificate than the Presence Web Service. Asking the
user to trust that certificate too would cost more than the answers save, so the service is used
only where the system trusts it. Without its answers the forms ask the user.
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

# Every node has it there; tests replace it.
PORT = DEFAULT_CONFIGURATION_PORT

# The user waits for the form, and a firewall may swallow the request.
PATIENCE_SECONDS = 4.0


async def async_presence_domain(hass: HomeAssistant, client: PresenceClient) -> str | None:
    """Return the presence domain, None when the server does not say."""

    async def ask() -> str:
        # The application user's session: no end user is known yet.
        session = await client.session_of(None)
        async with _service_at(hass, client.node) as service:
            return await service.presence_domain(session)

    return await _answer(ask())


async def async_contact_list(
    hass: HomeAssistant, client: PresenceClient, watcher: str
) -> tuple[ContactGroup, ...]:
    """Return the watcher's contact list, empty when the server does not say."""

    async def ask() -> tuple[ContactGroup, ...]:
        # Logs the watcher in, at its own node, if the client has not done so yet.
        session = await client.session_of(watcher)
        async with _service_at(hass, client.node_of(watcher)) as service:
            return await service.contact_list(session)

    return await _answer(ask()) or ()


@asynccontextmanager
async def _service_at(hass: HomeAssistant, node: Server) -> AsyncGenerator[ContactService]:
    server = Server(host=node.host, port=PORT, security=SystemTrust())
    ssl_context = await hass.async_add_executor_job(make_ssl_context, server.security)
    async with open_session(server, ssl_context=ssl_context) as session:
        yield ContactService(server, session)


async def _answer[T](asking: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asking
    except (PresenceServiceError, TimeoutError) as error:
        reason = str(error.__cause__ or error) or "It did not answer in time."
        LOGGER.debug("The client configuration service did not help the form: %s", reason)
        return None
