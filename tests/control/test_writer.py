"""What is sent for a person, and what is read back of it."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.control.leaving import async_leave_server
from custom_components.cisco_unified_presence.control.reconciler import Reconciler
from custom_components.cisco_unified_presence.control.record import (
    EXPIRY,
    FormerPerson,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.control.writer import NotConfirmed, PresenceWriter
from custom_components.cisco_unified_presence.people import Watcher
from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    ContactPresence,
    Presence,
    PresenceClient,
    PresenceServiceError,
    ServerFailed,
)
from tests.common.strategies import NOW

ANNA = FormerPerson("anna", "Anna@example.com")
WATCHER = Watcher(user="watcher", contact="Watcher@example.com")
BUSY = RequestedPresence(Presence.BUSY, override=True)
PUBLISHED = PublishedPresence(BUSY, NOW, "session-1", Presence.AWAY)


class Client:
    """Notes what is sent, and fails where a test says so."""

    logged_in_users = frozenset({"anna"})

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.mark: str | PresenceServiceError = "session-1"
        self.seen = ContactPresence(ANNA.contact, Presence.BUSY)
        self.failure: PresenceServiceError | None = None
        self.application_sessions = ("application",)

    async def set_presence(self, *arguments: object, **named: object) -> None:
        self.sent.append(("set", *arguments, named))

    async def set_rich_presence(self, *arguments: object, **named: object) -> None:
        self.sent.append(("rich", *arguments, named))

    async def clear_presence(self, *arguments: object) -> None:
        self.sent.append(("clear", *arguments))

    async def log_out_user(self, *arguments: object) -> None:
        self.sent.append(("log out", *arguments))

    async def log_out(self, **named: object) -> None:
        self.sent.append(("log out all", named))

    async def session_mark(self, user: str) -> str:
        assert user == "anna"
        if isinstance(self.mark, str):
            return self.mark
        raise self.mark

    async def poll_contact(self, user: str, contact: str, *, rich: bool = False) -> ContactPresence:
        self.sent.append(("poll", user, contact, rich))
        if self.failure:
            raise self.failure
        return self.seen


class Poll:
    """Reads a word, or fails."""

    def __init__(self) -> None:
        self.word: Presence | None = Presence.AWAY
        self.read: list[str] = []

    async def async_poll(self, contact: str) -> ContactPresence:
        self.read.append(contact)
        if self.word is None:
            raise ServerFailed
        return ContactPresence(contact, self.word)


class News:
    """Tells a word for what is expected."""

    def __init__(self, word: Presence | None) -> None:
        self.word = word
        self.expected: list[tuple[str, set[Presence]]] = []

    @contextmanager
    def expecting(self, contact: str, words: Collection[Presence]) -> Iterator[News]:
        self.expected.append((contact, set(words)))
        yield self

    async def async_wait(self) -> Presence | None:
        return self.word


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def poll() -> Poll:
    return Poll()


def writer_of(client: Client, poll: Poll, news: News | None = None) -> PresenceWriter:
    return PresenceWriter(cast("PresenceClient", client), poll, WATCHER, news)


async def test_a_presence_is_sent_and_read_back(
    client: Client, poll: Poll, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOW)
    assert await writer_of(client, poll).async_write(ANNA, BUSY) == PUBLISHED
    assert client.sent == [
        ("set", "anna", Presence.BUSY, {"override": True, "expiry": EXPIRY}),
    ]
    assert poll.read == [ANNA.contact]


async def test_a_note_is_sent_in_a_document(client: Client, poll: Poll) -> None:
    noted = replace(BUSY, note="At work")
    published = await writer_of(client, poll).async_write(ANNA, noted)
    assert published.requested == noted
    assert client.sent == [
        (
            "rich",
            "anna",
            ANNA.contact,
            Presence.BUSY,
            {"note": "At work", "override": True, "expiry": EXPIRY},
        ),
    ]


async def test_what_cannot_be_read_back_is_written_all_the_same(client: Client, poll: Poll) -> None:
    poll.word = None
    published = await writer_of(client, poll).async_write(ANNA, BUSY)
    assert (published.session, published.shown) == ("session-1", None)


async def test_news_takes_the_place_of_a_reading(client: Client, poll: Poll) -> None:
    news = News(Presence.AWAY)
    published = await writer_of(client, poll, news).async_write(ANNA, BUSY)
    assert published.shown is Presence.AWAY
    assert news.expected == [(ANNA.contact, {Presence.BUSY, Presence.AWAY})]
    assert poll.read == []

    await writer_of(client, poll, news).async_write(ANNA, replace(BUSY, presence=Presence.DND))
    assert news.expected[1:] == [(ANNA.contact, {Presence.DND})]


async def test_what_news_does_not_tell_is_read(client: Client, poll: Poll) -> None:
    published = await writer_of(client, poll, News(None)).async_write(ANNA, BUSY)
    assert published.shown is Presence.AWAY


async def test_no_news_is_expected_of_what_does_not_override(client: Client, poll: Poll) -> None:
    news = News(Presence.BUSY)
    quiet = replace(BUSY, override=False)
    assert (await writer_of(client, poll, news).async_write(ANNA, quiet)).shown is Presence.AWAY
    assert news.expected == []


async def test_a_session_that_is_lost_meanwhile_leaves_it_open(client: Client, poll: Poll) -> None:
    client.mark = ServerFailed()
    with pytest.raises(NotConfirmed) as raised:
        await writer_of(client, poll).async_write(ANNA, BUSY)
    assert str(raised.value) == str(client.mark)


async def test_the_watcher_stays_logged_in(client: Client, poll: Poll) -> None:
    writer = writer_of(client, poll)
    await writer.async_log_out(FormerPerson("watcher", "watcher@example.com"))
    assert client.sent == []
    await writer.async_log_out(ANNA)
    assert client.sent == [("log out", "anna")]
    assert poll.read == []
    assert writer.is_logged_in(ANNA)
    assert not writer.is_logged_in(FormerPerson("ben", ""))
    await writer.async_clear(ANNA)
    assert client.sent[1:] == [("clear", "anna", ANNA.contact)]


@pytest.mark.parametrize(("mark", "gone"), [("session-1", False), ("session-2", True)])
async def test_whether_the_session_is_gone(
    client: Client, poll: Poll, mark: str, *, gone: bool
) -> None:
    client.mark = mark
    assert await writer_of(client, poll).async_is_session_gone(ANNA, PUBLISHED) is gone
    assert client.sent == [("poll", "anna", ANNA.contact, False)]


@pytest.mark.parametrize(
    ("shown", "set_words", "written"),
    [
        (Presence.DND, [Presence.DND], True),
        (Presence.BUSY, [Presence.BUSY], False),
        (Presence.DND, [Presence.BUSY], False),
        (Presence.DND, [], False),
        (Presence.DND, None, False),
    ],
)
async def test_whether_another_presence_was_set_since(
    client: Client, poll: Poll, shown: Presence, set_words: list[Presence] | None, *, written: bool
) -> None:
    devices = [
        SimpleNamespace(presence=Presence.DND, is_set_through_the_service=False),
        *(
            SimpleNamespace(presence=word, is_set_through_the_service=True)
            for word in set_words or ()
        ),
    ]
    rich: Any = None if set_words is None else SimpleNamespace(devices=devices)
    client.seen = ContactPresence(ANNA.contact, shown, rich=rich)
    assert await writer_of(client, poll).async_is_written_since(ANNA, PUBLISHED) is written
    assert client.sent == [("poll", "watcher", ANNA.contact, True)]
    client.failure = AnswerNotUnderstood("broken")
    assert not await writer_of(client, poll).async_is_written_since(ANNA, PUBLISHED)


class Leaving:
    """A reconciler that notes how the server is left."""

    def __init__(self, *users: str) -> None:
        self.publishing_users = set(users)
        self.done: list[str] = []
        self.may_clear = asyncio.Event()
        self.may_clear.set()

    async def async_clear_server(self) -> None:
        await self.may_clear.wait()
        self.done.append("clear")

    def async_note_logged_out(self) -> None:
        self.done.append("logged out")


async def leave(client: Client, reconciler: Leaving, *, keep: bool) -> list[Any]:
    await async_leave_server(
        cast("PresenceClient", client), cast("Reconciler", reconciler), keep_published=keep
    )
    return client.sent


async def test_all_is_cleared_before_the_logout(client: Client) -> None:
    reconciler = Leaving("anna")
    assert await leave(client, reconciler, keep=False) == [("log out all", {})]
    assert reconciler.done == ["clear", "logged out"]


async def test_what_is_not_cleared_within_three_seconds_is_left_to_the_logout(
    client: Client, freezer: FrozenDateTimeFactory
) -> None:
    reconciler = Leaving("anna")
    reconciler.may_clear.clear()
    leaving = asyncio.create_task(leave(client, reconciler, keep=False))
    await asyncio.sleep(0)
    for seconds, is_done in ((2.9, False), (0.2, True)):
        freezer.tick(seconds)
        for _ in range(5):
            await asyncio.sleep(0)
        assert leaving.done() is is_done
    assert await leaving == [("log out all", {})]
    assert reconciler.done == ["logged out"]


@pytest.mark.parametrize(
    ("users", "spare"), [(("anna",), ()), ((), ()), (("anna", "ben"), ("application",))]
)
async def test_sessions_that_carry_a_presence_are_left_open(
    client: Client, users: tuple[str, ...], spare: tuple[str, ...]
) -> None:
    reconciler = Leaving(*users)
    sent = await leave(client, reconciler, keep=True)
    assert sent == [("log out all", {"keep": set(users), "spare": spare})]
    assert reconciler.done == []
