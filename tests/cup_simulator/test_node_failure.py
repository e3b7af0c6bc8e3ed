"""Nodes that stop, are cut off, and come back. Reference: rule 18."""

import asyncio

import pytest

from cup_simulator import Simulator
from cup_simulator.clock import ManualClock
from cup_simulator.deployment import NodeState

from .node_wire import CLUSTER, NodeWire
from .soap_wire import SoapWire
from .wire import HOST, HOUR, PATIENCE_SECONDS, Callback, Reply, request_bytes, send


@pytest.fixture
def configuration() -> str:
    return CLUSTER


@pytest.fixture
def alpha(simulator: Simulator) -> NodeWire:
    return NodeWire(simulator, "alpha")


@pytest.fixture
def beta(simulator: Simulator) -> NodeWire:
    return NodeWire(simulator, "beta")


@pytest.fixture
def gamma(simulator: Simulator) -> NodeWire:
    return NodeWire(simulator, "gamma")


async def be(wire: NodeWire, state: str) -> Reply:
    reply = await wire.control("POST", f"/control/nodes/{wire.node.name}", {"state": state})
    assert reply.status == 200, reply.body
    return reply


async def presence(wire: NodeWire, user: str) -> str:
    people = (await wire.state())["people"]
    return next(str(each["presence"]) for each in people if each["user"] == user)


async def test_nodes_and_their_states(alpha: NodeWire, beta: NodeWire) -> None:
    nodes = (await alpha.control("GET", "/control/nodes")).json

    assert isinstance(nodes, list)
    assert [(each["name"], each["backup"], each["state"]) for each in nodes] == [
        ("alpha", "beta", "running"),
        ("beta", "alpha", "running"),
        ("gamma", None, "running"),
    ]
    address = alpha.node.address
    assert nodes[0] == {
        "name": "alpha",
        "host": HOST,
        "http_port": address.http_port,
        "https_port": address.https_port,
        "epas_port": address.epas_port,
        "backup": "beta",
        "state": "running",
        "shows": ["cup", "cup-ECDSA"],
        "versions": ["1.2"],
        "workers": None,
        "connections": 0,
        "budget": {"requests": None, "cpu": None, "refused": 0},
    }
    assert (await be(beta, "stopped")).json == nodes[1] | {"state": "stopped"}
    assert (await alpha.state())["nodes"][1]["state"] == "stopped"


SHOWS = "shows must list one or more of cup, cup-ECDSA, each once."
BUDGET = "budget must hold requests, cpu or both, whole numbers."
VERSIONS = "versions must list one or more of 1.2, 1.3, each once."


@pytest.mark.parametrize(
    ("node", "body", "status", "sentence"),
    [
        ("delta", {"state": "cut"}, 404, "No such node: POST /control/nodes/delta."),
        ("beta", {"state": "away"}, 400, "state must be one of running, stopped, cut."),
        ("beta", {}, 400, "Say the state, shows, versions, workers or budget of the node."),
        ("beta", {"state": 1}, 400, "state must be given as a text."),
        ("beta", {"shows": []}, 400, SHOWS),
        (
            "beta",
            {"shows": ["x"]},
            400,
            SHOWS,
        ),
        (
            "beta",
            {"versions": [1.1]},
            400,
            VERSIONS,
        ),
        ("beta", {"budget": {"requests": -1}}, 400, BUDGET),
        ("beta", {"budget": {"memory": 1}}, 400, BUDGET),
        ("beta", {"workers": -1}, 400, "workers must be a whole number, 0 or more."),
        ("beta", {"state": "cut", "for": 3}, 400, "Not understood here: for."),
    ],
)
async def test_states_that_cannot_be(
    alpha: NodeWire, node: str, body: dict[str, object], status: int, sentence: str
) -> None:
    reply = await alpha.control("POST", f"/control/nodes/{node}", body)

    assert (reply.status, reply.json) == (status, {"error": sentence})
    assert {each["state"] for each in (await alpha.state())["nodes"]} == {"running"}


async def test_a_stopped_node_is_not_there_and_comes_back_at_its_ports(
    alpha: NodeWire, beta: NodeWire, simulator: Simulator
) -> None:
    address = beta.node.address
    reader, writer = await asyncio.open_connection(HOST, address.http_port)

    await be(beta, "stopped")

    assert await asyncio.wait_for(reader.read(), PATIENCE_SECONDS) == b""
    writer.close()
    for port in (address.http_port, address.https_port, address.epas_port):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, port)
    assert await alpha.login("user1")
    await be(beta, "running")
    assert beta.node.address == address
    assert await beta.login("user2")


async def test_a_stopped_node_forgets_who_was_logged_in(alpha: NodeWire, beta: NodeWire) -> None:
    key = await alpha.login("watcher")
    await alpha.subscribe(key, await alpha.register("http://127.0.0.1:9/"), "user1")
    await beta.login_application()

    await be(alpha, "stopped")

    state = await beta.state()
    assert [each["node"] for each in state["sessions"]] == ["beta"]
    assert (state["endpoints"], state["subscriptions"]) == ([], [])
    await be(alpha, "running")
    stale = await alpha.ask("POST", "/users/user1/sessions", key=alpha.application_key)
    assert stale.failure == (401, 101)


