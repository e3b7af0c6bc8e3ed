"""The poller: batches, failures, and the order of polls and fetches."""

import asyncio
from collections.abc import Sequence

import pytest

from custom_components.cisco_unified_presence.channel import poller as module
from custom_components.cisco_unified_presence.channel.poller import Pace, Poller
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import (
    BadContact,
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
    PresenceServiceError,
    ServerFailed,
    UnknownUser,
)
from tests.common.people import people

CONTACTS = [f"user{number}@example.com" for number in range(10)]


class StubReader:
    """Reads every contact as Busy, or fails with the given errors."""

    def __init__(self) -> None:
        self.contacts_per_request = 1
        self.failures: dict[str, PresenceServiceError] = {}
        self.presences: dict[str, Presence] = {}
        self.asked: list[str] = []
        self.held = asyncio.Event()
        self.held.set()

    async def async_read(self, contact: str) -> ContactPresence:
        self.asked.append(contact)
        await asyncio.sleep(0)
        await self.held.wait()
        if contact in self.failures:
            raise self.failures[contact]
        return ContactPresence(contact, self.presences.get(contact, Presence.BUSY))

    async def async_read_many(self, contacts: Sequence[str]) -> list[ContactPresence]:
        """As the client does, return UNKNOWN for a refused contact."""
        seen = []
        for contact in contacts:
            try:
                seen.append(await self.async_read(contact))
            except BadContact:
                seen.append(ContactPresence(contact, Presence.UNKNOWN))
        return seen


class PollerParts:
    """A poller with all its parts."""

    def __init__(self, contacts: list[str]) -> None:
        self.reader = StubReader()
        self.coordinator = PresenceCoordinator("cup", people(*contacts))
        self.poller = Poller(self.reader, self.coordinator)  # type: ignore[arg-type]  # what it needs of them
        self.gate = self.poller.gate

    def presence_of(self, contact: str) -> Presence | None:
        found = self.coordinator.presence_of(contact)
        return found.presence if found else None


@pytest.fixture
def parts() -> PollerParts:
    return PollerParts(CONTACTS)


async def test_all_people_are_polled_once(parts: PollerParts) -> None:
    await parts.poller.async_refresh_all()
    assert sorted(parts.reader.asked) == CONTACTS
    assert {parts.presence_of(contact) for contact in CONTACTS} == {Presence.BUSY}


async def test_without_people_nothing_is_polled() -> None:
    parts = PollerParts([])
    await parts.poller.async_refresh_all()
    assert parts.reader.asked == []


async def test_contact_that_the_server_refuses_is_unknown_and_the_others_are_polled(
    parts: PollerParts,
) -> None:
    parts.reader.failures[CONTACTS[3]] = BadContact()
    await parts.poller.async_refresh_all()
    assert parts.presence_of(CONTACTS[3]) is Presence.UNKNOWN
    assert parts.presence_of(CONTACTS[9]) is Presence.BUSY


async def test_contact_that_fails_keeps_its_presence_and_the_others_are_polled(
    parts: PollerParts,
) -> None:
    await parts.poller.async_refresh_all()
    parts.reader.failures[CONTACTS[3]] = ServerFailed()
    parts.reader.presences = dict.fromkeys(CONTACTS, Presence.AWAY)
    await parts.poller.async_refresh_all()
    seen = {contact: parts.presence_of(contact) for contact in CONTACTS}
    assert seen.pop(CONTACTS[3]) is Presence.BUSY
    assert set(seen.values()) == {Presence.AWAY}


@pytest.mark.parametrize("failure", [ServerFailed(), UnknownUser(user="watcher")])
async def test_failure_for_all_people_is_raised(
    parts: PollerParts, failure: PresenceServiceError
) -> None:
    parts.reader.failures = dict.fromkeys(CONTACTS, failure)
    with pytest.raises(type(failure)):
        await parts.poller.async_refresh_all()
    assert parts.presence_of(CONTACTS[3]) is None


async def test_lost_connection_ends_the_refresh_and_is_raised(parts: PollerParts) -> None:
    failure = CannotConnect(ConnectFailure.REFUSED, "cup")
    parts.reader.failures = dict.fromkeys(CONTACTS, failure)
    with pytest.raises(CannotConnect) as raised:
        await parts.poller.async_refresh_all()
    assert raised.value is failure
    assert len(parts.reader.asked) == 1


async def test_fetch_under_way_is_merged_first(parts: PollerParts) -> None:
    contact = CONTACTS[0]
    with parts.gate:
        poll = asyncio.create_task(parts.poller.async_poll(contact))
        for _ in range(10):
            await asyncio.sleep(0)
        assert parts.presence_of(contact) is None
        parts.coordinator.async_merge_fetch([ContactPresence(contact, Presence.DND)])
    await poll
    assert parts.presence_of(contact) is Presence.DND


async def test_poll_is_merged_after_a_fetch_without_news(parts: PollerParts) -> None:
    contact = CONTACTS[0]
    with parts.gate:
        poll = asyncio.create_task(parts.poller.async_poll(contact))
        await asyncio.sleep(0)
    await poll
    assert parts.presence_of(contact) is Presence.BUSY


