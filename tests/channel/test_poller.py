"""Looking at everybody: a few at once, and never overtaking a fetch."""

import asyncio
from collections.abc import Sequence

import pytest

from custom_components.cisco_unified_presence.channel.poller import FetchGate, Poller
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
from tests.test_coordinator import people

CONTACTS = [f"user{number}@example.com" for number in range(10)]


class StubReader:
    """Eyes that show everybody as Busy, or fails as told."""

    def __init__(self) -> None:
        """See everything, at once."""
        self.failures: dict[str, PresenceServiceError] = {}
        self.presences: dict[str, Presence] = {}
        self.asked: list[str] = []
        self.held = asyncio.Event()
        self.held.set()

    async def async_read(self, contact: str) -> ContactPresence:
        """Look at a contact."""
        self.asked.append(contact)
        await asyncio.sleep(0)
        await self.held.wait()
        if contact in self.failures:
            raise self.failures[contact]
        return ContactPresence(contact, self.presences.get(contact, Presence.BUSY))

    async def async_read_many(self, contacts: Sequence[str]) -> list[ContactPresence]:
        """Look at many, as the client does: who is refused is unknown."""
        seen = []
        for contact in contacts:
            try:
                seen.append(await self.async_read(contact))
            except BadContact:
                seen.append(ContactPresence(contact, Presence.UNKNOWN))
        return seen


class Watch:
    """A look with all its parts."""

    def __init__(self, contacts: list[str]) -> None:
        """Watch these contacts."""
        self.reader = StubReader()
        self.coordinator = PresenceCoordinator("cup", people(*contacts))
        self.poller = Poller(self.reader, self.coordinator)  # type: ignore[arg-type]  # what it needs of them
        self.gate = self.poller.gate

    def presence_of(self, contact: str) -> Presence | None:
        """Return what is known of a contact."""
        found = self.coordinator.presence_of(contact)
        return found.presence if found else None


@pytest.fixture
def watch() -> Watch:
    return Watch(CONTACTS)


async def test_everybody_is_looked_at_once(watch: Watch) -> None:
    await watch.poller.async_refresh_all()
    assert sorted(watch.reader.asked) == CONTACTS
    assert {watch.presence_of(contact) for contact in CONTACTS} == {Presence.BUSY}


async def test_nobody_is_nothing_to_do() -> None:
    watch = Watch([])
    await watch.poller.async_refresh_all()
    assert watch.reader.asked == []


async def test_contact_that_the_server_refuses_is_unknown_and_stops_nobody(watch: Watch) -> None:
    watch.reader.failures[CONTACTS[3]] = BadContact()
    await watch.poller.async_refresh_all()
    assert watch.presence_of(CONTACTS[3]) is Presence.UNKNOWN
    assert watch.presence_of(CONTACTS[9]) is Presence.BUSY


async def test_contact_at_which_the_server_fails_keeps_what_is_known_and_stops_nobody(
    watch: Watch,
) -> None:
    await watch.poller.async_refresh_all()
    watch.reader.failures[CONTACTS[3]] = ServerFailed()
    watch.reader.presences = dict.fromkeys(CONTACTS, Presence.AWAY)
    await watch.poller.async_refresh_all()
    seen = {contact: watch.presence_of(contact) for contact in CONTACTS}
    assert seen.pop(CONTACTS[3]) is Presence.BUSY
    assert set(seen.values()) == {Presence.AWAY}


@pytest.mark.parametrize("failure", [ServerFailed(), UnknownUser(user="watcher")])
async def test_failure_for_everybody_is_raised(watch: Watch, failure: PresenceServiceError) -> None:
    watch.reader.failures = dict.fromkeys(CONTACTS, failure)
    with pytest.raises(type(failure)):
        await watch.poller.async_refresh_all()
    assert watch.presence_of(CONTACTS[3]) is None


async def test_failure_ends_the_looks_and_is_raised_as_it_is(watch: Watch) -> None:
    failure = CannotConnect(ConnectFailure.REFUSED, "cup")
    watch.reader.failures = dict.fromkeys(CONTACTS, failure)
    with pytest.raises(CannotConnect) as raised:
        await watch.poller.async_refresh_all()
    assert raised.value is failure
    assert len(watch.reader.asked) == 1


async def test_fetch_under_way_is_merged_first(watch: Watch) -> None:
    contact = CONTACTS[0]
    with watch.gate:
        looking = asyncio.create_task(watch.poller.async_poll(contact))
        for _ in range(10):
            await asyncio.sleep(0)
        assert watch.presence_of(contact) is None
        watch.coordinator.async_merge_fetch([ContactPresence(contact, Presence.DND)])
    await looking
    assert watch.presence_of(contact) is Presence.DND


async def test_fetch_that_brings_nothing_lets_the_look_through(watch: Watch) -> None:
    contact = CONTACTS[0]
    with watch.gate:
        looking = asyncio.create_task(watch.poller.async_poll(contact))
        await asyncio.sleep(0)
    await looking
    assert watch.presence_of(contact) is Presence.BUSY


async def test_look_that_was_asked_before_a_fetch_does_not_overwrite_it(watch: Watch) -> None:
    contact = CONTACTS[0]
    watch.reader.held.clear()
    looking = asyncio.create_task(watch.poller.async_poll(contact))
    await asyncio.sleep(0)
    with watch.gate:
        watch.coordinator.async_merge_fetch([ContactPresence(contact, Presence.DND)])
    watch.reader.held.set()
    await looking
    assert watch.presence_of(contact) is Presence.DND


async def test_unknown_contacts_are_told_in_their_order(watch: Watch) -> None:
    watch.reader.presences = {CONTACTS[7]: Presence.UNKNOWN, CONTACTS[2]: Presence.UNKNOWN}
    assert await watch.poller.async_unknown_among(CONTACTS) == [CONTACTS[2], CONTACTS[7]]
    assert watch.presence_of(CONTACTS[0]) is None


async def test_contact_that_would_spoil_a_subscription_is_raised(watch: Watch) -> None:
    watch.reader.failures[CONTACTS[5]] = BadContact(contact=CONTACTS[5])
    with pytest.raises(BadContact):
        await watch.poller.async_unknown_among(CONTACTS)


async def test_who_asks_for_a_fetch_waits_until_it_is_over() -> None:
    gate = FetchGate()
    waiting = asyncio.create_task(gate.wait_for_next())
    await asyncio.sleep(0)
    with gate:
        for _ in range(3):
            await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_who_asks_for_a_fetch_during_another_does_not_wait() -> None:
    gate = FetchGate()
    with gate:
        await gate.wait_for_next()
