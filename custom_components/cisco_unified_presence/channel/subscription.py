"""The endpoint and the subscriptions of this entry on the server."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched

from ..const import LOGGER
from ..coordinator import PresenceCoordinator
from ..people import Watcher
from ..pws import (
    MAX_CONTACTS,
    BadContact,
    ContactPresence,
    NoFreeSubscription,
    PresenceClient,
    ServerFault,
)
from .intervals import EXPIRY
from .orphans import Orphans, OrphanStore, async_remove_orphans
from .poller import Poller
from .presence_reader import PresenceReader

# Writing so many states takes Home Assistant a few milliseconds.
CONTACTS_PER_BATCH = 100

# A notification may overtake the answer that names the subscription's id.
MAX_EARLY_NOTIFICATIONS = 16


@dataclass(slots=True)
class Part:
    """One of the server's subscriptions, and the contacts in it."""

    id: int
    contacts: list[str]


class WatchersSubscription:
    """The watcher's subscription to all people, and the endpoint it is bound to.

    On the server it is several subscriptions when the people do not fit into one.

    Attributes:
        unsubscribed: The contacts for whom the server has no subscription left.
        has_news_of_unnamed: Whether the latest fetch brought news of an unnamed contact.
    """

    def __init__(
        self,
        client: PresenceClient,
        reader: PresenceReader,
        coordinator: PresenceCoordinator,
        orphan_store: OrphanStore,
        poller: Poller,
        *,
        watcher: Watcher,
        callback_url: Callable[[], str],
    ) -> None:
        self._client = client
        self._reader = reader
        self._coordinator = coordinator
        self._orphan_store = orphan_store
        self._poller = poller
        self._watcher = watcher.user
        self._watchers_contact = watcher.contact
        self._callback_url = callback_url
        self._endpoint: int | None = None
        self._parts: list[Part] = []
        self._remaining: tuple[int, ...] = ()
        self._notified_ids: set[int] = set()
        self._refused: set[str] = set()
        self.unsubscribed: list[str] = []
        self.has_news_of_unnamed = False

    @property
    def is_open(self) -> bool:
        return bool(self._parts)

    @property
    def is_on_primary(self) -> bool:
        """Whether the configured node serves, and not its backup."""
        return self._client.is_on_primary

    async def async_fail_back(self) -> None:
        await self._client.fail_back()

    async def async_check_further_nodes(self) -> None:
        """Find sessions that have ended at nodes from which nothing is fetched."""
        await self._client.check_sessions()

    def is_named_by(self, notification: int) -> bool:
        """Return whether a notification with this id belongs to this subscription.

        A notification may arrive before the answer that names the subscription's id. It is
        recorded, and async_open and async_resubscribe report it.
        """
        if len(self._notified_ids) < MAX_EARLY_NOTIFICATIONS:
            self._notified_ids.add(notification)
        return any(notification == part.id for part in self._parts)

    async def async_open(self) -> bool:
        """Register the endpoint and subscribe to all people.

        Returns:
            Whether the server has called back already.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        await self.async_close()
        self._endpoint = await self._client.register_endpoint(
            self._callback_url(), EXPIRY, watcher=self._watcher
        )
        await self._async_save()
        return await self._async_subscribe_all(self._endpoint)

    async def async_resubscribe(self) -> bool:
        """Subscribe anew, to the present people; some may be left ``unsubscribed``.

        Returns:
            Whether the server has called back already.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        if self._endpoint is None:
            return await self.async_open()
        await self._async_remove_all(None)
        await self._async_save()
        return await self._async_subscribe_all(self._endpoint)

    async def async_change(self) -> bool:
        """Adapt the subscription to the present people.

        Returns:
            Whether that was possible; if not, async_resubscribe has to follow.

        Raises:
            PresenceServiceError: The server did not answer.
        """
        if self._endpoint is None or not self._parts or self.unsubscribed:
            return False
        wanted = self._contacts()
        watched = {contact for part in self._parts for contact in part.contacts}
        added = [contact for contact in wanted if contact not in watched]
        removed = watched.difference(wanted)
        if removed and not self._client.can_remove_contacts(self._watcher):
            return False
        try:
            for part in self._parts:
                await self._async_remove(part, removed)
            await self._async_add(self._endpoint, added)
        except ServerFault as error:
            LOGGER.debug("The subscription is made anew, since it cannot be changed: %s", error)
            return False
        return True

    async def async_renew(self) -> None:
        if self._endpoint is None or not self._parts:
            return
        await self._client.renew_endpoint(self._endpoint, EXPIRY)
        for part in self._parts:
            await self._client.renew_subscription(
                self._watcher, part.id, EXPIRY, endpoint=self._endpoint
            )

    async def async_fetch(self) -> bool:
        """Fetch what has changed and hand it to the coordinator.

        Returns:
            Whether there was news.

        Raises:
            PresenceServiceError: The server refused or did not answer; news may be lost.
        """
        brought_news = False
        self.has_news_of_unnamed = False
        with self._poller.gate:
            for part in self._parts:
                news = await self._reader.async_fetch(part.id)
                await self._async_merge(news)
                brought_news = brought_news or bool(news)
                if not all(each.contact for each in news):
                    self.has_news_of_unnamed = True
        return brought_news

    async def _async_merge(self, news: Sequence[ContactPresence]) -> None:
        """Hand news to the coordinator in batches, so that the loop is not blocked."""
        for number, batch in enumerate(batched(news, CONTACTS_PER_BATCH, strict=False)):
            if number:
                await asyncio.sleep(0)
            self._coordinator.async_merge_fetch(batch)

    async def async_close(self) -> None:
        """Remove the subscription and the endpoint from the server, as far as it answers."""
        self._endpoint = await self._async_remove_all(self._endpoint)
        await self._async_save()

    async def _async_subscribe_all(self, endpoint: int) -> bool:
        self._notified_ids.clear()
        self.unsubscribed = []
        await self._async_subscribe_in_parts(endpoint, self._contacts())
        return any(part.id in self._notified_ids for part in self._parts)

    async def _async_subscribe_in_parts(self, endpoint: int, contacts: Sequence[str]) -> None:
        for batch in batched(contacts, MAX_CONTACTS, strict=False):
            try:
                part = await self._async_subscribe(endpoint, batch)
            except NoFreeSubscription:
                if not self._parts:
                    raise
                self.unsubscribed += batch
                continue
            if part is not None:
                self._parts.append(part)
                await self._async_save()

    async def _async_subscribe(self, endpoint: int, contacts: Sequence[str]) -> Part | None:
        """Subscribe to the contacts that the server accepts; return None if it accepts none."""
        accepted = list(contacts)
        while accepted:
            try:
                number = await self._client.subscribe(self._watcher, accepted, endpoint, EXPIRY)
            except BadContact as error:
                # The server does not always name the contact.
                named = {contact for contact in accepted if contact == error.contact}
                refused = named or await self._poller.async_refused_among(accepted)
                if not refused:
                    raise
                LOGGER.warning("The server refuses the contacts %s", ", ".join(sorted(refused)))
                self._refused |= refused
                accepted = [contact for contact in accepted if contact not in refused]
            else:
                return Part(number, accepted)
        return None

    async def _async_remove(self, part: Part, contacts: set[str]) -> None:
        leaving = [contact for contact in part.contacts if contact in contacts]
        await self._client.remove_contacts(self._watcher, part.id, leaving)
        part.contacts = [contact for contact in part.contacts if contact not in contacts]

    async def _async_add(self, endpoint: int, contacts: list[str]) -> None:
        for part in self._parts:
            room = MAX_CONTACTS - len(part.contacts)
            joining, contacts = contacts[:room], contacts[room:]
            if joining:
                await self._client.renew_subscription(
                    self._watcher, part.id, 0, contacts=joining, endpoint=endpoint
                )
                part.contacts += joining
        await self._async_subscribe_in_parts(endpoint, contacts)

    def _contacts(self) -> list[str]:
        people = (person.contact for person in self._coordinator.people.values())
        wanted = [contact for contact in people if contact not in self._refused]
        # The watcher's own, so that the callback is tested before the first person is added.
        return wanted or [self._watchers_contact]

    async def _async_remove_all(self, endpoint: int | None) -> int | None:
        """Remove all subscriptions, and the endpoint if given; return it if it still exists."""
        orphans = Orphans(endpoint=endpoint, subscriptions=self._existing())
        self._parts = []
        left = await async_remove_orphans(self._client, self._watcher, orphans)
        self._remaining = left.subscriptions
        return left.endpoint

    async def _async_save(self) -> None:
        orphans = Orphans(endpoint=self._endpoint, subscriptions=self._existing())
        await self._orphan_store.async_save(orphans)

    def _existing(self) -> tuple[int, ...]:
        return (*self._remaining, *(part.id for part in self._parts))
