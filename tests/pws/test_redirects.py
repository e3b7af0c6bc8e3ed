"""End users who are homed on other nodes. Reference: rule 19."""

from collections.abc import AsyncIterator

import pytest

from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    NoSuchEndpoint,
    NoSuchSubscription,
    Presence,
    PresenceClient,
    UnknownUser,
)

from .byte_server import Received, Reply, http
from .conftest import MakeClient
from .deployment import FakeNode, Told, deployed_homes, set_busy


@pytest.fixture
async def nodes() -> AsyncIterator[list[FakeNode]]:
    """Three nodes: anna is homed on the first, ben on the second, cy on the third."""
    async with deployed_homes() as running:
        yield running


@pytest.fixture
async def client(nodes: list[FakeNode], make_client: MakeClient) -> PresenceClient:
    """A client of the first node."""
    return make_client(nodes[0].server.port)


async def test_sessions_that_ended_at_a_further_node_are_noticed(
    nodes: list[FakeNode], make_client: MakeClient, told: Told
) -> None:
    client = make_client(nodes[0].server.port, on_session_lost=told.lost.append)
    for user in ("anna", "ben", "cy"):
        await set_busy(client, user)
    calls = [len(node.calls) for node in nodes]
    await client.check_sessions()
    assert told.lost == []
    # The first node is asked for news anyway.
    assert [len(node.calls) for node in nodes] == [calls[0], calls[1] + 1, calls[2] + 1]

    nodes[1].start(fresh=True)
    nodes[2].stop()
    await client.check_sessions()

    assert told.lost == ["ben"]
    nodes[2].start(fresh=True)
    await client.check_sessions()
    assert told.lost == ["ben", "cy"]
    # A node that no user needs is not asked.
    calls = [len(node.calls) for node in nodes]
    await client.check_sessions()
    assert [len(node.calls) for node in nodes] == calls


