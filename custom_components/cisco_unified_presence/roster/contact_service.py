"""What a node's client configuration service knows: the presence domain, contact lists and names.

The service has another port and another certificate (``tomcat``) than the Presence Web Service.
Its certificate has pins of its own. Without its answers the forms ask the user.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from ..pws import (
    DEFAULT_CONFIGURATION_PORT,
    CannotConnect,
    CertificateChanged,
    ConfigurationUnavailable,
    ConnectFailure,
    ContactList,
    ContactService,
    PresenceClient,
    PresenceServiceError,
    Security,
    Server,
    Session,
    SystemTrust,
    UntrustedCertificate,
    make_ssl_context,
    open_session,
)
from ..trust import contact_service_security

# IPv6 nodes have it at 443. Tests replace the ports.
PORTS: tuple[int, ...] = (DEFAULT_CONFIGURATION_PORT, 443)

# The user waits for the form, and a firewall may swallow the request.
PATIENCE_SECONDS = 4.0

type _SecurityOf = Callable[[str, int], Security]
type _Ask[T] = Callable[[ContactService], Awaitable[T]]

_DISTRUST: Final = (UntrustedCertificate, CertificateChanged)


async def async_presence_domain(hass: HomeAssistant, client: PresenceClient) -> str | None:
    """Return the presence domain, None when the server does not say."""

    async def ask() -> str:
        # The application user's session: no end user is known yet.
        session: Session = await client.session_of(None)
        return await _async_ask(
            hass,
            client.node,
            lambda _host, _port: SystemTrust(),
            lambda service: service.presence_domain(session),
        )

    try:
        return await _async_in_time(ask(), client.node)
    except PresenceServiceError as error:
        reason = error.__cause__ if isinstance(error, ConfigurationUnavailable) else error
        LOGGER.debug("The client configuration service did not help the form: %s", reason)
        return None


async def async_contact_list(
    hass: HomeAssistant,
    client: PresenceClient,
    watcher: str,
    data: Mapping[str, Any],
    *,
    within: float | None = None,
) -> ContactList:
    """Return the watcher's contact list.

    Args:
        hass: Home Assistant.
        client: Logs the watcher in, at its own node, if that was not done yet.
        watcher: The user whose list is read.
        data: An entry's data, with the pins of the service.
        within: How many seconds this may take; None is as long as a user waits for a form.

    Raises:
        PresenceServiceError: The list cannot be read, for this reason.
    """
    return await _async_ask_as_user(
        hass,
        client,
        watcher,
        data,
        lambda service, session: service.contact_list(session),
        within,
    )


async def async_display_name(
    hass: HomeAssistant, client: PresenceClient, user: str, data: Mapping[str, Any]
) -> str | None:
    """Return the name of a user who is logged in, None when the configuration has none.

    Raises PresenceServiceError.
    """
    return await _async_ask_as_user(
        hass, client, user, data, lambda service, session: service.display_name(session)
    )


async def _async_ask_as_user[T](
    hass: HomeAssistant,
    client: PresenceClient,
    user: str,
    data: Mapping[str, Any],
    ask: Callable[[ContactService, Session], Awaitable[T]],
    within: float | None = None,
) -> T:
    """Ask at the user's own node. Raises: PresenceServiceError."""

    def security_of(host: str, port: int) -> Security:
        return contact_service_security(data, host, port)

    async def ask_as_user() -> T:
        session = await client.session_of(user)
        node = client.node_of(user)
        return await _async_ask(hass, node, security_of, lambda service: ask(service, session))

    return await _async_in_time(ask_as_user(), client.node_of(user), within)


async def _async_ask[T](
    hass: HomeAssistant, node: Server, security_of: _SecurityOf, ask: _Ask[T]
) -> T:
    """Ask at the first port where the service answers. Raises: PresenceServiceError."""
    failures: list[PresenceServiceError] = []
    for port in PORTS:
        security = security_of(node.bare_host, port)
        try:
            server = Server(host=node.host, port=port, security=security)
            async with _service_at(hass, server) as service:
                return await ask(service)
        except ConfigurationUnavailable as error:
            if isinstance(error.__cause__, _DISTRUST):
                raise error.__cause__ from error
            if not isinstance(error.__cause__, CannotConnect):
                raise
            failures.append(error)
    raise failures[0]


@asynccontextmanager
async def _service_at(hass: HomeAssistant, server: Server) -> AsyncGenerator[ContactService]:
    ssl_context = await hass.async_add_executor_job(make_ssl_context, server.security)
    async with open_session(server, ssl_context=ssl_context) as session:
        yield ContactService(server, session)


async def _async_in_time[T](asking: Awaitable[T], node: Server, within: float | None = None) -> T:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS if within is None else within):
            return await asking
    except TimeoutError as error:
        address = Server(host=node.host, port=PORTS[0], security=SystemTrust()).address
        raise CannotConnect(ConnectFailure.TIMED_OUT, address) from error
