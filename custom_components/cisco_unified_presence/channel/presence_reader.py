"""Reads presence as the watcher: words, or PIDF documents where they are wanted and readable."""

from collections.abc import Callable, Sequence
from dataclasses import replace
import time
from typing import Final

from homeassistant.core import callback

from ..pws import AnswerNotUnderstood, ContactPresence, PresenceClient

# Before documents are asked for again, when none of them could be read.
RICH_PAUSE_SECONDS: Final = 3600.0


class PresenceReader:
    """Reads presence as the watcher.

    The word is read of a contact whose document cannot be. Where no document can be, that is
    reported, and only words, which every server has, are asked for during a pause.
    """

    def __init__(
        self,
        client: PresenceClient,
        watcher: str,
        *,
        rich: bool,
        on_not_understood: Callable[[AnswerNotUnderstood], None],
        on_understood: Callable[[], None] = lambda: None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._client = client
        self._watcher = watcher
        self._is_rich_wanted = rich
        self._on_not_understood = on_not_understood
        self._on_understood = on_understood
        self._clock = clock or time.monotonic
        self._pause_until: float | None = None
        self._is_reported = False

    @callback
    def async_set_rich(self, *, rich: bool) -> None:
        """Read documents from now on, or words."""
        self._is_rich_wanted = rich
        self._pause_until = None
        self._is_reported = False

    @property
    def contacts_per_request(self) -> int:
        """How many contacts are polled by one request."""
        return self._client.contacts_per_poll(self._watcher)

    async def async_read(self, contact: str) -> ContactPresence:
        rich = self._is_rich
        try:
            seen = await self._client.poll_contact(self._watcher, contact, rich=rich)
        except AnswerNotUnderstood as error:
            if not rich:
                raise
            # A server whose words cannot be parsed either fails for another reason.
            seen = await self._client.poll_contact(self._watcher, contact)
            self._give_up_rich(error)
            return seen
        return (await self._with_words([seen]))[0] if rich else seen

    async def async_read_many(self, contacts: Sequence[str]) -> list[ContactPresence]:
        """Return the presence of contacts in their order; UNKNOWN for one that is refused."""
        rich = self._is_rich
        try:
            seen = await self._client.poll_contacts(self._watcher, contacts, rich=rich)
        except AnswerNotUnderstood as error:
            if not rich:
                raise
            seen = await self._client.poll_contacts(self._watcher, contacts)
            self._give_up_rich(error)
            return seen
        return await self._with_words(seen) if rich else seen

    async def async_fetch(self, subscription: int) -> list[ContactPresence]:
        """Return what has changed in a subscription since the last fetch.

        A contact that the server does not name is among it, without a name.

        Raises:
            PresenceServiceError: The fetch failed; news may be lost.
        """
        rich = self._is_rich
        try:
            seen = await self._client.fetch(self._watcher, subscription, rich=rich)
        except AnswerNotUnderstood as error:
            if rich:
                await self._client.fetch(self._watcher, subscription)
                self._give_up_rich(error)
            raise
        return await self._with_words(seen) if rich else seen

    @property
    def _is_rich(self) -> bool:
        if self._pause_until is not None and self._clock() >= self._pause_until:
            self._pause_until = None
        return self._is_rich_wanted and self._pause_until is None

    async def _with_words(self, seen: list[ContactPresence]) -> list[ContactPresence]:
        """Return contacts with the words of those whose documents could not be read."""
        unreadable = {each.contact: each.unreadable for each in seen if each.unreadable}
        contacts = [contact for contact in unreadable if contact]
        if len(unreadable) < len(seen):
            self._report_understood()
        if not contacts:
            return seen
        polled = await self._client.poll_contacts(self._watcher, contacts)
        words = dict(zip(contacts, polled, strict=True))
        if len(contacts) == len(seen) > 1:
            reason = unreadable[contacts[0]]
            self._give_up_rich(AnswerNotUnderstood(reason.detail, reason.sample))
        return [
            replace(words[each.contact], contact=each.contact, unreadable=each.unreadable)
            if each.contact in words
            else each
            for each in seen
        ]

    def _give_up_rich(self, error: AnswerNotUnderstood) -> None:
        if self._pause_until is not None:
            return
        self._pause_until = self._clock() + RICH_PAUSE_SECONDS
        if not self._is_reported:
            self._is_reported = True
            self._on_not_understood(error)

    def _report_understood(self) -> None:
        if self._is_reported and self._pause_until is None:
            self._is_reported = False
            self._on_understood()