async def test_people_of_several_nodes_side_by_side(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, three = nodes
    for user in ("anna", "ben", "cy"):
        await client.set_presence(user, Presence.BUSY, override=True, expiry=3600)
    for node in nodes:
        node.calls.clear()
    for user in ("anna", "ben", "cy"):
        await client.set_presence(user, Presence.AWAY, override=True, expiry=3600)
    assert one.calls == ["PUT users/anna/presence/basic"]
    assert two.calls == ["PUT users/ben/presence/basic"]
    assert three.calls == ["PUT users/cy/presence/basic"]
    assert client.logged_in_users == {"anna", "ben", "cy"}
    assert [client.node_of(user).port for user in ("anna", "ben", "cy")] == [
        node.server.port for node in nodes
    ]


async def test_the_application_is_logged_in_where_it_is_needed(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, three = nodes
    await client.log_in_user("ben")
    assert one.calls == ["POST users/hass/sessions", "POST users/ben/sessions"]
    assert two.calls == ["POST users/hass/sessions", "POST users/ben/sessions"]
    assert three.calls == []
    used = [request.headers.get("Presence-Session-Key") for request in two.server.received]
    assert used == [None, two.keys["hass"]]
    keys = {session.key for session in client.application_sessions}
    assert keys == {one.keys["hass"], two.keys["hass"]}
    assert client.is_on_primary
    assert client.node.port == one.server.port


async def test_the_watchers_endpoint_is_at_the_watchers_node(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, _ = nodes
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="ben")
    subscription = await client.subscribe("ben", ["b@x"], endpoint, 3600)
    await client.fetch("ben", subscription)
    await client.renew_endpoint(endpoint, 3600)
    await client.renew_subscription("ben", subscription, 3600, endpoint=endpoint)
    await client.unsubscribe("ben", subscription)
    await client.unregister_endpoint(endpoint)
    assert one.made == {"endpoints": 0, "subscriptions": 0}
    assert two.calls[2:] == [
        "POST endpoints",
        "POST users/ben/subscriptions",
        "GET users/ben/presence/basic/subscriptions/1",
        "PUT endpoints/1",
        "PUT users/ben/subscriptions/1",
        "DELETE users/ben/subscriptions/1",
        "DELETE endpoints/1",
    ]


async def test_ids_of_one_node_mean_nothing_at_another(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, _ = nodes
    here = await client.register_endpoint("http://ha/", 3600)
    there = await client.register_endpoint("http://ha/", 3600, watcher="ben")
    assert here == there == 1
    with pytest.raises(NoSuchEndpoint, match=f"it is of {one.address}"):
        await client.subscribe("ben", ["b@x"], here, 3600)
    subscription = await client.subscribe("ben", ["b@x"], there, 3600)
    with pytest.raises(NoSuchEndpoint, match=f"it is of {one.address}"):
        await client.renew_subscription("ben", subscription, 3600, endpoint=here)
    with pytest.raises(NoSuchSubscription, match=f"it is of {two.address}") as error:
        await client.fetch("anna", subscription)
    assert error.value.user == "anna"
    assert two.made == {"endpoints": 1, "subscriptions": 1}
    # A bare number is taken for one of the node that serves.
    await client.fetch("ben", int(subscription))


async def test_who_moves_is_followed(nodes: list[FakeNode], make_client: MakeClient) -> None:
    one, two, three = nodes
    lost: list[str] = []
    client = make_client(one.server.port, on_session_lost=lost.append)
    await client.log_in_user("ben")
    two.send("ben", three)
    del two.keys["ben"]
    await client.set_presence("ben", Presence.BUSY, override=True, expiry=3600)
    assert three.calls[-1] == "PUT users/ben/presence/basic"
    assert lost == ["ben"]
    assert client.logged_in_users == {"ben"}


async def test_who_is_sent_on_while_the_session_lives_has_lost_it(
    nodes: list[FakeNode], make_client: MakeClient
) -> None:
    one, two, _ = nodes
    lost: list[str] = []
    client = make_client(one.server.port, on_session_lost=lost.append)
    await set_busy(client, "anna")

    async def send_on(request: Received) -> Reply:
        if request.line.startswith("PUT"):
            return http(307, Location=f"http://{two.address}/presence-service/users/anna/session")
        return await one(request)

    one.server.handler = send_on
    two.people.add("anna")
    await set_busy(client, "anna")
    assert two.calls[-1] == "PUT users/anna/presence/basic"
    assert lost == ["anna"]


async def test_backup_is_remembered_when_a_redirection_names_none(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, three = nodes
    three.backup = two.address
    await set_busy(client, "cy")
    three.backup = ""
    one.send("ben", three)
    await set_busy(client, "ben")
    two.people.add("cy")
    three.stop()
    await set_busy(client, "cy")
    assert client.node_of("cy").port == two.server.port


async def test_backup_of_a_redirection_serves_when_the_login_names_none(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, three = nodes
    one.names_backup["cy"] = two.address
    await set_busy(client, "cy")
    two.people.add("cy")
    three.stop()
    await set_busy(client, "cy")
    assert client.node_of("cy").port == two.server.port


async def test_log_out_everywhere(nodes: list[FakeNode], client: PresenceClient) -> None:
    one, two, three = nodes
    for user in ("anna", "ben", "cy"):
        await client.log_in_user(user)
    await client.log_out(keep={"ben"})
    assert one.keys == three.keys == {}
    assert set(two.keys) == {"hass", "ben"}
    await client.log_out_user("ben")
    assert set(two.keys) == {"hass"}
    await client.log_out()
    assert two.keys == {}
    assert client.logged_in_users == frozenset()


async def test_a_node_that_is_gone_does_not_save_the_others(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, three = nodes
    for user in ("ben", "cy"):
        await client.log_in_user(user)
    two.stop()
    with pytest.raises(CannotConnect):
        await client.log_out()
    assert one.keys == three.keys == {}


async def test_a_home_that_is_gone_is_asked_for_again(
    nodes: list[FakeNode], make_client: MakeClient, told: Told
) -> None:
    one, two, three = nodes
    client = make_client(one.server.port, on_session_lost=told.lost.append)
    await client.log_in_user("ben")
    two.stop()
    with pytest.raises(CannotConnect) as error:
        await client.poll_contact("ben", "b@x")
    assert error.value.address == two.address
    # The node may come back with the session.
    assert told.lost == []
    assert client.logged_in_users == {"ben"}
    one.send("ben", three)
    await client.set_presence("ben", Presence.BUSY, override=True, expiry=3600)
    assert three.calls[-1] == "PUT users/ben/presence/basic"


async def test_a_home_whose_backup_is_gone_too_is_asked_for_again(
    nodes: list[FakeNode], make_client: MakeClient, told: Told
) -> None:
    one, two, three = nodes
    three.backup = two.address
    client = make_client(one.server.port, on_session_lost=told.lost.append)
    await set_busy(client, "cy")
    two.people.add("cy")
    three.stop()
    await set_busy(client, "cy")
    assert told.lost == ["cy"]
    two.stop()
    with pytest.raises(CannotConnect) as error:
        await set_busy(client, "cy")
    assert error.value.address == two.address
    # Another node will serve, so the session at the backup is given up.
    assert told.lost == ["cy", "cy"]
    assert client.logged_in_users == frozenset()
    assert client.node_of("cy").port == one.server.port


async def test_connections_to_further_nodes_are_closed_and_no_others(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    await client.log_in_user("ben")
    here, there = (node.http for node in client._cluster.nodes)
    await client.close()
    assert not here.closed
    assert there.closed


async def test_unknown_users_and_lost_sessions_at_another_node(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    _, two, _ = nodes
    await client.log_in_user("ben")
    two.keys.clear()
    await client.set_presence("ben", Presence.BUSY, override=True, expiry=3600)
    assert two.calls[-5:] == [
        "PUT users/ben/presence/basic",
        "POST users/ben/sessions",
        "POST users/hass/sessions",
        "POST users/ben/sessions",
        "PUT users/ben/presence/basic",
    ]
    two.people.clear()
    two.keys.clear()
    with pytest.raises(UnknownUser):
        await client.log_in_user("dee")
