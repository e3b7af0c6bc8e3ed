"""The coordinator: what is merged, in which order, and which listeners are called."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import logging
import tracemalloc

from freezegun.api import FrozenDateTimeFactory
from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
    RichPresence,
    Unreadable,
)

from .common.people import people

ANNA = "anna@example.com"
BEN = "ben@example.com"
DOWN = CannotConnect(ConnectFailure.REFUSED, "cup.example.com:8083")


def seen(contact: str, presence: Presence) -> ContactPresence:
    return ContactPresence(contact, presence)


@pytest.fixture
def coordinator() -> PresenceCoordinator:
    return PresenceCoordinator("cup.example.com:8083", people(ANNA, BEN))


@pytest.fixture
def called(coordinator: PresenceCoordinator) -> list[str]:
    """The listeners that were called, in order."""
    calls: list[str] = []

    def note(name: str) -> Callable[[], None]:
        return lambda: calls.append(name)

    coordinator.async_subscribe(ANNA, note(ANNA))
    coordinator.async_subscribe(BEN, note(BEN))
    coordinator.async_subscribe_server(note("server"))
    coordinator.async_subscribe_people(note("people"))
    coordinator.async_subscribe_notifications(note("notification"))
    coordinator.async_subscribe_unknown(note("unknown"))
    coordinator.async_subscribe_unreadable(note("unreadable"))
    return calls


# Which listeners are called


def test_only_listeners_of_changed_contacts_are_called(
    coordinator: PresenceCoordinator, called: list[str]
) -> None:
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY), seen(BEN, Presence.AWAY)])
    assert called == [ANNA, BEN]
    called.clear()

    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY), seen(BEN, Presence.DND)])

    assert called == [BEN]


def test_strangers_are_ignored(coordinator: PresenceCoordinator, called: list[str]) -> None:
    coordinator.async_merge_fetch([seen("mallory@example.com", Presence.BUSY)])
    assert called == []
    assert coordinator.presence_of("mallory@example.com") is None


def test_strangers_take_no_memory(coordinator: PresenceCoordinator) -> None:
    tracemalloc.start()
    try:
        for number in range(20_000):
            stranger = seen(f"{number}@example.com", Presence.BUSY)
            coordinator.async_merge_fetch([stranger])
            coordinator.async_merge_poll(stranger, coordinator.revision)
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 100_000


def test_scheme_of_a_contact_does_not_matter(coordinator: PresenceCoordinator) -> None:
    coordinator.async_merge_fetch([seen("XMPP:Anna@example.com", Presence.BUSY)])
    found = coordinator.presence_of(ANNA)
    assert found is not None
    assert found.presence is Presence.BUSY


def test_spelling_of_a_contact_does_not_matter(
    coordinator: PresenceCoordinator, called: list[str]
) -> None:
    coordinator.async_merge_fetch([seen("Anna@EXAMPLE.com", Presence.BUSY)])
    assert called == [ANNA]
    found = coordinator.presence_of(ANNA)
    assert found is not None
    assert found.presence is Presence.BUSY


def test_removed_listener_is_not_called(coordinator: PresenceCoordinator) -> None:
    calls: list[int] = []
    leave_first = coordinator.async_subscribe(ANNA, lambda: calls.append(1))
    coordinator.async_subscribe(ANNA, lambda: calls.append(2))
    leave_first()
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    assert calls == [2]


def test_listener_that_removes_itself_does_not_keep_others_from_being_called(
    coordinator: PresenceCoordinator,
) -> None:
    calls: list[int] = []

    def leave_and_note() -> None:
        leave()
        calls.append(1)

    leave = coordinator.async_subscribe(ANNA, leave_and_note)
    coordinator.async_subscribe(ANNA, lambda: calls.append(2))
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    assert calls == [1, 2]


# In which order


def test_poll_is_merged(coordinator: PresenceCoordinator, called: list[str]) -> None:
    coordinator.async_merge_poll(seen(ANNA, Presence.BUSY), coordinator.revision)
    assert called == [ANNA]


def test_poll_that_began_before_a_fetch_does_not_overwrite_it(
    coordinator: PresenceCoordinator,
) -> None:
    asked_at = coordinator.revision
    coordinator.async_merge_fetch([seen(ANNA, Presence.DND)])
    coordinator.async_merge_poll(seen(ANNA, Presence.AVAILABLE), asked_at)
    assert coordinator.presence_of(ANNA) == seen(ANNA, Presence.DND)


def test_poll_that_began_after_a_fetch_overwrites_it(coordinator: PresenceCoordinator) -> None:
    coordinator.async_merge_fetch([seen(ANNA, Presence.DND)])
    coordinator.async_merge_poll(seen(ANNA, Presence.AWAY), coordinator.revision)
    assert coordinator.presence_of(ANNA) == seen(ANNA, Presence.AWAY)


def test_fetch_of_others_does_not_outdate_a_poll(coordinator: PresenceCoordinator) -> None:
    asked_at = coordinator.revision
    coordinator.async_merge_fetch([seen(BEN, Presence.DND)])
    coordinator.async_merge_poll(seen(ANNA, Presence.AWAY), asked_at)
    assert coordinator.presence_of(ANNA) == seen(ANNA, Presence.AWAY)


contacts = st.sampled_from([ANNA, "ANNA@example.com", BEN, "mallory@example.com"])
presences = st.builds(seen, contacts, st.sampled_from(list(Presence)))
fetches = st.tuples(st.just("fetch"), st.lists(presences, max_size=4))
polls = st.tuples(st.integers(0, 3), presences)


@given(st.lists(st.one_of(fetches, polls), max_size=30))
def test_fetch_outlives_every_older_poll(
    events: list[tuple[str, list[ContactPresence]] | tuple[int, ContactPresence]],
) -> None:
    """Polls that began some fetches ago never replace what those fetches brought."""
    coordinator = PresenceCoordinator("cup", people(ANNA, BEN))
    expected: dict[str, ContactPresence] = {}
    fetched: dict[str, int] = {}
    changes: dict[str, list[Presence]] = {ANNA: [], BEN: []}

    def note(contact: str) -> Callable[[], None]:
        def add() -> None:
            now = coordinator.presence_of(contact)
            assert now is not None
            changes[contact].append(now.presence)

        return add

    for contact in changes:
        coordinator.async_subscribe(contact, note(contact))
    for event in events:
        match event:
            case "fetch", list(news):
                coordinator.async_merge_fetch(news)
                for each in news:
                    fetched[each.contact.casefold()] = coordinator.revision
                    expected[each.contact.casefold()] = each
            case int(age), ContactPresence() as poll:
                asked_at = max(0, coordinator.revision - age)
                coordinator.async_merge_poll(poll, asked_at)
                if fetched.get(poll.contact.casefold(), 0) <= asked_at:
                    expected[poll.contact.casefold()] = poll
    for contact, seen_changes in changes.items():
        assert coordinator.presence_of(contact) == expected.get(contact)
        assert (
            seen_changes[-1:] == [expected[contact].presence]
            if contact in expected
            else not seen_changes
        )


# Who is watched


def test_others_are_forgotten_and_listeners_called(
    coordinator: PresenceCoordinator, called: list[str]
) -> None:
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY), seen(BEN, Presence.AWAY)])
    called.clear()
    coordinator.async_set_people(people(BEN))
    assert called == ["people"]
    assert coordinator.presence_of(ANNA) is None
    assert coordinator.presence_of(BEN) == seen(BEN, Presence.AWAY)


def test_person_who_comes_back_is_not_judged_by_old_news(coordinator: PresenceCoordinator) -> None:
    asked_at = coordinator.revision
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    coordinator.async_set_people(people(BEN))
    coordinator.async_set_people(people(ANNA, BEN))
    coordinator.async_merge_poll(seen(ANNA, Presence.AWAY), asked_at)
    assert coordinator.presence_of(ANNA) == seen(ANNA, Presence.AWAY)


# The server's health


def test_outage_calls_all_listeners_once(
    coordinator: PresenceCoordinator, called: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            coordinator.async_set_unreachable(DOWN)
        assert not coordinator.reachable
        assert called == ["server", ANNA, BEN]
        for _ in range(3):
            coordinator.async_set_reachable()
    assert coordinator.reachable
    assert called == ["server", ANNA, BEN] * 2
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ("WARNING", f"cup.example.com:8083 does not answer: {DOWN}"),
        ("INFO", "cup.example.com:8083 answers again"),
    ]


def test_listeners_are_called_when_the_channel_changes(
    coordinator: PresenceCoordinator, called: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert coordinator.channel is Channel.POLLING
    with caplog.at_level(logging.INFO):
        for channel in (Channel.POLLING, Channel.EVENTING, Channel.EVENTING, Channel.POLLING):
            coordinator.async_set_channel(channel)
    assert called == ["server", "server"]
    assert [each.getMessage() for each in caplog.records] == [
        "Presence from cup.example.com:8083 now comes by eventing",
        "Presence from cup.example.com:8083 now comes by polling",
    ]


def test_notification_is_noted(coordinator: PresenceCoordinator, called: list[str]) -> None:
    assert coordinator.last_notification is None
    now = dt_util.utcnow()
    coordinator.async_note_notification(now)
    assert coordinator.last_notification == now
    assert called == ["notification"]


async def test_many_listeners_are_called_in_batches(coordinator: PresenceCoordinator) -> None:
    calls: list[int] = []
    for number in range(250):
        coordinator.async_subscribe(str(number), lambda number=number: calls.append(number))  # type: ignore[misc]
    coordinator.async_set_unreachable(DOWN)
    assert calls == list(range(100))
    await asyncio.sleep(0)
    assert calls == list(range(200))
    await asyncio.sleep(0)
    assert calls == list(range(250))


# What is known of people


def test_who_may_be_set(coordinator: PresenceCoordinator) -> None:
    anna = replace(people(ANNA)[ANNA], controlled=True)
    coordinator.async_set_people({ANNA: anna, **people(BEN)})
    assert coordinator.controlled == {ANNA: anna}
    assert coordinator.controlled_person(ANNA) is anna
    assert coordinator.controlled_person(BEN) is None
    assert coordinator.controlled_person("mallory@example.com") is None


def test_whom_the_server_does_not_know(coordinator: PresenceCoordinator, called: list[str]) -> None:
    coordinator.async_merge_fetch([seen(ANNA, Presence.UNKNOWN)])
    assert coordinator.unknown == {ANNA}
    assert called == ["unknown", ANNA]
    called.clear()
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    assert coordinator.unknown == set()
    assert called == ["unknown", ANNA]
    called.clear()
    coordinator.async_merge_fetch([seen(ANNA, Presence.AWAY)])
    assert called == [ANNA]
    coordinator.async_merge_fetch([seen(ANNA, Presence.UNKNOWN)])
    called.clear()
    coordinator.async_set_people(people(BEN))
    assert coordinator.unknown == set()
    assert called == ["unknown", "people"]


def test_of_whom_answers_cannot_be_read(
    coordinator: PresenceCoordinator, called: list[str]
) -> None:
    def unread(why: str) -> ContactPresence:
        return ContactPresence(ANNA, Presence.UNKNOWN, unreadable=Unreadable(why))

    coordinator.async_merge_fetch([unread("first")])
    assert coordinator.unreadable == {ANNA: Unreadable("first")}
    assert coordinator.unknown == set()
    assert called == ["unreadable", ANNA]
    called.clear()
    # The first reason stands until answers can be read again.
    coordinator.async_merge_fetch([unread("second")])
    assert coordinator.unreadable == {ANNA: Unreadable("first")}
    assert called == [ANNA]
    called.clear()
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    assert coordinator.unreadable == {}
    assert called == ["unreadable", ANNA]
    coordinator.async_merge_fetch([unread("third")])
    called.clear()
    coordinator.async_set_people(people(BEN))
    assert coordinator.unreadable == {}
    assert called == ["unreadable", "people"]


def test_the_same_answer_is_remembered_as_a_new_one(coordinator: PresenceCoordinator) -> None:
    """Who remembers the earlier one can tell that the server has been asked since."""
    first, again = seen(ANNA, Presence.BUSY), seen(ANNA, Presence.BUSY)
    coordinator.async_merge_fetch([first])
    coordinator.async_merge_fetch([again])
    assert coordinator.presence_of(ANNA) is again
    rich = ContactPresence(ANNA, Presence.BUSY, RichPresence(f"sip:{ANNA}"))
    same = ContactPresence(ANNA, Presence.BUSY, RichPresence(f"sip:{ANNA}"))
    coordinator.async_merge_fetch([rich])
    coordinator.async_merge_fetch([same])
    assert coordinator.presence_of(ANNA) is rich


def test_readings_that_change_nothing_are_told_to_who_listens_to_them(
    coordinator: PresenceCoordinator, called: list[str]
) -> None:
    coordinator.async_subscribe_reads(BEN, lambda: called.append("Ben was read"))
    leave = coordinator.async_subscribe_reads(ANNA, lambda: called.append("Anna was read"))
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    assert called == [ANNA, "Anna was read"]
    leave()
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    assert called == [ANNA, "Anna was read"]


def test_since_when_people_are_as_they_are(
    coordinator: PresenceCoordinator, freezer: FrozenDateTimeFactory
) -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    freezer.move_to(now)
    assert coordinator.since_of(ANNA) is None
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    freezer.tick(timedelta(minutes=1))
    assert coordinator.since_of(ANNA) == now
    coordinator.async_merge_fetch([seen(ANNA, Presence.UNKNOWN)])
    assert coordinator.since_of(ANNA) is None
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    assert coordinator.since_of(ANNA) == now
    coordinator.async_set_people(people(BEN))
    assert coordinator.times.since(ANNA) is None
