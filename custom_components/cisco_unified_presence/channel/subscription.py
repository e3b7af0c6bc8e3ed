"""The endpoint and the subscription that this entry has on the server."""

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
NEWS_AT_A_STRETCH = 100

# A notification may overtake the answer that names the subscription's id.
MAX_EARLY_NOTIFICATIONS = 16


@dataclass(slots=True)
class Part:
    """One of the server's subscriptions, and whom it watches."""

    id: int
    contacts: list[str]


class WatchersSubscription:
    """The watcher's subscription to everybody, and the endpoint it is bound to.

    To the server it is several subscriptions where there are more people than fit into one.

    Attributes:
        unsubscribed: The contacts for whom the server has no subscription left.
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
        """Take what is needed; nothing is sent yet.

        Args:
            client: Speaks to the server.
            reader: Fetch what has changed.
            coordinator: Takes what a fetch brings.
            orphan_store: Remembers what was made on the server.
            poller: Polls single contacts, and must not overtake a fetch.
            watcher: Who watches; its own contact is watched while there is nobody else, so that
                the channel can prove itself before the first person is added.
            callback_url: Returns the address that the server is to call.
        """
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
        self._heard_of: set[int] = set()
        self._refused: set[str] = set()
        self.unsubscribed: list[str] = []

    @property
    def is_open(self) -> bool:
        """Return whether there is a subscription to fetch from."""
        return bool(self._parts)

    @property
    def is_home(self) -> bool:
        """Return whether no backup stands in for the node that should serve."""
        return self._client.is_home

    async def async_return_home(self) -> None:
        """Return to the node that should serve, if it is back."""
        await self._client.go_home()

    async def async_check_further_nodes(self) -> None:
        """Notice what has ended at nodes from which nothing is fetched."""
        await self._client.check_sessions()

    def is_named_by(self, notification: int) -> bool:
        """Return whether a notification with this id is about this subscription.

        A notification may arrive before the subscription's id is known, or before the making of
        it is written down; it is remembered, and async_resubscribe tells of it.
        """
        if len(self._heard_of) < MAX_EARLY_NOTIFICATIONS:
            self._heard_of.add(notification)
        return any(notification == part.id for part in self._parts)

    async def async_open(self) -> bool:
        """Register the endpoint and subscribe to everybody.

        Returns:
            Whether the server has called back already.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        await self.async_close()
        self._endpoint = await self._client.register_endpoint(
            self._callback_url(), EXPIRY, watcher=self._watcher
        )
        await self._async_write_down()
        return await self._async_subscribe_everybody(self._endpoint)

    async def async_resubscribe(self) -> bool:
        """Make the subscription anew, for the people there are now.

        Who finds no place is named by unsubscribed then.

        Returns:
            Whether the server has called back already.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        if self._endpoint is None:
            return await self.async_open()
        await self._async_take_away(None)
        await self._async_write_down()
        return await self._async_subscribe_everybody(self._endpoint)

    async def async_change(self) -> bool:
        """Watch the people there are now, without making the subscription anew.

        Returns:
            Whether that was possible; if not, it has to be made anew.

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
        """Renew the endpoint and the subscription.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
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
        with self._poller.gate:
            for part in self._parts:
                news = await self._reader.async_fetch(part.id)
                await self._async_merge(news)
                brought_news = brought_news or bool(news)
        return brought_news

    async def _async_merge(self, news: Sequence[ContactPresence]) -> None:
        """Hand news to the coordinator, letting others have their turn now and then."""
        for number, batch in enumerate(batched(news, NEWS_AT_A_STRETCH, strict=False)):
            if number:
                await asyncio.sleep(0)
            self._coordinator.async_merge_news(batch)

    async def async_close(self) -> None:
        """Take the subscription and the endpoint off the server, as far as it answers."""
        self._endpoint = await self._async_take_away(self._endpoint)
        await self._async_write_down()

    async def _async_subscribe_everybody(self, endpoint: int) -> bool:
        """Subscribe to the people there are now; return whether the server has called back."""
        self._heard_of.clear()
        self.unsubscribed = []
        await self._async_place(endpoint, self._contacts())
        return any(part.id in self._heard_of for part in self._parts)

    async def _async_place(self, endpoint: int, contacts: Sequence[str]) -> None:
        """Subscribe to contacts, in as many parts as that takes."""
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
                await self._async_write_down()

    async def _async_subscribe(self, endpoint: int, contacts: Sequence[str]) -> Part | None:
        """Subscribe to those whom the server accepts; None where it accepts nobody."""
        accepted = list(contacts)
        while accepted:
            try:
                number = await self._client.subscribe(self._watcher, accepted, endpoint, EXPIRY)
            except BadContact as error:
                # The server need not say which of them it means.
                named = {contact for contact in accepted if contact == error.contact}
                refused = named or await self._poller.async_refused_among(accepted)
                if not refused:
                    raise
                LOGGER.warning("The server accepts no contact %s", ", ".join(sorted(refused)))
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
        """Put contacts where there is room, and subscribe to the rest."""
        for part in self._parts:
            room = MAX_CONTACTS - len(part.contacts)
            joining, contacts = contacts[:room], contacts[room:]
            if joining:
                await self._client.renew_subscription(
                    self._watcher, part.id, 0, contacts=joining, endpoint=endpoint
                )
                part.contacts += joining
        await self._async_place(endpoint, contacts)

    def _contacts(self) -> list[str]:
        people = (person.contact for person in self._coordinator.people.values())
        wanted = [contact for contact in people if contact not in self._refused]
        return wanted or [self._watchers_contact]

    async def _async_take_away(self, endpoint: int | None) -> int | None:
        """Take away all parts, and the endpoint where one is named; return it when it stayed."""
        orphans = Orphans(endpoint=endpoint, subscriptions=self._standing())
        self._parts = []
        left = await async_remove_orphans(self._client, self._watcher, orphans)
        self._remaining = left.subscriptions
        return left.endpoint

    async def _async_write_down(self) -> None:
        orphans = Orphans(endpoint=self._endpoint, subscriptions=self._standing())
        await self._orphan_store.async_save(orphans)

    def _standing(self) -> tuple[int, ...]:
        """Return every subscription that may stand on the server."""
        return (*self._remaining, *(part.id for part in self._parts))
