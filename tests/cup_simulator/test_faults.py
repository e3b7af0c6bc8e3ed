"""Misbehaviour on request: what a client must survive."""

import asyncio

import pytest

from cup_simulator import Simulator
from cup_simulator.clock import ManualClock
from cup_simulator.faults import Garbage

from .wire import HOST, PATIENCE_SECONDS, Callback, Wire, parse, request_bytes, send

POLL = "/users/watcher/presence/basic/contacts/user1@example.com"


@pytest.fixture
async def key(wire: Wire) -> str:
    """Return the watcher's key."""
    return await wire.login("watcher")


async def begin(wire: Wire, kind: str, **more: object) -> None:
    reply = await wire.control("POST", "/control/faults", {"kind": kind, **more})
    assert reply.status == 201, reply.body


async def end(wire: Wire) -> None:
    assert (await wire.control("DELETE", "/control/faults")).json == []


@pytest.mark.parametrize(
    ("kind", "code", "failure"),
    [
        ("throttle", {}, (503, 210)),
        ("throttle", {"code": 212}, (503, 212)),
        ("error", {"code": 211}, (503, 211)),
        ("error", {"code": 205}, (500, 205)),
        ("error", {"code": 101}, (401, 101)),
    ],
)
async def test_errors_for_a_count(
    wire: Wire, key: str, kind: str, code: dict[str, int], failure: tuple[int, int]
) -> None:
    await begin(wire, kind, count=2, **code)

    assert (await wire.ask("GET", POLL, key=key)).failure == failure
    assert (await wire.ask("GET", POLL, key=key)).failure == failure
    assert (await wire.ask("GET", POLL, key=key)).status == 200
    assert (await wire.control("GET", "/control/faults")).json == []


async def test_errors_for_seconds(wire: Wire, key: str, clock: ManualClock) -> None:
    await begin(wire, "throttle", seconds=30)

    clock.advance(29)
    assert (await wire.ask("GET", POLL, key=key)).status == 503
    clock.advance(1)
    assert (await wire.ask("GET", POLL, key=key)).status == 200


async def test_errors_until_cleared(wire: Wire, key: str) -> None:
    await begin(wire, "throttle")
    for _ in range(5):
        assert (await wire.ask("GET", POLL, key=key)).status == 503

    await end(wire)

    assert (await wire.ask("GET", POLL, key=key)).status == 200


async def test_what_strikes_instead_of_the_service_changes_nothing(wire: Wire, key: str) -> None:
    for kind in ("throttle", "garbage"):
        await begin(wire, kind, count=1)
        await wire.ask("DELETE", "/users/watcher/session", key=key)

    assert await wire.poll(key, "user1") == "AVAILABLE"


async def test_only_a_path_and_a_method(wire: Wire, key: str) -> None:
    await begin(wire, "throttle", path="/user1@", method="get")

    assert (await wire.ask("GET", POLL, key=key)).status == 503
    assert (await wire.ask("GET", POLL.replace("user1", "user2"), key=key)).status == 200
    assert (await wire.ask("PUT", POLL, key=key)).status == 405


async def test_what_does_not_strike_is_not_counted(wire: Wire, key: str) -> None:
    await begin(wire, "throttle", path="user2", count=1)

    assert (await wire.ask("GET", POLL, key=key)).status == 200
    assert (await wire.ask("GET", POLL.replace("user1", "user2"), key=key)).status == 503


async def test_garbage(wire: Wire, key: str) -> None:
    await begin(wire, "garbage", body="<html>Grüße", count=1)
    reply = await wire.ask("GET", POLL, key=key)
    assert (reply.status, reply.body.decode()) == (200, "<html>Grüße")
    assert reply.headers["content-type"] == "text/html; charset=utf-8"

    await begin(wire, "garbage", body="", status=502, content_type="text/plain")
    reply = await wire.ask("GET", POLL, key=key)
    assert (reply.status, reply.body) == (502, b"")


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ('"ISO-8859-1"', b"B\xfcro"),
        ("utf-16le", b"B\0\xfc\0r\0o\0"),
        ("unheard-of", b"B\xc3\xbcro"),
        ("base64", b"B\xc3\xbcro"),
    ],
)
async def test_garbage_in_the_charset_that_it_names(
    wire: Wire, key: str, charset: str, body: bytes
) -> None:
    await begin(wire, "garbage", body="Büro", content_type=f"text/xml; charset={charset}")

    assert (await wire.ask("GET", POLL, key=key)).body == body


async def test_an_answer_cut_short(wire: Wire, key: str) -> None:
    whole = await wire.ask("GET", POLL, key=key)
    await begin(wire, "truncate", bytes=40, count=1)

    reply = await wire.ask("GET", POLL, key=key)

    assert reply.body == whole.body[:40]
    assert reply.headers["content-length"] == str(len(whole.body))
    assert (await wire.ask("GET", POLL, key=key)).body == whole.body


