"""The client: what it refuses to send, throttling, clearing."""

import asyncio
from collections.abc import Awaitable, Callable
import random
import time
from typing import Any

import pytest

from custom_components.cisco_unified_presence.pws import (
    MAX_CONTACTS,
    InvalidRequest,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PlainHttp,
    Presence,
    PresenceClient,
    PresenceRefused,
    Server,
    ServerFailed,
    Throttled,
    open_session,
)

from .byte_server import ByteServer, Reply, http
from .conftest import Clock, MakeClient
from .wire import FIRST_FETCH, fault, logged_in_application, logged_in_user

type Call = Callable[[PresenceClient], Awaitable[Any]]


async def ready(server: ByteServer, client: PresenceClient) -> None:
    """Log anna in, and forget the requests."""
    server.will(logged_in_application(), logged_in_user())
    await client.log_in_user("anna")
    server.received.clear()


@pytest.mark.parametrize(
    ("presence", "override", "expiry", "code"),
    [
        (Presence.UNKNOWN, True, 3600, None),
        (Presence.UNKNOWN, False, 3600, None),
        (Presence.AVAILABLE, True, 3600, 121),
        (Presence.DND, False, 3600, 122),
        (Presence.BUSY, True, 3599, 131),
        (Presence.BUSY, True, 86401, 131),
        (Presence.BUSY, False, 0, 131),
        (Presence.BUSY, False, -1, 131),
    ],
)
async def test_what_the_rules_forbid_is_not_sent(
    server: ByteServer,
    client: PresenceClient,
    presence: Presence,
    *,
    override: bool,
    expiry: int,
    code: int | None,
) -> None:
    with pytest.raises(PresenceRefused) as error:
        await client.set_presence("anna", presence, override=override, expiry=expiry)
    assert (error.value.code, error.value.status, error.value.user) == (code, None, "anna")
    assert str(error.value).startswith("The presence cannot be set (user anna, ")
    assert server.received == []


@pytest.mark.parametrize(
    ("presence", "expiry", "note"),
    [(Presence.UNKNOWN, 3600, None), (Presence.DND, 60, None), (Presence.DND, 3600, "a\0b")],
)
async def test_what_the_rules_forbid_is_not_sent_richly(
    server: ByteServer, client: PresenceClient, presence: Presence, expiry: int, note: str | None
) -> None:
    with pytest.raises(PresenceRefused) as error:
        await client.set_rich_presence(
            "anna", "anna@example.com", presence, note=note, override=True, expiry=expiry
        )
    assert error.value.user == "anna"
    assert server.received == []


ALLOWED = [
    (word, override)
    for word in ("AVAILABLE", "BUSY", "DND", "AWAY", "UNAVAILABLE", "VACATION")
    for override in (True, False)
    if (word, override) not in {("AVAILABLE", True), ("DND", False)}
]


@pytest.mark.parametrize(("word", "override"), ALLOWED)
@pytest.mark.parametrize("expiry", [3600, 86400])
async def test_what_the_rules_allow_is_sent(
    server: ByteServer, client: PresenceClient, *, word: str, override: bool, expiry: int
) -> None:
    await ready(server, client)
    server.will(http(200))
    await client.set_presence("anna", Presence(word), override=override, expiry=expiry)
    assert server.received[0].body.decode() == f"<presence>{word}</presence>"


async def test_available_with_override_may_be_set_richly(
    server: ByteServer, client: PresenceClient
) -> None:
    await ready(server, client)
    server.will(http(200))
    await client.set_rich_presence(
        "anna", "anna@example.com", Presence.AVAILABLE, note=None, override=True, expiry=3600
    )
    assert b"<r:available/>" in server.received[0].body
    assert server.received[0].told["Presence-Override"] == "true"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda c: c.register_endpoint("http://ha/", 3599), 131),
        (lambda c: c.renew_endpoint(1, 86401), 131),
        (lambda c: c.subscribe("anna", ["b@x"], 1, 0), 131),
        (lambda c: c.renew_subscription("anna", 1, 0, endpoint=1), 131),
        (lambda c: c.renew_subscription("anna", 1, 60, contacts=["b@x"], endpoint=1), 131),
        (lambda c: c.subscribe("anna", ["b@x"] * (MAX_CONTACTS + 1), 1, 3600), 135),
    ],
)
async def test_requests_that_cannot_succeed_are_not_sent(
    server: ByteServer, client: PresenceClient, call: Call, code: int
) -> None:
    with pytest.raises(InvalidRequest) as error:
        await call(client)
    assert error.value.code == code
    assert server.received == []


async def test_five_thousand_contacts(server: ByteServer, client: PresenceClient) -> None:
    await ready(server, client)
    server.will(http(201, Location="/presence-service/users/anna/subscriptions/1"))
    await client.subscribe("anna", ["b@x"] * MAX_CONTACTS, 1, 3600)
    assert server.received[0].body.count(b"<contact ") == MAX_CONTACTS


