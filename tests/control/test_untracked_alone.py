"""The search for presences that no record knows of, without a server."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import timedelta
import logging
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import Reconciler, UntrackedPresences
from custom_components.cisco_unified_presence.control.record import PersonRecord
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    ContactPresence,
    Device,
    LoggedInElsewhere,
    Presence,
    PresenceClient,
    PresenceServiceError,
    RichPresence,
    ServerFailed,
)
from tests.common.people import people

OVERRIDDEN = (Device("phone"), Device("pws-override"))


class Server:
    """Shows documents of people, and fails where a test says so."""

    def __init__(self) -> None:
        self.devices: dict[str, tuple[Device, ...]] = {}
        self.elsewhere = set[str]()
        self.failure: PresenceServiceError | None = None
        self.polled: list[int] = []
        self.logged_in: list[str] = []

    async def poll_contacts(
        self, watcher: str, contacts: Sequence[str], *, rich: bool
    ) -> list[ContactPresence]:
        assert (watcher, rich) == ("watcher", True)
        self.polled.append(len(contacts))
        if self.failure:
            raise self.failure
        return [self._seen(each) for each in contacts]

    def _seen(self, contact: str) -> ContactPresence:
        devices = self.devices.get(contact)
        rich = RichPresence("sip:x", devices=devices) if devices is not None else None
        # Servers change the case of contacts at will.
        return ContactPresence(contact.upper(), Presence.BUSY, rich)

    async def log_in_user(self, user: str) -> None:
        self.logged_in.append(user)
        if user in self.elsewhere:
            raise LoggedInElsewhere


class Searched:
    """A search for some people."""

    def __init__(
        self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, storage: dict[str, Any]
    ) -> None:
        self._hass = hass
        self._freezer = freezer
        self._storage = storage
        self.server = Server()
        self.records: dict[str, PersonRecord] = {}
        self.adopted: list[str] = []
        self.outdated = 0
        self._people = people(*(f"user{number}@x" for number in range(3)))
        self.untracked = self.make()

    def watch(self, count: int) -> None:
        self._people = people(*(f"user{number}@x" for number in range(count)))
        self.untracked = self.make()

    def make(self) -> UntrackedPresences:
        entry = MockConfigEntry(domain=DOMAIN, entry_id="entry")
        controlled = {key: replace(each, controlled=True) for key, each in self._people.items()}
        return UntrackedPresences(
            self._hass,
            entry,
            cast("PresenceClient", self.server),
            PresenceCoordinator("cup", controlled),
            cast("Reconciler", self),
            "watcher",
        )

    # The reconciler

    def record_of(self, person: Any) -> PersonRecord:
        return self.records.get(person.key, PersonRecord())

    @property
    def publishing_users(self) -> set[str]:
        return {key for key, each in self.records.items() if each.may_be_published}

    def async_note_outdated(self) -> None:
        self.outdated += 1

    async def async_adopt(self, key: str) -> None:
        self.adopted.append(key)

    async def after(self, seconds: float = 0) -> None:
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)
        for _ in range(20):
            await asyncio.sleep(0)

    async def start(self) -> None:
        await self.untracked.async_load()
        self.untracked.async_start()
        await self.after()

    @property
    def stamp(self) -> Any:
        """What is stored of the run, None before that."""
        return self._storage.get(f"{DOMAIN}.entry.run", {}).get("data")


@pytest.fixture
async def searched(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> AsyncGenerator[Searched]:
    searched = Searched(hass, freezer, hass_storage)
    yield searched
    await searched.untracked.async_stop()


async def test_what_is_set_for_people_without_a_record_is_taken_over(
    searched: Searched, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    searched.records["user2@x"] = PersonRecord(unsure=True)
    searched.server.devices = {
        "user0@x": OVERRIDDEN,
        "user1@x": (Device("phone"),),
        "user2@x": OVERRIDDEN,
    }
    await searched.start()
    assert searched.outdated == 1
    assert searched.server.polled == [2]
    assert searched.server.logged_in == ["user0"]
    assert searched.adopted == ["user0@x"]
    assert "user0@x: what an earlier run has set is cleared" in caplog.text
    assert searched.stamp == {"at": dt_util.utcnow().isoformat(), "published": 1}


async def test_what_another_application_has_set_is_not_touched(searched: Searched) -> None:
    searched.server.devices = dict.fromkeys(("user0@x", "user1@x"), OVERRIDDEN)
    searched.server.elsewhere = {"user0"}
    await searched.start()
    assert searched.server.logged_in == ["user0", "user1"]
    assert searched.adopted == ["user1@x"]


async def test_a_hundred_people_are_asked_about_at_a_time(searched: Searched) -> None:
    searched.watch(250)
    searched.server.devices = {"user249@x": OVERRIDDEN}
    await searched.start()
    assert searched.server.polled == [100, 100, 50]
    assert searched.adopted == ["user249@x"]


async def test_a_server_that_fails_is_asked_again_after_half_a_minute(searched: Searched) -> None:
    searched.server.failure = ServerFailed()
    await searched.start()
    # Nothing may be stamped before that.
    await searched.untracked.async_stamp()
    await searched.after(29)
    assert searched.server.polled == [3]
    assert searched.stamp is None
    searched.server.failure = None
    await searched.after(2)
    assert searched.server.polled == [3, 3]
    assert searched.stamp
    await searched.after(60)
    assert searched.server.polled == [3, 3]


async def test_a_search_is_broken_off_at_a_stop(searched: Searched) -> None:
    searched.server.failure = ServerFailed()
    await searched.start()
    await searched.untracked.async_stop()
    searched.server.failure = None
    await searched.after(31)
    assert searched.server.polled == [3]


async def test_documents_that_cannot_be_read_are_not_asked_for_again(searched: Searched) -> None:
    searched.server.failure = AnswerNotUnderstood("it is odd")
    await searched.start()
    await searched.after(60)
    assert searched.server.polled == [3]
    assert searched.stamp


async def test_records_of_the_last_run_are_trusted(searched: Searched) -> None:
    await searched.start()
    await searched.untracked.async_stop()
    searched.untracked = searched.make()
    searched.server.polled.clear()
    await searched.start()
    assert searched.outdated == 1
    assert searched.server.polled == []


async def test_the_run_is_stamped_each_minute_where_that_is_due(searched: Searched) -> None:
    await searched.start()
    first = searched.stamp
    await searched.after(61)
    assert searched.stamp == first
    searched.records["user1@x"] = PersonRecord(unsure=True)
    await searched.after(50)
    assert searched.stamp == first
    await searched.after(11)
    assert searched.stamp == {"at": dt_util.utcnow().isoformat(), "published": 1}
    searched.records["user2@x"] = PersonRecord(unsure=True)
    await searched.untracked.async_stop()
    await searched.after(61)
    assert searched.stamp["published"] == 1
    await searched.untracked.async_stamp()
    assert searched.stamp["published"] == 2
