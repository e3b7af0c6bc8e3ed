"""The presence reader: documents until one cannot be parsed, and words from then on."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import cast, override

import pytest

from custom_components.cisco_unified_presence.channel.presence_reader import PresenceReader
from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    ContactPresence,
    Presence,
    PresenceClient,
    Unreadable,
)

ANNA = "anna@example.com"
BEN = "ben@example.com"


class StubClient:
    """A client that cannot parse the server's answers in some of their forms."""

    def __init__(self, *unreadable: str) -> None:
        """Take the forms that cannot be parsed: ``rich``, ``basic``."""
        self.asked: list[str] = []
        self._unreadable = unreadable

    async def poll_contact(
        self, _watcher: str, contact: str, *, rich: bool = False
    ) -> ContactPresence:
        return (await self.poll_contacts("", [contact], rich=rich))[0]

    async def poll_contacts(
        self, _watcher: str, contacts: Sequence[str], *, rich: bool = False
    ) -> list[ContactPresence]:
        form = "rich" if rich else "basic"
        self.asked.append(form)
        await asyncio.sleep(0)
        if form in self._unreadable:
            raise AnswerNotUnderstood("it is nonsense")
        return [ContactPresence(contact, Presence.BUSY) for contact in contacts]

    async def fetch(
        self, watcher: str, _subscription: int, *, rich: bool = False
    ) -> list[ContactPresence]:
        return await self.poll_contacts(watcher, [ANNA], rich=rich)


def reader_of(
    client: StubClient, reported: list[AnswerNotUnderstood] | None = None, *, rich: bool = True
) -> PresenceReader:
    report = ([] if reported is None else reported).append
    return PresenceReader(
        cast("PresenceClient", client), "watcher", rich=rich, on_not_understood=report
    )


async def test_document_that_cannot_be_parsed_is_asked_for_once() -> None:
    client, reported = StubClient("rich"), list[AnswerNotUnderstood]()
    reader = reader_of(client, reported)
    assert await reader.async_read(ANNA) == ContactPresence(ANNA, Presence.BUSY)
    assert await reader.async_read_many([ANNA, BEN]) == [
        ContactPresence(contact, Presence.BUSY) for contact in (ANNA, BEN)
    ]
    assert client.asked == ["rich", "basic", "basic"]
    assert len(reported) == 1


async def test_many_polls_at_the_same_time_report_once() -> None:
    client, reported = StubClient("rich"), list[AnswerNotUnderstood]()
    reader = reader_of(client, reported)
    await asyncio.gather(*(reader.async_read_many([contact]) for contact in (ANNA, BEN)))
    assert client.asked == ["rich", "rich", "basic", "basic"]
    assert len(reported) == 1


async def test_the_first_of_many_polls_begins_the_pause() -> None:
    client, times = StubClient("rich"), iter((0.0, 3600.0, 3601.0, 3602.0))
    reader = PresenceReader(
        cast("PresenceClient", client),
        "watcher",
        rich=True,
        on_not_understood=lambda _: None,
        clock=lambda: next(times),
    )
    await asyncio.gather(*(reader.async_read(contact) for contact in (ANNA, BEN)))
    client.asked.clear()
    await reader.async_read(ANNA)
    assert client.asked == ["rich", "basic"]


@pytest.mark.parametrize(
    ("unreadable", "rich", "asked"),
    [(("rich", "basic"), True, ["rich", "basic"]), (("basic",), False, ["basic"])],
)
async def test_documents_are_not_given_up_when_words_cannot_be_parsed_either(
    unreadable: tuple[str, ...], asked: list[str], *, rich: bool
) -> None:
    client, reported = StubClient(*unreadable), list[AnswerNotUnderstood]()
    reader = reader_of(client, reported, rich=rich)
    with pytest.raises(AnswerNotUnderstood):
        await reader.async_read(ANNA)
    with pytest.raises(AnswerNotUnderstood):
        await reader.async_read_many([ANNA])
    with pytest.raises(AnswerNotUnderstood):
        await reader.async_fetch(1)
    assert client.asked == asked * 3
    assert reported == []


async def test_news_in_documents_that_cannot_be_parsed_is_lost_and_words_come_next() -> None:
    """The fetch has consumed the news; the caller has to refresh all contacts."""
    client, reported = StubClient("rich"), list[AnswerNotUnderstood]()
    reader = reader_of(client, reported)
    with pytest.raises(AnswerNotUnderstood):
        await reader.async_fetch(1)
    assert await reader.async_fetch(1) == [ContactPresence(ANNA, Presence.BUSY)]
    assert client.asked == ["rich", "basic", "basic"]
    assert len(reported) == 1


