"""Carrying out steps at the server, and recording what is published by them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from homeassistant.core import callback

from ..arbitration import RequestedPresence
from ..const import LOGGER
from ..people import Person
from ..pws import CannotConnect, PresenceServiceError, may_have_been_done
from .next_step import Finding, finding
from .record import Addressee, PersonRecord, PublishedPresence
from .store import EMPTY, ControlStore
from .takeover import TakeoverDetector
from .writer import NotConfirmed, PresenceWriter


class Publisher:
    """Publishes and clears presences, and verifies whether they are still published.

    What asks the server raises PresenceServiceError if it refuses or does not answer. Before a
    presence is written or cleared, async_prepare has to be awaited: a kill then leaves a store
    that says that something may be published.
    """

    def __init__(
        self,
        writer: PresenceWriter,
        store: ControlStore,
        takeover: TakeoverDetector,
        rules_stored: Callable[[], Awaitable[None]],
    ) -> None:
        """Initialize; rules_stored returns once what rules request is on disk."""
        self._writer = writer
        self._store = store
        self._takeover = takeover
        self._rules_stored = rules_stored
        self._suspected = set[str]()
        self._outdated = set[str]()
        # What was published for people before the write that is under way.
        self._before: dict[str, PersonRecord] = {}

    def is_suspected(self, key: str) -> bool:
        return key in self._suspected

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
    def async_note_outdated(self) -> None:
        """Note that the records may be older than what was published last."""
        self._outdated = {key for key in self._store if self._store.record_of(key).published}

    @callback
    def async_note_lost(self, key: str) -> bool:
        """Note that the session with what was published has ended; return whether it matters.

        What may be published besides, by a write without an answer, need not have ended with it.
        """
        if before := self._before.get(key):
            self._before[key] = before.with_published(None) if before.published else before
        record = self._store.record_of(key)
        if record.published:
            self._set_published(key, None)
        return record.may_be_published

    @callback
    def async_note_node_changed(self, key: str) -> bool:
        """Note that another node serves; what was published may stand at the former one."""
        record = self._store.record_of(key)
        if not record.may_be_published:
            return False
        self._before.pop(key, None)
        self._store.async_set(key, record.doubtful())
        return True

    @callback
    def async_stop(self) -> None:
        self._takeover.async_stop()

    @callback
    def async_forget(self, key: str) -> None:
        self._takeover.async_forget(key)
        self._suspected.discard(key)
        self._outdated.discard(key)
        self._before.pop(key, None)

    async def async_prepare(self, *keys: str) -> None:
        """Return once it is stored that it is not known any more what is published for people."""
        for key in keys:
            record = self._store.record_of(key)
            self._before.setdefault(key, record)
            self._store.async_set(key, record.doubtful())
        await self._store.async_stored(*keys)
        await self._rules_stored()

    @callback
    def async_withdraw(self, key: str) -> None:
        """Undo async_prepare, since nothing was sent."""
        if before := self._before.pop(key, None):
            record = self._store.record_of(key)
            self._store.async_confirm(key, record.with_published_of(before))

    async def async_write(
        self, person: Person, requested: RequestedPresence, *, clear_first: bool
    ) -> None:
        with self._recording_doubt(person):
            if clear_first:
                await self._writer.async_clear(person)
                self._before[person.key] = EMPTY.logged_in_only()
            published = await self._writer.async_write(person, requested)
        self._set_published(person.key, published)
        self._takeover.async_watch(person)

    async def async_clear(self, person: Addressee) -> None:
        """Clear what is published; the session stays open until it is logged out."""
        with self._recording_doubt(person):
            await self._writer.async_clear(person)
        self._set_logged_in_only(person.key)
        self._takeover.async_forget(person.key)

    async def async_log_out(self, person: Addressee) -> None:
        await self._writer.async_log_out(person)
        self._set_published(person.key, None)
        # What is read now is the person's own presence.
        await self._writer.async_read_back(person)

    async def async_clear_before_leaving(self, people: Collection[Addressee]) -> None:
        """Clear what is published, or leave it to the logout that follows.

        Raises:
            CannotConnect: The server did not answer; it is recorded of whom this is not known.
        """
        # The time limit of leaving may cut this off before an answer is here.
        await self.async_prepare(*(person.key for person in people))
        try:
            outcomes = await asyncio.gather(
                *map(self._async_clear_before_leaving, people), return_exceptions=True
            )
        finally:
            for person in people:
                self.async_withdraw(person.key)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _async_clear_before_leaving(self, person: Addressee) -> None:
        try:
            with self._recording_doubt(person):
                await self._writer.async_clear(person)
        except CannotConnect:
            raise
        except PresenceServiceError as error:
            LOGGER.debug("%s was left to the logout: %s", person.contact, error)
            return
        self._before.pop(person.key, None)
        self._set_published(person.key, None)

    async def async_verify(
        self, person: Person, published: PublishedPresence, now: datetime
    ) -> Finding:
        """Ask the server whether a presence is still published, and record when it is lost."""
        found = await self._async_find(person, published, now)
        if found is Finding.LOST:
            LOGGER.debug("The server has lost the presence of %s", person.contact)
            # Asking has logged the person in, if nothing else had.
            self._set_logged_in_only(person.key)
        if found is Finding.OUTDATED:
            LOGGER.debug("The record of %s is older than what is published", person.contact)
            self._store.async_set(person.key, self._store.record_of(person.key).doubtful())
        self._suspected.discard(person.key)
        self._outdated.discard(person.key)
        return found

    async def async_republish_unless_shown(self, person: Person) -> None:
        """Have a presence written again if the server shows another one in its place."""
        published = self._store.record_of(person.key).published
        if published and published.is_contradicted_by(await self._writer.async_read(person)):
            self._store.async_set(person.key, self._store.record_of(person.key).doubtful())

    async def _async_find(
        self, person: Person, published: PublishedPresence, now: datetime
    ) -> Finding:
        contradicted = published.is_contradicted_by(await self._writer.async_read(person))
        if not contradicted and person.key not in self._suspected:
            return Finding.PUBLISHED
        session_gone = await self._writer.async_is_session_gone(person, published)
        may_be_outdated = contradicted and not session_gone and person.key in self._outdated
        unmarked = not (contradicted or session_gone) and self._takeover.is_unmarked(person.key)
        if unmarked:
            self._takeover.note_lost_by_mark(person.key)
        return finding(
            published,
            contradicted=contradicted,
            is_gone=session_gone or unmarked,
            written_since=may_be_outdated
            and await self._writer.async_is_written_since(person, published),
            now=now,
        )

    @contextmanager
    def _recording_doubt(self, person: Addressee) -> Iterator[None]:
        """Leave it recorded as unknown what is published, unless the server has done nothing."""
        try:
            yield
        except PresenceServiceError as error:
            if not (isinstance(error, NotConfirmed) or may_have_been_done(error)):
                self._note_refused(person)
            raise
        finally:
            self._before.pop(person.key, None)

    def _note_refused(self, person: Addressee) -> None:
        self.async_withdraw(person.key)
        record = self._store.record_of(person.key)
        if not record.may_be_published and self._writer.is_logged_in(person):
            self._set_logged_in_only(person.key)

    @callback
    def _set_published(self, key: str, published: PublishedPresence | None) -> None:
        record = self._store.record_of(key)
        self._store.async_confirm(key, record.with_published(published))
        self._suspected.discard(key)

    @callback
    def _set_logged_in_only(self, key: str) -> None:
        self._store.async_confirm(key, self._store.record_of(key).logged_in_only())
        self._suspected.discard(key)
