"""The subscription without a server: what is asked of the client, and what becomes of people."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast, override

import pytest

from custom_components.cisco_unified_presence.channel import subscription as module
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
    ServerFailed,
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


@pytest.fixture(autouse=True)
def _two_to_a_subscription(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CONTACTS", 2)


@pytest.fixture
async def opened() -> Subscribed:
    """A subscription to A, B and C, numbers 2 and 3, at endpoint 101."""
    subscribed = Subscribed(A, B, C)
    await subscribed.subscription.async_open()
    subscribed.client.took()
    return subscribed


async def test_what_is_asked_to_open_and_close() -> None:
    subscribed = Subscribed(A, B, C)
    subscription, client = subscribed.subscription, subscribed.client
    assert not subscription.is_open
    assert not await subscription.async_open()
    assert subscription.is_open
    assert client.took() == [
        ("register", "http://ha/", EXPIRY, "watcher"),
        ("subscribe", "watcher", [A, B], 101, EXPIRY),
        ("subscribe", "watcher", [C], 101, EXPIRY),
    ]
    await subscription.async_open()
    assert client.took()[:4] == [
        ("unsubscribe", "watcher", 2),
        ("unsubscribe", "watcher", 3),
        ("unregister", 101),
        ("register", "http://ha/", EXPIRY, "watcher"),
    ]
    assert subscribed.parts == [[A, B], [C]]
    await subscription.async_close()
    assert not subscription.is_open
    assert client.took() == [
        ("unsubscribe", "watcher", 5),
        ("unsubscribe", "watcher", 6),
        ("unregister", 104),
    ]


async def test_without_people_the_watcher_is_watched() -> None:
    subscribed = Subscribed()
    await subscribed.subscription.async_open()
    assert subscribed.parts == [[WATCHER]]


async def test_what_is_renewed(opened: Subscribed) -> None:
    await opened.subscription.async_renew()
    assert opened.client.took() == [
        ("renew endpoint", 101, EXPIRY),
        ("renew", "watcher", 2, EXPIRY, {"endpoint": 101}),
        ("renew", "watcher", 3, EXPIRY, {"endpoint": 101}),
    ]
    await opened.subscription.async_close()
    opened.client.took()
    await opened.subscription.async_renew()
    assert opened.client.took() == []
    await opened.subscription.async_fail_back()
    await opened.subscription.async_check_further_nodes()
    assert opened.client.took() == [("fail back",), ("check sessions",)]


async def test_news_is_handed_on_and_who_is_left_out_is_known(opened: Subscribed) -> None:
    subscription, client = opened.subscription, opened.client
    assert not subscription.has_left_out
    client.news = {2: [ContactPresence(A, BUSY)], 3: []}
    assert await subscription.async_fetch()
    assert opened.shown(A) is BUSY
    assert subscription.left_out == subscription.without_first_picture == [B, C]
    assert subscription.has_left_out
    assert not subscription.has_news_of_unnamed
    client.news = {3: [ContactPresence("", BUSY)]}
    assert await subscription.async_fetch()
    assert subscription.has_news_of_unnamed
    client.news = {2: [ContactPresence(B, BUSY)]}
    assert await subscription.async_fetch()
    assert not subscription.has_news_of_unnamed
    client.news = {}
    assert not await subscription.async_fetch()
    assert subscription.left_out == [B, C]
    assert subscription.counts == {
        "subscribed": 3,
        "without_subscription": 0,
        "left_out_by_first_fetch": 2,
        "refused": 0,
    }


async def test_much_news_is_merged_in_batches(
    opened: Subscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONTACTS_PER_BATCH", 1)
    opened.client.news = {2: [ContactPresence(A, BUSY), ContactPresence(B, BUSY)]}
    await opened.subscription.async_fetch()
    assert (opened.shown(A), opened.shown(B)) == (BUSY, BUSY)


async def test_a_first_picture_that_is_lost_is_not_awaited_again(opened: Subscribed) -> None:
    opened.client.failures["fetch"] = ServerFailed()
    with suppress(ServerFailed):
        await opened.subscription.async_fetch()
    opened.client.failures.clear()
    await opened.subscription.async_fetch()
    assert opened.subscription.left_out == [C]


async def test_people_are_added_and_removed(opened: Subscribed) -> None:
    opened.watch(A, C, D, E)
    assert await opened.subscription.async_change()
    assert opened.parts == [[A, D], [C, E]]
    assert opened.client.took() == [
        ("remove", "watcher", 2, [B]),
        ("remove", "watcher", 3, []),
        ("renew", "watcher", 2, 0, {"contacts": [D], "endpoint": 101}),
        ("renew", "watcher", 3, 0, {"contacts": [E], "endpoint": 101}),
    ]
    # Of who was removed and of who came later, no first picture is missing.
    opened.client.news = {2: [ContactPresence(A, BUSY)], 3: [ContactPresence(C, BUSY)]}
    await opened.subscription.async_fetch()
    assert opened.subscription.left_out == [D, E]
    opened.watch(A, B, C, D, E)
    assert await opened.subscription.async_change()
    assert opened.subscription.left_out == []
    assert opened.parts == [[A, D], [C, E], [B]]


@pytest.mark.parametrize("why", ["cannot remove", "refused", "closed", "unsubscribed"])
async def test_a_change_that_needs_another_subscription(opened: Subscribed, why: str) -> None:
    match why:
        case "cannot remove":
            opened.client.can_remove = False
        case "refused":
            opened.client.failures["remove"] = ServerFailed()
        case "closed":
            await opened.subscription.async_close()
        case "unsubscribed":
            opened.subscription.unsubscribed = [D]
    opened.watch(A)
    assert not await opened.subscription.async_change()


async def test_who_is_only_added_needs_no_removal(opened: Subscribed) -> None:
    opened.client.can_remove = False
    opened.watch(A, B, C, D)
    assert await opened.subscription.async_change()
    assert opened.parts == [[A, B], [C, D]]


async def test_a_new_subscription_takes_the_place_of_the_former_one(opened: Subscribed) -> None:
    opened.client.free = 1
    opened.watch(A, C, D)
    assert not await opened.subscription.async_resubscribe()
    assert opened.parts == [[A, C]]
    assert opened.subscription.unsubscribed == [D]
    assert opened.client.took() == [
        ("unsubscribe", "watcher", 2),
        ("unsubscribe", "watcher", 3),
        ("subscribe", "watcher", [A, C], 101, EXPIRY),
        ("subscribe", "watcher", [D], 101, EXPIRY),
    ]
    opened.client.free = 0
    with suppress(NoFreeSubscription):
        await opened.subscription.async_resubscribe()
    assert opened.parts == []
    assert opened.subscription.unsubscribed == []


async def test_without_an_endpoint_it_is_opened_anew() -> None:
    subscribed = Subscribed(A)
    await subscribed.subscription.async_resubscribe()
    assert [asked[0] for asked in subscribed.client.took()] == ["register", "subscribe"]


async def test_a_refresh_replaces_one_part_after_the_other(opened: Subscribed) -> None:
    opened.client.news = {4: [ContactPresence(A, BUSY)], 5: [ContactPresence(C, BUSY)]}
    opened.subscription.left_out = [A]
    assert not await opened.subscription.async_refresh()
    assert opened.client.took() == [
        ("subscribe", "watcher", [A, B], 101, EXPIRY),
        ("fetch", "watcher", 4),
        ("unsubscribe", "watcher", 2),
        ("subscribe", "watcher", [C], 101, EXPIRY),
        ("fetch", "watcher", 5),
        ("unsubscribe", "watcher", 3),
    ]
    assert opened.shown(C) is BUSY
    assert opened.subscription.left_out == [B]
    subscription = opened.subscription
    # A late call for a former one, which the refresh has replaced, is no forged one.
    assert [number for number in range(1, 7) if subscription.is_named_by(number)] == [2, 3, 4, 5]
    assert [number for number in range(1, 7) if subscription.is_unfetched(number)] == [4, 5]


async def test_without_an_endpoint_nothing_is_refreshed() -> None:
    subscribed = Subscribed(A)
    assert not await subscribed.subscription.async_refresh()
    assert subscribed.client.took() == []


@pytest.mark.parametrize("names_bad", [True, False])
async def test_refused_contacts_are_left_out(*, names_bad: bool) -> None:
    subscribed = Subscribed(A, B, C)
    subscribed.client.bad, subscribed.client.names_bad = {A}, names_bad
    await subscribed.subscription.async_open()
    assert subscribed.parts == [[B], [C]]
    polls = [asked for asked in subscribed.client.took() if asked[0] == "poll"]
    assert polls == ([] if names_bad else [("poll", A), ("poll", B)])
    assert subscribed.subscription.without_first_picture == [A]
    assert subscribed.subscription.has_left_out
    assert subscribed.subscription.counts["refused"] == 1
    await subscribed.subscription.async_resubscribe()
    assert subscribed.parts == [[B, C]]


async def test_all_refused() -> None:
    subscribed = Subscribed(A, B)
    subscribed.client.bad = {A, B}
    await subscribed.subscription.async_open()
    assert subscribed.parts == []


async def test_a_refusal_of_nobody_in_particular_is_raised() -> None:
    subscribed = Subscribed(A)
    error = subscribed.client.failures["subscribe"] = BadContact(contact=None)
    with pytest.raises(BadContact) as raised:
        await subscribed.subscription.async_open()
    assert raised.value is error


async def test_a_call_that_overtakes_the_answer_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscribed = Subscribed(A)
    subscription = subscribed.subscription
    subscribe = subscribed.client.subscribe

    async def called_meanwhile(*arguments: Any) -> int:
        number = await subscribe(*arguments)
        assert not subscription.is_named_by(number)
        return number

    monkeypatch.setattr(subscribed.client, "subscribe", called_meanwhile)
    assert await subscription.async_open()
    assert await subscription.async_resubscribe()
    assert await subscription.async_refresh()


async def test_calls_with_other_numbers_are_remembered_up_to_a_limit() -> None:
    subscribed = Subscribed(A)
    for number in range(50, 50 + module.MAX_EARLY_NOTIFICATIONS):
        assert not subscribed.subscription.is_named_by(number)
    assert not subscribed.subscription.is_named_by(2)
    assert len(subscribed.subscription._notified_ids) == module.MAX_EARLY_NOTIFICATIONS
