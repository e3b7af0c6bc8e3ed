"""Reference: "REST" and "Rules that decide whether it works", rules 10, 12 and 17."""

import pytest

from cup_simulator.clock import ManualClock

from .wire import HOUR, Reply, Wire, subscription_body

PATH = "/users/watcher/subscriptions"


@pytest.fixture
async def key(wire: Wire) -> str:
    """Return the watcher's key; the application has endpoint 1."""
    key = await wire.login("watcher")
    await wire.register("http://127.0.0.1:9/cb", expiry=24 * HOUR)
    return key


async def renew(
    wire: Wire, key: str, body: str = "", expiry: str | None = None, number: int = 1
) -> Reply:
    headers = {} if expiry is None else {"Presence_Expiry": expiry}
    return await wire.ask("PUT", f"{PATH}/{number}", body, key=key, **headers)


async def test_subscribing(wire: Wire, key: str) -> None:
    reply = await wire.ask(
        "POST", PATH, subscription_body(1, "user1"), key=key, Presence_Expiry="3600"
    )

    assert (reply.status, reply.body) == (201, b"")
    location = "http://cup.example.com/presence-service/users/watcher/subscriptions/1"
    assert reply.headers["location"] == location


async def test_a_basic_list_to_the_byte(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, "user2", "unknown")

    reply = await wire.ask("GET", "/users/watcher/presence/basic/subscriptions/1", key=key)

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert reply.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<presenceList type="basic">\n'
        b'    <contact contactURI="user2@example.com" presenceStatus="BUSY"/>\n'
        b'    <contact contactURI="unknown@example.com" presenceStatus="UNKNOWN"/>\n'
        b"</presenceList>\n"
    )


async def test_the_first_fetch_has_all_contacts_and_the_next_only_changed_ones(
    wire: Wire, key: str
) -> None:
    await wire.subscribe(key, 1, "user1", "user2", "user3")
    assert await wire.fetch(key, 1) == {
        "user1@example.com": "AVAILABLE",
        "user2@example.com": "BUSY",
        "user3@example.com": "UNAVAILABLE",
    }
    assert await wire.fetch(key, 1) == {}

    await wire.choose("user2", "DND")
    await wire.choose("user1", "AWAY")
    assert await wire.fetch(key, 1) == {
        "user1@example.com": "AWAY",
        "user2@example.com": "DND",
    }
    assert await wire.fetch(key, 1) == {}


async def test_an_empty_list(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, "user1")
    await wire.fetch(key, 1)

    reply = await wire.ask("GET", "/users/watcher/presence/rich/subscriptions/1", key=key)

    assert reply.body == (b'<?xml version="1.0" encoding="UTF-8"?>\n<presenceList type="rich"/>\n')


async def test_what_only_rich_presence_shows_is_news_too(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, "user1", "user2")
    await wire.fetch(key, 1)

    await wire.choose("user1", "AVAILABLE", manual=False, note="In the lab")

    assert await wire.fetch(key, 1) == {"user1@example.com": "AVAILABLE"}


async def test_what_changes_nothing_is_no_news(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, "user1", "user2")
    await wire.fetch(key, 1)

    await wire.choose("user1", "AVAILABLE", manual=False)

    assert await wire.fetch(key, 1) == {}


async def test_each_subscription_has_its_own_news(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, "user1")
    await wire.subscribe(key, 1, "user1", "user2")
    await wire.fetch(key, 1)

    assert len(await wire.fetch(key, 2)) == 2
    assert await wire.fetch(key, 1) == {}


async def test_looking_consumes_nothing(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, "user1")

    assert await wire.poll(key, "user1") == "AVAILABLE"
    assert await wire.fetch(key, 1) == {"user1@example.com": "AVAILABLE"}


async def test_contacts_are_compared_without_case_and_spelled_as_asked(
    wire: Wire, key: str
) -> None:
    await wire.subscribe(key, 1, "User1", "user1")

    assert await wire.fetch(key, 1) == {"user1@example.com": "AVAILABLE"}
    path = "/users/watcher/presence/basic/contacts/USER1@Example.COM"
    assert (await wire.ask("GET", path, key=key)).words == {"USER1@Example.COM": "AVAILABLE"}


@pytest.mark.parametrize("scheme", ["sip:", "SIP:", "xmpp:"])
async def test_a_contact_with_a_scheme_is_the_same_person(
    wire: Wire, key: str, scheme: str
) -> None:
    contact = f"{scheme}user1@example.com"
    path = f"/users/watcher/presence/{{}}/contacts/{contact}"
    body = subscription_body(1, "user1").replace("user1@example.com", contact)
    made = await wire.ask(
        "POST", "/users/watcher/subscriptions", body, key=key, Presence_Expiry="3600"
    )
    assert await wire.fetch(key, made.id) == {contact: "AVAILABLE"}

    await wire.choose("user1", "DND")

    assert await wire.fetch(key, made.id) == {contact: "DND"}
    assert (await wire.ask("GET", path.format("basic"), key=key)).words == {contact: "DND"}
    rich = (await wire.ask("GET", path.format("rich"), key=key)).body
    assert b'entity="sip:user1@example.com"' in rich


