"""Endpoints, and subscriptions with their unfetched changes. Reference: rules 6, 10, 11, 15, 17."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from .clock import Clock
from .contact_uri import contact_key
from .errors import Code, PresenceServiceError

MAX_CONTACTS = 5000


@dataclass(slots=True, eq=False)
class Endpoint:
    """A callback URL of an application user; `until` is in the clock's seconds.

    The URL may contain a secret, so the repr omits it.
    """

    id: int
    application: str
    url: str = field(repr=False)
    until: float


@dataclass(slots=True, eq=False)
class Subscription:
    """A subscription to contacts.

    `contacts` maps the keys of contacts to their requested spelling; `news` holds the keys changed
    since the last fetch, of which the endpoint is `notified`. `until` is in the clock's seconds.
    """

    id: int
    watcher: str
    endpoint: int
    until: float
    contacts: dict[str, str] = field(default_factory=dict)
    news: set[str] = field(default_factory=set)
    notified: bool = False

    def add(self, contacts: Iterable[str]) -> None:
        """Add contacts; new ones are news. Codes: 135."""
        wanted = {contact_key(contact): contact for contact in contacts}
        added = {key: wanted[key] for key in wanted if key not in self.contacts}
        if len(self.contacts) + len(added) > MAX_CONTACTS:
            raise PresenceServiceError(Code.TOO_MANY_CONTACTS)
        self.contacts.update(added)
        self.news.update(added)

    def remove(self, contacts: Iterable[str]) -> None:
        """Remove contacts; if one is not watched, none is removed. Codes: 144."""
        keys = {contact_key(contact) for contact in contacts}
        if not keys <= self.contacts.keys():
            raise PresenceServiceError(Code.CONTACT_NOT_SUBSCRIBED)
        for key in keys:
            del self.contacts[key]
        self.news -= keys

    def take_news(self) -> list[str]:
        """Return and forget the changed contacts, in order of subscription."""
        changed = [contact for key, contact in self.contacts.items() if key in self.news]
        self.news.clear()
        self.notified = False
        return changed


class Endpoints:
    """The endpoints of all application users."""

    def __init__(self, clock: Clock, limit: int | None) -> None:
        """A `limit` of None is no limit."""
        self._clock = clock
        self._limit = limit
        self._by_id: dict[int, Endpoint] = {}
        self._ids = count(1)

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self._by_id.values())

    def get(self, endpoint_id: int) -> Endpoint | None:
        return self._by_id.get(endpoint_id)

    def of(self, application: str, endpoint_id: int) -> Endpoint:
        """Return an endpoint of this application user. Codes: 132, 136."""
        endpoint = self._by_id.get(endpoint_id)
        if endpoint is None:
            raise PresenceServiceError(Code.NO_SUCH_ENDPOINT)
        if endpoint.application != application:
            raise PresenceServiceError(Code.FOREIGN_ENDPOINT)
        return endpoint

    def register(self, application: str, url: str, expiry: int) -> Endpoint:
        """Register a URL for `expiry` seconds. Codes: 138."""
        if self._limit is not None and len(self._by_id) >= self._limit:
            raise PresenceServiceError(Code.NO_FREE_ENDPOINT)
        until = self._clock.seconds() + expiry
        endpoint = Endpoint(next(self._ids), application, url, until)
        self._by_id[endpoint.id] = endpoint
        return endpoint

    def renew(self, endpoint: Endpoint, expiry: int) -> None:
        endpoint.until = self._clock.seconds() + expiry

    def remove(self, endpoint: Endpoint) -> None:
        """Unregister an endpoint; its subscriptions stay and become silent."""
        del self._by_id[endpoint.id]

    def remove_all_of(self, application: str) -> None:
        for endpoint in [each for each in self if each.application == application]:
            self.remove(endpoint)

    def clear(self) -> None:
        self._by_id.clear()

    def expire(self) -> bool:
        """Remove everything that has expired; return whether anything has."""
        now = self._clock.seconds()
        expired = [endpoint for endpoint in self if endpoint.until <= now]
        for endpoint in expired:
            self.remove(endpoint)
        return bool(expired)


class Subscriptions:
    """The subscriptions of all end users."""

    def __init__(
        self, clock: Clock, limit: int | None, notify: Callable[[Subscription], bool]
    ) -> None:
        """A `limit` of None is no limit; `notify` returns False if there is no endpoint."""
        self._clock = clock
        self._limit = limit
        self._notify = notify
        self._by_id: dict[int, Subscription] = {}
        self._ids = count(1)

    def __iter__(self) -> Iterator[Subscription]:
        return iter(self._by_id.values())

    def of(self, watcher: str, subscription_id: int) -> Subscription:
        """Return a subscription of this end user. Codes: 133, 137."""
        subscription = self._by_id.get(subscription_id)
        if subscription is None:
            raise PresenceServiceError(Code.NO_SUCH_SUBSCRIPTION)
        if subscription.watcher != watcher:
            raise PresenceServiceError(Code.FOREIGN_SUBSCRIPTION)
        return subscription

    def subscribe(
        self, watcher: str, endpoint: int, contacts: Iterable[str], expiry: int
    ) -> Subscription:
        """Subscribe for `expiry` seconds and notify at once. Codes: 135, 139."""
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
        """Add contacts; change endpoint and expiry unless None. Codes: 135."""
        subscription.add(contacts)
        if endpoint is not None:
            subscription.endpoint = endpoint
        if expiry is not None:
            subscription.until = self._clock.seconds() + expiry
        self._tell(subscription)

    def remove(self, subscription: Subscription) -> None:
        del self._by_id[subscription.id]

    def remove_all_of(self, watcher: str) -> None:
        for subscription in [each for each in self if each.watcher == watcher]:
            self.remove(subscription)

    def clear(self) -> None:
        self._by_id.clear()

    def expire(self) -> bool:
        """Remove everything that has expired; return whether anything has."""
        now = self._clock.seconds()
        expired = [subscription for subscription in self if subscription.until <= now]
        for subscription in expired:
            self.remove(subscription)
        return bool(expired)

    def presence_changed(self, contact: str, may_see: Callable[[str], bool]) -> None:
        """Record the news in the subscriptions of those who see the contact, and notify."""
        key = contact_key(contact)
        for subscription in self:
            if key in subscription.contacts and may_see(subscription.watcher):
                subscription.news.add(key)
                self._tell(subscription)

    def _tell(self, subscription: Subscription) -> None:
        """Notify once until the news is fetched (rule 11)."""
        if subscription.news and not subscription.notified:
            subscription.notified = self._notify(subscription)
