"""The inventory: what it stores before and after each change on the server."""

import asyncio
from typing import cast, override

import pytest

from custom_components.cisco_unified_presence.channel.inventory import Inventory
from custom_components.cisco_unified_presence.channel.orphans import Orphans, OrphanStore
from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    EndpointId,
    NoFreeSubscription,
    PresenceClient,
    SubscriptionId,
    Throttled,
)


class Server:
    """A server that removes everything but the given subscriptions."""

    def __init__(self) -> None:
        self.removed: list[tuple[str, int]] = []
        self.stays: set[int] = set()

    async def unsubscribe(self, watcher: str, subscription: int) -> None:
        if subscription in self.stays:
            raise Throttled(210)
        self.removed.append((watcher, subscription))

    async def unregister_endpoint(self, endpoint: int) -> None:
        self.removed.append(("endpoint", endpoint))


class Store(OrphanStore):
    """Remembers what is stored."""

    def __init__(self) -> None:
        self.saved: list[Orphans] = []

    @override
    async def async_save(self, orphans: Orphans) -> None:
        self.saved.append(orphans)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def inventory(server: Server, store: Store) -> Inventory:
    return Inventory(cast("PresenceClient", server), "watcher", store)


async def subscribe(inventory: Inventory, number: int) -> None:
    async def answer() -> SubscriptionId:
        return cast("SubscriptionId", number)

    assert await inventory.async_add_subscription(answer) == number


async def fail_to_subscribe(inventory: Inventory, error: BaseException) -> None:
    async def answer() -> SubscriptionId:
        raise error

    with pytest.raises(type(error)):
        await inventory.async_add_subscription(answer)


async def test_an_endpoint_is_stored(inventory: Inventory, store: Store) -> None:
    async def register() -> EndpointId:
        return cast("EndpointId", 3)

    assert await inventory.async_add_endpoint(register) == 3
    assert store.saved == [Orphans(endpoint=3)]


async def test_a_subscription_is_stored_before_and_after_it_has_an_id(
    inventory: Inventory, store: Store
) -> None:
    await subscribe(inventory, 7)
    assert store.saved == [Orphans(unnamed=True), Orphans(subscriptions=(7,))]


@pytest.mark.parametrize(
    ("error", "may_exist"),
    [(NoFreeSubscription(1), False), (AnswerLost("read"), True), (asyncio.CancelledError(), True)],
)
async def test_a_subscription_whose_answer_is_lost_stays_stored(
    inventory: Inventory, store: Store, error: BaseException, *, may_exist: bool
) -> None:
    await fail_to_subscribe(inventory, error)
    await subscribe(inventory, 7)
    await fail_to_subscribe(inventory, NoFreeSubscription(1))
    await inventory.async_remove_everything()
    assert store.saved[-1] == Orphans(unnamed=may_exist)


async def test_what_is_not_used_is_removed_and_forgotten(
    inventory: Inventory, server: Server, store: Store
) -> None:
    for number in (7, 8, 9):
        await subscribe(inventory, number)
    server.stays = {7}
    await inventory.async_remove_all_but([9])
    assert server.removed == [("watcher", 8)]
    assert inventory.subscriptions == [7, 9]
    assert store.saved[-1] == Orphans(subscriptions=(7, 9))


async def test_nothing_is_stored_where_all_is_used(
    inventory: Inventory, server: Server, store: Store
) -> None:
    await subscribe(inventory, 7)
    store.saved.clear()
    await inventory.async_remove_all_but([7], notified=[7, 8])
    assert store.saved == []
    assert server.removed == []


async def test_a_subscription_whose_answer_was_lost_is_removed_once_a_call_names_it(
    inventory: Inventory, server: Server, store: Store
) -> None:
    await fail_to_subscribe(inventory, AnswerLost("read"))
    await subscribe(inventory, 9)
    await inventory.async_remove_all_but([9], notified=[9])
    assert server.removed == []
    await inventory.async_remove_all_but([9], notified=[9, 8, 7])
    assert server.removed == [("watcher", 7), ("watcher", 8)]
    assert store.saved[-1] == Orphans(subscriptions=(9,))


async def test_everything_is_removed_and_what_stays_is_stored(
    inventory: Inventory, server: Server, store: Store
) -> None:
    async def register() -> EndpointId:
        return cast("EndpointId", 3)

    await inventory.async_add_endpoint(register)
    await subscribe(inventory, 7)
    await subscribe(inventory, 8)
    server.stays = {8}
    await inventory.async_remove_everything()
    assert inventory.endpoint is None
    assert inventory.subscriptions == [8]
    assert store.saved[-1] == Orphans(subscriptions=(8,))
