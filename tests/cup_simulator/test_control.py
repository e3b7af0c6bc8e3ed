"""The control port: what a person's own client does, what there is, and who may ask."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
import json

import pytest

from cup_simulator import Simulator
from cup_simulator import control as control_module
from cup_simulator.clock import ManualClock
from cup_simulator.request_log import Record, RequestLog

from .wire import HOST, HOUR, PATIENCE_SECONDS, Reply, Wire, parse, request_bytes, send


async def test_a_fresh_state(wire: Wire) -> None:
    state = await wire.state()

    assert state.pop("domain") == "example.com"
    assert [state[each] for each in ("sessions", "endpoints", "subscriptions")] == [[], [], []]
    assert state["people"][1:3] == [
        {
            "user": "user2",
            "name": "Second User",
            "contact": "user2@example.com",
            "presence": "BUSY",
            "note": "Lunch",
            "activities": [],
            "manual": None,
            "override": None,
            "devices": [{"id": "jabber", "presence": "BUSY", "activities": []}],
        },
        {
            "user": "user3",
            "name": "Third User",
            "contact": "user3@example.com",
            "presence": "UNAVAILABLE",
            "note": "",
            "activities": [],
            "manual": None,
            "override": None,
            "devices": [],
        },
    ]


async def test_a_full_state(wire: Wire) -> None:
    key = await wire.login("watcher")
    endpoint = await wire.register("http://127.0.0.1:9/cb", expiry=7200)
    await wire.subscribe(key, endpoint, "user1", "x")

    state = await wire.state()

    assert state["sessions"] == [
        {"user": "hass", "kind": "application", "application": "hass"},
        {"user": "watcher", "kind": "end_user", "application": "hass"},
    ]
    assert state["endpoints"] == [
        {"id": 1, "url": "http://127.0.0.1:9/cb", "application": "hass", "expires_in": 7200}
    ]
    assert state["subscriptions"] == [
        {
            "id": 1,
            "watcher": "watcher",
            "endpoint": 1,
            "contacts": ["user1@example.com", "x@example.com"],
            "expires_in": 3600,
            "news": True,
            "notified": True,
        }
    ]
    assert key not in json.dumps(state)
    await wire.fetch(key, 1)
    subscription = (await wire.state())["subscriptions"][0]
    assert (subscription["news"], subscription["notified"]) == (False, False)


async def test_a_choice_by_hand(wire: Wire) -> None:
    reply = await wire.choose("user3", "DND", note="Do not", activities=["meeting", "meeting"])

    assert reply.status == 200
    assert reply.json == (await wire.state())["people"][2]
    assert reply.json == {
        "user": "user3",
        "name": "Third User",
        "contact": "user3@example.com",
        "presence": "DND",
        "note": "Do not",
        "activities": ["meeting"],
        "manual": "DND",
        "override": None,
        "devices": [{"id": "jabber", "presence": "AVAILABLE", "activities": []}],
    }


async def test_a_choice_by_hand_is_made_at_a_device_in_use(wire: Wire) -> None:
    activities = ["on-the-phone"]
    await wire.choose("user1", "AVAILABLE", manual=False, device="desk", activities=activities)
    await wire.choose("user1", "AWAY", manual=False, device="mobile")

    await wire.choose("user1", "DND", device="desk")
    await wire.choose("user1", "DND", device="mobile")

    assert (await wire.state())["people"][0]["devices"] == [
        {"id": "jabber", "presence": "AVAILABLE", "activities": []},
        {"id": "desk", "presence": "AVAILABLE", "activities": ["on-the-phone"]},
        {"id": "mobile", "presence": "AVAILABLE", "activities": []},
    ]


async def test_available_by_hand_is_an_override_too(wire: Wire) -> None:
    await wire.choose("user2", "AVAILABLE")
    await wire.choose("user2", "BUSY", manual=False)

    person = (await wire.state())["people"][1]
    assert (person["presence"], person["manual"]) == ("AVAILABLE", "AVAILABLE")


async def test_back_to_automatic(wire: Wire) -> None:
    await wire.choose("user1", "DND")

    reply = await wire.control("DELETE", "/control/people/user1/presence")

    assert reply.status == 200
    assert reply.json == (await wire.state())["people"][0]
    assert (await wire.state())["people"][0]["presence"] == "AVAILABLE"
    assert (await wire.state())["people"][0]["manual"] is None


async def test_a_new_person(wire: Wire) -> None:
    reply = await wire.control("POST", "/control/people", {"user": "new", "name": "New User"})

    assert reply.status == 201
    assert reply.json == (await wire.state())["people"][-1]
    assert (await wire.state())["people"][-1]["name"] == "New User"
    assert await wire.login("new")


async def test_a_reset_is_a_fresh_start(wire: Wire) -> None:
    fresh = await wire.state()
    key = await wire.login("watcher")
    await wire.subscribe(key, await wire.register("http://127.0.0.1:9/"), "user1")
    await wire.choose("user1", "DND")
    await wire.control("POST", "/control/people", {"user": "new"})
    await wire.control("POST", "/control/faults", {"kind": "throttle"})
    await wire.control("POST", "/control/faults", {"kind": "refuse_connections"})

    reply = await wire.control("POST", "/control/reset")

    assert (reply.status, reply.json) == (200, fresh)
    assert (await wire.control("GET", "/control/requests")).json == []
    assert (await wire.control("GET", "/control/faults")).json == []
    await wire.login_application()
    assert await wire.register("http://127.0.0.1:9/") == 1


async def test_what_was_asked(wire: Wire) -> None:
    await wire.login_application()
    await wire.ask("GET", "/nowhere?x=%20")

    requests = (await wire.control("GET", "/control/requests")).json

    assert isinstance(requests, list)
    sources = [each.pop("source") for each in requests]
    assert all(source.startswith("127.0.0.1:") for source in sources)
    time = "2026-01-01T00:00:00+00:00"
    path = "/presence-service"
    assert requests == [
        {"time": time, "method": "POST", "path": f"{path}/users/hass/sessions", "status": 201},
        {"time": time, "method": "GET", "path": f"{path}/nowhere?x=%20", "status": 404},
    ]
    assert (await wire.control("DELETE", "/control/requests")).json == []
    assert (await wire.control("GET", "/control/requests")).json == []


def test_the_log_has_the_latest_requests() -> None:
    log = RequestLog()
    for number in range(10_001):
        log.add(Record(datetime.now(UTC), "", "GET", f"/{number}"))

    records = list(log)
    assert (len(records), records[0].path, records[-1].path) == (10_000, "/1", "/10000")


CHOICES = [
    ({}, "presence must be given as a text."),
    ({"presence": 1}, "presence must be given as a text."),
    ({"presence": "UNKNOWN"}, "presence must be one of AVAILABLE, BUSY,"),
    ({"presence": "dnd"}, "presence must be one of"),
    ({"presence": "DND", "manual": "yes"}, "manual must be given as true or false."),
    ({"presence": "DND", "note": None}, "note must be given as a text."),
    ({"presence": "DND", "note": "a\u0000b"}, "note must not have control characters in it."),
    ({"presence": "DND", "activities": "meeting"}, "activities must be given as a list."),
    ({"presence": "DND", "activities": ["busy"]}, "Each of activities must be one of on-the"),
    ({"presence": "DND", "activities": [[]]}, "Each of activities must be one of"),
    ({"presence": "DND", "device": " "}, "device must be the name of one"),
    ({"presence": "DND", "device": "cisco-pws"}, "device must be the name of one"),
    ({"presence": "DND", "device": "pws-override"}, "device must be the name of one"),
    ({"presence": "DND", "device": "a\nb"}, "device must not have control characters"),
    ({"presence": "DND", "words": 1, "more": 2}, "Not understood here: more, words."),
    ([], "The body must be a JSON object."),
]


@pytest.mark.parametrize(("choice", "about"), CHOICES)
async def test_choices_that_cannot_be_made(wire: Wire, choice: object, about: str) -> None:
    fresh = await wire.state()

    reply = await wire.control("PUT", "/control/people/user1/presence", choice)

    assert reply.status == 400
    assert error(reply).startswith(about)
    assert await wire.state() == fresh


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_json(wire: Wire, body: bytes) -> None:
    port = wire.simulator.ports.control
    path = "/control/people/user1/presence"
    data = request_bytes("PUT", path, {"Host": f"{HOST}:{port}"}, body)

    reply = parse(await send(port, data))

    assert (reply.status, error(reply)) == (400, "The body must be JSON.")


@pytest.mark.parametrize(
    ("person", "status", "about"),
    [
        ({}, 400, "user must be given as a text."),
        ({"user": ""}, 400, "user must be a name without spaces, / and @."),
        ({"user": "a b"}, 400, "user must be a name without spaces, / and @."),
        ({"user": "a@b"}, 400, "user must be a name without spaces, / and @."),
        ({"user": "a", "name": 1}, 400, "name must be given as a text."),
        ({"user": "a", "presence": "DND"}, 400, "Not understood here: presence."),
        ({"user": "user1"}, 409, "There is a person user1 already."),
        ({"user": "USER1"}, 409, "There is a person USER1 already."),
    ],
)
async def test_people_who_cannot_be(wire: Wire, person: object, status: int, about: str) -> None:
    reply = await wire.control("POST", "/control/people", person)

    assert (reply.status, error(reply)) == (status, about)
    assert len((await wire.state())["people"]) == 4


@pytest.mark.parametrize(
    ("method", "path", "status", "about"),
    [
        (
            "PUT",
            "/control/people/x/presence",
            404,
            "No such person: PUT /control/people/x/presence.",
        ),
        ("DELETE", "/control/people/x/presence", 404, "No such person: DELETE"),
        ("GET", "/control/nothing", 404, "Not Found: GET /control/nothing."),
        ("POST", "/control/state", 405, "Method Not Allowed: POST /control/state."),
    ],
)
async def test_what_is_not_there(
    wire: Wire, method: str, path: str, status: int, about: str
) -> None:
    reply = await wire.control(method, path, {"presence": "DND"})

    assert reply.status == status
    assert error(reply).startswith(about)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", None),
        ("localhost:1", None),
        ("LOCALHOST", None),
        ("[::1]:1", None),
        ("127.0.0.1:80", "http://127.0.0.1:80"),
    ],
)
async def test_names_under_which_it_answers(wire: Wire, host: str, origin: str | None) -> None:
    headers = {"Host": host} if origin is None else {"Host": host, "Origin": origin}

    assert (await wire.control("POST", "/control/reset", **headers)).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "[", "127.0.0.1:x", "simulator:8084"]
)
async def test_another_name_is_not_answered(wire: Wire, host: str) -> None:
    reply = await wire.control("POST", "/control/reset", Host=host)

    assert reply.status == 403
    assert error(reply) == (
        "The control interface answers under localhost, this machine's name, its addresses"
        f" and the name of --control-host, but was asked as {host!r}."
    )


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://evil.example"),
        ("127.0.0.1:80", "http://127.0.0.1:81"),
        ("127.0.0.1", "https://127.0.0.1"),
        ("127.0.0.1", "null"),
    ],
)
async def test_no_foreign_web_site_is_answered(wire: Wire, host: str, origin: str) -> None:
    reply = await wire.control("POST", "/control/reset", Host=host, Origin=origin)

    assert reply.status == 403
    assert error(reply) == "The control interface answers no foreign web site."


async def test_the_page(wire: Wire) -> None:
    reply = await wire.control("GET", "/")

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert b"/control/events" in reply.body
    without_namespace = reply.body.replace(b"'http://www.w3.org/2000/svg'", b"")
    assert b"http:" not in without_namespace
    assert b"https:" not in without_namespace


@asynccontextmanager
async def events(simulator: Simulator) -> AsyncIterator[asyncio.StreamReader]:
    reader, writer = await asyncio.open_connection(HOST, simulator.ports.control)
    headers = {"Host": f"{HOST}:{simulator.ports.control}"}
    writer.write(request_bytes("GET", "/control/events", headers))
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"Content-Type: text/event-stream" in head
    try:
        yield reader
    finally:
        writer.close()
        await writer.wait_closed()


async def next_state(reader: asyncio.StreamReader) -> dict[str, list[dict[str, object]]]:
    line = await asyncio.wait_for(reader.readuntil(b"\n\n"), PATIENCE_SECONDS)
    found = json.loads(line.partition(b"data: ")[2])
    assert isinstance(found, dict)
    return found


async def test_events_tell_what_changes(wire: Wire, simulator: Simulator) -> None:
    async with events(simulator) as reader:
        assert await next_state(reader) == await wire.state()

        await wire.choose("user1", "DND")
        assert (await next_state(reader))["people"][0]["presence"] == "DND"

        await wire.login_application()
        assert (await next_state(reader))["sessions"][0]["user"] == "hass"


async def test_events_tell_what_expires(
    wire: Wire, simulator: Simulator, clock: ManualClock
) -> None:
    key = await wire.login("user1")
    await wire.set_basic(key, "DND")
    async with events(simulator) as reader:
        assert (await next_state(reader))["people"][0]["presence"] == "DND"

        clock.advance(HOUR)

        assert (await next_state(reader))["people"][0]["presence"] == "AVAILABLE"


async def test_events_say_that_they_still_come(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_module, "HEARTBEAT_SECONDS", 0)

    async with events(simulator) as reader:
        assert b": still here\n\n" in await asyncio.wait_for(
            reader.readuntil(b"here\n\n"), PATIENCE_SECONDS
        )


def error(reply: Reply) -> str:
    assert isinstance(reply.json, dict)
    assert list(reply.json) == ["error"]
    found = reply.json["error"]
    assert isinstance(found, str)
    return found
