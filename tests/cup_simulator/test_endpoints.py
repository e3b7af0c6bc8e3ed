"""Reference: "REST" and "Rules that decide whether it works", rules 6 and 17."""

import pytest

from cup_simulator.clock import ManualClock

from .wire import Reply, Wire, parse, request_bytes, send

BODY = "<endpoint><url>http://127.0.0.1:9/cb</url></endpoint>"


async def post(wire: Wire, body: str = BODY, expiry: str | None = "3600") -> Reply:
    headers = {} if expiry is None else {"Presence_Expiry": expiry}
    return await wire.ask("POST", "/endpoints", body, key=wire.application_key, **headers)


@pytest.fixture(autouse=True)
async def _logged_in(wire: Wire) -> None:
    await wire.login_application()


@pytest.mark.parametrize(
    ("host", "location"),
    [
        ("cup.example.com:8082", "cup.example.com"),
        ("10.0.0.7:8083", "10.0.0.7"),
        ("cup", "cup"),
        ("[::1]:8082", "[::1]"),
    ],
)
async def test_the_location_is_http_and_has_no_port(wire: Wire, host: str, location: str) -> None:
    headers = {
        "Host": host,
        "Presence-Session-Key": wire.application_key,
        "Presence-Expiry": "3600",
    }
    data = request_bytes("POST", "/presence-service/endpoints", headers, BODY.encode())
    reply = parse(await send(wire.simulator.ports.http, data))

    assert (reply.status, reply.body) == (201, b"")
    assert reply.headers["location"] == f"http://{location}/presence-service/endpoints/1"


async def test_a_request_that_names_no_host(wire: Wire) -> None:
    data = (
        f"POST /presence-service/endpoints HTTP/1.0\r\nContent-Length: {len(BODY)}\r\n"
        f"Presence-Session-Key: {wire.application_key}\r\nPresence-Expiry: 3600\r\n\r\n{BODY}"
    )
    reply = parse(await send(wire.simulator.ports.http, data.encode()))

    assert reply.headers["location"] == "http://127.0.0.1/presence-service/endpoints/1"


@pytest.mark.parametrize(
    ("body", "expiry", "failure"),
    [
        ("", "3600", (400, 102)),
        ("<url/>", "3600", (400, 103)),
        ("<endpoint/>", "3600", (400, 130)),
        ("<endpoint><url> </url></endpoint>", "0", (400, 130)),
        ("<endpoint><url>http://127.0.0.1/a b</url></endpoint>", "3600", (400, 142)),
        (BODY, None, (400, 131)),
        (BODY, "", (400, 131)),
        (BODY, "3599", (400, 131)),
        (BODY, "86401", (400, 131)),
        (BODY, "an hour", (400, 131)),
        (BODY, "3600.5", (400, 131)),
        (BODY, "-3600", (400, 131)),
        (BODY, "9" * 5000, (400, 131)),
    ],
)
async def test_registrations_that_fail(
    wire: Wire, body: str, expiry: str | None, failure: tuple[int, int]
) -> None:
    assert (await post(wire, body, expiry)).failure == failure
    assert (await wire.state())["endpoints"] == []


@pytest.mark.parametrize("expiry", ["3600", "86400", " 3600 "])
async def test_the_bounds_of_an_expiry(wire: Wire, expiry: str) -> None:
    assert (await post(wire, expiry=expiry)).status == 201


async def test_an_expiry_counts_from_the_request(wire: Wire, clock: ManualClock) -> None:
    endpoint = (await post(wire)).id
    path = f"/endpoints/{endpoint}"
    clock.advance(3599)
    renewal = await wire.ask("PUT", path, key=wire.application_key, Presence_Expiry="3600")
    assert (renewal.status, renewal.body) == (201, b"")

    clock.advance(3599)
    assert (await wire.state())["endpoints"][0]["expires_in"] == 1
    clock.advance(1)
    gone = await wire.ask("PUT", path, key=wire.application_key, Presence_Expiry="3600")
    assert gone.failure == (400, 132)


async def test_an_expiry_holds_to_the_moment(wire: Wire, clock: ManualClock) -> None:
    endpoint = (await post(wire)).id
    clock.advance(3599.5)
    assert len((await wire.state())["endpoints"]) == 1

    # The simulator's own tick comes half a second later than this.
    clock.advance(0.5)
    path = f"/endpoints/{endpoint}"
    gone = await wire.ask("PUT", path, key=wire.application_key, Presence_Expiry="3600")
    assert gone.failure == (400, 132)


async def test_unregistering(wire: Wire) -> None:
    path = f"/endpoints/{(await post(wire)).id}"

    reply = await wire.ask("DELETE", path, key=wire.application_key)

    assert (reply.status, reply.body) == (200, b"")
    again = await wire.ask("DELETE", path, key=wire.application_key)
    assert again.failure == (400, 132)


