"""Reference: "Rules that decide whether it works", rules 11, 13, 14 and 15."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
import logging

import pytest

from cup_simulator import Simulator, notifier
from cup_simulator.clock import ManualClock
from cup_simulator.configuration import DEFAULT
from cup_simulator.faults import Faults
from cup_simulator.notifier import notification_url
from cup_simulator.subscriptions import Endpoint, Subscription

from .wire import HOST, HOUR, Callback, Wire, subscription_body


@pytest.fixture
async def key(wire: Wire, callback: Callback) -> str:
    """Return the watcher's key; the callback is endpoint 1."""
    key = await wire.login("watcher")
    await wire.register(callback.url)
    return key


@pytest.mark.parametrize(
    ("callback_url", "called"),
    [
        ("http://h:8080/cb", "http://h:8080/cb?id=10&eventType=PRESENCE_NOTIFICATION"),
        ("http://h/cb?a=b", "http://h/cb?a=b&id=10&eventType=PRESENCE_NOTIFICATION"),
        ("http://h", "http://h?id=10&eventType=PRESENCE_NOTIFICATION"),
        ("http://h/x#y?z", "http://h/x?id=10&eventType=PRESENCE_NOTIFICATION"),
    ],
)
def test_what_is_called(callback_url: str, called: str) -> None:
    assert notification_url(callback_url, 10) == called


async def test_subscribing_notifies_at_once(wire: Wire, key: str, callback: Callback) -> None:
    await wire.subscribe(key, 1, "user1")

    assert await callback.next() == "GET /cb?id=1&eventType=PRESENCE_NOTIFICATION HTTP/1.1"


async def test_a_path_is_called_as_it_was_given(wire: Wire, key: str, callback: Callback) -> None:
    endpoint = await wire.register(f"{callback.url}/%7Ea%2Fb?x=%20")
    await wire.subscribe(key, endpoint, "user1")

    line = await callback.next()

    assert line == "GET /cb/%7Ea%2Fb?x=%20&id=1&eventType=PRESENCE_NOTIFICATION HTTP/1.1"


async def test_one_notification_for_each_batch_of_news(
    wire: Wire, simulator: Simulator, key: str, callback: Callback
) -> None:
    await wire.subscribe(key, 1, "user1", "user2")
    await callback.next()

    await wire.choose("user1", "AWAY")
    await wire.choose("user2", "AWAY")
    assert await callback.silence(simulator)

    await wire.fetch(key, 1)
    assert await callback.silence(simulator)
    await wire.choose("user1", "DND")
    await callback.next()
    await wire.choose("user2", "DND")
    assert await callback.silence(simulator)
    await wire.ask("GET", "/users/watcher/presence/rich/subscriptions/1", key=key)
    await wire.choose("user2", "BUSY")
    await callback.next()


async def test_looking_does_not_end_the_batch(
    wire: Wire, simulator: Simulator, key: str, callback: Callback
) -> None:
    await wire.subscribe(key, 1, "user1")
    await callback.next()

    await wire.poll(key, "user1")
    await wire.choose("user1", "DND")

    assert await callback.silence(simulator)


async def test_a_change_of_an_unsubscribed_contact_notifies_no_endpoint(
    wire: Wire, simulator: Simulator, key: str, callback: Callback
) -> None:
    await wire.subscribe(key, 1, "user1")
    await callback.next()
    await wire.fetch(key, 1)

    await wire.choose("user2", "DND")

    assert await callback.silence(simulator)
    assert await wire.fetch(key, 1) == {}


async def test_an_added_contact_notifies(wire: Wire, key: str, callback: Callback) -> None:
    await wire.subscribe(key, 1, "user1")
    await callback.next()
    await wire.fetch(key, 1)

    path = "/users/watcher/subscriptions/1"
    await wire.ask("PUT", path, subscription_body(1, "user2"), key=key)

    assert "id=1&" in await callback.next()


async def test_renewing_without_news_sends_no_notification(
    wire: Wire, simulator: Simulator, key: str, callback: Callback
) -> None:
    await wire.subscribe(key, 1, "user1")
    await callback.next()
    await wire.fetch(key, 1)

    path = "/users/watcher/subscriptions/1"
    reply = await wire.ask("PUT", path, key=key, Presence_Expiry="3600")

    assert reply.status == 200
    assert await callback.silence(simulator)


async def test_a_failed_delivery_is_not_repeated(
    wire: Wire, simulator: Simulator, key: str, callback: Callback
) -> None:
    callback.answer = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    await wire.subscribe(key, 1, "user1")
    await callback.next()

    await wire.choose("user1", "DND")

    assert await callback.silence(simulator)
    assert (await wire.state())["subscriptions"][0]["notified"] is True


@pytest.fixture
async def mute(socket_enabled: None) -> AsyncIterator[str]:
    """Return the URL of a server that accepts connections and never answers."""
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: writers.append(writer), HOST, 0)
    yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}/"
    server.close()
    server.close_clients()
    await server.wait_closed()