@pytest.mark.parametrize(
    ("call", "code", "kind"),
    [
        (lambda c: c.renew_endpoint(1, 3600), 132, NoSuchEndpoint),
        (lambda c: c.fetch("anna", 1), 133, NoSuchSubscription),
        (lambda c: c.unsubscribe("anna", 1), 137, NoSuchSubscription),
        (lambda c: c.subscribe("anna", ["b@x"], 1, 3600), 139, NoFreeSubscription),
    ],
)
async def test_refusals_keep_their_class(
    server: ByteServer, client: PresenceClient, call: Call, code: int, kind: type[Exception]
) -> None:
    await ready(server, client)
    server.will(fault(400, code))
    with pytest.raises(kind):
        await call(client)
    assert len(server.received) == 1


async def test_a_throttled_call_happens_in_the_end(
    server: ByteServer, client: PresenceClient, clock: Clock
) -> None:
    await ready(server, client)
    server.will(fault(503, 210), fault(503, 212), fault(200, 210), http(200, FIRST_FETCH))
    assert len(await client.fetch("anna", 1)) == 2
    assert clock.pauses == [0.5, 1.0, 2.0]


async def test_a_throttled_login_happens_in_the_end(
    server: ByteServer, client: PresenceClient, clock: Clock
) -> None:
    server.will(fault(503, 212), logged_in_application(), fault(503, 212), logged_in_user())
    await client.log_in_user("anna")
    assert clock.pauses == [0.5, 0.5]


async def test_patience_with_a_throttling_server(
    server: ByteServer, make_client: MakeClient, clock: Clock
) -> None:
    client = make_client(server.port, patience=1.0)
    server.will(*[fault(503, 212)] * 3)
    with pytest.raises(Throttled) as error:
        await client.log_in()
    assert error.value.user == "hass"
    assert clock.pauses == [0.5, 0.5]


async def test_a_503_without_a_code_is_not_repeated(
    server: ByteServer, client: PresenceClient, clock: Clock
) -> None:
    server.will(http(503))
    with pytest.raises(ServerFailed):
        await client.log_in()
    assert clock.pauses == []


async def test_clear_with_a_document(server: ByteServer, client: PresenceClient) -> None:
    await ready(server, client)
    server.will(http(200))
    await client.clear_presence("anna", "anna@example.com")
    (request,) = server.received
    assert request.line == "PUT /presence-service/users/anna/presence/rich"
    assert request.told["Presence-Override"] == "false"
    assert request.told["Presence-Expiry"] == "3600"
    assert b"<r:clear/>" in request.body


@pytest.mark.parametrize("answer", [fault(400, 120), fault(400, 162), fault(400, 150), http(405)])
async def test_clear_when_the_document_is_refused(
    server: ByteServer, client: PresenceClient, answer: Reply
) -> None:
    await ready(server, client)
    server.will(answer, http(200))
    await client.clear_presence("anna", "anna@example.com", expiry=7200)
    request = server.received[1]
    assert request.line == "PUT /presence-service/users/anna/presence/basic"
    assert request.told["Presence-Override"] == "false"
    assert request.told["Presence-Expiry"] == "7200"
    assert request.body == b"<presence>AVAILABLE</presence>"


async def test_clear_without_a_contact(server: ByteServer, client: PresenceClient) -> None:
    await ready(server, client)
    server.will(http(200))
    await client.clear_presence("anna")
    assert server.received[0].body == b"<presence>AVAILABLE</presence>"


async def test_clear_fails_when_the_server_does(server: ByteServer, client: PresenceClient) -> None:
    await ready(server, client)
    server.will(fault(500, 203))
    with pytest.raises(ServerFailed):
        await client.clear_presence("anna", "anna@example.com")
    assert len(server.received) == 1


async def test_clear_refuses_a_wrong_expiry_and_an_unwritable_contact(
    server: ByteServer, client: PresenceClient
) -> None:
    with pytest.raises(PresenceRefused):
        await client.clear_presence("anna", "anna@example.com", expiry=60)
    with pytest.raises(PresenceRefused, match="holds characters that cannot be sent") as error:
        await client.clear_presence("anna", "anna\0@example.com")
    assert error.value.user == "anna"
    assert server.received == []


async def test_real_time_is_the_default(server: ByteServer) -> None:
    target = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
    async with open_session(target, ssl_context=None) as session:
        client = PresenceClient(target, "hass", "x", session)
        gate = client._cluster.application_node.sessions._throttle
        assert gate._clock is time.monotonic
        assert gate._sleep is asyncio.sleep
        assert gate._random == random.random
        assert gate._patience == 60
        assert client._cluster.application_node.sessions._takeovers._clock is time.monotonic
        server.will(logged_in_application(), logged_in_user(), fault(401, 101))
        server.will(logged_in_user("k2"), http(200))
        # A lost session without a callback.
        await client.unsubscribe("anna", 1)
