"""What an entry ends at the server when it is left."""

import asyncio
from contextlib import suppress
from typing import Final

from ..pws import PresenceClient
from .reconciler import Reconciler

# For clearing person by person. The logout ends what is published at once. Seconds.
CLEAR_SECONDS: Final = 3.0


async def async_leave_server(
    client: PresenceClient, reconciler: Reconciler, *, keep_published: bool
) -> None:
    """Clear what is published and log out, or leave the sessions that carry it.

    Raises:
        PresenceServiceError: The server refused or did not answer.
    """
    if keep_published:
        await _async_log_out_others(client, set(reconciler.publishing_users))
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(CLEAR_SECONDS):
            await reconciler.async_clear_server()
    await client.log_out()
    reconciler.async_note_logged_out()


async def _async_log_out_others(client: PresenceClient, users: set[str]) -> None:
    """Log out all but these users.

    A session of an earlier run that this run has not used depends on the application user's
    session all the same.
    """
    unused = users - client.logged_in_users
    spare = client.application_sessions if unused else ()
    await client.log_out(keep=users, spare=spare)
