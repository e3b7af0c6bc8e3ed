"""Checks of what a form says against the server: real logins, and a real poll.

A check leaves no session behind, and ends none that a running entry uses. When the form is closed
meanwhile, only logins of the application user and logouts are waited for.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant

from ..background import async_in_full
from ..const import DOMAIN, LOGGER
from ..pws import (
    DialectMode,
    Presence,
    PresenceClient,
    PresenceServiceError,
    Security,
    Server,
    Session,
    make_ssl_context,
    open_session,
)
from ..roster import async_presence_domain
from ..runtime import CupConfigEntry
from ..trust import node_policy

# The user waits for the form; a server that throttles for longer is reported as throttling.
PATIENCE_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How the application user logs in; ``trust_of`` protects connections to other nodes."""

    server: Server
    user: str
    password: str = field(repr=False)
    dialect: DialectMode = DialectMode.AUTOMATIC
    # It may know the data of the entry, with the password.
    trust_of: Callable[[str, int], Security] | None = field(default=None, repr=False)


async def async_check_login(hass: HomeAssistant, access: Access) -> None:
    """Log the application user in and out again. Raises: PresenceServiceError."""
    async with _logged_in(hass, access):
        pass


async def async_check_new_server(hass: HomeAssistant, access: Access) -> str | None:
    """Log in and out, and return the presence domain, None when the server does not say.

    Raises:
        PresenceServiceError: The server refused the login or did not answer.
    """
    async with _logged_in(hass, access) as client:
        return await async_presence_domain(hass, client)


async def async_check_watcher(
    hass: HomeAssistant, access: Access, watcher: str, contact: str
) -> Presence:
    """Log the watcher in and out, and return its own presence in between.

    The login makes the watcher Available, so UNKNOWN hints at a wrong presence domain.

    Raises:
        PresenceServiceError: The server refused or did not answer.
    """
    async with _logged_in(hass, access) as client:
        return (await client.poll_contact(watcher, contact)).presence


@asynccontextmanager
async def _logged_in(hass: HomeAssistant, access: Access) -> AsyncGenerator[PresenceClient]:
    server = access.server
    ssl_context = await hass.async_add_executor_job(make_ssl_context, server.security)
    async with (
        open_session(server, ssl_context=ssl_context) as session,
        AsyncExitStack() as leaving,
    ):
        client = _client_of(access, session)
        leaving.push_async_callback(client.close)
        await async_in_full(hass, client.log_in(), "log in")
        leaving.push_async_callback(_log_out, hass, client)
        yield client


def _client_of(access: Access, session: ClientSession) -> PresenceClient:
    return PresenceClient(
        access.server,
        access.user,
        access.password,
        session,
        dialect=access.dialect,
        nodes=node_policy(access.server, None, access.trust_of),
        patience=PATIENCE_SECONDS,
    )


def _running_with_the_same_session(
    hass: HomeAssistant, client: PresenceClient
) -> list[PresenceClient]:
    entries: list[CupConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    running = (entry.runtime_data.client for entry in entries)
    return [one for one in running if one.application_sessions & client.application_sessions]


async def _log_out(hass: HomeAssistant, client: PresenceClient) -> None:
    # The server answers a login with the user's open session, if there is one. Ending a session
    # that a running entry uses would end its subscription and every presence that it publishes.
    running = _running_with_the_same_session(hass, client)
    logout = client.log_out(
        keep=frozenset[str]().union(*(one.logged_in_users for one in running)),
        spare=frozenset[Session]().union(*(one.application_sessions for one in running)),
    )
    try:
        await async_in_full(hass, logout, "log out")
    except PresenceServiceError as error:
        LOGGER.debug("The session of a check was left to the server: %s", error)
