"""Several nodes: logins and shared state. Reference: rules 18 and 19."""

import re
import ssl

import pytest

from cup_simulator import Simulator

from .node_wire import CLUSTER, NodeWire
from .soap_wire import SoapWire
from .wire import Callback, Wire, parse, request_bytes, send


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


async def test_each_node_has_ports_of_its_own(simulator: Simulator) -> None:
    addresses = [each.node.address for each in simulator.nodes.values()]

    assert simulator.ports.http == addresses[0].http_port
    assert simulator.ports.https == addresses[0].https_port
    assert simulator.ports.epas == addresses[0].epas_port
    ports = [
        port for each in addresses for port in (each.http_port, each.https_port, each.epas_port)
    ]
    assert len(set(ports)) == 9
    assert [each.host for each in addresses] == ["127.0.0.1", "127.0.0.1", "localhost"]


@pytest.mark.parametrize(("method", "path"), [("POST", "sessions"), ("PUT", "session")])
async def test_who_is_homed_elsewhere_is_sent_there(
    alpha: NodeWire, beta: NodeWire, method: str, path: str
) -> None:
    key = await alpha.login_application()

    reply = await alpha.ask(method, f"/users/user2/{path}", key=key)

    assert reply.status == 307
    assert reply.headers["location"] == (f"http://{beta.name}/presence-service/users/user2/session")
    assert reply.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<session>\n'
        b'    <redirect primaryServer="%s" backupServer="%s"/>\n</session>\n'
        % (beta.name.encode(), alpha.name.encode())
    )


async def test_over_https_it_is_the_other_nodes_https(
    alpha: NodeWire, simulator: Simulator
) -> None:
    key = await alpha.login_application()
    tls = ssl.create_default_context(cafile=simulator.tls_dir / "cup.pem")
    request = request_bytes(
        "POST", "/presence-service/users/user3/sessions", {"Presence-Session-Key": key}
    )

    reply = parse(await send(simulator.ports.https, request, tls))

    node = f"localhost:{simulator.nodes['gamma'].node.address.https_port}"
    expected = f"https://{node}/presence-service/users/user3/session"
    assert reply.headers["location"] == expected
    assert f'<redirect primaryServer="{node}"/>'.encode() in reply.body


async def test_a_soap_login_is_redirected_too(
    simulator: Simulator, alpha: NodeWire, beta: NodeWire
) -> None:
    soap = SoapWire(simulator)
    key = await soap.enter()
    who = f"<username>user2</username><app-session-id>{key}</app-session-id>"

    reply = await soap.call("login", who)

    assert reply.http.status == 200
    (redirect,) = reply.payload
    assert dict(redirect.attrib) == {"primaryServer": beta.name, "backupServer": alpha.name}


async def test_a_login_names_the_nodes_backup(
    alpha: NodeWire, beta: NodeWire, gamma: NodeWire, simulator: Simulator
) -> None:
    for node, backup in ((alpha, beta.name), (beta, alpha.name), (gamma, None)):
        body = "<session><password>simulator</password></session>"
        reply = await node.ask("POST", "/users/hass/sessions", body)
        found = re.search(rb"<backupServer>(.+)</backupServer>", reply.body)
        assert (found and found[1].decode()) == backup
    hass = "<username>hass</username><password>simulator</password>"
    soap = await SoapWire(simulator).call("login", hass)
    assert soap.text("backupServer") == beta.name


async def test_sessions_endpoints_and_subscriptions_belong_to_a_node(
    alpha: NodeWire, beta: NodeWire
) -> None:
    key = await alpha.login("watcher")
    endpoint = await alpha.register("http://127.0.0.1:9/")
    await alpha.subscribe(key, endpoint, "user1")

    await beta.login_application()

    assert beta.application_key != alpha.application_key
    path = "/users/watcher/presence/basic/contacts/user1@example.com"
    assert (await beta.ask("GET", path, key=key)).failure == (401, 101)
    gone = await beta.ask("DELETE", f"/endpoints/{endpoint}", key=beta.application_key)
    assert gone.failure == (400, 132)
    state = await alpha.state()
    assert [(each["user"], each["node"]) for each in state["sessions"]] == [
        ("hass", "alpha"),
        ("watcher", "alpha"),
        ("hass", "beta"),
    ]
    assert [each["node"] for each in state["endpoints"]] == ["alpha"]
    assert [each["node"] for each in state["subscriptions"]] == ["alpha"]
    assert [each["node"] for each in state["people"]] == ["alpha", "beta", "gamma", "alpha"]


