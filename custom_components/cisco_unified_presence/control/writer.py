"""Writing to the server what is wanted for a person, and taking it back."""

from asyncio import CancelledError
from typing import Protocol

from homeassistant.util import dt as dt_util

from ..arbitration import RequestedPresence
from ..const import LOGGER
from ..people import Person, Watcher, contact_key
from ..pws import (
    AnswerNotUnderstood,
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
    PresenceClient,
    PresenceServiceError,
)
from .record import HOLD_EXPIRY, PublishedPresence


class ContactPoll(Protocol):
    """Asks the server for the presence of one contact; the channel provides it."""

    async def async_poll(self, contact: str) -> ContactPresence:
        """Return the presence of a contact, and let the coordinator know it.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """


class NotConfirmed(PresenceServiceError):
    """Something was sent, and then nobody could find out whether it stands."""


class PresenceWriter:
    """Writes holds, reads them back, and clears them."""

    def __init__(self, client: PresenceClient, poll: ContactPoll, watcher: Watcher) -> None:
        """Take what is needed; nothing is sent yet."""
        self._client = client
        self._poll = poll
        self._watcher = watcher

    async def async_write(self, person: Person, requested: RequestedPresence) -> PublishedPresence:
        """Write what is wanted, and return what stands there now.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        await self._async_send(person, requested)
        at = dt_util.utcnow()
        return PublishedPresence(
            requested=requested,
            at=at,
            session=await self._async_mark(person),
            shown=await self._async_read_back(person),
        )

    async def async_clear(self, person: Person) -> None:
        """Let the person's own devices speak again.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        await self._client.clear_presence(person.user, person.contact)

    async def async_log_out(self, person: Person) -> None:
        """Log somebody out for whom nothing is held, who would be Available by our doing.

        The watcher stays logged in: through that session everybody is watched.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        if person.key == contact_key(self._watcher.contact):
            return
        await self._client.log_out_user(person.user)
        await self._async_read_back(person)

    async def async_is_gone(self, person: Person, written: PublishedPresence) -> bool:
        """Ask the server whether what was written is gone, with the session that carried it.

        Raises:
            PresenceServiceError: The server did not answer.
        """
        await self._client.poll_contact(person.user, person.contact)
        return await self._client.session_mark(person.user) != written.session

    async def _async_send(self, person: Person, requested: RequestedPresence) -> None:
        if requested.note is None:
            await self._client.set_presence(
                person.user, requested.presence, override=requested.override, expiry=HOLD_EXPIRY
            )
            return
        # A word carries no note; a document does.
        await self._client.set_rich_presence(
            person.user,
            person.contact,
            requested.presence,
            note=requested.note,
            override=requested.override,
            expiry=HOLD_EXPIRY,
        )

    async def _async_mark(self, person: Person) -> str:
        """Return the mark of the session that carries what was just sent.

        It is at hand, unless the session was lost in this very moment.

        Raises:
            NotConfirmed: It is not known, and so it is not known either whether anything stands.
        """
        try:
            return await self._client.session_mark(person.user)
        except PresenceServiceError as error:
            raise NotConfirmed(str(error)) from error

    async def _async_read_back(self, person: Person) -> Presence | None:
        """Show at once what the server makes of it, and return the word.

        The server may show another word than was set (Busy as Away, say), or a stronger word of
        the person's own. The set is a success all the same; people are shown what the server says.
        """
        try:
            return (await self._poll.async_poll(person.contact)).presence
        except PresenceServiceError as error:
            LOGGER.debug("%s was set but not read back: %s", person.contact, error)
            return None


def may_have_been_done(error: BaseException) -> bool:
    """Tell whether the server may have done what it was asked, and only its answer was lost.

    So it may when Home Assistant stops, or the entry is unloaded, while a write is under way.
    """
    if isinstance(error, CannotConnect):
        return error.reason in {ConnectFailure.DROPPED, ConnectFailure.TIMED_OUT}
    return isinstance(error, (AnswerNotUnderstood, CancelledError, NotConfirmed))


def stands_in_the_way(held: RequestedPresence, requested: RequestedPresence) -> bool:
    """Tell whether what is held has to be cleared, or the new would not take its place.

    An override would hide a word that is set without one, and a note might stay behind.
    """
    return (held.override and not requested.override) or (
        held.note is not None and requested.note is None
    )
