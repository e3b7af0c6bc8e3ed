"""Endpoints, subscriptions and the news that waits in them.

Reference: "Rules that decide whether it works", rules 6, 10, 11, 15 and 17.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from .clock import Clock
from .errors import Code, PresenceServiceError

MAX_CONTACTS = 5000


@dataclass(slots=True, eq=False)
class Endpoint:
    """Where an application user wants to be told; `until` in the clock's seconds.

    The URL may carry a secret of its owner, so it is not in the repr.
    """

    id: int
    application: str
    url: str = field(repr=False)
    until: float


@dataclass(slots=True, eq=False)
class Subscription:
    """A watch over contacts.

    `contacts` maps what contacts are compared by to the spelling that was asked for;
    `news` holds those that changed since the last fetch; `notified` says that the
    endpoint was told and has not fetched since; `until` is in the clock's seconds.
    """

    id: int
    watcher: str
    endpoint: int
    until: float
    contacts: dict[str, str] = field(default_factory=dict)
    news: set[str] = field(default_factory=set)
    notified: bool = False

    def add(self, contacts: Iterable[str]) -> None:
        """Watch these contacts too; those that are new here are news.

        Raises:
            PresenceServiceError: 135, there would be more than 5000.
        """
        wanted = {contact.casefold(): contact for contact in contacts}
        added = {key: wanted[key] for key in wanted if key not in self.contacts}
        if len(self.contacts) + len(added) > MAX_CONTACTS:
            raise PresenceServiceError(Code.TOO_MANY_CONTACTS)
        self.contacts.update(added)
        self.news.update(added)

    def remove(self, contacts: Iterable[str]) -> None:
        """Watch these contacts no more.

        Raises:
            PresenceServiceError: 144, one of them is not watched; then all stay.
        """
        keys = {contact.casefold() for contact in contacts}
        if not keys <= self.contacts.keys():
            raise PresenceServiceError(Code.CONTACT_NOT_SUBSCRIBED)
        for key in keys:
            del self.contacts[key]
        self.news -= keys

    def take_news(self) -> list[str]:
        """Return the contacts that changed, in the order of the watch, and forget them."""
        changed = [contact for key, contact in self.contacts.items() if key in self.news]
        self.news.clear()
        self.notified = False
        return changed


class Endpoints:
    """All endpoints of all application users."""

    def __init__(self, clock: Clock, limit: int | None) -> None:
        """Start with none; `limit` is how many there may be, None for any number."""
        self._clock = clock
        self._limit = limit
        self._by_id: dict[int, Endpoint] = {}
        self._ids = count(1)

    def __iter__(self) -> Iterator[Endpoint]:
        """Iterate over all endpoints, oldest first."""
        return iter(self._by_id.values())

    def get(self, endpoint_id: int) -> Endpoint | None:
        """Return an endpoint, None when it is not or no longer registered."""
        return self._by_id.get(endpoint_id)

    def of(self, application: str, endpoint_id: int) -> Endpoint:
        """Return an endpoint of this application user.

        Raises:
            PresenceServiceError: 132 when there is none, 136 when it is somebody else's.
        """
        endpoint = self._by_id.get(endpoint_id)
        if endpoint is None:
            raise PresenceServiceError(Code.NO_SUCH_ENDPOINT)
        if endpoint.application != application:
            raise PresenceServiceError(Code.FOREIGN_ENDPOINT)
        return endpoint

    def register(self, application: str, url: str, expiry: int) -> Endpoint:
        """Register a URL for `expiry` seconds.

        Raises:
            PresenceServiceError: 138, the server has no more endpoints to give.
        """
        if self._limit is not None and len(self._by_id) >= self._limit:
            raise PresenceServiceError(Code.NO_FREE_ENDPOINT)
        until = self._clock.seconds() + expiry
        endpoint = Endpoint(next(self._ids), application, url, until)
        self._by_id[endpoint.id] = endpoint
        return endpoint

    def renew(self, endpoint: Endpoint, expiry: int) -> None:
        """Let the endpoint live for `expiry` seconds from now."""
        endpoint.until = self._clock.seconds() + expiry

    def remove(self, endpoint: Endpoint) -> None:
        """Unregister an endpoint; its subscriptions stay, and tell nobody."""
        del self._by_id[endpoint.id]

    def remove_all_of(self, application: str) -> None:
        """Unregister everything of an application user."""
        for endpoint in [each for each in self if each.application == application]:
            self.remove(endpoint)

    def clear(self) -> None:
        """Lose all endpoints."""
        self._by_id.clear()

    def expire(self) -> bool:
        """Remove what has reached its expiry; say whether there was any."""
        now = self._clock.seconds()
        expired = [endpoint for endpoint in self if endpoint.until <= now]
        for endpoint in expired:
            self.remove(endpoint)
        return bool(expired)


class Subscriptions:
    """All subscriptions of all end users."""

    def __init__(
        self, clock: Clock, limit: int | None, notify: Callable[[Subscription], bool]
    ) -> None:
        """Start with none.

        `limit` is how many there may be, None for any number. `notify` tells the
        endpoint of a subscription, and returns False when there is no endpoint to tell.
        """
        self._clock = clock
        self._limit = limit
        self._notify = notify
        self._by_id: dict[int, Subscription] = {}
        self._ids = count(1)

    def __iter__(self) -> Iterator[Subscription]:
        """Iterate over all subscriptions, oldest first."""
        return iter(self._by_id.values())

    def of(self, watcher: str, subscription_id: int) -> Subscription:
        """Return a subscription of this end user.

        Raises:
            PresenceServiceError: 133 when there is none, 137 when it is somebody else's.
        """
        subscription = self._by_id.get(subscription_id)
        if subscription is None:
            raise PresenceServiceError(Code.NO_SUCH_SUBSCRIPTION)
        if subscription.watcher != watcher:
            raise PresenceServiceError(Code.FOREIGN_SUBSCRIPTION)
        return subscription

    def subscribe(
        self, watcher: str, endpoint: int, contacts: Iterable[str], expiry: int
    ) -> Subscription:
        """Watch contacts for `expiry` seconds, and tell the endpoint at once.

        Raises:
            PresenceServiceError: 135 for too many contacts, 139 when the server has no
                more subscriptions to give.
        """
        if self._limit is not None and len(self._by_id) >= self._limit:
            raise PresenceServiceError(Code.NO_FREE_SUBSCRIPTION)
        until = self._clock.seconds() + expiry
        subscription = Subscription(next(self._ids), watcher, endpoint, until)
        subscription.add(contacts)
        self._by_id[subscription.id] = subscription
        self._tell(subscription)
        return subscription

    def renew(
        self,
        subscription: Subscription,
        endpoint: int | None,
        contacts: Iterable[str],
        expiry: int | None,
    ) -> None:
        """Add contacts, and change the endpoint and the expiry where one is given.

        Raises:
            PresenceServiceError: 135, there would be too many contacts.
        """
        subscription.add(contacts)
        if endpoint is not None:
            subscription.endpoint = endpoint
        if expiry is not None:
            subscription.until = self._clock.seconds() + expiry
        self._tell(subscription)

    def remove(self, subscription: Subscription) -> None:
        """End a subscription."""
        del self._by_id[subscription.id]

    def remove_all_of(self, watcher: str) -> None:
        """End everything of an end user."""
        for subscription in [each for each in self if each.watcher == watcher]:
            self.remove(subscription)

    def clear(self) -> None:
        """Lose all subscriptions."""
        self._by_id.clear()

    def expire(self) -> bool:
        """Remove what has reached its expiry; say whether there was any."""
        now = self._clock.seconds()
        expired = [subscription for subscription in self if subscription.until <= now]
        for subscription in expired:
            self.remove(subscription)
        return bool(expired)

    def presence_changed(self, contact: str) -> None:
        """Keep the news for everyone who watches the contact, and tell those not yet told."""
        key = contact.casefold()
        for subscription in self:
            if key in subscription.contacts:
                subscription.news.add(key)
                self._tell(subscription)

    def _tell(self, subscription: Subscription) -> None:
        """Notify once per batch of news: not again before it was fetched (rule 11)."""
        if subscription.news and not subscription.notified:
            subscription.notified = self._notify(subscription)