async def test_poll_that_began_before_a_fetch_does_not_overwrite_it(parts: PollerParts) -> None:
    contact = CONTACTS[0]
    parts.reader.held.clear()
    poll = asyncio.create_task(parts.poller.async_poll(contact))
    await asyncio.sleep(0)
    with parts.gate:
        parts.coordinator.async_merge_fetch([ContactPresence(contact, Presence.DND)])
    parts.reader.held.set()
    await poll
    assert parts.presence_of(contact) is Presence.DND


async def test_unknown_contacts_are_returned_in_their_order(parts: PollerParts) -> None:
    parts.reader.presences = {CONTACTS[7]: Presence.UNKNOWN, CONTACTS[2]: Presence.UNKNOWN}
    assert await parts.poller.async_unknown_among(CONTACTS) == [CONTACTS[2], CONTACTS[7]]
    assert parts.presence_of(CONTACTS[0]) is None


async def test_contact_that_would_spoil_a_subscription_is_raised(parts: PollerParts) -> None:
    parts.reader.failures[CONTACTS[5]] = BadContact(contact=CONTACTS[5])
    with pytest.raises(BadContact):
        await parts.poller.async_unknown_among(CONTACTS)


class Steps:
    """A clock that moves by what is slept."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@pytest.mark.parametrize(
    ("idle", "batches", "seconds"),
    [
        pytest.param(0, [10] * 10, 0, id="the burst"),
        pytest.param(0, [10] * 40, 60, id="a minute of the rate after it"),
        pytest.param(3600, [10] * 40, 60, id="idle time adds up to no more than the burst"),
        pytest.param(0, [100, 300], 60, id="one large batch"),
    ],
)
async def test_pace_of_requests(idle: float, batches: list[int], seconds: float) -> None:
    steps = Steps()
    pace = Pace(5.0, 100, clock=steps.clock, sleep=steps.sleep)
    steps.now += idle
    for batch in batches:
        await pace.wait(batch)
    assert steps.now - idle == pytest.approx(seconds)


async def test_many_contacts_to_a_request_are_paced_by_requests() -> None:
    contacts = [f"user{number}@example.com" for number in range(1000)]
    parts = PollerParts(contacts)
    steps = Steps()
    parts.reader.contacts_per_request = 200
    poller = Poller(
        parts.reader,  # type: ignore[arg-type]  # what it needs of it
        parts.coordinator,
        Pace(5.0, 1, clock=steps.clock, sleep=steps.sleep),
    )
    await poller.async_refresh_all()
    assert parts.presence_of(contacts[-1]) is Presence.BUSY
    assert steps.now == pytest.approx(0.8)


def test_a_small_node_bears_five_requests_a_second_after_a_hundred_at_once(
    parts: PollerParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    paces: list[tuple[float, ...]] = []
    monkeypatch.setattr(module, "Pace", lambda *pace: paces.append(pace))
    Poller(parts.reader, parts.coordinator)  # type: ignore[arg-type]  # what it needs of them
    assert paces == [(5, 100)]


async def test_ten_contacts_are_polled_and_shown_at_a_time() -> None:
    contacts = [f"user{number}@example.com" for number in range(12)]
    parts = PollerParts(contacts)
    parts.reader.failures[contacts[10]] = CannotConnect(ConnectFailure.REFUSED)
    with pytest.raises(CannotConnect):
        await parts.poller.async_refresh_all()
    assert [parts.presence_of(contact) for contact in contacts] == [Presence.BUSY] * 10 + [None] * 2


async def test_contacts_are_polled_as_many_at_a_time_as_a_request_takes() -> None:
    parts = PollerParts(CONTACTS)
    parts.reader.contacts_per_request = 2
    parts.reader.failures[CONTACTS[3]] = CannotConnect(ConnectFailure.REFUSED)
    with pytest.raises(CannotConnect):
        await parts.poller.async_refresh_all()
    shown = [parts.presence_of(contact) for contact in CONTACTS]
    assert shown == [Presence.BUSY] * 2 + [None] * 8


async def test_the_first_failure_of_those_for_whom_the_server_fails_is_raised() -> None:
    for count in (1, 3):
        parts = PollerParts(CONTACTS[:count])
        failures = {contact: ServerFailed() for contact in CONTACTS[:count]}
        parts.reader.failures |= failures
        with pytest.raises(ServerFailed) as raised:
            await parts.poller.async_refresh_all()
        assert raised.value is failures[CONTACTS[0]]


async def test_answers_of_which_some_are_missing_are_not_paired_with_contacts(
    parts: PollerParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read_too_few(contacts: Sequence[str]) -> list[ContactPresence]:
        return [ContactPresence(contact, Presence.BUSY) for contact in contacts[1:]]

    monkeypatch.setattr(parts.reader, "async_read_many", read_too_few)
    with pytest.raises(ValueError, match="shorter"):
        await parts.poller.async_unknown_among(CONTACTS)
