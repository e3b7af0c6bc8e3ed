"""Reference: "Rules that decide whether it works", rules 7 to 9, and "REST"."""

import re

import pytest

from cup_simulator import Simulator

from .wire import Wire

PASSWORD = "<session><password>simulator</password></session>"
UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


async def test_the_answer_to_a_login_to_the_byte(wire: Wire) -> None:
    reply = await wire.ask("POST", "/users/hass/sessions", PASSWORD, Content_Type="text/xml")

    assert reply.status == 201
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert re.fullmatch(
        rb'<\?xml version="1.0" encoding="UTF-8"\?>\n'
        rb"<session>\n    <sessionKey>" + UUID + rb"</sessionKey>\n</session>\n",
        reply.body,
    )


async def test_an_unforced_login_hands_back_the_valid_key(wire: Wire) -> None:
    key = await wire.login_application()
    user = await wire.login("user1")

    assert await wire.login_application() == key
    assert await wire.login("user1") == user
    assert key != user


async def test_a_forced_login_of_the_application_kills_its_key_and_keeps_the_rest(
    wire: Wire,
) -> None:
    old = await wire.login_application()
    user = await wire.login("watcher")
    endpoint = await wire.register("http://127.0.0.1:1/")
    subscription = await wire.subscribe(user, endpoint, "user1")

    new = await wire.login_application(method="PUT")

    assert new != old
    assert (await wire.ask("POST", "/users/user1/sessions", key=old)).failure == (401, 101)
    assert await wire.login("watcher", key=new) == user
    assert await wire.fetch(user, subscription) == {"user1@example.com": "AVAILABLE"}
    renewal = await wire.ask("PUT", f"/endpoints/{endpoint}", key=new, Presence_Expiry="3600")
    assert renewal.status == 201


async def test_a_forced_login_of_an_end_user_kills_its_key_and_keeps_what_it_set(
    wire: Wire,
) -> None:
    old = await wire.login("user1")
    await wire.set_basic(old, "DND")

    new = await wire.login("user1", method="PUT")

    assert (await wire.set_basic(old, "BUSY")).failure == (401, 101)
    assert await wire.poll(new, "user1", watcher="user1") == "DND"


async def test_a_forced_login_without_a_session_is_a_login(wire: Wire) -> None:
    assert await wire.login_application(method="PUT")
    assert await wire.login("user1", method="PUT")


async def test_an_end_user_of_another_application_needs_force(wire: Wire) -> None:
    held = await wire.login("watcher")
    subscription = await wire.subscribe(held, await wire.register("http://127.0.0.1:1/"), "user1")
    other = Wire(wire.simulator)
    await other.login_application("other")

    refused = await other.ask("POST", "/users/watcher/sessions", key=other.application_key)
    assert refused.failure == (409, 160)
    assert (await wire.fetch(held, subscription)) == {"user1@example.com": "AVAILABLE"}

    taken = await other.login("watcher", method="PUT")
    path = f"/users/watcher/presence/basic/subscriptions/{subscription}"
    assert (await other.ask("GET", path, key=held)).failure == (401, 101)
    assert (await other.ask("GET", path, key=taken)).failure == (400, 133)
    back = await wire.ask("POST", "/users/watcher/sessions", key=wire.application_key)
    assert back.failure == (409, 160)


async def test_logging_in_shows_a_person_as_available_and_out_as_before(wire: Wire) -> None:
    watcher = await wire.login("watcher")
    assert await wire.poll(watcher, "user3") == "UNAVAILABLE"

    key = await wire.login("user3")
    assert await wire.poll(watcher, "user3") == "AVAILABLE"
    await wire.set_basic(key, "DND", user="user3")
    reply = await wire.ask("DELETE", "/users/user3/session", key=key)

    assert (reply.status, reply.body) == (200, b"")
    assert await wire.poll(watcher, "user3") == "UNAVAILABLE"
    assert (await wire.set_basic(key, "DND", user="user3")).failure == (401, 101)
    await wire.login("user3")
    assert await wire.poll(watcher, "user3") == "AVAILABLE"


async def test_logging_the_application_out_takes_its_end_users_along(wire: Wire) -> None:
    watcher = await wire.login("watcher")
    await wire.subscribe(watcher, await wire.register("http://127.0.0.1:1/"), "user1")
    other = Wire(wire.simulator)
    await other.login_application("other")
    session = await other.login("user1")
    await other.register("http://127.0.0.1:2/")

    reply = await wire.ask("DELETE", "/users/hass/session", key=wire.application_key)

    assert reply.status == 200
    state = await wire.state()
    assert [each["user"] for each in state["sessions"]] == ["other", "user1"]
    assert [each["application"] for each in state["endpoints"]] == ["other"]
    assert state["subscriptions"] == []
    assert state["people"][3]["presence"] == "UNAVAILABLE"
    assert (await wire.set_basic(session, "BUSY")).status == 200


