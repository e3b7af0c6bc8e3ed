"""A reconciler for two people over a writer and a log that note what they are told."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.cisco_unified_presence.arbitration import (
    Decision,
    RequestedPresence,
    RuleRequest,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import DecisionLog, PresenceWriter, Reconciler
from custom_components.cisco_unified_presence.control import reconciler as module
from custom_components.cisco_unified_presence.control.pending_clears import PendingClear
from custom_components.cisco_unified_presence.control.record import PersonRecord, PublishedPresence
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import ContactPresence, Presence
from tests.common.people import people
from tests.common.strategies import NOW

FILE = f"{DOMAIN}.entry.kept"


ANNA, BEN = (replace(each, controlled=True) for each in people("anna@x", "ben@x").values())


BOTH = {each.key: each for each in (ANNA, BEN)}


BUSY = RequestedPresence(Presence.BUSY, override=True)


DND = RequestedPresence(Presence.DND, override=True)


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def rule(requested: RequestedPresence = BUSY) -> RuleRequest:
    return RuleRequest(
        rule_id="room",
        name="Room",
        requested=requested,
        priority=0,
        order=0,
        insist=False,
        since=NOW,
    )


def published(requested: RequestedPresence = BUSY, at: datetime = NOW) -> PublishedPresence:
    return PublishedPresence(requested, at, "session", requested.presence)


class Server:
    """A writer that notes what is sent; what it shows is what was written last."""

    def __init__(self, coordinator: PresenceCoordinator) -> None:
        self._coordinator = coordinator
        self.sent: list[tuple[str, ...]] = []
        self.shown: dict[str, Presence] = {}
        self.failures: dict[str, Exception] = {}
        self.when_asked: Callable[[], None] = lambda: None
        self.answers = asyncio.Event()
        self.answers.set()

    async def _send(self, *sent: str) -> None:
        self.sent.append(sent)
        await self.answers.wait()
        what, user = sent[:2]
        if failure := self.failures.get(user) or self.failures.get(what):
            raise failure

    def show(self, person: Person, presence: Presence) -> None:
        self.shown[person.user] = presence
        self._coordinator.async_merge_fetch([ContactPresence(person.contact, presence)])

    async def async_write(self, person: Any, requested: RequestedPresence) -> PublishedPresence:
        await self._send("write", person.user, requested.presence.name)
        self.show(person, requested.presence)
        return published(requested, dt_util.utcnow())

    async def async_clear(self, person: Any) -> None:
        await self._send("clear", person.user)
        self.show(person, Presence.AVAILABLE)

    async def async_log_out(self, person: Any) -> None:
        await self._send("log out", person.user)

    async def async_read(self, person: Any) -> Presence:
        return self.shown[person.user]

    async_read_back = async_read

    async def async_is_session_gone(self, _person: object, _published: object) -> bool:
        self.when_asked()
        return False

    async def async_is_written_since(self, _person: object, _published: object) -> bool:
        return False

    def is_logged_in(self, _person: object) -> bool:
        return True

    def took(self) -> list[tuple[str, ...]]:
        sent, self.sent = self.sent, []
        return sent


class Log:
    """Notes what is reported."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.history = SimpleNamespace(async_load=self._load, async_save=self._save)

    async def _load(self, keys: Any) -> None:
        self.told.append(("load", set(keys)))

    async def _save(self) -> None:
        self.told.append(("save",))

    def async_report_own(self, key: str) -> None: ...

    def async_report_waiting(self, person: Person) -> None:
        self.told.append(("waiting", person.user))

    def async_recall(self, key: str, record: PersonRecord) -> None:
        self.told.append(("recall", key, record.winner))

    def async_report(
        self, person: Person, decision: Decision, record: PersonRecord, shown: Presence | None
    ) -> None:
        assert record.winner == decision.winner
        self.told.append(("decided", person.user, shown))

    def async_report_failure(
        self, person: Person, error: Exception, outcome: Any, *, refused: bool
    ) -> None:
        self.told.append(("failed", person.user, error, outcome.refused_until, refused))

    def async_report_success(self, person: Person, outcome: Any) -> None:
        self.told.append(("succeeded", person.user, outcome.requested))

    def async_forget(self, person: Person) -> None:
        self.told.append(("forget", person.user))

    def took(self, what: str) -> list[tuple[Any, ...]]:
        told, self.told = self.told, []
        return [each for each in told if each[0] == what]


class Reconciled:
    """A reconciler for Anna and Ben."""

    def __init__(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        storage: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self._hass = hass
        self._freezer = freezer
        self._storage = storage
        self.entry = MockConfigEntry(domain=DOMAIN, entry_id="entry", title="CUP")
        self.entry.add_to_hass(hass)
        self.coordinator = PresenceCoordinator("cup", dict(BOTH))
        self.server = Server(self.coordinator)
        self.log = Log()
        self.requests: dict[str, RuleRequest] = {}
        self.when_stored: Callable[[], None] = lambda: None
        self.queued: list[tuple[str, list[PendingClear]]] = []
        monkeypatch.setattr(
            module, "async_undo_queue", lambda _: SimpleNamespace(async_add=self._queue)
        )
        for each in (ANNA, BEN):
            self.server.show(each, Presence.AVAILABLE)
        self.reconciler = Reconciler(
            hass,
            self.entry,
            cast("PresenceWriter", self.server),
            self.coordinator,
            lambda key: [self.requests[key]] if key in self.requests else [],
            self._rules_stored,
            cast("DecisionLog", self.log),
        )

    async def _rules_stored(self) -> None:
        self.when_stored()

    async def _queue(self, entry_id: str, clears: list[PendingClear]) -> None:
        self.queued.append((entry_id, clears))

    def store(self, **records: PersonRecord) -> None:
        """Store what an earlier run has left."""
        stored = {
            f"{user}@x": {"user": user, "contact": f"{user}@x", **record.as_storage()}
            for user, record in records.items()
        }
        self._storage[FILE] = {"version": 1, "minor_version": 1, "key": FILE, "data": stored}

    async def start(self, **records: PersonRecord) -> list[tuple[str, ...]]:
        self.store(**records)
        await self.reconciler.async_load()
        self.reconciler.async_start()
        return await self.after()

    async def after(self, by: timedelta = timedelta()) -> list[tuple[str, ...]]:
        """Let time pass, and return what was sent."""
        self._freezer.tick(by)
        async_fire_time_changed(self._hass, dt_util.utcnow())
        await self._hass.async_block_till_done(wait_background_tasks=self.server.answers.is_set())
        return self.server.took()

    async def request(self, *wanted: Person) -> list[tuple[str, ...]]:
        """Have a rule request Busy for these people, and return what was sent."""
        self.requests = {each.key: rule() for each in wanted}
        self.reconciler.async_requests_changed(BOTH)
        return await self.after()

    def record(self, person: Person = ANNA) -> PersonRecord:
        return self.reconciler.record_of(person)


WRITE_ANNA, WRITE_BEN = ("write", "anna", "BUSY"), ("write", "ben", "BUSY")


CLEAR_ANNA = [("clear", "anna"), ("log out", "anna")]