async def test_the_backup_serves_while_the_home_does_not(
    alpha: NodeWire, beta: NodeWire, gamma: NodeWire
) -> None:
    for state in ("stopped", "cut"):
        await be(alpha, state)

        key = await beta.login("user1")
        assert (await beta.set_basic(key, "DND")).status == 200
        assert await presence(beta, "user1") == "DND"
        await gamma.login_application()
        sent = await gamma.ask("POST", "/users/user1/sessions", key=gamma.application_key)
        expected = f"http://{beta.name}/presence-service/users/user1/session"
        assert sent.headers["location"] == expected
        assert f'primaryServer="{alpha.name}" backupServer="{beta.name}"'.encode() in sent.body

        await be(alpha, "running")
        home = await beta.ask("POST", "/users/user1/sessions", key=beta.application_key)
        assert home.headers["location"].startswith(f"http://{alpha.name}/")
        await beta.ask("DELETE", "/users/user1/session", key=key)


async def test_without_a_node_to_serve_them_people_are_sent_home(
    alpha: NodeWire, beta: NodeWire, gamma: NodeWire
) -> None:
    key = await gamma.login_application()
    await be(alpha, "stopped")
    await be(beta, "cut")

    sent = await gamma.ask("POST", "/users/user1/sessions", key=key)

    assert sent.headers["location"].startswith(f"http://{alpha.name}/")
    await be(gamma, "stopped")
    alone = NodeWire(alpha.simulator, "beta")
    await be(beta, "running")
    await alone.login_application()
    reply = await alone.ask("POST", "/users/user3/sessions", key=alone.application_key)
    assert b"backupServer" not in reply.body
    assert reply.status == 307


async def test_a_crash_ends_what_its_sessions_held_once_the_backup_takes_over(
    alpha: NodeWire, beta: NodeWire, callback: Callback
) -> None:
    watcher = await beta.login("user2")
    subscription = await beta.subscribe(
        watcher, await beta.register(callback.url), "user1", watcher="user2"
    )
    await alpha.set_basic(await alpha.login("user1"), "DND")
    assert (await beta.fetch(watcher, subscription, "user2"))["user1@example.com"] == "DND"

    await be(alpha, "stopped")

    news = await beta.fetch(watcher, subscription, "user2")
    assert news == {"user1@example.com": "AVAILABLE"}
    person = (await beta.state())["people"][0]
    assert [each["id"] for each in person["devices"]] == ["jabber"]


async def test_without_a_backup_a_crash_ends_it_when_the_node_is_back(
    alpha: NodeWire, gamma: NodeWire
) -> None:
    await gamma.set_basic(await gamma.login("user3"), "DND", user="user3")

    await be(gamma, "stopped")
    assert await presence(alpha, "user3") == "DND"
    await be(gamma, "stopped")
    assert await presence(alpha, "user3") == "DND"
    await be(gamma, "running")

    assert await presence(alpha, "user3") == "UNAVAILABLE"


async def test_what_is_held_meanwhile_ends_at_its_expiry(
    alpha: NodeWire, gamma: NodeWire, clock: ManualClock
) -> None:
    await gamma.set_basic(await gamma.login("user3"), "DND", user="user3")
    await be(gamma, "stopped")

    clock.advance(HOUR)

    assert await presence(alpha, "user3") == "AVAILABLE"


async def test_a_backup_that_is_started_first_takes_over(alpha: NodeWire, beta: NodeWire) -> None:
    await be(beta, "stopped")
    await alpha.set_basic(await alpha.login("user1"), "DND")
    await be(alpha, "stopped")
    assert await presence(alpha, "user1") == "DND"

    await be(beta, "running")

    assert await presence(alpha, "user1") == "AVAILABLE"


async def test_a_session_at_the_backup_outlives_the_return_of_the_home(
    alpha: NodeWire, beta: NodeWire
) -> None:
    await be(alpha, "stopped")
    key = await beta.login("user1")
    await beta.set_basic(key, "DND")

    await be(alpha, "running")
    home = await alpha.login("user1")

    assert (await beta.ask("DELETE", "/users/user1/session", key=key)).status == 200
    assert await alpha.poll(home, "user1", watcher="user1") == "DND"
    await alpha.ask("DELETE", "/users/user1/session", key=home)
    assert await presence(alpha, "user1") == "AVAILABLE"
    assert len((await alpha.state())["people"][0]["devices"]) == 1


async def test_a_presence_set_at_one_node_survives_a_crash_of_the_other(
    alpha: NodeWire, beta: NodeWire
) -> None:
    await be(alpha, "cut")
    await beta.set_basic(await beta.login("user1"), "DND")
    await be(alpha, "running")
    home = await alpha.login("user1")

    await be(beta, "stopped")

    assert await alpha.poll(home, "user1", watcher="user1") == "DND"


