"""Failover to backups when nodes do not answer. Reference: rule 18."""

import asyncio
from pathlib import Path

import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    CannotConnect,
    CertificateChanged,
    NodePolicy,
    NoSuchEndpoint,
    NoSuchSubscription,
    PinnedCertificate,
    PresenceClient,
    switchover,
)

from .byte_server import ByteServer, Received, Reply, Then
from .certificates import make
from .conftest import Clock, MakeClient
from .deployment import FakeNode, Told, set_busy
from .wire import fault


@pytest.fixture
async def client(nodes: list[FakeNode], make_client: MakeClient, told: Told) -> PresenceClient:
    """A client of the first node."""
    return make_client(
        nodes[0].server.port, on_session_lost=told.lost.append, on_node_changed=told.moved
    )


async def test_failover_to_the_backup(
    nodes: list[FakeNode], client: PresenceClient, told: Told, clock: Clock
) -> None:
    one, two, _ = nodes
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="anna")
    subscription = await client.subscribe("anna", ["b@x"], endpoint, 3600)
    assert client.backup == two.address
    one.stop()
    await set_busy(client)
    assert two.calls == [
        "POST users/hass/sessions",
        "POST users/anna/sessions",
        "PUT users/anna/presence/basic",
    ]
    assert clock.pauses == [0.0, 1.0, 2.0]
    assert told.moves == [(one.server.port, two.server.port)]
    assert told.lost == ["anna"]
    assert not client.is_on_primary
    assert client.node.port == two.server.port
    # What was made at the first node is not asked of the second.
    with pytest.raises(NoSuchSubscription, match=f"it is of {one.address}") as error:
        await client.fetch("anna", subscription)
    assert error.value.user == "anna"
    with pytest.raises(NoSuchEndpoint, match=f"it is of {one.address}"):
        await client.renew_endpoint(endpoint, 3600)
    with pytest.raises(NoSuchEndpoint, match=f"it is of {one.address}"):
        await client.subscribe("anna", ["b@x"], endpoint, 3600)
    assert len(two.calls) == 3
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="anna")
    subscription = await client.subscribe("anna", ["b@x"], endpoint, 3600)
    await client.fetch("anna", subscription)
    assert two.made == {"endpoints": 1, "subscriptions": 1}


async def test_sessions_are_reported_as_lost_after_the_node_is_reported_as_changed(
    nodes: list[FakeNode], make_client: MakeClient
) -> None:
    """A session that is lost counts as gone with what it carries, which may stand at that node."""
    told: list[str] = []
    client = make_client(
        nodes[0].server.port,
        on_session_lost=told.append,
        on_node_changed=lambda _old, _new: told.append("moved"),
    )
    await set_busy(client)
    nodes[0].stop()
    await set_busy(client)
    assert told == ["moved", "anna"]
    nodes[0].start()
    assert await client.fail_back()
    assert told == ["moved", "anna"] * 2


async def test_call_with_an_id_of_the_failed_node_is_refused(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, _ = nodes
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="anna")
    one.stop()
    with pytest.raises(NoSuchEndpoint):
        await client.renew_endpoint(endpoint, 3600)
    assert two.calls == ["POST users/hass/sessions"]