@pytest.mark.parametrize(
    "contact", ["user1%40example.com", "user1@example.com", "user1@example.com/"]
)
async def test_a_contact_in_a_path_may_be_encoded(wire: Wire, key: str, contact: str) -> None:
    reply = await wire.ask("GET", f"/users/watcher/presence/basic/contacts/{contact}", key=key)

    assert reply.words == {"user1@example.com": "AVAILABLE"}


async def test_a_person_who_comes_to_be_is_news(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, "user1", "new")
    await wire.fetch(key, 1)

    await wire.control("POST", "/control/people", {"user": "new"})

    assert await wire.fetch(key, 1) == {"new@example.com": "UNAVAILABLE"}


async def test_added_contacts_are_news(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, "user1")
    await wire.fetch(key, 1)

    reply = await renew(wire, key, subscription_body(1, "user1", "user2"), "0")

    assert (reply.status, reply.body) == (200, b"")
    assert await wire.fetch(key, 1) == {"user2@example.com": "BUSY"}


@pytest.mark.parametrize(
    ("body", "expiry", "left"),
    [
        ("", "7200", 7200),
        ("<subscription/>", "7200", 7200),
        (subscription_body(1), "7200", 7200),
        (subscription_body(1, "user2"), "7200", 7200),
        (subscription_body(1, "user2"), "0", 2600),
        (subscription_body(1, "user2"), None, 2600),
        (
            "<subscription><contactsList><contact contactURI='a@b'/></contactsList></subscription>",
            None,
            2600,
        ),
    ],
)
async def test_renewing(
    wire: Wire, key: str, clock: ManualClock, body: str, expiry: str | None, left: int
) -> None:
    await wire.subscribe(key, 1, "user1")
    clock.advance(1000)

    assert (await renew(wire, key, body, expiry)).status == 200

    assert (await wire.state())["subscriptions"][0]["expires_in"] == left


async def test_an_expiry_in_the_body(wire: Wire, key: str) -> None:
    end = "</subscription>"
    timed = subscription_body(1, "user1").replace(end, f"<expiration>{{}}</expiration>{end}")
    path = "/users/watcher/subscriptions"

    made = await wire.ask("POST", path, timed.format(7200), key=key)
    assert (await wire.state())["subscriptions"][0]["expires_in"] == 7200

    assert (await renew(wire, key, timed.format(3600), None, made.id)).status == 200
    assert (await wire.state())["subscriptions"][0]["expires_in"] == 3600
    assert (await wire.ask("POST", path, timed.format(60), key=key)).failure == (400, 131)


async def test_a_subscription_ends_at_its_expiry(wire: Wire, key: str, clock: ManualClock) -> None:
    await wire.subscribe(key, 1, "user1")
    clock.advance(3599)
    assert len(await wire.fetch(key, 1)) == 1

    clock.advance(1)
    gone = await wire.ask("GET", "/users/watcher/presence/basic/subscriptions/1", key=key)
    assert gone.failure == (400, 133)


async def test_unsubscribing(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, "user1")

    reply = await wire.ask("DELETE", f"{PATH}/1", key=key)

    assert (reply.status, reply.body) == (200, b"")
    assert (await wire.ask("DELETE", f"{PATH}/1", key=key)).failure == (400, 133)


@pytest.mark.parametrize(
    ("body", "expiry", "failure"),
    [
        ("", "3600", (400, 102)),
        ("<endpoint/>", "3600", (400, 103)),
        (subscription_body(1, "user1").replace("PRESENCE", "OTHER"), "0", (400, 134)),
        ("<subscription/>", "3600", (400, 134)),
        (subscription_body(1), "3600", (400, 146)),
        (subscription_body(1, "user1").replace("user1@example.com", ""), "0", (400, 124)),
        (subscription_body(1, "user1").replace("@", ""), "0", (400, 143)),
        (subscription_body(1, ""), "0", (400, 143)),
        (subscription_body(1, "user1", "us er"), "0", (400, 143)),
        (subscription_body(1, "user1").replace("example.com", ""), "0", (400, 143)),
        (subscription_body(7, "user1"), "0", (400, 131)),
        (subscription_body(7, "user1"), None, (400, 131)),
        (subscription_body(7, "user1"), "3600", (400, 132)),
        (subscription_body("one", "user1"), "3600", (400, 132)),
        (subscription_body("", "user1"), "3600", (400, 132)),
        (subscription_body(2, "user1"), "3600", (400, 136)),
        (subscription_body(1, *(f"u{n}" for n in range(5001))), "3600", (400, 135)),
    ],
)
async def test_subscribing_that_fails(
    wire: Wire, key: str, body: str, expiry: str | None, failure: tuple[int, int]
) -> None:
    other = Wire(wire.simulator)
    await other.login_application("other")
    await other.register("http://127.0.0.1:9/other")
    headers = {} if expiry is None else {"Presence_Expiry": expiry}

    reply = await wire.ask("POST", PATH, body, key=key, **headers)

    assert reply.failure == failure
    assert (await wire.state())["subscriptions"] == []


