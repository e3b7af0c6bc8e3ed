"""Writing people's presences to the server, and reading them back."""

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from homeassistant.util import dt as dt_util

from ..arbitration import RequestedPresence
from ..const import LOGGER
from ..people import Watcher, contact_key
from ..pws import (
    AnswerNotUnderstood,
    ContactPresence,
    Presence,
    PresenceClient,
    PresenceServiceError,
)
from .record import EXPIRY, TRANSLATIONS, Addressee, PublishedPresence


class ContactPoll(Protocol):
    """Reads the presence of one contact; the channel provides it."""

    async def async_poll(self, contact: str) -> ContactPresence:
        """Return the presence of a contact, and hand it to the coordinator."""


class NewsExpectation(Protocol):
    """Waits for news of a write."""

    async def async_wait(self) -> Presence | None:
        """Return the word that the server tells of, None when it tells none in time."""


class WriteNews(Protocol):
    """Tells of news by which the server confirms a write; the channel provides it."""

    def expecting(
        self, contact: str, words: Collection[Presence]
    ) -> AbstractContextManager[NewsExpectation | None]:
        """Begin to expect a word of a contact; None when news is not to be expected."""


class NotConfirmed(PresenceServiceError):
    """A presence was sent, and the session that may carry it could not be identified."""


class PresenceWriter:
    """Publishes and clears presences.

    All methods raise PresenceServiceError if the server refuses or does not answer.
    """

    def __init__(
        self,
        client: PresenceClient,
        poll: ContactPoll,
        watcher: Watcher,
        news: WriteNews | None = None,
    ) -> None:
        """Initialize; without ``news`` every write is read back."""
        self._client = client
        self._poll = poll
        self._watcher = watcher
        self._news = news

    async def async_write(
        self, person: Addressee, requested: RequestedPresence
    ) -> PublishedPresence:
        with self._expecting(person, requested) as news:
            await self._async_send(person, requested)
            at = dt_util.utcnow()
            session = await self._async_session_mark(person)
            shown = await news.async_wait() if news else None
        return PublishedPresence(
            requested=requested,
            at=at,
            session=session,
            shown=shown or await self.async_read_back(person),
        )

    def _expecting(
        self, person: Addressee, requested: RequestedPresence
    ) -> AbstractContextManager[NewsExpectation | None]:
        # Without an override the person's devices may outweigh it.
        if self._news is None or not requested.override:
            return nullcontext()
        word = requested.presence
        return self._news.expecting(person.contact, {word, TRANSLATIONS.get(word, word)})

    async def async_clear(self, person: Addressee) -> None:
        await self._client.clear_presence(person.user, person.contact)

    async def async_log_out(self, person: Addressee) -> None:
        """End a session that carries no presence, since the server shows its owner as available.

        The watcher stays logged in: all contacts are watched through that session.
        """
        if person.key == contact_key(self._watcher.contact):
            return
        await self._client.log_out_user(person.user)

    def is_logged_in(self, person: Addressee) -> bool:
        return person.user in self._client.logged_in_users

    async def async_read(self, person: Addressee) -> Presence:
        return (await self._poll.async_poll(person.contact)).presence

    async def async_read_back(self, person: Addressee) -> Presence | None:
        """Return what the server shows after a write, None where that cannot be read.

        The write is a success though the server shows another word (Busy as Away, say, or a
        stronger one of the person's own devices), or none can be read.
        """
        try:
            return await self.async_read(person)
        except PresenceServiceError as error:
            LOGGER.debug("%s was set but not read back: %s", person.contact, error)
            return None

    async def async_is_session_gone(self, person: Addressee, published: PublishedPresence) -> bool:
        """Poll through the person's session, and return whether the publishing one is gone."""
        await self._client.poll_contact(person.user, person.contact)
        return await self._client.session_mark(person.user) != published.session

    async def async_is_written_since(self, person: Addressee, published: PublishedPresence) -> bool:
        """Tell whether the server shows another presence than this that was set through it.

        Asked while the person's session lives: another application would have ended it.
        """
        try:
            seen = await self._client.poll_contact(self._watcher.user, person.contact, rich=True)
        except AnswerNotUnderstood as error:
            LOGGER.debug("What is set for %s cannot be read: %s", person.contact, error)
            return False
        devices = seen.rich.devices if seen.rich else ()
        words = {each.presence for each in devices if each.is_set_through_the_service}
        return seen.presence in words - {published.requested.presence}

    async def _async_send(self, person: Addressee, requested: RequestedPresence) -> None:
        if requested.note is None:
            await self._client.set_presence(
                person.user, requested.presence, override=requested.override, expiry=EXPIRY
            )
            return
        # Only a rich presence document carries a note.
        await self._client.set_rich_presence(
            person.user,
            person.contact,
            requested.presence,
            note=requested.note,
            override=requested.override,
            expiry=EXPIRY,
        )

    async def _async_session_mark(self, person: Addressee) -> str:
        """Return the mark of the session through which a presence was just sent.

        Raises:
            NotConfirmed: The session was lost in this very moment, perhaps with the presence.
        """
        try:
            return await self._client.session_mark(person.user)
        except PresenceServiceError as error:
            raise NotConfirmed(str(error)) from error
