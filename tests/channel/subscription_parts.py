"""A subscription without a server: its client, and all that it is made of."""

from collections.abc import Sequence
from typing import Any, cast, override

from custom_components.cisco_unified_presence.channel.orphans import Orphans, OrphanStore
from custom_components.cisco_unified_presence.channel.poller import Poller
from custom_components.cisco_unified_presence.channel.presence_reader import PresenceReader
from custom_components.cisco_unified_presence.channel.subscription import WatchersSubscription
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.people import Watcher
from custom_components.cisco_unified_presence.pws import (
    BadContact,
    ContactPresence,
    NoFreeSubscription,
    Presence,
    PresenceClient,
    PresenceServiceError,
)
from tests.common.people import people

EXPIRY = 3 * 3600
A, B, C, D, E = (f"{name}@x" for name in "abcde")
WATCHER = "watcher@x"
BUSY = Presence.BUSY


class Client:
    """Answers with numbers, and fails where a test says so."""

    is_on_primary = True

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.news: dict[int, list[ContactPresence]] = {}
        self.failures: dict[str, PresenceServiceError] = {}
        self.bad = set[str]()
        self.names_bad = True
        self.free = 10
        self.can_remove = True
        self._numbers = iter(range(1, 100))

    def _ask(self, *asked: Any) -> None:
        self.asked.append(asked)
        if error := self.failures.get(asked[0]):
            raise error

    async def register_endpoint(self, url: str, expiry: int, *, watcher: str) -> int:
        self._ask("register", url, expiry, watcher)
        return 100 + next(self._numbers)

    async def unregister_endpoint(self, number: int) -> None:
        self._ask("unregister", number)

    async def subscribe(
        self, watcher: str, contacts: Sequence[str], endpoint: int, expiry: int
    ) -> int:
        self._ask("subscribe", watcher, list(contacts), endpoint, expiry)
        if bad := self.bad.intersection(contacts):
            raise BadContact(contact=min(bad) if self.names_bad else None)
        if not self.free:
            raise NoFreeSubscription(139)
        self.free -= 1
        return next(self._numbers)

    async def unsubscribe(self, watcher: str, number: int) -> None:
        self._ask("unsubscribe", watcher, number)

    async def renew_endpoint(self, number: int, expiry: int) -> None:
        self._ask("renew endpoint", number, expiry)

    async def renew_subscription(
        self, watcher: str, number: int, expiry: int, **named: object
    ) -> None:
        self._ask("renew", watcher, number, expiry, named)

    def can_remove_contacts(self, watcher: str) -> bool:
        assert watcher == "watcher"
        return self.can_remove

    async def remove_contacts(self, watcher: str, number: int, contacts: list[str]) -> None:
        self._ask("remove", watcher, number, contacts)

    async def fetch(self, watcher: str, number: int, *, rich: bool) -> list[ContactPresence]:
        assert not rich
        self._ask("fetch", watcher, number)
        return self.news.get(number, [])

    async def poll_contact(self, _watcher: str, contact: str, *, rich: bool) -> ContactPresence:
        assert not rich
        self._ask("poll", contact)
        if contact in self.bad:
            raise BadContact(contact=contact)
        return ContactPresence(contact, BUSY)

    async def fail_back(self) -> None:
        self._ask("fail back")

    async def check_sessions(self) -> None:
        self._ask("check sessions")

    def took(self) -> list[tuple[Any, ...]]:
        """Return what was asked since the last time."""
        asked, self.asked = self.asked, []
        return asked


class Memory(OrphanStore):
    """Remembers what is stored."""

    def __init__(self) -> None:
        self.saved = Orphans()

    @override
    async def async_save(self, orphans: Orphans) -> None:
        self.saved = orphans


class Subscribed:
    """A subscription to some people, and all that it is made of."""

    def __init__(self, *contacts: str) -> None:
        self.client = Client()
        client = cast("PresenceClient", self.client)
        self.coordinator = PresenceCoordinator("cup", people(*contacts))
        reader = PresenceReader(client, "watcher", rich=False, on_not_understood=lambda _: None)
        self.poller = Poller(reader, self.coordinator)
        self.subscription = WatchersSubscription(
            client,
            reader,
            self.coordinator,
            Memory(),
            self.poller,
            watcher=Watcher(user="watcher", contact=WATCHER),
            callback_url=lambda: "http://ha/",
        )

    def watch(self, *contacts: str) -> None:
        self.coordinator.async_set_people(people(*contacts))

    def shown(self, contact: str) -> Presence | None:
        seen = self.coordinator.presence_of(contact)
        return seen.presence if seen else None

    @property
    def parts(self) -> list[list[str]]:
        return [part.contacts for part in self.subscription._parts]