async def test_logging_an_application_out_leaves_the_other_nodes_alone(
    alpha: NodeWire, beta: NodeWire
) -> None:
    await alpha.login_application()
    key = await beta.login("user2")

    out = await alpha.ask("DELETE", "/users/hass/session", key=alpha.application_key)

    assert out.status == 200
    assert await beta.poll(key, "user2", watcher="user2") == "BUSY"


async def test_news_of_people_of_other_nodes(
    alpha: NodeWire, beta: NodeWire, callback: Callback
) -> None:
    key = await alpha.login("watcher")
    subscription = await alpha.subscribe(key, await alpha.register(callback.url), "user2", "user3")
    assert await alpha.fetch(key, subscription) == {
        "user2@example.com": "BUSY",
        "user3@example.com": "UNAVAILABLE",
    }
    await callback.next()

    await beta.set_basic(await beta.login("user2"), "DND", user="user2")

    await callback.next()
    assert await alpha.fetch(key, subscription) == {"user2@example.com": "DND"}


async def test_a_new_person_has_a_home(alpha: NodeWire, beta: NodeWire) -> None:
    reply = await alpha.control("POST", "/control/people", {"user": "new", "node": "beta"})

    assert reply.status == 201
    assert (await alpha.state())["people"][-1]["node"] == "beta"
    assert await beta.login("new")
    bad = await alpha.control("POST", "/control/people", {"user": "newer", "node": "delta"})
    assert bad.json == {"error": "node must be one of alpha, beta, gamma."}


async def test_the_log_names_the_node(alpha: NodeWire, beta: NodeWire) -> None:
    await alpha.login_application()
    await beta.login_application()

    requests = (await alpha.control("GET", "/control/requests")).json
    assert isinstance(requests, list)
    assert [each["node"] for each in requests] == ["alpha", "beta"]


async def test_faults_at_one_node(alpha: NodeWire, beta: NodeWire) -> None:
    for node in (alpha, beta):
        await node.login_application()

    throttle = {"kind": "throttle", "node": "beta", "count": 1}
    assert (await alpha.control("POST", "/control/faults", throttle)).json == throttle | {
        "code": 210
    }
    assert await alpha.login("user1")
    throttled = await beta.ask("POST", "/users/user2/sessions", key=beta.application_key)
    assert throttled.failure == (503, 210)

    await alpha.control("POST", "/control/faults", {"kind": "lose_sessions", "node": "beta"})
    assert {each["node"] for each in (await alpha.state())["sessions"]} == {"alpha"}

    refusal = {"kind": "refuse_connections", "node": "beta"}
    await alpha.control("POST", "/control/faults", refusal)
    assert await alpha.login("watcher")
    with pytest.raises(ConnectionRefusedError):
        await beta.login_application()
    nowhere = await alpha.control("POST", "/control/faults", {"kind": "error", "node": "x"})
    assert nowhere.status == 400


async def test_a_node_that_listens_everywhere_is_where_it_was_asked(
    socket_enabled: None, simulator: Simulator
) -> None:
    async with Simulator(simulator.deployment.configuration, host="0.0.0.0") as everywhere:
        beta = everywhere.nodes["beta"].node.address.http_port
        wire = Wire(everywhere)
        await wire.login_application()

        reply = await wire.ask(
            "POST",
            "/users/user2/sessions",
            key=wire.application_key,
            Host="cup.example.com:8082",
        )

        assert f'primaryServer="cup.example.com:{beta}"'.encode() in reply.body
        location = f"http://cup.example.com:{beta}/presence-service/users/user2/session"
        assert reply.headers["location"] == location
