"""Confirms writes by the news that the subscription brings of them."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from homeassistant.core import callback

from ..const import Channel
from ..coordinator import PresenceCoordinator
from ..people import contact_key
from ..pws import Presence

# The server announces a change within a fraction of a second; what takes longer is read.
NEWS_WITHIN_SECONDS = 2.0


class Expectation:
    """Waits for one of some words of a person."""

    def __init__(
        self, coordinator: PresenceCoordinator, key: str, words: Collection[Presence]
    ) -> None:
        self._coordinator = coordinator
        self._key = key
        self._words = words
        self._shown: asyncio.Future[Presence] = asyncio.get_running_loop().create_future()

    async def async_wait(self) -> Presence | None:
        """Return the word that came, None when none has come in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(NEWS_WITHIN_SECONDS):
                return await self._shown
        return None

    @callback
    def async_note_change(self) -> None:
        seen = self._coordinator.presence_of(self._key)
        if seen is not None and seen.presence in self._words and not self._shown.done():
            self._shown.set_result(seen.presence)


class WriteConfirmation:
    """Expects news of writes while the channel is live.

    Attributes:
        expected: How many people news is expected of.
    """

    def __init__(self, coordinator: PresenceCoordinator) -> None:
        self.expected = 0
        self._coordinator = coordinator

    @contextmanager
    def expecting(self, contact: str, words: Collection[Presence]) -> Iterator[Expectation | None]:
        """Begin to expect one of the words of a contact, before it is written.

        None when no news is to be expected: it does not arrive by itself, or the word is shown
        already.
        """
        coordinator, key = self._coordinator, contact_key(contact)
        seen = coordinator.presence_of(key)
        is_live = coordinator.channel is Channel.EVENTING and coordinator.reachable
        if not is_live or seen is None or seen.presence in words:
            yield None
            return
        expectation = Expectation(coordinator, key, words)
        unsubscribe = coordinator.async_subscribe(key, expectation.async_note_change)
        self.expected += 1
        try:
            yield expectation
        finally:
            self.expected -= 1
            unsubscribe()