async def test_logging_in_at_a_second_node_leaves_what_the_device_says(
    alpha: NodeWire, beta: NodeWire
) -> None:
    await alpha.set_basic(await alpha.login("user1"), "BUSY", override="false")
    await be(alpha, "cut")

    await beta.login("user1")

    assert await presence(beta, "user1") == "BUSY"


async def test_connections_to_a_node_that_is_cut_off_hang_and_then_break(
    alpha: NodeWire, beta: NodeWire
) -> None:
    key = await beta.login("user2")
    await be(beta, "cut")
    before = len((await alpha.control("GET", "/control/requests")).body)
    path = "/presence-service/users/user2/session"
    reader, writer = await asyncio.open_connection(HOST, beta.node.address.http_port)
    writer.write(request_bytes("DELETE", path, {"Presence-Session-Key": key}))
    answer = asyncio.create_task(reader.read())

    done, _ = await asyncio.wait([answer], timeout=0.2)
    assert not done
    assert len((await alpha.control("GET", "/control/requests")).body) == before
    await be(beta, "running")

    assert await asyncio.wait_for(answer, PATIENCE_SECONDS) == b""
    writer.close()
    assert await beta.poll(key, "user2", watcher="user2") == "BUSY"


async def test_an_answer_under_way_is_lost_when_the_node_is_cut_off(
    alpha: NodeWire, beta: NodeWire, simulator: Simulator, clock: ManualClock
) -> None:
    key = await beta.login("user2")
    await alpha.control("POST", "/control/faults", {"kind": "delay", "delay": 10})
    before = simulator.changes.count
    data = request_bytes(
        "PUT",
        "/presence-service/users/user2/presence/basic",
        {"Presence-Session-Key": key, "Presence-Override": "true", "Presence-Expiry": "3600"},
        b"<presence>DND</presence>",
    )
    asked = asyncio.create_task(send(beta.node.address.http_port, data))
    await simulator.changes.after(before)
    await be(beta, "cut")

    clock.advance(10)
    done, _ = await asyncio.wait([asked], timeout=0.2)

    assert not done
    assert await presence(alpha, "user2") == "DND"
    await be(beta, "running")
    assert await asyncio.wait_for(asked, PATIENCE_SECONDS) == b""


async def test_a_node_that_is_cut_off_sends_no_notification(
    alpha: NodeWire, beta: NodeWire, callback: Callback, simulator: Simulator
) -> None:
    key = await beta.login("user2")
    subscription = await beta.subscribe(
        key, await beta.register(callback.url), "user1", watcher="user2"
    )
    await callback.next()
    await beta.fetch(key, subscription, "user2")
    await be(beta, "cut")

    await alpha.choose("user1", "DND")

    assert await callback.silence(simulator)
    await be(beta, "running")
    assert await beta.fetch(key, subscription, "user2") == {"user1@example.com": "DND"}


async def test_a_stopped_node_stops_what_hangs(alpha: NodeWire, beta: NodeWire) -> None:
    await be(beta, "cut")
    reader, writer = await asyncio.open_connection(HOST, beta.node.address.http_port)
    writer.write(request_bytes("GET", "/presence-service/nothing"))
    answer = asyncio.create_task(reader.read())
    done, _ = await asyncio.wait([answer], timeout=0.1)
    assert not done

    await be(beta, "stopped")

    assert await asyncio.wait_for(answer, PATIENCE_SECONDS) == b""
    writer.close()


async def test_a_reset_lets_every_node_run(
    alpha: NodeWire, beta: NodeWire, gamma: NodeWire
) -> None:
    await gamma.set_basic(await gamma.login("user3"), "DND", user="user3")
    await be(alpha, "stopped")
    await be(beta, "cut")
    await be(gamma, "stopped")

    assert (await alpha.control("POST", "/control/reset")).status == 200

    assert {each["state"] for each in (await alpha.state())["nodes"]} == {"running"}
    assert await presence(alpha, "user3") == "UNAVAILABLE"
    for node in (alpha, beta, gamma):
        assert await node.login_application()


async def test_nodes_fail_by_a_call_within_a_test(
    simulator: Simulator, alpha: NodeWire, beta: NodeWire
) -> None:
    await simulator.set_node_state("alpha", NodeState.STOPPED)
    with pytest.raises(ConnectionRefusedError):
        await alpha.login_application()
    assert await beta.login("user1")

    await simulator.set_node_state("alpha", NodeState.RUNNING)
    assert await alpha.login("user1")


async def test_soap_clients_go_to_the_backup_too(
    simulator: Simulator, alpha: NodeWire, beta: NodeWire
) -> None:
    await be(alpha, "stopped")
    soap = SoapWire(simulator)
    port = beta.node.address.http_port
    hass = "<username>hass</username><password>simulator</password>"
    key = (await soap.call("login", hass, port=port)).key
    who = f"<username>user1</username><app-session-id>{key}</app-session-id>"

    assert (await soap.call("login", who, port=port)).key
    assert [each["node"] for each in (await soap.state())["sessions"]] == ["beta", "beta"]
