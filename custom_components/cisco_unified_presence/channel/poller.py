"""Polls contacts: while the live channel is down, and now and then while it is up.

An answer to a fetch that is lost takes its news along; only a poll finds them again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import batched
from math import ceil
import time
from typing import Final

from ..coordinator import PresenceCoordinator
from ..pws import BadContact, ContactPresence, Presence, ServerFailed
from .presence_reader import PresenceReader

# Requests of a batch, after which the result is merged.
REQUESTS_PER_BATCH: Final = 10

# What a small node bears beside its other work; so many people are polled in a minute as 60 times
# that. The first ones go out at once.
REQUESTS_PER_SECOND: Final = 5.0
REQUESTS_AT_ONCE: Final = 100


class FetchGate:
    """Is closed while a fetch is under way, so that polls do not overtake it."""

    def __init__(self) -> None:
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        self._idle.clear()

    def __exit__(self, *_: object) -> None:
        self._idle.set()

    @property
    def is_closed(self) -> bool:
        return not self._idle.is_set()

    async def wait(self) -> None:
        await self._idle.wait()


class Pace:
    """Limits requests to so many a second, after a burst of so many."""

    def __init__(
        self,
        per_second: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._seconds_each = 1 / per_second
        self._burst_seconds = burst / per_second
        self._clock = clock
        self._sleep = sleep
        # When all that was let through would have been, at the steady rate.
        self._reached = clock() - self._burst_seconds

    async def wait(self, requests: int) -> None:
        """Return when so many requests may be sent."""
        now = self._clock()
        begun = max(self._reached, now - self._burst_seconds)
        self._reached = begun + requests * self._seconds_each
        if (pause := self._reached - now) > 0:
            await self._sleep(pause)


class Poller:
    """Polls contacts and hands their presence to the coordinator.

    Attributes:
        gate: To be closed while a fetch is under way.
    """

    def __init__(
        self,
        reader: PresenceReader,
        coordinator: PresenceCoordinator,
        pace: Pace | None = None,
    ) -> None:
        self.gate = FetchGate()
        self._pace = pace or Pace(REQUESTS_PER_SECOND, REQUESTS_AT_ONCE)
        self._reader = reader
        self._coordinator = coordinator

    async def async_refresh_all(self) -> None:
        """Poll all watched people.

        Raises:
            PresenceServiceError: The server does not answer, or fails for all of them.
        """
        people = self._coordinator.people.values()
        await self.async_refresh([person.contact for person in people])

    async def async_refresh(self, contacts: Sequence[str]) -> None:
        """Poll contacts, not faster than the pace allows.

        Raises:
            PresenceServiceError: The server does not answer, or fails for all of them.
        """
        failures: list[ServerFailed] = []
        each = self._reader.contacts_per_request
        size = each if each > 1 else REQUESTS_PER_BATCH
        for batch in batched(contacts, size, strict=False):
            await self._pace.wait(ceil(len(batch) / each))
            failures += await self._async_refresh_batch(batch)
        if failures and len(failures) == len(contacts):
            raise failures[0]

    async def _async_refresh_batch(self, contacts: Sequence[str]) -> list[ServerFailed]:
        asked_at = self._coordinator.revision
        try:
            seen = await self._reader.async_read_many(contacts)
        except ServerFailed as error:
            if len(contacts) == 1:
                return [error]
            # A contact for whom the server fails must not keep the others from being polled.
            middle = len(contacts) // 2
            halves = contacts[:middle], contacts[middle:]
            return [each for half in halves for each in await self._async_refresh_batch(half)]
        await self._async_merge(seen, asked_at)
        return []

    async def async_read(self, contacts: Sequence[str]) -> list[ContactPresence]:
        """Return the presence of any contacts, in their order, past the coordinator."""
        return await self._reader.async_read_many(contacts)

    async def async_poll(self, contact: str) -> ContactPresence:
        asked_at = self._coordinator.revision
        seen = await self._async_read_one(contact)
        await self._async_merge([seen], asked_at)
        return seen

    async def _async_merge(self, seen: Iterable[ContactPresence], asked_at: int) -> None:
        # A fetch that is under way may have reached the server before or after this poll. It is
        # merged first, and then wins over the poll.
        await self.gate.wait()
        for presence in seen:
            self._coordinator.async_merge_poll(presence, asked_at)

    async def async_unknown_among(self, contacts: Sequence[str]) -> list[str]:
        """Return the contacts that the server does not know, in their order.

        Raises:
            BadContact: The server would refuse a subscription with this contact in it.
            PresenceServiceError: A poll failed.
        """
        seen = await self._reader.async_read_many(contacts)
        pairs = zip(contacts, seen, strict=True)
        unknown = [contact for contact, one in pairs if one.presence is Presence.UNKNOWN]
        for contact in unknown:
            # In a poll of many, a refused contact is reported as unknown.
            await self._reader.async_read(contact)
        return unknown

    async def async_refused_among(self, contacts: Sequence[str]) -> set[str]:
        refused = set[str]()
        for contact in contacts:
            try:
                await self._reader.async_read(contact)
            except BadContact:
                refused.add(contact)
        return refused

    async def _async_read_one(self, contact: str) -> ContactPresence:
        try:
            return await self._reader.async_read(contact)
        except BadContact:
            return ContactPresence(contact, Presence.UNKNOWN)
