"""Carrying out steps at the server, and recording what is published by them."""

from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from homeassistant.core import callback

from ..arbitration import RequestedPresence
from ..const import LOGGER
from ..people import Person
from ..pws import CannotConnect, PresenceServiceError
from .next_step import Finding, finding
from .record import PublishedPresence
from .store import ControlStore
from .takeover import TakeoverDetector
from .writer import PresenceWriter, may_have_been_done


class Publisher:
    """Publishes and clears presences, and verifies whether they are still published.

    What asks the server raises PresenceServiceError if it refuses or does not answer.
    """

    def __init__(
        self, writer: PresenceWriter, store: ControlStore, takeover: TakeoverDetector
    ) -> None:
        self._writer = writer
        self._store = store
        self._takeover = takeover
        self._suspected = set[str]()
        self._idle_sessions = set[str]()

    def is_suspected(self, key: str) -> bool:
        return key in self._suspected

    def has_idle_session(self, key: str) -> bool:
        return key in self._idle_sessions

    @callback
    def async_suspect(self, key: str) -> None:
        """Note that what is published for a person may have been lost or overruled."""
        self._suspected.add(key)

    @callback
    def async_resume(self, person: Person) -> None:
        """Watch what an earlier run has published; the server may have lost it since."""
        if self._store.record_of(person.key).published:
            self._suspected.add(person.key)
            self._takeover.async_watch(person)

    @callback
    def async_note_lost(self, key: str) -> bool:
        """Note that the server has lost what was published; return whether there was anything."""
        if not self._store.record_of(key).may_be_published:
            return False
        self._set_published(key, None)
        return True

    @callback
    def async_stop(self) -> None:
        self._takeover.async_stop()

    @callback
    def async_forget(self, key: str) -> None:
        self._takeover.async_forget(key)
        self._suspected.discard(key)
        self._idle_sessions.discard(key)

    async def async_write(
        self, person: Person, requested: RequestedPresence, *, clear_first: bool
    ) -> None:
        with self._recording_doubt(person.key):
            if clear_first:
                await self._writer.async_clear(person)
                self._set_published(person.key, None)
            published = await self._writer.async_write(person, requested)
        self._set_published(person.key, published)
        self._takeover.async_watch(person)

    async def async_clear(self, person: Person) -> None:
        """Clear what is published; the session stays open until it is logged out."""
        with self._recording_doubt(person.key):
            await self._writer.async_clear(person)
        self._set_published(person.key, None)
        self._idle_sessions.add(person.key)
        self._takeover.async_forget(person.key)

    async def async_log_out(self, person: Person) -> None:
        await self._writer.async_log_out(person)
        self._set_published(person.key, None)

    async def async_clear_before_leaving(self, person: Person) -> None:
        """Clear what is published, or leave it to the logout that follows."""
        before = self._store.record_of(person.key)
        # The time limit of leaving may cut this off before the answer is here.
        self._store.async_set_unsure(person.key)
        try:
            await self._writer.async_clear(person)
        except CannotConnect as error:
            if not may_have_been_done(error):
                self._store.async_set(person.key, before)
            raise
        except PresenceServiceError as error:
            LOGGER.debug("%s was left to the logout: %s", person.contact, error)
        self._set_published(person.key, None)

    async def async_dismiss(self, person: Person) -> None:
        if not self._store.record_of(person.key).may_be_published:
            return
        try:
            await self._writer.async_clear(person)
            await self._writer.async_log_out(person)
        except PresenceServiceError as error:
            LOGGER.debug("%s was left to its expiry: %s", person.contact, error)

    async def async_verify(
        self, person: Person, published: PublishedPresence, now: datetime
    ) -> Finding:
        """Ask the server whether a presence is still published, and record when it is lost."""
        found = await self._async_find(person, published, now)
        if found is Finding.LOST:
            LOGGER.debug("The server has lost the presence of %s", person.contact)
            self._set_published(person.key, None)
            # Asking has logged the person in, if nothing else had.
            self._idle_sessions.add(person.key)
        self._suspected.discard(person.key)
        return found

    async def async_republish_unless_shown(self, person: Person) -> None:
        """Have a presence written again if the server shows another one in its place."""
        published = self._store.record_of(person.key).published
        if published and published.is_contradicted_by(await self._writer.async_read(person)):
            self._store.async_set_unsure(person.key)

    async def _async_find(
        self, person: Person, published: PublishedPresence, now: datetime
    ) -> Finding:
        contradicted = published.is_contradicted_by(await self._writer.async_read(person))
        if not contradicted and person.key not in self._suspected:
            return Finding.PUBLISHED
        session_gone = await self._writer.async_is_session_gone(person, published)
        return finding(published, contradicted=contradicted, session_gone=session_gone, now=now)

    @contextmanager
    def _recording_doubt(self, key: str) -> Iterator[None]:
        """Record that it is not known what is published, if the answer to a write is lost."""
        try:
            yield
        except (PresenceServiceError, CancelledError) as error:
            if may_have_been_done(error):
                self._store.async_set_unsure(key)
            raise

    @callback
    def _set_published(self, key: str, published: PublishedPresence | None) -> None:
        self._store.async_set_published(key, published)
        self._suspected.discard(key)
        self._idle_sessions.discard(key)
