"""The endpoint and the subscription that this entry has on the server."""

from collections.abc import Callable
from dataclasses import replace

from .const import LOGGER
from .coordinator import PresenceCoordinator
from .eyes import Eyes
from .leftovers import Leftovers, LeftoverStore, async_take_away
from .looking import Look
from .people import Watcher
from .pws import BadContact, PresenceClient, ServerFault

# How long what is made on the server lives when it is not renewed, in seconds: short enough that
# what a killed Home Assistant leaves behind goes away by itself within the working day.
EXPIRY = 3 * 3600

# A notification may overtake the answer that names the subscription's id.
MAX_EARLY_NOTIFICATIONS = 16


class WatchersSubscription:
    """The watcher's subscription to everybody, and the endpoint it is bound to."""

    def __init__(
        self,
        client: PresenceClient,
        eyes: Eyes,
        coordinator: PresenceCoordinator,
        leftovers: LeftoverStore,
        look: Look,
        *,
        watcher: Watcher,
        callback_url: Callable[[], str],
    ) -> None:
        """Take what is needed; nothing is sent yet.

        Args:
            client: Speaks to the server.
            eyes: Fetch what has changed.
            coordinator: Takes what a fetch brings.
            leftovers: Remembers what was made on the server.
            look: Looks at single contacts, and must not overtake a fetch.
            watcher: Who watches; its own contact is watched while there is nobody else, so that
                the channel can prove itself before the first person is added.
            callback_url: Returns the address that the server is to call.
        """
        self._client = client
        self._eyes = eyes
        self._coordinator = coordinator
        self._leftovers = leftovers
        self._look = look
        self._watcher = watcher.user
        self._watchers_contact = watcher.contact
        self._callback_url = callback_url
        self._made = Leftovers()
        self._heard_of: set[int] = set()
        self._refused: set[str] = set()
        self._watched: list[str] = []

    @property
    def is_open(self) -> bool:
        """Return whether there is a subscription to fetch from."""
        return self._made.subscription is not None

    @property
    def is_at_home(self) -> bool:
        """Return whether no backup stands in for the node that should serve."""
        return self._client.is_home

    async def async_go_home(self) -> None:
        """Return to the node that should serve, if it is back."""
        await self._client.go_home()

    def is_named_by(self, notification: int) -> bool:
        """Return whether a notification with this id is about this subscription.

        A notification may arrive before the subscription's id is known, or before the making of
        it is written down; it is remembered, and async_resubscribe tells of it.
        """
        if len(self._heard_of) < MAX_EARLY_NOTIFICATIONS:
            self._heard_of.add(notification)
        return notification == self._made.subscription

    async def async_open(self) -> bool:
        """Register the endpoint and subscribe to everybody.

        Returns:
            Whether the server has called back already.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        await self.async_close()
        endpoint = await self._client.register_endpoint(
            self._callback_url(), EXPIRY, watcher=self._watcher
        )
        await self._async_note(Leftovers(endpoint=endpoint))
        return await self.async_resubscribe()

    async def async_resubscribe(self) -> bool:
        """Make the subscription anew, for the people there are now.

        Returns:
            Whether the server has called back already.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        endpoint = self._made.endpoint
        if endpoint is None:
            return await self.async_open()
        old = Leftovers(subscription=self._made.subscription)
        remaining = await async_take_away(self._client, self._watcher, old)
        await self._async_note(replace(remaining, endpoint=endpoint))
        self._heard_of.clear()
        subscription = await self._async_subscribe(endpoint)
        await self._async_note(Leftovers(endpoint=endpoint, subscription=subscription))
        return subscription in self._heard_of

    async def async_change(self) -> bool:
        """Watch the people there are now, without making the subscription anew.

        Returns:
            Whether that was possible; if not, it has to be made anew.

        Raises:
            PresenceServiceError: The server did not answer.
        """
        endpoint, subscription = self._made.endpoint, self._made.subscription
        if endpoint is None or subscription is None:
            return False
        wanted = self._contacts()
        added = [contact for contact in wanted if contact not in self._watched]
        removed = [contact for contact in self._watched if contact not in {*wanted}]
        if removed and not self._client.can_remove_contacts(self._watcher):
            return False
        try:
            await self._client.remove_contacts(self._watcher, subscription, removed)
            if added:
                await self._client.renew_subscription(
                    self._watcher, subscription, 0, contacts=added, endpoint=endpoint
                )
        except ServerFault as error:
            LOGGER.debug("The subscription is made anew, since it cannot be changed: %s", error)
            return False
        self._watched = wanted
        return True

    async def async_renew(self) -> None:
        """Renew the endpoint and the subscription.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        endpoint, subscription = self._made.endpoint, self._made.subscription
        if endpoint is None or subscription is None:
            return
        await self._client.renew_endpoint(endpoint, EXPIRY)
        await self._client.renew_subscription(
            self._watcher, subscription, EXPIRY, endpoint=endpoint
        )

    async def async_fetch(self) -> bool:
        """Fetch what has changed and hand it to the coordinator.

        Returns:
            Whether there was news.

        Raises:
            PresenceServiceError: The server refused or did not answer; news may be lost.
        """
        if self._made.subscription is None:
            return False
        with self._look.gate:
            news = await self._eyes.async_fetch(self._made.subscription)
            self._coordinator.async_merge_news(news)
        return bool(news)

    async def async_close(self) -> None:
        """Take the subscription and the endpoint off the server, as far as it answers."""
        await self._async_note(await async_take_away(self._client, self._watcher, self._made))

    async def _async_subscribe(self, endpoint: int) -> int:
        """Subscribe to everybody whom the server accepts."""
        while True:
            contacts = self._contacts()
            try:
                subscription = await self._client.subscribe(
                    self._watcher, contacts, endpoint, EXPIRY
                )
            except BadContact as error:
                # The server need not say which of them it means.
                named = {contact for contact in contacts if contact == error.contact}
                refused = named or await self._look.async_refused_among(contacts)
                if not refused:
                    raise
                LOGGER.warning("The server accepts no contact %s", ", ".join(sorted(refused)))
                self._refused |= refused
            else:
                self._watched = contacts
                return subscription

    def _contacts(self) -> list[str]:
        people = (person.contact for person in self._coordinator.people.values())
        wanted = [contact for contact in people if contact not in self._refused]
        return wanted or [self._watchers_contact]

    async def _async_note(self, made: Leftovers) -> None:
        self._made = made
        await self._leftovers.async_remember(made)
