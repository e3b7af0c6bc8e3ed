"""Orphans: stored while they exist, and removed by the next run."""

from dataclasses import replace
from typing import Any, cast

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.channel.orphans import (
    Orphans,
    OrphanStore,
    async_remove_orphans,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    NoSuchEndpoint,
    NoSuchSubscription,
    PresenceClient,
    PresenceServiceError,
    ServerFailed,
    Throttled,
)

KEY = f"{DOMAIN}.entry.leftovers"
BOTH = Orphans(endpoint=3, subscriptions=(7,))


class StubClient:
    """A client that removes, or fails with the given errors."""

    def __init__(
        self,
        unsubscribe: PresenceServiceError | None = None,
        unregister: PresenceServiceError | None = None,
    ) -> None:
        """Fail with these errors."""
        self._unsubscribe = unsubscribe
        self._unregister = unregister
        self.asked: list[tuple[object, ...]] = []

    async def unsubscribe(self, watcher: str, subscription: int) -> None:
        """Take a subscription away."""
        self.asked.append(("unsubscribe", watcher, subscription))
        if self._unsubscribe:
            raise self._unsubscribe

    async def unregister_endpoint(self, endpoint: int) -> None:
        """Take an endpoint away."""
        self.asked.append(("unregister", endpoint))
        if self._unregister:
            raise self._unregister

    @property
    def client(self) -> PresenceClient:
        """Return it as what it stands for."""
        return cast("PresenceClient", self)


@pytest.fixture
def store(hass: HomeAssistant, hass_storage: dict[str, Any]) -> OrphanStore:
    return OrphanStore(hass, "entry")


async def test_what_exists_is_stored(store: OrphanStore, hass_storage: dict[str, Any]) -> None:
    await store.async_save(BOTH)
    assert hass_storage[KEY]["data"] == {"endpoint": 3, "subscriptions": [7], "unnamed": False}


async def test_nothing_to_store_removes_the_file(
    store: OrphanStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_save(BOTH)
    await store.async_save(Orphans())
    assert KEY not in hass_storage


async def test_without_orphans_the_server_is_not_asked(store: OrphanStore) -> None:
    client = StubClient()
    await store.async_clean_up(client.client, "watcher")
    assert client.asked == []


async def test_orphans_are_removed_the_subscription_first(
    store: OrphanStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_save(BOTH)
    client = StubClient()
    await store.async_clean_up(client.client, "watcher")
    assert client.asked == [("unsubscribe", "watcher", 7), ("unregister", 3)]
    assert KEY not in hass_storage


async def test_what_could_not_be_removed_stays_stored(
    store: OrphanStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_save(BOTH)
    await store.async_clean_up(StubClient(unregister=Throttled(210)).client, "watcher")
    assert hass_storage[KEY]["data"] == {"endpoint": 3, "subscriptions": [], "unnamed": False}


@pytest.mark.parametrize(
    ("gone", "remaining"),
    [
        (NoSuchSubscription(133), ()),
        (NoSuchSubscription(137), ()),
        (Throttled(210), (7,)),
        (ServerFailed(200), (7,)),
        (CannotConnect(ConnectFailure.TIMED_OUT), (7,)),
    ],
)
async def test_subscription_is_gone_only_when_the_server_says_so(
    gone: PresenceServiceError, remaining: tuple[int, ...]
) -> None:
    left = await async_remove_orphans(StubClient(unsubscribe=gone).client, "watcher", BOTH)
    assert left == Orphans(subscriptions=remaining)


@pytest.mark.parametrize(
    ("gone", "remaining"), [(NoSuchEndpoint(132), None), (ServerFailed(200), 3)]
)
async def test_endpoint_is_gone_only_when_the_server_says_so(
    gone: PresenceServiceError, remaining: int | None
) -> None:
    left = await async_remove_orphans(StubClient(unregister=gone).client, "watcher", BOTH)
    assert left == Orphans(endpoint=remaining)


async def test_what_never_existed_is_not_removed() -> None:
    client = StubClient()
    assert await async_remove_orphans(client.client, "watcher", Orphans()) == Orphans()
    assert client.asked == []


class Forgotten(StubClient):
    """A client by which a subscription was made whose id is not known."""

    def __init__(self, log_in: PresenceServiceError | None = None) -> None:
        super().__init__()
        self._log_in = log_in

    async def log_in_user(self, watcher: str) -> None:
        self.asked.append(("log in", watcher))
        if self._log_in:
            raise self._log_in

    async def log_out_user(self, watcher: str) -> None:
        self.asked.append(("log out", watcher))


async def test_a_subscription_without_an_id_is_removed_with_the_session(
    store: OrphanStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_save(replace(BOTH, unnamed=True))
    client = Forgotten()
    await store.async_clean_up(client.client, "watcher")
    assert client.asked == [("log in", "watcher"), ("log out", "watcher"), ("unregister", 3)]
    assert KEY not in hass_storage


async def test_a_subscription_without_an_id_stays_stored_while_the_server_fails(
    store: OrphanStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_save(replace(BOTH, unnamed=True))
    client = Forgotten(ServerFailed(200))
    await store.async_clean_up(client.client, "watcher")
    assert client.asked == [("log in", "watcher"), ("unsubscribe", "watcher", 7), ("unregister", 3)]
    assert hass_storage[KEY]["data"] == {"endpoint": None, "subscriptions": [], "unnamed": True}


async def test_a_subscription_without_an_id_is_forgotten_once_it_is_removed(
    store: OrphanStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_save(Orphans(unnamed=True))
    await store.async_clean_up(Forgotten().client, "watcher")
    assert KEY not in hass_storage
