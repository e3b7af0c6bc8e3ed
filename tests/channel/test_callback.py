"""Callbacks: what a notification may say, and what strangers can do there."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Collection, Generator
import errno
import logging
import socket
from typing import Any

from aiohttp import ClientSession
from aiohttp.http_exceptions import BadStatusLine
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from hypothesis import given
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.channel import callback as callback_module
from custom_components.cisco_unified_presence.channel.callback import (
    Callback,
    CallbackUnavailable,
    subscription_in,
)
from custom_components.cisco_unified_presence.channel.callback_choice import choose_callback
from custom_components.cisco_unified_presence.const import DOMAIN, CallbackMode
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.callback_settings import settings
from tests.common.entry import SECRET
from tests.common.log_messages import logged_warnings
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled, until

HUGE = "9" * 100_000


# What a notification may say


@pytest.mark.parametrize(("query", "expected"), [("10", 10), ("0", 0), ("9" * 18, int("9" * 18))])
def test_id_of_a_subscription(query: str, expected: int) -> None:
    assert subscription_in(query) == expected


@pytest.mark.parametrize(
    "query", [None, "", "-1", "+1", "1.0", "0x1", " 1", "1 ", "1_0", "²", "٣", "9" * 19, HUGE]
)
def test_what_is_no_id(query: str | None) -> None:
    assert subscription_in(query) is None


@given(st.text())
def test_any_query_is_an_id_or_none(query: str) -> None:
    found = subscription_in(query)
    assert found is None or (found >= 0 and query.isascii() and int(query) == found)


# What strangers can do, at the webhook and at a port alike


class Place:
    """An open callback, and what it received."""

    def __init__(self, url: str) -> None:
        """Take the address."""
        self.url = url
        self.received: list[int] = []
        self.ignored = 0
        self.news: asyncio.Event | None = None

    def hear(self, subscription: int | None) -> Awaitable[None] | None:
        """Take what comes in."""
        if subscription is None:
            self.ignored += 1
            return None
        self.received.append(subscription)
        return self._fetched(self.news) if self.news else None

    async def _fetched(self, news: asyncio.Event) -> None:
        await news.wait()

    async def status_of(self, method: str, query: str = "", body: bytes | None = None) -> int:
        """Return the status of a request."""
        async with (
            ClientSession() as session,
            session.request(method, self.url + query, data=body) as response,
        ):
            return response.status


@pytest.fixture(params=["webhook", "port"])
async def place(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    socket_enabled: None,
    web_server: str,
    unused_tcp_port: int,
) -> AsyncGenerator[Place]:
    """Open a callback."""
    chosen: Callback
    if request.param == "webhook":
        chosen = choose_callback(hass, settings(CallbackMode.WEBHOOK))
    else:
        chosen = choose_callback(hass, settings(CallbackMode.PORT, port=unused_tcp_port))
    opened = Place(chosen.url)
    await chosen.async_open(opened.hear)
    yield opened
    await chosen.async_close()


async def test_notification_is_received(place: Place) -> None:
    assert await place.status_of("GET", "?id=10&eventType=PRESENCE_NOTIFICATION") == 200
    assert place.received == [10]


async def test_answer_comes_after_the_news(place: Place) -> None:
    news = place.news = asyncio.Event()
    answer = asyncio.create_task(place.status_of("GET", "?id=10"))
    await until(lambda: place.received)
    assert not answer.done()

    news.set()
    assert await answer == 200


async def test_answer_does_not_wait_long_for_the_news(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback_module, "ANSWER_WITHIN_SECONDS", 0)
    place.news = asyncio.Event()
    assert await place.status_of("GET", "?id=10") == 200
    assert place.received == [10]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?",
        "?id=",
        "?id=ten",
        "?id=-1",
        "?id=%00",
        "?ID=10",
        "?eventType=PRESENCE_NOTIFICATION",
        "?id=%F0%9F%92%A9",
        "?id=" + "9" * 1000,
    ],
)
async def test_garbage_is_accepted_without_a_log_line(
    place: Place, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    assert await place.status_of("GET", query) == 200
    assert (place.received, place.ignored) == ([], 1)
    assert logged_warnings(caplog) == []


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_other_methods_are_refused_without_a_log_line(
    place: Place, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    assert await place.status_of(method, "?id=10", b"x" * 100_000) == 405
    assert (place.received, place.ignored) == ([], 1)
    assert logged_warnings(caplog) == []


@pytest.mark.parametrize("method", ["HEAD", "DELETE", "OPTIONS", "PATCH"])
async def test_other_method_is_no_notification(
    place: Place, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    await place.status_of(method, "?id=10")
    assert place.received == []
    assert logged_warnings(caplog) == []


async def test_huge_query_is_no_notification(place: Place) -> None:
    assert await place.status_of("GET", f"?id=10&more={HUGE}") >= 400
    assert place.received == []
    # The callback still works.
    assert await place.status_of("GET", "?id=10") == 200
    assert place.received == [10]


async def test_foreign_path_is_no_notification(place: Place) -> None:
    place.url = place.url.removesuffix(SECRET) + "f" * len(SECRET)
    await place.status_of("GET", "?id=10")
    assert place.received == []


async def test_closed_callback_receives_nothing(
    hass: HomeAssistant, socket_enabled: None, unused_tcp_port: int
) -> None:
    hass.config.internal_url = "http://127.0.0.1:8123"
    chosen = choose_callback(hass, settings(CallbackMode.PORT, port=unused_tcp_port))
    opened = Place(chosen.url)
    await chosen.async_open(opened.hear)
    await chosen.async_close()
    await chosen.async_close()
    with pytest.raises(OSError, match="Connect call failed"):
        await opened.status_of("GET", "?id=10")


async def test_strangers_do_not_fill_the_log_of_a_port_of_its_own(
    hass: HomeAssistant,
    socket_enabled: None,
    unused_tcp_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass.config.internal_url = "http://127.0.0.1:8123"
    chosen = choose_callback(hass, settings(CallbackMode.PORT, port=unused_tcp_port))
    received: list[int | None] = []
    await chosen.async_open(received.append)
    caplog.clear()
    for sent in (
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 10_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /\x00 HTTP/1.1\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        writer.write(sent)
        writer.write_eof()
        await reader.read()
        writer.close()
    await chosen.async_close()

    assert received == []
    assert [each.message for each in caplog.records if each.levelname != "DEBUG"] == []


# In a running entry


@pytest.fixture
def taken_port(socket_enabled: None) -> Generator[int]:
    """Occupy a port."""
    with socket.create_server(("0.0.0.0", 0)) as server:
        yield server.getsockname()[1]


async def test_occupied_port_raises_an_issue_and_contacts_are_polled(
    hass: HomeAssistant,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    taken_port: int,
) -> None:
    hass.config_entries.async_update_entry(
        entry, options={"callback": "port", "callback_port": taken_port}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: shown(hass, "sensor.anna_presence") == "available")
    issue = ir.async_get(hass).async_get_issue(
        DOMAIN, f"{Issue.CALLBACK_PORT_CLOSED}_{entry.entry_id}"
    )
    assert issue is not None
    assert issue.translation_placeholders == {
        "title": "CUP",
        "port": str(taken_port),
        "reason": "Address already in use",
    }
    assert shown(hass, "sensor.cup_update_channel") == "polling"

    hass.config_entries.async_update_entry(entry, options={})
    await hass.async_block_till_done()
    await until(lambda: shown(hass, "sensor.cup_update_channel") == "eventing")
    assert not ir.async_get(hass).issues
    await settled(cup)


async def test_port_of_its_own_carries_notifications(
    hass: HomeAssistant,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    unused_tcp_port: int,
) -> None:
    options: dict[str, Any] = {"callback": "port", "callback_port": float(unused_tcp_port)}
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: shown(hass, "sensor.cup_update_channel") == "eventing")

    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, "sensor.anna_presence") == "do_not_disturb")

    (endpoint,) = (await cup.state())["endpoints"]
    assert endpoint["url"] == f"http://127.0.0.1:{unused_tcp_port}/{SECRET}"


async def test_flood_over_the_wire_changes_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    await settled(cup)
    before = cup.asked()
    heard = loaded.runtime_data.coordinator.last_notification
    async with ClientSession() as session:

        async def call(number: int) -> None:
            url = f"{web_server}/api/webhook/{SECRET}?id={1000 + number}"
            async with session.get(url) as response:
                assert response.status == 200

        for hundred in range(5):
            await asyncio.gather(*(call(hundred * 100 + each) for each in range(100)))
    await settled(cup)

    assert cup.asked() == before
    assert loaded.runtime_data.coordinator.last_notification == heard
    assert shown(hass, "sensor.anna_presence") == "available"
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, "sensor.anna_presence") == "do_not_disturb")


@pytest.mark.parametrize(
    ("error", "is_logged"), [(None, True), (ValueError(), True), (BadStatusLine("x"), False)]
)
def test_requests_that_are_no_http_are_not_logged(
    error: Exception | None, *, is_logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("custom_components.cisco_unified_presence.callback_port")

    logger.error("Error handling request", exc_info=error)

    assert bool(caplog.records) is is_logged


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EACCES, "ignored"), "Permission denied"),
        (OSError("could not bind on any address"), "could not bind on any address"),
    ],
)
async def test_why_a_port_cannot_be_opened(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    async def fail(port: int, paths: Collection[str], _handler: object) -> None:
        assert (port, paths) == (8125, {"/cup/" + SECRET, "/" + SECRET})
        raise error

    monkeypatch.setattr(callback_module, "async_listen", fail)
    chosen = choose_callback(hass, settings(CallbackMode.PORT, "http://ha:8125/cup", port=8125))
    assert not chosen.needs_running_home_assistant
    with pytest.raises(CallbackUnavailable, match=Issue.CALLBACK_PORT_CLOSED) as raised:
        await chosen.async_open(lambda _: None)
    assert raised.value.issue is Issue.CALLBACK_PORT_CLOSED
    assert raised.value.placeholders == {"port": "8125", "reason": reason}


async def test_how_the_webhook_is_registered(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered: list[Any] = []

    def register(*names: Any, **options: Any) -> None:
        registered.extend([names[1:4], options])

    hass.config.internal_url = "http://127.0.0.1:8123"
    chosen = choose_callback(hass, settings(CallbackMode.WEBHOOK))
    assert chosen.needs_running_home_assistant
    monkeypatch.setattr(f"{callback_module.__name__}.webhook.async_register", register)
    await chosen.async_open(lambda _: None)
    assert registered == [
        (DOMAIN, "Cisco Unified Presence", SECRET),
        {"local_only": False, "allowed_methods": ["GET", "POST", "PUT"]},
    ]


async def test_a_port_is_closed_once(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    class Opened:
        async def async_close(self) -> None:
            closed.append(True)

    async def listen(*_: object) -> Opened:
        return Opened()

    monkeypatch.setattr(callback_module, "async_listen", listen)
    chosen = choose_callback(hass, settings(CallbackMode.PORT, "http://ha:8125", port=8125))
    await chosen.async_open(lambda _: None)
    for _ in range(2):
        await chosen.async_close()
    assert closed == [True]
