"""Failback from backups to primary nodes. Reference: rule 18."""

import pytest

from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    NoSuchEndpoint,
    NoSuchSubscription,
    PresenceClient,
)
from tests.common.cancelling import cancel_at

from .conftest import Clock, MakeClient
from .deployment import FakeNode, Told, set_busy


@pytest.fixture
async def client(nodes: list[FakeNode], make_client: MakeClient, told: Told) -> PresenceClient:
    """A client of the first node."""
    return make_client(
        nodes[0].server.port, on_session_lost=told.lost.append, on_node_changed=told.moved
    )


@pytest.mark.parametrize("fresh", [True, False])
async def test_failback_cleans_up(
    nodes: list[FakeNode], client: PresenceClient, told: Told, *, fresh: bool
) -> None:
    one, two, _ = nodes
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="anna")
    await client.subscribe("anna", ["b@x"], endpoint, 3600)
    one.stop()
    await set_busy(client)
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="anna")
    subscription = await client.subscribe("anna", ["b@x"], endpoint, 3600)
    other = await client.register_endpoint("http://ha/other", 3600)
    told.lost.clear()
    told.moves.clear()
    assert not await client.fail_back()
    assert not client.is_on_primary

    one.start(fresh=fresh)
    two.calls.clear()
    assert await client.fail_back()
    assert client.is_on_primary
    assert told.moves == [(two.server.port, one.server.port)]
    assert told.lost == ["anna"]
    assert one.alive == two.alive == set()
    # What anna has published stays until it is published at the primary.
    assert two.keys.keys() == {"hass", "anna"}
    assert await client.end_abandoned()
    # Nothing is left behind, neither there nor here.
    assert two.calls == [
        "DELETE users/anna/subscriptions/1",
        "DELETE endpoints/1",
        "DELETE endpoints/2",
        "POST users/hass/sessions",
        "DELETE users/hass/session",
    ]
    assert two.keys == {}
    for gone in (endpoint, other):
        with pytest.raises(NoSuchEndpoint):
            await client.unregister_endpoint(gone)
    with pytest.raises(NoSuchSubscription):
        await client.unsubscribe("anna", subscription)
    await set_busy(client)
    assert one.calls[-1] == "PUT users/anna/presence/basic"
    assert await client.fail_back()
    assert len(told.moves) == 1


async def test_what_is_gone_already_is_not_removed_again(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    first, second = [
        await client.register_endpoint("http://ha/", 3600, watcher="anna") for _ in range(2)
    ]
    subscriptions = [await client.subscribe("anna", ["b@x"], second, 3600) for _ in range(3)]
    await client.unregister_endpoint(first)
    await client.unsubscribe("anna", subscriptions[0])
    two.alive.discard("subscriptions/2")
    with pytest.raises(NoSuchSubscription):
        await client.fetch("anna", subscriptions[1])
    one.start()
    two.calls.clear()
    assert await client.fail_back()
    assert two.calls == ["DELETE users/anna/subscriptions/3", "DELETE endpoints/2"]


async def test_user_logged_out_at_the_backup_is_logged_out_at_the_primary(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    """A node that was only unreachable still has its sessions."""
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    await client.log_out_user("anna")
    assert two.keys.keys() == {"hass"}

    one.start(fresh=False)
    assert await client.fail_back()
    assert await client.end_abandoned()

    assert one.keys.keys() == {"hass"}
    assert two.keys == {}


async def test_user_who_logs_in_at_the_primary_during_failback_stays_logged_in(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    """The subscription that is left there is removed in a session of the user."""
    one, _, _ = nodes
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="anna")
    await client.subscribe("anna", ["b@x"], endpoint, 3600)
    one.stop()
    await set_busy(client)
    one.start(fresh=False)
    assert await client.fail_back()
    assert await client.end_abandoned()
    assert client.logged_in_users == {"anna"}
    assert one.keys.keys() == {"hass", "anna"}


async def test_backup_that_fails_during_failback(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    await client.subscribe("anna", ["b@x"], 1, 3600)
    await client.register_endpoint("http://ha/", 3600, watcher="anna")
    one.start()
    two.stop()
    told.lost.clear()
    asked = len(two.server.received)
    assert await client.fail_back()
    # For the first of what was made there, sent twice since the connection was an old one.
    lines = {request.line for request in two.server.received[asked:]}
    assert lines == {"DELETE /presence-service/users/anna/subscriptions/1"}
    assert told.lost == ["anna"]
    assert client.logged_in_users == frozenset()
    await set_busy(client)
    assert one.calls[-1] == "PUT users/anna/presence/basic"


async def test_backup_of_a_users_own_node(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    """Only that user moves; the others, and the application, stay."""
    one, two, three = nodes
    three.backup = two.address
    two.people.add("ben")
    await set_busy(client, "anna")
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="ben")
    await client.subscribe("ben", ["b@x"], endpoint, 3600)
    three.stop()
    await set_busy(client, "ben")
    assert told.moves == [(three.server.port, two.server.port)]
    assert told.lost == ["ben"]
    await set_busy(client, "anna")
    assert one.calls[-1] == "PUT users/anna/presence/basic"
    assert client.node.port == one.server.port
    three.start()
    assert await client.fail_back()
    assert client.node_of("ben").port == three.server.port
    assert await client.end_abandoned()
    assert two.keys == {}
    assert one.keys.keys() == {"hass", "anna"}
    await set_busy(client, "ben")


async def test_two_primaries_with_one_backup(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    """The failback of one leaves the other's users at the backup."""
    one, two, three = nodes
    three.backup = two.address
    two.people.add("ben")
    await set_busy(client, "anna")
    await set_busy(client, "ben")
    one.stop()
    await set_busy(client, "anna")
    three.stop()
    await set_busy(client, "ben")
    mine = await client.register_endpoint("http://ha/", 3600, watcher="ben")
    subscription = await client.subscribe("ben", ["b@x"], mine, 3600)
    one.start()
    assert not await client.fail_back()
    assert await client.end_abandoned()
    assert two.keys.keys() == {"hass", "ben"}
    assert two.alive == {"endpoints/1", "subscriptions/1"}
    await client.fetch("ben", subscription)
    await client.renew_endpoint(mine, 3600)
    await set_busy(client, "ben")
    three.start()
    assert await client.fail_back()
    assert await client.end_abandoned()
    assert two.keys == {}
    assert two.alive == set()


async def test_redirection_to_a_primary_that_is_back(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    one.start()
    two.keys.pop("anna")
    two.send("anna", one)
    await set_busy(client)
    assert client.is_on_primary
    assert one.calls[-1] == "PUT users/anna/presence/basic"


async def test_redirection_to_a_primary_that_is_not_back(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    two.send("anna", one)
    with pytest.raises(CannotConnect) as error:
        await set_busy(client)
    assert error.value.address == one.address
    assert not client.is_on_primary


async def test_failback_that_is_cancelled_once_the_primary_serves_is_told(
    nodes: list[FakeNode], client: PresenceClient, told: Told, clock: Clock
) -> None:
    one, _, _ = nodes
    number, goes_on = 0, True
    while goes_on:
        await clock.sleep(60)
        await client.register_endpoint("http://ha/", 3600)
        one.stop()
        await set_busy(client)
        one.start(fresh=True)
        told.lost.clear()
        told.moves.clear()
        goes_on = await cancel_at(number, client.fail_back())
        number += 1
        assert bool(told.moves) is client.is_on_primary
        assert told.lost == (["anna"] if client.is_on_primary else [])
        await client.fail_back()
