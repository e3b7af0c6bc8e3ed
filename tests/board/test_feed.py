"""A subscription alone: when it sends, and what ends it."""

import asyncio
from functools import partial
from typing import Any, cast, override

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
import pytest

from custom_components.cisco_unified_presence.board import async_end_feeds
from custom_components.cisco_unified_presence.board.feed import (
    _FEEDS,
    Feed,
    Message,
    Subscriptions,
)

EVERYTHING: Message = {"people": []}
CHANGE: Message = {"changed": ["anna"]}


class Connection:
    """The connection of a browser: what it was sent, and what it is subscribed to."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.subscriptions: dict[int, CALLBACK_TYPE] = {}

    def send_result(self, message_id: int) -> None:
        self.sent.append(("answer", message_id))

    def send_event(self, message_id: int, message: Message) -> None:
        self.sent.append((message_id, message))


class Followed(Feed):
    """A feed whose messages are given, and which counts what is asked of it."""

    def __init__(self, hass: HomeAssistant, connection: Connection) -> None:
        super().__init__(hass, cast("ActiveConnection", connection), 7, "en")
        self.changes: list[Message] = []
        self.asked = 0
        self.is_subscribed = False
        # Describing everything takes until this is set.
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    @override
    async def _async_everything(self) -> Message:
        self.is_subscribed = True
        await self.may_go_on.wait()
        # An end while it was awaited may have come before.
        self.is_subscribed = True
        return EVERYTHING

    @override
    async def _async_changes(self) -> Message:
        self.asked += 1
        await self.may_go_on.wait()
        return self.changes.pop(0) if self.changes else {}

    @override
    def _unsubscribe_all(self) -> None:
        self.is_subscribed = False

    def note(self, change: Message) -> None:
        self.changes.append(change)
        self._note()


@pytest.fixture
def connection() -> Connection:
    return Connection()


@pytest.fixture
def feed(hass: HomeAssistant, connection: Connection) -> Followed:
    return Followed(hass, connection)


async def sent_by(hass: HomeAssistant, connection: Connection) -> list[Any]:
    """Return what has been sent since it was asked for last, once all that is due is done."""
    await hass.async_block_till_done(wait_background_tasks=True)
    sent, connection.sent = connection.sent, []
    return sent


async def test_everything_comes_first_and_then_what_changes(
    hass: HomeAssistant, feed: Followed, connection: Connection
) -> None:
    await feed.async_start()
    assert await sent_by(hass, connection) == [("answer", 7), (7, EVERYTHING)]
    assert connection.subscriptions.keys() == {7}
    # Nothing has changed since.
    assert feed.asked == 1
    feed.note(CHANGE)
    assert await sent_by(hass, connection) == [(7, CHANGE)]
    feed.note({})
    assert await sent_by(hass, connection) == []


async def test_what_changes_while_everything_is_described_comes_after_it(
    hass: HomeAssistant, feed: Followed, connection: Connection
) -> None:
    feed.may_go_on.clear()
    starting = hass.async_create_task(feed.async_start())
    feed.note(CHANGE)
    await asyncio.sleep(0)
    assert (connection.sent, feed.asked) == ([("answer", 7)], 0)
    feed.may_go_on.set()
    await starting
    assert await sent_by(hass, connection) == [("answer", 7), (7, EVERYTHING), (7, CHANGE)]


async def test_what_was_not_noted_while_it_began_is_looked_up_once(
    hass: HomeAssistant, feed: Followed, connection: Connection
) -> None:
    feed.changes.append(CHANGE)
    await feed.async_start()
    assert await sent_by(hass, connection) == [("answer", 7), (7, EVERYTHING), (7, CHANGE)]


async def test_a_browser_that_leaves_meanwhile_is_sent_nothing(
    hass: HomeAssistant, feed: Followed, connection: Connection
) -> None:
    feed.may_go_on.clear()
    starting = hass.async_create_task(feed.async_start())
    connection.subscriptions.pop(7)()
    assert not feed.is_subscribed
    feed.may_go_on.set()
    await starting
    assert await sent_by(hass, connection) == [("answer", 7)]
    assert not feed.is_subscribed


async def test_a_browser_that_leaves_while_changes_are_described_is_not_sent_them(
    hass: HomeAssistant, feed: Followed, connection: Connection
) -> None:
    await feed.async_start()
    await sent_by(hass, connection)
    feed.may_go_on.clear()
    feed.note(CHANGE)
    await asyncio.sleep(0)
    assert feed.asked == 2
    feed.async_stop()
    feed.may_go_on.set()
    assert await sent_by(hass, connection) == []
    feed.note(CHANGE)
    assert await sent_by(hass, connection) == []
    assert feed.asked == 2


async def test_an_end_tells_the_browser_once(
    hass: HomeAssistant, feed: Followed, connection: Connection
) -> None:
    async_end_feeds(hass)
    await feed.async_start()
    await sent_by(hass, connection)
    async_end_feeds(hass)
    assert await sent_by(hass, connection) == [(7, {"gone": True})]
    assert (feed.is_subscribed, connection.subscriptions, hass.data[_FEEDS]) == (False, {}, set())
    async_end_feeds(hass)
    assert await sent_by(hass, connection) == []


async def test_a_feed_that_has_stopped_is_not_ended(
    hass: HomeAssistant, feed: Followed, connection: Connection
) -> None:
    other = Followed(hass, connection)
    await feed.async_start()
    await other.async_start()
    assert hass.data[_FEEDS] == {feed, other}
    feed.async_stop()
    assert hass.data[_FEEDS] == {other}
    assert (feed.is_subscribed, other.is_subscribed) == (False, True)
    other.async_end()
    assert hass.data[_FEEDS] == set()


def test_what_is_subscribed_to_once_and_ended_once() -> None:
    calls: list[str] = []
    subscriptions = Subscriptions()

    def subscribe_to(name: str) -> None:
        def subscribe() -> list[CALLBACK_TYPE]:
            calls.append(f"begin {name}")
            return [partial(calls.append, f"end {name} {part}") for part in "ab"]

        subscriptions.async_add(name, subscribe)

    for each in ("anna", "ben", "anna"):
        subscribe_to(each)
    assert calls == ["begin anna", "begin ben"]
    calls.clear()
    subscriptions.async_retain({"ben", "clara"})
    assert calls == ["end anna a", "end anna b"]
    calls.clear()
    subscribe_to("anna")
    subscribe_to("ben")
    assert calls == ["begin anna"]
    subscriptions.async_end()
    assert sorted(calls[1:]) == ["end anna a", "end anna b", "end ben a", "end ben b"]
    calls.clear()
    subscriptions.async_end()
    assert calls == []