@pytest.mark.parametrize(
    ("number", "body", "expiry", "failure"),
    [
        (1, "<x", "3600", (400, 102)),
        (1, "<x/>", "3600", (400, 103)),
        (1, subscription_body(1, "a").replace("PRESENCE", "OTHER"), "3600", (400, 134)),
        (1, "", None, (400, 145)),
        (1, "", "0", (400, 145)),
        (7, subscription_body(1), None, (400, 145)),
        (7, "", "3599", (400, 131)),
        (7, "", "soon", (400, 131)),
        (7, subscription_body(1, "a"), "60", (400, 131)),
        (7, "", "3600", (400, 133)),
        (1, subscription_body(7, "a"), "3600", (400, 132)),
        (1, subscription_body(1, "").replace("@example.com", ""), "3600", (400, 124)),
        (1, subscription_body(1, " "), "3600", (400, 143)),
        (1, subscription_body(1, *(f"u{n}" for n in range(5000))), "3600", (400, 135)),
    ],
)
async def test_renewing_that_fails(
    wire: Wire,
    key: str,
    number: int,
    body: str,
    expiry: str | None,
    failure: tuple[int, int],
) -> None:
    await wire.subscribe(key, 1, "user1")

    assert (await renew(wire, key, body, expiry, number)).failure == failure
    found = (await wire.state())["subscriptions"][0]
    assert (found["contacts"], found["expires_in"]) == (["user1@example.com"], 3600)


async def test_five_thousand_contacts_are_allowed(wire: Wire, key: str) -> None:
    await wire.subscribe(key, 1, *(f"u{number}" for number in range(5000)))

    assert len(await wire.fetch(key, 1)) == 5000


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/{}/presence/basic/subscriptions/1"),
        ("PUT", "/users/{}/subscriptions/1"),
        ("DELETE", "/users/{}/subscriptions/1"),
    ],
)
async def test_a_subscription_of_another_user(wire: Wire, key: str, method: str, path: str) -> None:
    await wire.subscribe(key, 1, "user1")
    stranger = await wire.login("user1")

    for user in ("user1", "watcher"):
        reply = await wire.ask(method, path.format(user), key=stranger, Presence_Expiry="3600")
        assert reply.failure == (400, 137)
    assert len(await wire.fetch(key, 1)) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/users/{}/subscriptions"),
        ("PUT", "/users/{}/subscriptions/1"),
        ("DELETE", "/users/{}/subscriptions/1"),
        ("GET", "/users/{}/presence/basic/subscriptions/1"),
        ("GET", "/users/{}/presence/neither/contacts/x"),
        ("PUT", "/users/{}/presence/neither"),
    ],
)
async def test_who_may_not_ask(wire: Wire, key: str, method: str, path: str) -> None:
    for user, whose, failure in (
        ("watcher", None, (401, 100)),
        ("watcher", "", (401, 100)),
        ("watcher", "0", (401, 101)),
        ("stranger", wire.application_key, (400, 140)),
        ("stranger", key, (404, 113)),
        ("", key, (404, 113)),
    ):
        reply = await wire.ask(method, path.format(user), "<x", key=whose)
        assert reply.failure == failure


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/users/user1/subscriptions"),
        ("GET", "/users/user1/presence/basic/contacts/user1@example.com"),
        ("PUT", "/users/user1/presence/basic"),
    ],
)
async def test_a_key_is_no_key_to_another_user(
    wire: Wire, key: str, method: str, path: str
) -> None:
    assert (await wire.ask(method, path, "<x", key=key)).failure == (401, 101)


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("basic/contacts/", (400, 147)),
        ("basic/contacts/user1", (400, 148)),
        ("rich/contacts/@example.com", (400, 148)),
        ("basic/contacts/user1@", (400, 148)),
        ("basic/contacts/us%20er@example.com", (400, 148)),
        ("rich/contacts/a%01b@example.com", (400, 148)),
        ("rich/contacts/a%0D%0Ab@example.com", (400, 148)),
        ("basic/contacts/a@b@example.com", (400, 148)),
        ("neither/contacts/user1", (400, 110)),
        ("BASIC/subscriptions/1", (400, 110)),
        ("basic/subscriptions/x", (400, 133)),
    ],
)
async def test_looks_and_fetches_that_fail(
    wire: Wire, key: str, path: str, failure: tuple[int, int]
) -> None:
    assert (await wire.ask("GET", f"/users/watcher/presence/{path}", key=key)).failure == failure
