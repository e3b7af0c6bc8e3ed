"""What a form must know of a server before it is believed: really logging in and looking."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from .const import LOGGER
from .pws import (
    Presence,
    PresenceClient,
    PresenceServiceError,
    Server,
    make_ssl_context,
    open_session,
)

# People wait in front of the form; a server that throttles for longer is told as such.
PATIENCE_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The application user's account."""

    user: str
    password: str


async def async_check_login(hass: HomeAssistant, server: Server, account: Account) -> None:
    """Log the application user in and out again.

    Raises:
        PresenceServiceError: The server refused or did not answer.
    """
    async with _logged_in(hass, server, account):
        pass


async def async_check_watcher(
    hass: HomeAssistant, server: Server, account: Account, watcher: str, contact: str
) -> Presence:
    """Log the watcher in, have it look at its own contact, and log out again.

    Returns:
        What the server shows of the watcher, which has just become Available; UNKNOWN hints at a
        wrong presence domain.

    Raises:
        PresenceServiceError: The server refused or did not answer.
    """
    async with _logged_in(hass, server, account) as client:
        return (await client.look(watcher, contact)).presence


@asynccontextmanager
async def _logged_in(
    hass: HomeAssistant, server: Server, account: Account
) -> AsyncGenerator[PresenceClient]:
    ssl_context = await hass.async_add_executor_job(make_ssl_context, server.security)
    async with open_session(server, ssl_context=ssl_context) as session:
        client = PresenceClient(
            server, account.user, account.password, session, patience=PATIENCE_SECONDS
        )
        await client.log_in()
        try:
            yield client
        finally:
            await _log_out(client)


async def _log_out(client: PresenceClient) -> None:
    try:
        await client.log_out()
    except PresenceServiceError as error:
        LOGGER.debug("The session of a check was left to the server: %s", error)