class DocumentsClient(StubClient):
    """A client of which the documents of some contacts cannot be read, and their words can."""

    def __init__(self) -> None:
        super().__init__()
        self.unreadable = {ANNA}

    @override
    async def poll_contacts(
        self, _watcher: str, contacts: Sequence[str], *, rich: bool = False
    ) -> list[ContactPresence]:
        seen = await super().poll_contacts("", contacts, rich=rich)
        if not rich:
            return seen
        return [UNREAD[each.contact] if each.contact in self.unreadable else each for each in seen]

    @override
    async def fetch(
        self, watcher: str, _subscription: int, *, rich: bool = False
    ) -> list[ContactPresence]:
        return await self.poll_contacts(watcher, [ANNA, BEN], rich=rich)


ODD = Unreadable("it is odd", "<odd/>")
UNREAD = {
    contact: ContactPresence(contact, Presence.UNKNOWN, unreadable=ODD) for contact in (ANNA, BEN)
}
IN_WORDS = ContactPresence(ANNA, Presence.BUSY, unreadable=ODD)
READ = ContactPresence(BEN, Presence.BUSY)


async def test_words_of_one_contact_take_the_place_of_its_document() -> None:
    client, reported = DocumentsClient(), list[AnswerNotUnderstood]()
    reader = reader_of(client, reported)

    assert await reader.async_read(ANNA) == IN_WORDS
    assert await reader.async_read_many([ANNA, BEN]) == [IN_WORDS, READ]
    assert await reader.async_fetch(1) == [IN_WORDS, READ]

    assert client.asked == ["rich", "basic"] * 3
    assert reported == []


async def test_a_document_of_nobody_in_particular_is_not_asked_for_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = DocumentsClient()
    unnamed = replace(UNREAD[ANNA], contact="")

    async def fetch(*_: object, **__: object) -> list[ContactPresence]:
        return [unnamed, READ]

    monkeypatch.setattr(client, "fetch", fetch)
    assert await reader_of(client).async_fetch(1) == [unnamed, READ]
    assert client.asked == []


async def test_documents_are_given_up_for_an_hour_when_none_of_several_can_be_read() -> None:
    client, reported, understood = DocumentsClient(), list[AnswerNotUnderstood](), list[bool]()
    now = 100.0
    reader = PresenceReader(
        cast("PresenceClient", client),
        "watcher",
        rich=True,
        on_not_understood=reported.append,
        on_understood=lambda: understood.append(True),
        clock=lambda: now,
    )
    client.unreadable = {ANNA, BEN}
    await reader.async_read_many([ANNA, BEN])
    ((reason, sample),) = [(each.detail, each.sample) for each in reported]
    assert (reason, sample) == ("it is odd", "<odd/>")

    client.asked.clear()
    now += 3599
    await reader.async_read(BEN)
    assert client.asked == ["basic"]

    # The next failure is not reported again, and the first success is.
    now += 1
    await reader.async_read_many([ANNA, BEN])
    now += 3600
    assert len(reported) == 1
    assert understood == []
    client.unreadable = {ANNA}
    await reader.async_read_many([ANNA, BEN])
    await reader.async_read_many([ANNA, BEN])
    assert understood == [True]


async def test_a_document_that_was_asked_for_before_the_pause_does_not_end_it() -> None:
    client, understood = DocumentsClient(), list[bool]()
    reader = PresenceReader(
        cast("PresenceClient", client),
        "watcher",
        rich=True,
        on_not_understood=lambda _: None,
        on_understood=lambda: understood.append(True),
    )
    client.unreadable = {ANNA, BEN}
    pausing = asyncio.create_task(reader.async_read_many([ANNA, BEN]))
    await asyncio.sleep(0)
    await asyncio.gather(pausing, reader.async_read("clara@example.com"))
    assert client.asked == ["rich", "basic", "rich"]
    assert understood == []


async def test_a_new_choice_ends_the_pause() -> None:
    client, reported = StubClient("rich"), list[AnswerNotUnderstood]()
    reader = reader_of(client, reported)
    await reader.async_read(ANNA)
    client.asked.clear()

    reader.async_set_rich(rich=True)
    await reader.async_read(ANNA)
    assert client.asked == ["rich", "basic"]
    assert len(reported) == 2

    reader.async_set_rich(rich=False)
    await reader.async_read(ANNA)
    assert client.asked == ["rich", "basic", "basic"]


async def test_words_of_which_some_are_missing_are_not_paired_with_contacts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = DocumentsClient()
    reader = reader_of(client)
    poll = client.poll_contacts

    async def poll_too_few(
        watcher: str, contacts: Sequence[str], *, rich: bool = False
    ) -> list[ContactPresence]:
        seen = await poll(watcher, contacts, rich=rich)
        return seen if rich else seen[1:]

    monkeypatch.setattr(client, "poll_contacts", poll_too_few)
    with pytest.raises(ValueError, match="shorter"):
        await reader.async_read_many([ANNA, BEN])