async def test_pending_deliveries_block_nothing_and_are_cancelled_at_the_end(mute: str) -> None:
    async with Simulator() as simulator:
        wire = Wire(simulator)
        key = await wire.login("watcher")
        await wire.register(mute)
        await wire.subscribe(key, 1, "user1")

        assert await wire.fetch(key, 1) == {"user1@example.com": "AVAILABLE"}


async def test_a_callback_that_says_nothing_is_not_waited_for_long(
    mute: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "cup_simulator")
    monkeypatch.setattr(notifier, "TIMEOUT_SECONDS", 0.01)
    async with Simulator() as simulator:
        wire = Wire(simulator)
        key = await wire.login("watcher")
        await wire.register(mute)
        await wire.subscribe(key, 1, "user1")
        await asyncio.wait_for(simulator.notifier.deliver_all(), 4)

    assert "endpoint 1 not delivered: TimeoutError" in caplog.text


async def test_a_redirect_is_not_followed(
    wire: Wire, simulator: Simulator, key: str, callback: Callback
) -> None:
    callback.answer = (
        b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n"
        b"Connection: close\r\n\r\n"
    )
    await wire.subscribe(key, 1, "user1")
    await callback.next()

    assert await callback.silence(simulator)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/secret", "no URL", "http://[", "http://h:x/", "http://[::1]:@/"]
)
async def test_what_cannot_be_called_is_logged_without_its_secret(
    wire: Wire, simulator: Simulator, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    caplog.set_level(logging.INFO, "cup_simulator")
    key = await wire.login("watcher")
    await wire.register(url.replace(" ", ""))

    await wire.subscribe(key, 1, "user1")
    await simulator.notifier.deliver_all()

    assert "not delivered" in caplog.text
    assert "secret" not in caplog.text
    assert await wire.fetch(key, 1)


async def test_a_callback_over_https_is_not_called(
    wire: Wire, simulator: Simulator, callback: Callback, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "cup_simulator")
    key = await wire.login("watcher")
    await wire.register(callback.url.replace("http:", "HTTPS:"))

    await wire.subscribe(key, 1, "user1")

    assert await callback.silence(simulator)
    assert "not sent: servers call by plain HTTP only" in caplog.text


async def test_a_delivery_is_logged_without_its_secret(
    wire: Wire, simulator: Simulator, callback: Callback, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "cup_simulator")
    key = await wire.login("watcher")
    await wire.register(f"{callback.url}?secret")

    await wire.subscribe(key, 1, "user1")
    await simulator.notifier.deliver_all()

    assert f"subscription 1 to endpoint 1 at 127.0.0.1:{callback.port} answered 200" in caplog.text
    assert "secret" not in caplog.text


async def test_a_subscription_without_its_endpoint_is_silent_until_it_has_another(
    wire: Wire, simulator: Simulator, key: str, callback: Callback
) -> None:
    await wire.subscribe(key, 1, "user1")
    await callback.next()
    await wire.fetch(key, 1)
    await wire.ask("DELETE", "/endpoints/1", key=wire.application_key)

    await wire.choose("user1", "DND")
    assert await callback.silence(simulator)
    found = (await wire.state())["subscriptions"][0]
    assert (found["news"], found["notified"]) == (True, False)

    endpoint = await wire.register(f"{callback.url}/again")
    path = "/users/watcher/subscriptions/1"
    await wire.ask("PUT", path, subscription_body(endpoint), key=key, Presence_Expiry=str(HOUR))
    assert "/cb/again?id=1&" in await callback.next()


async def test_an_expiry_that_passes_by_itself_notifies(
    wire: Wire, key: str, callback: Callback, clock: ManualClock
) -> None:
    await wire.ask("PUT", "/endpoints/1", key=wire.application_key, Presence_Expiry="86400")
    user = await wire.login("user1")
    await wire.set_basic(user, "DND")
    await wire.subscribe(key, 1, "user1", expiry=24 * HOUR)
    await callback.next()
    assert await wire.fetch(key, 1) == {"user1@example.com": "DND"}

    clock.advance(HOUR)

    await callback.next()
    assert await wire.fetch(key, 1) == {"user1@example.com": "AVAILABLE"}


async def test_a_refused_port_is_not_called(callback: Callback) -> None:
    configuration = replace(DEFAULT, refused_ports=frozenset({callback.port}))
    async with Simulator(configuration) as simulator:
        wire = Wire(simulator)
        key = await wire.login("watcher")
        await wire.register(callback.url)

        await wire.subscribe(key, 1, "user1")

        assert await callback.silence(simulator)
        assert (await wire.state())["subscriptions"][0]["notified"] is True


async def test_a_stopped_server_sends_no_notification() -> None:
    calling = notifier.Notifier(Faults(ManualClock()), ())
    async with calling:
        pass

    calling.notify(Endpoint(1, "hass", "http://127.0.0.1:1/", 0.0), Subscription(1, "anna", 1, 0.0))

    assert not calling._deliveries