async def test_failback_when_the_backup_fails(
    nodes: list[FakeNode], client: PresenceClient, told: Told, clock: Clock
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    one.start()
    two.stop()
    clock.now += 1
    await set_busy(client)
    assert client.is_on_primary
    assert told.moves == [
        (one.server.port, two.server.port),
        (two.server.port, one.server.port),
    ]


async def test_primary_and_backup_do_not_answer(
    nodes: list[FakeNode], client: PresenceClient, told: Told, clock: Clock
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    two.stop()
    results = await asyncio.gather(*(set_busy(client) for _ in range(20)), return_exceptions=True)
    assert {type(result) for result in results} == {CannotConnect}
    assert {str(result).partition("to ")[2][:20] for result in results} == {
        f"{one.address} broke"[:20]
    }
    # The attempts are made once for all of them.
    assert clock.pauses == [0.0, 1.0, 2.0]
    assert told.moves == []
    assert told.lost == []
    assert not client.has_abandoned
    two.start()
    clock.now += 1
    await set_busy(client)
    assert client.node.port == two.server.port


async def test_many_calls_cause_one_failover(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await asyncio.gather(*(set_busy(client) for _ in range(50)))
    assert len(told.moves) == 1
    assert two.calls.count("POST users/hass/sessions") == 1
    assert two.calls.count("POST users/anna/sessions") == 1


async def test_short_outage_causes_no_failover(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    one, two, _ = nodes
    await client.log_in_user("anna")
    silent = 2

    async def stutter(request: Received) -> Reply:
        nonlocal silent
        silent -= 1
        return Reply(b"", Then.ABORT) if silent >= 0 else await one(request)

    one.server.handler = stutter
    with pytest.raises(CannotConnect):
        await client.register_endpoint("http://ha/", 3600)
    assert told.moves == []
    assert two.server.received == []
    await set_busy(client)


async def test_throttling_causes_no_failover(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    one, _, _ = nodes
    await client.log_in_user("anna")

    async def busy(request: Received) -> Reply:
        return fault(503, 210) if "sessions" in request.line else Reply(b"", Then.ABORT)

    one.server.handler = busy
    with pytest.raises(CannotConnect):
        await set_busy(client)
    assert told.moves == []


async def test_backup_that_refuses_the_login(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()

    async def refuse(_: Received) -> Reply:
        return fault(400, 114)

    two.server.handler = refuse
    with pytest.raises(CannotConnect):
        await set_busy(client)
    assert told.moves == []


async def test_changed_certificate_causes_no_failover(
    make_client: MakeClient, told: Told, tmp_path: Path, clock: Clock
) -> None:
    async with ByteServer(tls=make().server_context(tmp_path)) as server, ByteServer() as backup:
        client = make_client(
            server.port,
            PinnedCertificate("0" * 64),
            nodes=NodePolicy(backup=f"127.0.0.1:{backup.port}"),
            on_node_changed=told.moved,
        )
        with pytest.raises(CertificateChanged):
            await client.log_in()
    # Nor is the node asked again.
    assert client.traffic.counts == {("log_in", "CertificateChanged"): 1}
    assert clock.pauses == []
    assert told.moves == []


@pytest.mark.parametrize("backup", ["", "127.0.0.1:{port}", "a b:c"])
async def test_without_a_backup_the_node_is_not_probed(
    nodes: list[FakeNode], client: PresenceClient, clock: Clock, backup: str
) -> None:
    one, _, _ = nodes
    one.backup = backup.format(port=one.server.port)
    await set_busy(client)
    one.stop()
    with pytest.raises(CannotConnect):
        await set_busy(client)
    assert clock.pauses == []


async def test_backup_that_is_not_allowed(nodes: list[FakeNode], make_client: MakeClient) -> None:
    one, two, _ = nodes
    client = make_client(one.server.port, nodes=NodePolicy(allow_node=lambda *_: False))
    await set_busy(client)
    one.stop()
    with pytest.raises(CannotConnect):
        await set_busy(client)
    assert two.server.received == []


async def test_backup_known_from_an_earlier_login(
    nodes: list[FakeNode], make_client: MakeClient
) -> None:
    one, two, _ = nodes
    client = make_client(one.server.port, nodes=NodePolicy(backup=two.address))
    one.stop()
    await client.log_in()
    assert client.node.port == two.server.port
    await set_busy(client)


@pytest.mark.parametrize("lost", [("anna",), ("anna", "hass")])
async def test_backup_is_remembered_when_a_later_login_names_none(
    nodes: list[FakeNode], client: PresenceClient, lost: tuple[str, ...]
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.backup = ""
    for user in lost:
        del one.keys[user]
    await set_busy(client)
    assert client.backup == two.address
    one.stop()
    await set_busy(client)
    assert client.node.port == two.server.port


async def test_lost_fetch_causes_no_failover(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    one, _, _ = nodes
    endpoint = await client.register_endpoint("http://ha/", 3600, watcher="anna")
    subscription = await client.subscribe("anna", ["b@x"], endpoint, 3600)
    one.stop()
    with pytest.raises(AnswerLost):
        await client.fetch("anna", subscription)
    assert told.moves == []
    await set_busy(client)
    assert len(told.moves) == 1


async def test_logout_does_not_ask_a_node_that_was_given_up(
    nodes: list[FakeNode], client: PresenceClient
) -> None:
    one, two, _ = nodes
    await set_busy(client)
    one.stop()
    await set_busy(client)
    asked = len(one.server.received)
    await client.log_out()
    assert two.keys == {}
    assert len(one.server.received) == asked


async def test_node_that_restarts_while_it_is_probed(
    nodes: list[FakeNode], client: PresenceClient, told: Told
) -> None:
    """It answers again without its sessions, which are reported as lost at once."""
    one, _, _ = nodes
    await set_busy(client)
    one.stop()
    answering = one.server.handler

    async def restart(request: Received) -> Reply:
        if one.down and request.line.startswith("POST"):
            one.start()
        assert answering is not None
        return await answering(request)

    one.server.handler = restart
    with pytest.raises(CannotConnect):
        await set_busy(client)
    assert told.moves == []
    assert told.lost == ["anna"]
    await set_busy(client)
    assert one.keys.keys() == {"hass", "anna"}


async def test_node_that_accepts_connections_and_does_not_answer(
    nodes: list[FakeNode],
    make_client: MakeClient,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each attempt ends before the request would."""
    one, two, _ = nodes
    client = make_client(one.server.port, timeout=3600.0, on_node_changed=told.moved)
    await set_busy(client)
    monkeypatch.setattr(switchover, "_PROBE_TIMEOUT", 0.02)

    async def say_nothing(request: Received) -> Reply:
        return Reply(b"", Then.ABORT if request.line.startswith("PUT") else Then.HANG)

    one.server.handler = say_nothing
    async with asyncio.timeout(20):
        await set_busy(client)
    assert told.moves == [(one.server.port, two.server.port)]