async def test_an_answer_without_a_body_that_is_lost(wire: Wire) -> None:
    key = await wire.login("user1")
    await begin(wire, "truncate", count=1)
    path = "/presence-service/users/user1/presence/basic"
    headers = {
        "Presence-Session-Key": key,
        "Presence-Override": "true",
        "Presence-Expiry": "3600",
    }
    data = request_bytes("PUT", path, headers, b"<presence>DND</presence>")

    assert await send(wire.simulator.ports.http, data) == b""

    assert await wire.poll(key, "user1", watcher="user1") == "DND"
    requests = (await wire.control("GET", "/control/requests")).json
    assert isinstance(requests, list)
    assert [each["status"] for each in requests[-2:]] == [None, 200]


async def test_a_lost_answer_has_consumed_the_news(wire: Wire, key: str) -> None:
    await wire.subscribe(key, await wire.register("http://127.0.0.1:9/"), "user1")
    await begin(wire, "truncate", bytes=10, count=1)
    await wire.ask("GET", "/users/watcher/presence/basic/subscriptions/1", key=key)

    assert await wire.fetch(key, 1) == {}


async def test_a_delay_is_before_the_answer_and_after_the_deed(
    wire: Wire, key: str, clock: ManualClock
) -> None:
    await begin(wire, "delay", delay=20, path="/session$")
    changes = wire.simulator.changes
    before = changes.count
    asked = asyncio.create_task(wire.ask("DELETE", "/users/watcher/session", key=key))
    await changes.after(before)
    state = await wire.state()
    assert [each["user"] for each in state["sessions"]] == ["hass"]
    assert not asked.done()

    clock.advance(20)

    assert (await asked).status == 200


async def test_refused_connections(wire: Wire, key: str, simulator: Simulator) -> None:
    ports = simulator.ports
    reader, writer = await asyncio.open_connection(HOST, ports.http)
    await begin(wire, "refuse_connections")

    assert await asyncio.wait_for(reader.read(), PATIENCE_SECONDS) == b""
    writer.close()
    for port in (ports.http, ports.https):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, port)

    await end(wire)
    assert simulator.ports == ports
    assert await wire.poll(key, "user1") == "AVAILABLE"


async def test_connections_refused_for_seconds(
    wire: Wire, key: str, clock: ManualClock, simulator: Simulator
) -> None:
    await begin(wire, "refuse_connections", seconds=10)
    await begin(wire, "refuse_connections", seconds=20)
    clock.advance(10)
    await simulator.apply_faults()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, simulator.ports.http)

    clock.advance(10)
    await simulator.apply_faults()
    assert await wire.poll(key, "user1") == "AVAILABLE"


