"""Everybody's presence: what is merged, in which order, and who is told."""

from collections.abc import Callable
import logging

from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
)

ANNA = "anna@example.com"
BEN = "ben@example.com"
DOWN = CannotConnect(ConnectFailure.REFUSED, "cup.example.com:8083")


def people(*contacts: str) -> dict[str, Person]:
    persons = (
        Person(
            subentry_id=contact,
            name=contact,
            user=contact.partition("@")[0],
            contact=contact,
            controlled=False,
        )
        for contact in contacts
    )
    return {person.key: person for person in persons}


def seen(contact: str, presence: Presence) -> ContactPresence:
    return ContactPresence(contact, presence)


@pytest.fixture
def coordinator() -> PresenceCoordinator:
    return PresenceCoordinator("cup.example.com:8083", people(ANNA, BEN))


@pytest.fixture
def told(coordinator: PresenceCoordinator) -> list[str]:
    """Who was told, in order."""
    calls: list[str] = []

    def note(name: str) -> Callable[[], None]:
        return lambda: calls.append(name)

    coordinator.async_subscribe(ANNA, note(ANNA))
    coordinator.async_subscribe(BEN, note(BEN))
    coordinator.async_subscribe_server(note("server"))
    coordinator.async_subscribe_people(note("people"))
    return calls


# Who is told


def test_only_who_changed_is_told(coordinator: PresenceCoordinator, told: list[str]) -> None:
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY), seen(BEN, Presence.AWAY)])
    assert told == [ANNA, BEN]
    told.clear()

    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY), seen(BEN, Presence.DND)])

    assert told == [BEN]


def test_nobody_is_told_of_strangers(coordinator: PresenceCoordinator, told: list[str]) -> None:
    coordinator.async_merge_fetch([seen("mallory@example.com", Presence.BUSY)])
    assert told == []
    assert coordinator.presence_of("mallory@example.com") is None


def test_spelling_of_a_contact_does_not_matter(
    coordinator: PresenceCoordinator, told: list[str]
) -> None:
    coordinator.async_merge_fetch([seen("Anna@EXAMPLE.com", Presence.BUSY)])
    assert told == [ANNA]
    found = coordinator.presence_of(ANNA)
    assert found is not None
    assert found.presence is Presence.BUSY


def test_who_has_left_is_not_told(coordinator: PresenceCoordinator) -> None:
    calls: list[int] = []
    leave_first = coordinator.async_subscribe(ANNA, lambda: calls.append(1))
    coordinator.async_subscribe(ANNA, lambda: calls.append(2))
    leave_first()
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY)])
    assert calls == [2]


def test_who_leaves_when_told_does_not_cost_others_the_news(
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


def test_look_is_taken_over(coordinator: PresenceCoordinator, told: list[str]) -> None:
    coordinator.async_merge_poll(seen(ANNA, Presence.BUSY), coordinator.revision)
    assert told == [ANNA]


def test_look_that_asked_before_a_fetch_does_not_overwrite_it(
    coordinator: PresenceCoordinator,
) -> None:
    asked_at = coordinator.revision
    coordinator.async_merge_fetch([seen(ANNA, Presence.DND)])
    coordinator.async_merge_poll(seen(ANNA, Presence.AVAILABLE), asked_at)
    assert coordinator.presence_of(ANNA) == seen(ANNA, Presence.DND)


def test_look_that_asked_after_a_fetch_overwrites_it(coordinator: PresenceCoordinator) -> None:
    coordinator.async_merge_fetch([seen(ANNA, Presence.DND)])
    coordinator.async_merge_poll(seen(ANNA, Presence.AWAY), coordinator.revision)
    assert coordinator.presence_of(ANNA) == seen(ANNA, Presence.AWAY)


def test_fetch_of_others_does_not_make_a_look_old(coordinator: PresenceCoordinator) -> None:
    asked_at = coordinator.revision
    coordinator.async_merge_fetch([seen(BEN, Presence.DND)])
    coordinator.async_merge_poll(seen(ANNA, Presence.AWAY), asked_at)
    assert coordinator.presence_of(ANNA) == seen(ANNA, Presence.AWAY)


contacts = st.sampled_from([ANNA, "ANNA@example.com", BEN, "mallory@example.com"])
presences = st.builds(seen, contacts, st.sampled_from(list(Presence)))
fetches = st.tuples(st.just("fetch"), st.lists(presences, max_size=4))
looks = st.tuples(st.integers(0, 3), presences)


@given(st.lists(st.one_of(fetches, looks), max_size=30))
def test_news_outlives_every_older_look(
    events: list[tuple[str, list[ContactPresence]] | tuple[int, ContactPresence]],
) -> None:
    """Looks that asked some fetches ago never show over what those fetches brought."""
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
            case int(age), ContactPresence() as look:
                asked_at = max(0, coordinator.revision - age)
                coordinator.async_merge_poll(look, asked_at)
                if fetched.get(look.contact.casefold(), 0) <= asked_at:
                    expected[look.contact.casefold()] = look
    for contact, told_of in changes.items():
        assert coordinator.presence_of(contact) == expected.get(contact)
        assert told_of[-1:] == [expected[contact].presence] if contact in expected else not told_of


# Who is watched


def test_others_are_forgotten_and_listeners_told(
    coordinator: PresenceCoordinator, told: list[str]
) -> None:
    coordinator.async_merge_fetch([seen(ANNA, Presence.BUSY), seen(BEN, Presence.AWAY)])
    told.clear()
    coordinator.async_set_people(people(BEN))
    assert told == ["people"]
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


def test_outage_tells_everybody_once(
    coordinator: PresenceCoordinator, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            coordinator.async_set_unreachable(DOWN)
        assert not coordinator.reachable
        assert told == ["server", ANNA, BEN]
        for _ in range(3):
            coordinator.async_set_reachable()
    assert coordinator.reachable
    assert told == ["server", ANNA, BEN] * 2
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ("WARNING", f"cup.example.com:8083 does not answer: {DOWN}"),
        ("INFO", "cup.example.com:8083 answers again"),
    ]


def test_channel_is_told_when_it_changes(
    coordinator: PresenceCoordinator, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert coordinator.channel is Channel.POLLING
    with caplog.at_level(logging.INFO):
        for channel in (Channel.POLLING, Channel.EVENTING, Channel.EVENTING, Channel.POLLING):
            coordinator.async_set_channel(channel)
    assert told == ["server", "server"]
    assert [each.getMessage() for each in caplog.records] == [
        "Presence from cup.example.com:8083 now comes by eventing",
        "Presence from cup.example.com:8083 now comes by polling",
    ]


def test_notification_is_noted(coordinator: PresenceCoordinator, told: list[str]) -> None:
    assert coordinator.last_notification is None
    now = dt_util.utcnow()
    coordinator.async_note_notification(now)
    assert coordinator.last_notification == now
    assert told == []