@pytest.mark.parametrize(
    ("method", "path", "body", "expiry", "failure"),
    [
        ("PUT", "/endpoints/1", BODY, "3600", (400, 123)),
        ("PUT", "/endpoints/7", BODY, "0", (400, 123)),
        ("PUT", "/endpoints/1", "<nothing/>", "3600", (400, 103)),
        ("PUT", "/endpoints/7", "", "0", (400, 131)),
        ("PUT", "/endpoints/7", "", "3600", (400, 132)),
        ("PUT", "/endpoints/one", "", "3600", (400, 132)),
        ("PUT", "/endpoints/", "", "3600", (400, 132)),
        ("DELETE", "/endpoints/7", "", "", (400, 132)),
        ("PUT", "/endpoints/2", "", "3600", (400, 136)),
        ("DELETE", "/endpoints/2", "", "", (400, 136)),
    ],
)
async def test_renewals_and_removals_that_fail(
    wire: Wire, method: str, path: str, body: str, expiry: str, failure: tuple[int, int]
) -> None:
    await post(wire)
    other = Wire(wire.simulator)
    await other.login_application("other")
    await other.register("http://127.0.0.1:9/other")

    reply = await wire.ask(method, path, body, key=wire.application_key, Presence_Expiry=expiry)

    assert reply.failure == failure
    assert len((await wire.state())["endpoints"]) == 2


@pytest.mark.parametrize("inside", ["", "<url/>", "<url> </url>"])
async def test_a_renewal_may_hold_an_endpoint_without_url_or_an_empty_one(
    wire: Wire, inside: str
) -> None:
    path = f"/endpoints/{(await post(wire)).id}"
    body = f"<endpoint>{inside}</endpoint>"
    reply = await wire.ask("PUT", path, body, key=wire.application_key, Presence_Expiry="3600")

    assert reply.status == 201


async def test_an_expiry_may_be_in_the_body(wire: Wire, clock: ManualClock) -> None:
    timed = "<endpoint><url>http://127.0.0.1:9/cb</url><expiration>7200</expiration></endpoint>"
    endpoint = await post(wire, timed, expiry=None)
    assert (await wire.state())["endpoints"][0]["expires_in"] == 7200

    clock.advance(60)
    path = f"/endpoints/{endpoint.id}"
    body = "<endpoint><url/><expiration>3600</expiration></endpoint>"
    assert (await wire.ask("PUT", path, body, key=wire.application_key)).status == 201
    assert (await wire.state())["endpoints"][0]["expires_in"] == 3600


async def test_an_expiry_in_the_header_precedes_one_in_the_body(wire: Wire) -> None:
    timed = "<endpoint><url>http://127.0.0.1:9/cb</url><expiration>7200</expiration></endpoint>"
    await post(wire, timed, expiry="3600")
    assert (await wire.state())["endpoints"][0]["expires_in"] == 3600


@pytest.mark.parametrize("said", ["", "3599", "86401", "an hour"])
async def test_an_expiry_in_the_body_has_the_same_bounds(wire: Wire, said: str) -> None:
    timed = f"<endpoint><url>http://127.0.0.1:9/</url><expiration>{said}</expiration></endpoint>"
    assert (await post(wire, timed, expiry=None)).failure == (400, 131)


@pytest.mark.parametrize(("method", "path"), [("POST", "/endpoints"), ("PUT", "/endpoints/1")])
async def test_who_may_not_have_endpoints(wire: Wire, method: str, path: str) -> None:
    end_user = await wire.login("user1")

    for key, failure in ((None, (401, 100)), ("0", (401, 101)), (end_user, (400, 141))):
        reply = await wire.ask(method, path, "<nothing", key=key)
        assert reply.failure == failure


LIMITED = """
domain: example.com
application_users: {hass: {password: simulator}}
people: {watcher: }
limits: {endpoints: 1, subscriptions: 1}
"""


@pytest.mark.parametrize("configuration", [LIMITED])
async def test_no_free_endpoint(wire: Wire) -> None:
    first = await post(wire)

    assert (await post(wire)).failure == (400, 138)
    await wire.ask("DELETE", f"/endpoints/{first.id}", key=wire.application_key)
    assert (await post(wire)).id == 2


@pytest.mark.parametrize("configuration", [LIMITED])
async def test_no_free_subscription(wire: Wire) -> None:
    key = await wire.login("watcher")
    await wire.subscribe(key, (await post(wire)).id, "user1")
    body = (
        '<subscription><contactsList><contact contactURI="a@b"/></contactsList>'
        "<subscriptionType>PRESENCE_NOTIFICATION</subscriptionType>"
        "<endPointID>1</endPointID></subscription>"
    )
    path = "/users/watcher/subscriptions"

    reply = await wire.ask("POST", path, body, key=key, Presence_Expiry="3600")

    assert reply.failure == (400, 139)
    assert (await wire.ask("DELETE", f"{path}/1", key=key)).status == 200
    assert (await wire.ask("POST", path, body, key=key, Presence_Expiry="3600")).id == 2
