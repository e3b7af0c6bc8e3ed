"""The endpoint and the subscriptions of this entry on the server."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import batched

from ..const import LOGGER
from ..coordinator import PresenceCoordinator
from ..people import Watcher, contact_key
from ..pws import (
    MAX_CONTACTS,
    BadContact,
    ContactPresence,
    NoFreeSubscription,
    PresenceClient,
    ServerFault,
)
from .intervals import EXPIRY
from .inventory import Inventory
from .orphans import OrphanStore
from .poller import Poller
from .presence_reader import PresenceReader

# Writing so many states takes Home Assistant a few milliseconds.
CONTACTS_PER_BATCH = 100

# A notification may overtake the answer that names the subscription's id.
MAX_EARLY_NOTIFICATIONS = 16


@dataclass(slots=True)
class Part:
    """One of the server's subscriptions.

    Attributes:
        id: The server's number.
        contacts: The contacts in it.
        awaited: Those that the next fetch brings whether they have changed or not, by key.
    """

    id: int
    contacts: list[str]
    awaited: dict[str, str] = field(default_factory=dict)


class WatchersSubscription:
    """The watcher's subscription to all people, and the endpoint it is bound to.

    On the server it is several subscriptions when the people do not fit into one.

    Attributes:
        unsubscribed: The contacts for whom the server has no subscription left.
        left_out: The contacts that a first fetch should have brought and did not.
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
        self._inventory = Inventory(client, watcher.user, orphan_store)
        self._poller = poller
        self._watcher = watcher.user
        self._watchers_contact = watcher.contact
        self._callback_url = callback_url
        self._parts: list[Part] = []
        # Those that the latest refresh has replaced, or is replacing with.
        self._former_ids: set[int] = set()
        self._joining_id: int | None = None
        self._notified_ids: set[int] = set()
        self._refused: set[str] = set()
        self.unsubscribed: list[str] = []
        self.left_out: list[str] = []
        self.has_news_of_unnamed = False

    @property
    def is_open(self) -> bool:
        return bool(self._parts)

    @property
    def is_on_primary(self) -> bool:
        """Whether the configured node serves, and not its backup."""
        return self._client.is_on_primary

    @property
    def has_left_out(self) -> bool:
        """Whether there are people whose presence the first fetch did not bring, nor polls do."""
        # Read at each event: not to be searched for among all people.
        refused = map(contact_key, self._refused)
        return bool(self.left_out) or not self._coordinator.people.keys().isdisjoint(refused)

    @property
    def without_first_picture(self) -> list[str]:
        """The contacts of people whose presence the first fetch did not bring, nor polls do."""
        refused = self._people_among(sorted(self._refused))
        return [*self.left_out, *refused.values()]

    @property
    def counts(self) -> dict[str, int]:
        """How many contacts are where, for diagnostics."""
        return {
            "subscribed": sum(len(part.contacts) for part in self._parts),
            "without_subscription": len(self.unsubscribed),
            "left_out_by_first_fetch": len(self.left_out),
            "refused": len(self._refused),
        }

    async def async_fail_back(self) -> None:
        await self._client.fail_back()

    async def async_check_further_nodes(self) -> None:
        """Find sessions that have ended at nodes from which nothing is fetched."""
        await self._client.check_sessions()

    def is_named_by(self, notification: int) -> bool:
        """Return whether a notification with this id belongs to this subscription.

        A notification may arrive before the answer that names the subscription's id. It is
        recorded, and what subscribes reports it.
        """
        if len(self._notified_ids) < MAX_EARLY_NOTIFICATIONS:
            self._notified_ids.add(notification)
        own = [part.id for part in self._parts]
        return notification in (self._joining_id, *self._former_ids, *own)

    def is_unfetched(self, notification: int) -> bool:
        """Return whether this is the call after subscribing; the first fetch is still to come."""
        return notification in self._inventory.subscriptions

    async def async_open(self) -> bool:
        """Register the endpoint and subscribe to all people.

        Returns:
            Whether the server has called back already.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        await self.async_close()
        endpoint = await self._inventory.async_add_endpoint(
            lambda: self._client.register_endpoint(
                self._callback_url(), EXPIRY, watcher=self._watcher
            )
        )
        return await self._async_subscribe_all(endpoint)

    async def async_resubscribe(self) -> bool:
        """Subscribe anew, to the present people; some may be left ``unsubscribed``.

        Returns:
            Whether the server has called back already.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        endpoint = self._inventory.endpoint
        if endpoint is None:
            return await self.async_open()
        self._parts = []
        await self._async_remove_unused()
        return await self._async_subscribe_all(endpoint)

    async def async_refresh(self) -> bool:
        """Fetch the presence of all who are subscribed to, whether it has changed or not.

        The first fetch of a new subscription brings them all. The new one takes the place of the
        present one once it is fetched, and only then the server is told to drop that: whatever
        fails before, the present one goes on, and no change falls between them.

        Returns:
            Whether the server has called back for a new one.

        Raises:
            NoFreeSubscription: The server has none beside the present ones.
            PresenceServiceError: The server refused or did not answer.
        """
        endpoint = self._inventory.endpoint
        if endpoint is None:
            return False
        # What an earlier refresh has left, so that failures do not add up.
        await self._async_remove_unused()
        self._notified_ids.clear()
        self._former_ids.clear()
        self.left_out = []
        for part in tuple(self._parts):
            await self._async_replace(part, endpoint)
        return any(part.id in self._notified_ids for part in self._parts)

    async def _async_replace(self, part: Part, endpoint: int) -> None:
        new = await self._async_subscribe(endpoint, part.contacts)
        if new is not None:
            await self._async_fetch_first(new)
        position = self._parts.index(part)
        self._parts[position : position + 1] = [new] if new else []
        self._former_ids.add(part.id)
        await self._async_remove_unused()

    async def _async_fetch_first(self, new: Part) -> None:
        # What the server announces from now on may not be in this fetch.
        self._joining_id = new.id
        try:
            with self._poller.gate:
                await self._async_fetch_part(new)
        finally:
            self._joining_id = None

    async def async_change(self) -> bool:
        """Adapt the subscription to the present people.

        Returns:
            Whether that was possible; if not, async_resubscribe has to follow.

        Raises:
            PresenceServiceError: The server did not answer.
        """
        endpoint = self._inventory.endpoint
        if endpoint is None or not self._parts or self.unsubscribed:
            return False
        wanted = self._contacts()
        watched = {contact for part in self._parts for contact in part.contacts}
        added = [contact for contact in wanted if contact not in watched]
        removed = watched.difference(wanted)
        if removed and not self._client.can_remove_contacts(self._watcher):
            return False
        self.left_out = []
        try:
            for part in self._parts:
                await self._async_remove(part, removed)
            await self._async_add(endpoint, added)
        except ServerFault as error:
            LOGGER.debug("Subscribing again, because the subscription can't change: %s", error)
            return False
        return True

    async def async_renew(self) -> None:
        endpoint = self._inventory.endpoint
        if endpoint is None or not self._parts:
            return
        await self._client.renew_endpoint(endpoint, EXPIRY)
        for part in self._parts:
            await self._client.renew_subscription(self._watcher, part.id, EXPIRY, endpoint=endpoint)

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
                brought_news = await self._async_fetch_part(part) or brought_news
        return brought_news

    async def _async_fetch_part(self, part: Part) -> bool:
        # An answer that is lost takes the first picture with it.
        awaited, part.awaited = part.awaited, {}
        news = await self._reader.async_fetch(part.id)
        await self._async_merge(news)
        if awaited:
            brought = {contact_key(each.contact) for each in news}
            self.left_out += [each for key, each in awaited.items() if key not in brought]
        elif not all(each.contact for each in news):
            self.has_news_of_unnamed = True
        return bool(news)

    async def _async_merge(self, news: Sequence[ContactPresence]) -> None:
        """Hand news to the coordinator in batches, so that the loop is not blocked."""
        for number, batch in enumerate(batched(news, CONTACTS_PER_BATCH, strict=False)):
            if number:
                await asyncio.sleep(0)
            self._coordinator.async_merge_fetch(batch)

    async def async_close(self) -> None:
        """Remove the subscription and the endpoint from the server, as far as it answers."""
        self._parts = []
        await self._inventory.async_remove_everything()

    async def _async_subscribe_all(self, endpoint: int) -> bool:
        self._notified_ids.clear()
        self._former_ids.clear()
        self.unsubscribed = []
        self.left_out = []
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

    async def _async_subscribe(self, endpoint: int, contacts: Sequence[str]) -> Part | None:
        """Subscribe to the contacts that the server accepts; return None if it accepts none."""
        accepted = list(contacts)
        while accepted:
            try:
                number = await self._inventory.async_add_subscription(
                    partial(self._client.subscribe, self._watcher, accepted, endpoint, EXPIRY)
                )
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
                return Part(number, accepted, awaited=self._people_among(accepted))
        return None

    async def _async_remove(self, part: Part, contacts: set[str]) -> None:
        leaving = [contact for contact in part.contacts if contact in contacts]
        await self._client.remove_contacts(self._watcher, part.id, leaving)
        part.contacts = [contact for contact in part.contacts if contact not in contacts]
        part.awaited = {key: each for key, each in part.awaited.items() if each not in contacts}

    async def _async_add(self, endpoint: int, contacts: list[str]) -> None:
        for part in self._parts:
            room = MAX_CONTACTS - len(part.contacts)
            joining, contacts = contacts[:room], contacts[room:]
            if joining:
                await self._client.renew_subscription(
                    self._watcher, part.id, 0, contacts=joining, endpoint=endpoint
                )
                part.contacts += joining
                part.awaited |= self._people_among(joining)
        await self._async_subscribe_in_parts(endpoint, contacts)

    def _contacts(self) -> list[str]:
        people = (person.contact for person in self._coordinator.people.values())
        wanted = [contact for contact in people if contact not in self._refused]
        # The watcher's own, so that the callback is tested before the first person is added.
        return wanted or [self._watchers_contact]

    def _people_among(self, contacts: Sequence[str]) -> dict[str, str]:
        """Return those of the contacts who are people, by key."""
        people = self._coordinator.people
        by_key = {contact_key(contact): contact for contact in contacts}
        return {key: contact for key, contact in by_key.items() if key in people}

    async def _async_remove_unused(self) -> None:
        """Remove subscriptions that are no part of this one, as far as the server answers."""
        await self._inventory.async_remove_all_but(
            [part.id for part in self._parts], self._notified_ids
        )
