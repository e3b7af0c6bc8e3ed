"""Sessions that a client has left at nodes, and a later one ends. Reference: rules 18 and 19."""

import pytest

from custom_components.cisco_unified_presence.pws import NodePolicy, PresenceClient

from .conftest import MakeClient
from .deployment import FakeNode, set_busy


@pytest.fixture
async def client(nodes: list[FakeNode], make_client: MakeClient) -> PresenceClient:
    """A client of the first node."""
    return make_client(nodes[0].server.port)


@pytest.fixture
async def later(nodes: list[FakeNode], make_client: MakeClient) -> PresenceClient:
    """A client of the first node, after a restart."""
    return make_client(nodes[0].server.port)


async def test_session_at_a_backup_is_ended_once_it_is_replaced(
    nodes: list[FakeNode], client: PresenceClient, later: PresenceClient
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    left = client.sessions_elsewhere
    one.start()

    await later.abandon(left)
    await set_busy(later)
    assert two.keys.keys() == {"hass", "anna"}
    assert later.has_abandoned
    assert await later.end_abandoned()

    assert two.keys == {}
    assert one.keys.keys() == {"hass", "anna"}
    assert not later.has_abandoned


async def test_session_at_a_backup_that_is_in_use_is_ended_alone(
    nodes: list[FakeNode], client: PresenceClient, later: PresenceClient
) -> None:
    """The application user's logout would end the sessions of those who are homed there."""
    one, two, _ = nodes
    one.send("ben", two)
    await set_busy(client)
    await set_busy(client, "ben")
    one.stop()
    await set_busy(client)
    left = client.sessions_elsewhere
    one.start()

    await later.abandon(left)
    await set_busy(later)
    await set_busy(later, "ben")
    bens = two.keys["ben"]
    assert await later.end_abandoned()

    assert two.keys.keys() == {"hass", "ben"}
    assert two.keys["ben"] == bens


async def test_session_is_ended_that_a_node_opened_while_the_users_own_node_was_down(
    nodes: list[FakeNode], client: PresenceClient, later: PresenceClient
) -> None:
    """The client did not know that the user is homed elsewhere."""
    one, _, three = nodes
    del one.sends_on["ben"]
    one.people.add("ben")
    await set_busy(client)
    await set_busy(client, "ben")
    left = client.sessions_elsewhere
    one.send("ben", three)

    await later.abandon(left)
    await set_busy(later)
    await set_busy(later, "ben")
    assert await later.end_abandoned()

    assert one.keys.keys() == {"hass", "anna"}
    assert three.keys.keys() == {"hass", "ben"}


async def test_sessions_that_are_used_again_stay_and_nothing_is_sent_for_them(
    nodes: list[FakeNode], client: PresenceClient, later: PresenceClient
) -> None:
    one, two, three = nodes
    await set_busy(client)
    await set_busy(client, "ben")

    await later.abandon(client.sessions_elsewhere)
    await set_busy(later)
    await set_busy(later, "ben")
    asked = len(one.calls) + len(three.calls)
    assert await later.end_abandoned()

    assert len(one.calls) + len(three.calls) == asked
    assert one.keys.keys() == {"hass", "anna"}
    assert three.keys.keys() == {"hass", "ben"}
    assert two.calls == []


async def test_session_that_is_used_again_and_logged_out_is_left_to_no_later_run(
    nodes: list[FakeNode], client: PresenceClient, later: PresenceClient
) -> None:
    await set_busy(client)
    await set_busy(client, "ben")
    await later.abandon(client.sessions_elsewhere)
    await set_busy(later, "ben")
    assert "ben" in {each.session.name for each in later.sessions_elsewhere}

    await later.log_out_user("ben")

    assert "ben" not in nodes[2].keys
    assert "ben" not in {each.session.name for each in later.sessions_elsewhere}


async def test_node_that_does_not_answer_is_asked_again_later(
    nodes: list[FakeNode], client: PresenceClient, later: PresenceClient
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    left = client.sessions_elsewhere
    one.start()
    two.stop()

    await later.abandon(left)
    assert not await later.end_abandoned()
    assert later.has_abandoned
    two.start(fresh=False)
    assert await later.end_abandoned()
    assert two.keys == {}


async def test_primary_that_is_down_is_left_alone_until_it_serves_again(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, _, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    asked = len(one.server.received)
    assert not client.has_abandoned
    assert await client.end_abandoned()
    assert len(one.server.received) == asked


async def test_keys_go_to_no_node_of_another_deployment(
    nodes: list[FakeNode], client: PresenceClient, make_client: MakeClient
) -> None:
    one, two, _ = nodes
    one.stop()
    two.people.add("anna")
    await client.end_abandoned()
    one.start()
    await set_busy(client)
    one.stop()
    await set_busy(client)
    left = client.sessions_elsewhere
    asked = len(two.server.received)
    one.start()

    strict = make_client(one.server.port, nodes=NodePolicy(allow_node=lambda *_: False))
    await strict.abandon(left)
    assert await strict.end_abandoned()
    assert len(two.server.received) == asked


async def test_of_several_sessions_those_that_may_be_ended_are(
    nodes: list[FakeNode], client: PresenceClient, make_client: MakeClient
) -> None:
    one, two, three = nodes
    one.send("anna", two)
    await set_busy(client, "anna")
    await set_busy(client, "ben")
    port = three.server.port
    later = make_client(one.server.port, nodes=NodePolicy(allow_node=lambda _, to: to == port))
    refused, ended = sorted(
        (each for each in client.sessions_elsewhere if each.session.name in {"anna", "ben"}),
        key=lambda each: each.session.name,
    )
    await later.abandon([refused, ended])
    assert await later.end_abandoned()
    assert three.keys == {}
    assert two.keys.keys() == {"hass", "anna"}


async def test_sessions_that_a_later_client_might_not_find(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, _, three = nodes
    one.backup = ""
    await set_busy(client)
    assert client.sessions_elsewhere == frozenset()
    # Now that there is another node, logins may be redirected.
    await set_busy(client, "ben")
    found = {(each.node, each.session.name) for each in client.sessions_elsewhere}
    assert found == {
        (one.address, "anna"),
        (three.address, "hass"),
        (three.address, "ben"),
    }


@pytest.mark.parametrize(("stays", "is_spared"), [(True, False), (False, True), (False, False)])
async def test_abandoned_sessions_are_ended_with_the_last_user(
    nodes: list[FakeNode], client: PresenceClient, *, stays: bool, is_spared: bool
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    one.start()
    assert await client.fail_back()
    await set_busy(client)
    await client.log_out(
        keep=["anna"] if stays else [],
        spare=client.application_sessions if is_spared else (),
    )
    assert (two.keys == {}) is not (stays or is_spared)


async def test_abandoned_session_at_the_first_node_is_ended_with_the_applications(
    nodes: list[FakeNode], client: PresenceClient, later: PresenceClient
) -> None:
    one, _, three = nodes
    await set_busy(client)
    await set_busy(client, "ben")
    await later.abandon(each for each in client.sessions_elsewhere if each.node == one.address)
    await later.log_out()
    assert one.keys == {}
    assert three.keys.keys() == {"hass", "ben"}


async def test_without_a_second_node_no_session_has_to_be_stored(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    nodes[0].backup = ""
    await set_busy(client)
    assert client.sessions_elsewhere == frozenset()


async def test_full_logout_ends_abandoned_sessions_too(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    one.start()
    assert await client.fail_back()
    assert two.keys.keys() == {"hass", "anna"}
    await client.log_out()
    assert one.keys == two.keys == {}


async def test_sessions_that_are_to_be_ended_are_told_of(
    nodes: list[FakeNode], client: PresenceClient, later: PresenceClient
) -> None:
    """Home Assistant stores them, for the next start."""
    one, _, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    told: list[int] = []
    later.on_sessions_changed = lambda: told.append(len(later.sessions_elsewhere))
    await later.abandon(client.sessions_elsewhere)
    assert told[-1] == len(client.sessions_elsewhere) > 0
