"""The watcher's reader: documents as long as they can be read, and words from then on."""

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from custom_components.cisco_unified_presence.channel.presence_reader import PresenceReader
from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    ContactPresence,
    Presence,
    PresenceClient,
)

ANNA = "anna@example.com"
BEN = "ben@example.com"


class StubClient:
    """A client of a server whose answers cannot be read in some of their forms."""

    def __init__(self, *unreadable: str) -> None:
        """Take the forms that cannot be read: ``rich``, ``basic``."""
        self.asked: list[str] = []
        self._unreadable = unreadable

    async def poll_contact(
        self, _watcher: str, contact: str, *, rich: bool = False
    ) -> ContactPresence:
        """Look at a contact."""
        return (await self.poll_contacts("", [contact], rich=rich))[0]

    async def poll_contacts(
        self, _watcher: str, contacts: Sequence[str], *, rich: bool = False
    ) -> list[ContactPresence]:
        """Look at many."""
        form = "rich" if rich else "basic"
        self.asked.append(form)
        await asyncio.sleep(0)
        if form in self._unreadable:
            raise AnswerNotUnderstood("it is nonsense")
        return [ContactPresence(contact, Presence.BUSY) for contact in contacts]

    async def fetch(
        self, watcher: str, _subscription: int, *, rich: bool = False
    ) -> list[ContactPresence]:
        """Fetch news."""
        return await self.poll_contacts(watcher, [ANNA], rich=rich)


def reader_of(
    client: StubClient, told: list[AnswerNotUnderstood] | None = None, *, rich: bool = True
) -> PresenceReader:
    tell = ([] if told is None else told).append
    return PresenceReader(
        cast("PresenceClient", client), "watcher", rich=rich, on_not_understood=tell
    )


async def test_a_document_that_cannot_be_read_is_asked_for_once() -> None:
    client, told = StubClient("rich"), list[AnswerNotUnderstood]()
    reader = reader_of(client, told)
    assert await reader.async_read(ANNA) == ContactPresence(ANNA, Presence.BUSY)
    assert await reader.async_read_many([ANNA, BEN]) == [
        ContactPresence(contact, Presence.BUSY) for contact in (ANNA, BEN)
    ]
    assert client.asked == ["rich", "basic", "basic"]
    assert len(told) == 1


async def test_many_looks_at_the_same_time_tell_once() -> None:
    client, told = StubClient("rich"), list[AnswerNotUnderstood]()
    reader = reader_of(client, told)
    await asyncio.gather(*(reader.async_read_many([contact]) for contact in (ANNA, BEN)))
    assert client.asked == ["rich", "rich", "basic", "basic"]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("unreadable", "rich", "asked"),
    [(("rich", "basic"), True, ["rich", "basic"]), (("basic",), False, ["basic"])],
)
async def test_nothing_is_given_up_where_words_cannot_be_read_either(
    unreadable: tuple[str, ...], asked: list[str], *, rich: bool
) -> None:
    client, told = StubClient(*unreadable), list[AnswerNotUnderstood]()
    reader = reader_of(client, told, rich=rich)
    with pytest.raises(AnswerNotUnderstood):
        await reader.async_read(ANNA)
    with pytest.raises(AnswerNotUnderstood):
        await reader.async_read_many([ANNA])
    with pytest.raises(AnswerNotUnderstood):
        await reader.async_fetch(1)
    assert client.asked == asked * 3
    assert told == []


async def test_news_in_documents_that_cannot_be_read_is_lost_and_words_come_next() -> None:
    """The fetch has consumed the news; who called has to look at everybody."""
    client, told = StubClient("rich"), list[AnswerNotUnderstood]()
    reader = reader_of(client, told)
    with pytest.raises(AnswerNotUnderstood):
        await reader.async_fetch(1)
    assert await reader.async_fetch(1) == [ContactPresence(ANNA, Presence.BUSY)]
    assert client.asked == ["rich", "basic", "basic"]
    assert len(told) == 1