LOGIN_FAILURES = [
    ("POST", "/users/hass/sessions", "", None, (401, 100)),
    ("POST", "/users/user1/sessions", "", None, (401, 100)),
    ("POST", "/users/user1/sessions", "", "stale", (401, 101)),
    ("POST", "/users/hass/sessions", "<session><password>", None, (400, 102)),
    ("POST", "/users/hass/sessions", "<presence>BUSY</presence>", None, (400, 103)),
    ("PUT", "/users/hass/session", "<session><password/></session>", None, (400, 111)),
    ("POST", "/users/hass/sessions", "<session/>", None, (400, 111)),
    ("POST", "/users/user1/sessions", PASSWORD, None, (400, 112)),
    ("POST", "/users/hass/sessions", "", "application", (400, 112)),
    ("POST", "/users//sessions", PASSWORD, None, (404, 113)),
    ("PUT", "/users//session", "", "application", (404, 113)),
    ("POST", "/users/stranger/sessions", PASSWORD, None, (404, 113)),
    ("POST", "/users/stranger/sessions", "", "application", (400, 114)),
    ("POST", "/users/hass/sessions", PASSWORD.replace("simu", "x"), None, (400, 114)),
    ("POST", "/users/user2/sessions", "", "end user", (400, 141)),
    ("PUT", "/users/user1/session", "", "end user", (400, 141)),
]


@pytest.mark.parametrize(("method", "path", "body", "whose", "failure"), LOGIN_FAILURES)
async def test_logins_that_fail(
    wire: Wire,
    method: str,
    path: str,
    body: str,
    whose: str | None,
    failure: tuple[int, int],
) -> None:
    end_user = await wire.login("user1")
    keys = {"application": wire.application_key, "end user": end_user, "stale": "0", None: None}
    before = await wire.state()

    reply = await wire.ask(method, path, body, key=keys[whose])

    assert reply.failure == failure
    assert (await wire.state())["sessions"] == before["sessions"]


async def test_a_password_logs_in_even_beside_a_stale_key(wire: Wire) -> None:
    reply = await wire.ask("POST", "/users/hass/sessions", PASSWORD, key="stale")

    assert reply.status == 201


async def test_an_end_user_may_be_logged_in_with_an_empty_session(wire: Wire) -> None:
    key = await wire.login_application()

    assert (await wire.ask("POST", "/users/user1/sessions", "<session/>", key=key)).status == 201


@pytest.mark.parametrize(
    ("whose", "name", "failure"),
    [
        ("none", "user1", (401, 100)),
        ("stale", "user1", (401, 101)),
        ("end user", "stranger", (404, 113)),
        ("end user", "", (404, 113)),
        ("end user", "user2", (401, 101)),
        ("application", "user1", (400, 140)),
        ("end user", "hass", (400, 141)),
    ],
)
async def test_logouts_that_fail(
    wire: Wire, whose: str, name: str, failure: tuple[int, int]
) -> None:
    end_user = await wire.login("user1")
    keys = {"application": wire.application_key, "end user": end_user, "stale": "0", "none": ""}

    reply = await wire.ask("DELETE", f"/users/{name}/session", key=keys[whose])

    assert reply.failure == failure
    assert len((await wire.state())["sessions"]) == 2


async def test_no_secret_is_in_a_repr(simulator: Simulator, wire: Wire) -> None:
    key = await wire.login_application()
    await wire.register("http://127.0.0.1:1/secret")

    seen = repr([simulator.service.configuration, *simulator.service.sessions])
    assert "hass" in seen
    assert key not in seen
    assert "simulator" not in seen
    assert "secret" not in repr(list(simulator.service.endpoints))


WITH_BACKUP = """
domain: example.com
application_users: {hass: {password: simulator}}
people: {user1: }
backup_server: node2.example.com
"""


@pytest.mark.parametrize("configuration", [WITH_BACKUP])
async def test_the_answer_to_a_login_names_it(wire: Wire) -> None:
    reply = await wire.ask("POST", "/users/hass/sessions", PASSWORD)

    assert b"</sessionKey>\n    <backupServer>node2.example.com</backupServer>\n" in reply.body
