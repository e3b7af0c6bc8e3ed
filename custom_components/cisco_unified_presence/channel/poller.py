"""Looking at contacts: the polling form.

Needed when the live channel cannot be had, and now and then while it lives, since an answer that
is lost on the way takes its news along.
"""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import batched

from ..coordinator import PresenceCoordinator
from ..pws import BadContact, ContactPresence, Presence, ServerFailed
from .presence_reader import PresenceReader

# So many contacts are asked about before what was seen is merged.
CONTACTS_AT_A_STRETCH = 100


class FetchGate:
    """Tells looks whether a fetch is under way, so that they do not overtake it."""

    def __init__(self) -> None:
        """Start with no fetch under way."""
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        """Note that a fetch begins."""
        self._idle.clear()

    def __exit__(self, *_: object) -> None:
        """Note that the fetch has been merged, or has failed."""
        self._idle.set()

    async def wait(self) -> None:
        """Wait until no fetch is under way."""
        await self._idle.wait()

    async def wait_for_next(self) -> None:
        """Wait for the fetch that was asked for just now, unless another is under way before it."""
        if not self._idle.is_set():
            return
        # Whoever is to fetch was woken, and begins first.
        await asyncio.sleep(0)
        await self.wait()


class Poller:
    """Looks at contacts and hands what it sees to the coordinator.

    Attributes:
        gate: To be closed while a fetch is under way.
    """

    def __init__(self, reader: PresenceReader, coordinator: PresenceCoordinator) -> None:
        self.gate = FetchGate()
        self._reader = reader
        self._coordinator = coordinator

    async def async_refresh_all(self) -> None:
        """Look at everybody who is watched.

        Raises:
            PresenceServiceError: The server does not answer, or fails for everybody.
        """
        await self.async_refresh([each.contact for each in self._coordinator.people.values()])

    async def async_refresh(self, contacts: Sequence[str]) -> None:
        """Look at these contacts.

        Raises:
            PresenceServiceError: The server does not answer, or fails for all of them.
        """
        failures: list[ServerFailed] = []
        for batch in batched(contacts, CONTACTS_AT_A_STRETCH, strict=False):
            failures += await self._async_refresh_batch(batch)
        if failures and len(failures) == len(contacts):
            raise failures[0]

    async def _async_refresh_batch(self, contacts: Sequence[str]) -> list[ServerFailed]:
        """Look at many; return the failures of those at whom the server fails."""
        asked_at = self._coordinator.revision
        try:
            seen = await self._reader.async_read_many(contacts)
        except ServerFailed as error:
            if len(contacts) == 1:
                return [error]
            # One person's trouble must not keep the others from being looked at.
            middle = len(contacts) // 2
            halves = contacts[:middle], contacts[middle:]
            return [each for half in halves for each in await self._async_refresh_batch(half)]
        await self._async_merge(seen, asked_at)
        return []

    async def async_read(self, contacts: Sequence[str]) -> list[ContactPresence]:
        """Return the presence of any contacts now, in their order; the unknown are UNKNOWN.

        Raises:
            PresenceServiceError: The look failed.
        """
        return await self._reader.async_read_many(contacts)

    async def async_poll(self, contact: str) -> ContactPresence:
        """Look at one contact, and return what was seen.

        Raises:
            PresenceServiceError: The look failed.
        """
        asked_at = self._coordinator.revision
        seen = await self._async_read_one(contact)
        await self._async_merge([seen], asked_at)
        return seen

    async def _async_merge(self, seen: Iterable[ContactPresence], asked_at: int) -> None:
        # A fetch that is under way asked the server earlier or later than this look did, nobody
        # can tell. Its news are merged first; then they stand.
        await self.gate.wait()
        for presence in seen:
            self._coordinator.async_merge_poll(presence, asked_at)

    async def async_unknown_among(self, contacts: Sequence[str]) -> list[str]:
        """Return the contacts of whom the server knows nothing, in their order.

        Raises:
            BadContact: The server would refuse a subscription with this contact in it.
            PresenceServiceError: A look failed.
        """
        seen = await self._reader.async_read_many(contacts)
        pairs = zip(contacts, seen, strict=True)
        unknown = [contact for contact, one in pairs if one.presence is Presence.UNKNOWN]
        for contact in unknown:
            # Among many, one that is refused looks like one that is unknown.
            await self._reader.async_read(contact)
        return unknown

    async def async_refused_among(self, contacts: Sequence[str]) -> set[str]:
        """Return the contacts that the server does not accept.

        Raises:
            PresenceServiceError: A look failed for another reason.
        """
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