async def until_idle() -> None:
    """Run all tasks that are ready."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_port_taken_meanwhile(
    wire: Wire,
    simulator: Simulator,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await begin(wire, "refuse_connections", seconds=1)
    thief = await asyncio.start_server(lambda _, writer: writer.close(), HOST, simulator.ports.http)
    try:
        reply = await wire.control("POST", "/control/reset")
        assert reply.status == 500
        assert b"Cannot listen on 127.0.0.1 port" in reply.body
        for _ in range(3):
            clock.advance(1)
            await until_idle()
        assert caplog.text.count("Trying again every second") == 1
    finally:
        thief.close()
        await thief.wait_closed()

    await simulator.apply_faults()
    assert await wire.login("watcher")


async def test_dropped_notifications(
    wire: Wire, key: str, simulator: Simulator, callback: Callback
) -> None:
    endpoint = await wire.register(callback.url)
    await begin(wire, "drop_notifications", count=1)
    await wire.subscribe(key, endpoint, "user1")
    assert await callback.silence(simulator)

    await wire.choose("user1", "DND")
    assert await callback.silence(simulator)
    await wire.fetch(key, 1)
    await wire.choose("user1", "AWAY")
    await callback.next()


async def test_lost_sessions(wire: Wire, key: str) -> None:
    user = await wire.login("user1")
    await wire.set_basic(user, "DND")
    await wire.subscribe(key, await wire.register("http://127.0.0.1:9/"), "user1")

    await begin(wire, "lose_sessions")

    assert (await wire.ask("GET", POLL, key=key)).failure == (401, 101)
    state = await wire.state()
    assert (state["sessions"], state["endpoints"], state["subscriptions"]) == ([], [], [])
    assert state["people"][0]["presence"] == "AVAILABLE"
    assert (await wire.control("GET", "/control/faults")).json == []


async def test_lost_subscriptions_and_endpoints(wire: Wire, key: str) -> None:
    endpoint = await wire.register("http://127.0.0.1:9/")
    await wire.subscribe(key, endpoint, "user1")

    await begin(wire, "lose_subscriptions")
    path = "/users/watcher/presence/basic/subscriptions/1"
    assert (await wire.ask("GET", path, key=key)).failure == (400, 133)
    await wire.subscribe(key, endpoint, "user1")

    await begin(wire, "lose_endpoints")
    renewal = await wire.ask(
        "PUT", f"/endpoints/{endpoint}", key=wire.application_key, Presence_Expiry="3600"
    )
    assert renewal.failure == (400, 132)
    assert await wire.fetch(key, 2) == {"user1@example.com": "AVAILABLE"}


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"kind": "throttle"}, {"kind": "throttle", "code": 210}),
        (
            {"kind": "delay", "delay": 0.5, "seconds": 9, "path": "a+", "method": "put"},
            {"kind": "delay", "delay": 0.5, "seconds": 9, "path": "a+", "method": "PUT"},
        ),
        (
            {"kind": "garbage", "body": "x", "count": 3},
            {
                "kind": "garbage",
                "body": "x",
                "status": 200,
                "content_type": "text/html; charset=utf-8",
                "count": 3,
            },
        ),
        ({"kind": "truncate"}, {"kind": "truncate", "bytes": 0}),
        ({"kind": "drop_notifications"}, {"kind": "drop_notifications"}),
    ],
)
async def test_active_faults_are_shown(
    wire: Wire, fault: dict[str, object], seen: dict[str, object]
) -> None:
    assert (await wire.control("POST", "/control/faults", fault)).json == seen
    assert (await wire.control("GET", "/control/faults")).json == [seen]


@pytest.mark.parametrize(
    ("fault", "about"),
    [
        ({}, "kind must be given as a text."),
        ({"kind": "earthquake"}, "kind must be one of throttle,"),
        ({"kind": "throttle", "code": 101}, "code must be 210 or 212."),
        ({"kind": "throttle", "code": "210"}, "code must be a whole number"),
        ({"kind": "error"}, "code must be one of the service's error codes."),
        ({"kind": "error", "code": 999}, "code must be one of the service's error codes."),
        ({"kind": "delay"}, "delay must say the seconds"),
        ({"kind": "delay", "delay": -1}, "delay must be a number of seconds, from 0 to"),
        ({"kind": "delay", "delay": True}, "delay must be a number of seconds, from 0 to"),
        ({"kind": "delay", "delay": float("nan")}, "delay must be a number of seconds, from 0 to"),
        ({"kind": "delay", "delay": float("inf")}, "delay must be a number of seconds, from 0 to"),
        ({"kind": "throttle", "seconds": 10**400}, "seconds must be a number of seconds, from 0"),
        ({"kind": "garbage", "body": "\ud800"}, "body must not have halves of surrogate pairs"),
        ({"kind": "throttle", "path": "a{99999999999}"}, "path must be a regular expression"),
        ({"kind": "garbage", "status": 99}, "status must be a whole number, 200 or more."),
        ({"kind": "garbage", "status": 600}, "status must be a number from 200 to 599."),
        ({"kind": "garbage", "body": 1}, "body must be given as a text."),
        ({"kind": "garbage", "content_type": "a\r\nb: c"}, "content_type must be plain ASCII."),
        ({"kind": "truncate", "bytes": 1.5}, "bytes must be a whole number, 0 or more."),
        ({"kind": "throttle", "count": 0}, "count must be a whole number, 1 or more."),
        ({"kind": "throttle", "count": True}, "count must be a whole number, 1 or more."),
        ({"kind": "throttle", "path": "("}, "path must be a regular expression"),
        ({"kind": "throttle", "delay": 1}, "Not understood here: delay."),
        ({"kind": "refuse_connections", "count": 1}, "Not understood here: count."),
        ({"kind": "refuse_configuration", "count": 1}, "Not understood here: count."),
        ({"kind": "drop_notifications", "node": "node1"}, "Not understood here: node."),
        ({"kind": "throttle", "node": "node2"}, "node must be one of node1."),
        ({"kind": "lose_sessions", "seconds": 1}, "Not understood here: seconds."),
        ({"kind": "drop_notifications", "path": "x"}, "Not understood here: path."),
    ],
)
async def test_faults_that_cannot_be(wire: Wire, fault: dict[str, object], about: str) -> None:
    reply = await wire.control("POST", "/control/faults", fault)

    assert reply.status == 400
    assert isinstance(reply.json, dict)
    assert about in reply.json["error"]
    assert (await wire.control("GET", "/control/faults")).json == []


async def test_victims_are_recorded(wire: Wire, key: str) -> None:
    await wire.control("DELETE", "/control/requests")
    await begin(wire, "throttle", count=1)
    data = request_bytes("GET", f"/presence-service{POLL}")
    assert parse(await send(wire.simulator.ports.http, data)).status == 503

    requests = (await wire.control("GET", "/control/requests")).json
    assert isinstance(requests, list)
    assert [each["status"] for each in requests] == [503]


@pytest.mark.parametrize(
    ("content_type", "encoded"),
    [
        ("text/html", "ä€".encode()),
        ("text/html; charset=iso-8859-1", b"\xe4?"),
        ('text/html; CHARSET="windows-1252"', b"\xe4\x80"),
        ("text/html; charset=klingon", "ä€".encode()),
    ],
)
def test_garbage_is_encoded_as_its_type_says(content_type: str, encoded: bytes) -> None:
    assert Garbage("ä€", 200, content_type).encoded == encoded
