"""The reconciler for two people, without a server: what is written, when, and what is reported."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.arbitration import (
    NO_REQUEST,
    Decision,
    ManualSetting,
    RequestedPresence,
    RuleRequest,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import (
    DecisionLog,
    PresenceWriter,
    Reconciler,
)
from custom_components.cisco_unified_presence.control import reconciler as module
from custom_components.cisco_unified_presence.control.pending_clears import PendingClear
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import (
    ContactPresence,
    Presence,
    ServerFailed,
    UnknownUser,
)
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

    async def _rules_stored(self) -> None: ...

    async def _queue(self, entry_id: str, clears: list[PendingClear]) -> None:
        self.queued.append((entry_id, clears))

    async def start(self, **records: PersonRecord) -> list[tuple[str, ...]]:
        stored = {
            f"{user}@x": {"user": user, "contact": f"{user}@x", **record.as_storage()}
            for user, record in records.items()
        }
        self._storage[FILE] = {"version": 1, "minor_version": 1, "key": FILE, "data": stored}
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


@pytest.fixture
async def reconciled(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Reconciled]:
    freezer.move_to(NOW)
    reconciled = Reconciled(hass, freezer, hass_storage, monkeypatch)
    yield reconciled
    reconciled.reconciler.async_stop()


WRITE_ANNA, WRITE_BEN = ("write", "anna", "BUSY"), ("write", "ben", "BUSY")
CLEAR_ANNA = [("clear", "anna"), ("log out", "anna")]


async def test_what_a_start_finds(reconciled: Reconciled) -> None:
    reconciled.server.shown |= {"anna": Presence.BUSY, "ben": Presence.DND}
    reconciled.requests = {ANNA.key: rule()}
    former = PersonRecord(published=published(at=NOW - HOUR))
    # Anna's is verified, Ben's is cleared, and Clara's is left to the queue.
    assert await reconciled.start(
        anna=PersonRecord(published=published()),
        ben=PersonRecord(unsure=True),
        clara=former,
    ) == [("clear", "ben"), ("log out", "ben")]
    clear = PendingClear("clara", "clara@x", NOW + HOUR)
    assert reconciled.queued == [("entry", [clear])]
    assert reconciled.log.told[:3] == [
        ("load", {ANNA.key, BEN.key}),
        ("recall", ANNA.key, None),
        ("recall", BEN.key, None),
    ]
    assert reconciled.reconciler.publishing_users.keys() == {"anna"}
    assert reconciled.reconciler.is_settled


async def test_what_is_published_is_not_settled_before_it_is_verified(
    reconciled: Reconciled,
) -> None:
    reconciled.server.shown["anna"] = Presence.BUSY
    reconciled.requests = {ANNA.key: rule()}
    reconciled.server.answers.clear()
    reconciler = reconciled.reconciler
    await reconciled.start(anna=PersonRecord(published=published()), ben=PersonRecord())
    reconciler._publisher.async_suspect(ANNA.key)
    assert not reconciler.is_settled
    reconciled.server.answers.set()
    reconciler._publisher._suspected.clear()
    assert reconciler.is_settled
    await reconciled.request(ANNA, BEN)
    assert reconciler.is_settled


async def test_each_other_decision_is_reported_once(reconciled: Reconciled) -> None:
    reconciled.server.show(ANNA, Presence.AWAY)
    reconciled.coordinator.async_set_people({ANNA.key: ANNA})
    reconciled.coordinator.async_set_people(dict(BOTH))
    await reconciled.start()
    assert reconciled.log.took("decided") == [
        ("decided", "anna", Presence.AWAY),
        ("decided", "ben", None),
    ]
    await reconciled.request(ANNA)
    assert reconciled.log.took("decided") == [("decided", "anna", Presence.AWAY)]
    await reconciled.request(ANNA)
    assert reconciled.log.took("decided") == []


async def test_lost_sessions_are_made_anew_for_those_who_had_them(reconciled: Reconciled) -> None:
    await reconciled.start()
    reconciled.reconciler.async_session_lost("anna")
    assert await reconciled.after() == []
    assert await reconciled.request(ANNA, BEN) == [WRITE_ANNA, WRITE_BEN]
    reconciled.reconciler.async_session_lost("ben")
    assert await reconciled.after() == [WRITE_BEN]
    reconciled.reconciler.async_session_lost("clara")
    assert await reconciled.after() == []
    reconciled.reconciler.async_stop()
    reconciled.reconciler.async_session_lost("anna")
    assert reconciled.record().published


async def test_all_is_published_anew_at_another_node(reconciled: Reconciled) -> None:
    await reconciled.start()
    await reconciled.request(ANNA, BEN)
    reconciled.reconciler.async_node_changed()
    assert await reconciled.after() == [WRITE_ANNA, WRITE_BEN]
    await reconciled.request(BEN)
    reconciled.reconciler.async_node_changed()
    assert await reconciled.after() == [WRITE_BEN]
    reconciled.reconciler.async_stop()
    reconciled.reconciler.async_node_changed()
    assert reconciled.record(BEN).published


async def test_a_jump_of_the_clock_moves_what_was_set_before_it(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    reconciler = reconciled.reconciler
    await reconciler.async_set_manual(ANNA, BUSY, NOW + HOUR)
    await reconciler.async_set_manual(BEN, BUSY, NOW + HOUR)
    await reconciled.after(MINUTE)
    # The clock was set back by an hour, and then Anna's setting was made.
    reconciler._manual.note_set(ANNA.key)
    await reconciled.after(timedelta(seconds=10))
    now = NOW + MINUTE + timedelta(seconds=10)
    record = replace(
        reconciled.record(), manual=ManualSetting(DND, NOW + MINUTE, NOW + MINUTE + HOUR)
    )
    reconciler._store.async_set(ANNA.key, record)
    bens = ManualSetting(BUSY, NOW + HOUR, NOW + 3 * HOUR)
    reconciler._store.async_set(
        BEN.key, replace(reconciled.record(BEN), manual=bens, winner=bens.outcome)
    )
    reconciled.log.told.clear()
    reconciler._schedule.refusals.note(ANNA.key, UnknownUser(user="anna"), now)
    reconciler.async_clock_jumped(-HOUR)
    assert reconciled.record().manual == record.manual
    moved = reconciled.record(BEN)
    assert moved.manual == ManualSetting(BUSY, NOW, NOW + 2 * HOUR)
    assert moved.winner == moved.manual.outcome
    assert ("recall", BEN.key, moved.winner) in reconciled.log.told
    assert ("recall", ANNA.key, record.winner) not in reconciled.log.told
    assert reconciler._schedule.refusals.until(ANNA.key) is None
    assert await reconciled.after() == [("write", "anna", "DND")]


async def test_who_is_not_controlled_any_more_is_left_to_the_queue(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    await reconciled.request(ANNA, BEN)
    before = dict(BOTH)
    watched = replace(ANNA, controlled=False)
    clara = replace(people("clara@x")["clara@x"], controlled=True)
    reconciled.coordinator.async_set_people({ANNA.key: watched, BEN.key: BEN, clara.key: clara})
    reconciled.requests[clara.key] = rule()
    reconciled.server.show(clara, Presence.AVAILABLE)
    await reconciled.reconciler.async_people_changed(before)
    assert await reconciled.after() == [("write", "clara", "BUSY")]
    assert reconciled.queued == [("entry", [PendingClear("anna", "anna@x", NOW + 2 * HOUR)])]
    assert reconciled.log.took("forget") == [("forget", "anna")]
    assert reconciled.record() == PersonRecord()
    assert reconciled.reconciler.decision_of(ANNA) == NO_REQUEST
    assert reconciled.reconciler.publishing_users.keys() == {"ben", "clara"}
    # Of whom nothing is published nothing is left.
    reconciled.coordinator.async_set_people({ANNA.key: watched, BEN.key: BEN})
    await reconciled.request(BEN)
    reconciled.queued.clear()
    unset = replace(people("dora@x")["dora@x"], controlled=True)
    await reconciled.reconciler.async_people_changed({unset.key: unset, ANNA.key: watched})
    assert reconciled.queued == []
    assert reconciled.log.took("forget") == [("forget", "dora")]


async def test_a_session_without_a_presence_is_left_to_the_queue_too(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    reconciled.reconciler._store.async_confirm(ANNA.key, PersonRecord(idle_session=True))
    reconciled.coordinator.async_set_people({BEN.key: BEN})
    await reconciled.reconciler.async_people_changed(dict(BOTH))
    assert [entry_id for entry_id, _ in reconciled.queued] == ["entry"]


async def test_whom_another_run_has_published_something_for_is_taken_over(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    await reconciled.request(BEN)
    reconciler = reconciled.reconciler
    assert not await reconciler.async_adopt("clara@x")
    assert await reconciler.async_adopt(BEN.key)
    assert await reconciled.after() == []
    assert await reconciler.async_adopt(ANNA.key)
    assert await reconciled.after() == CLEAR_ANNA


async def test_when_a_manual_setting_ends_and_who_has_made_it(
    reconciled: Reconciled, hass: HomeAssistant
) -> None:
    await reconciled.start()
    set_manual = reconciled.reconciler.async_set_manual
    await set_manual(ANNA, BUSY, None)
    assert reconciled.record().manual == ManualSetting(BUSY, NOW)
    await set_manual(ANNA, DND, NOW + HOUR, ends_by_clock=True, set_by="Ben", for_note=True)
    assert reconciled.record().manual == ManualSetting(
        DND, NOW, NOW + HOUR, ends_by_clock=True, set_by="Ben", for_note=True
    )
    options = {"manual_end": "hours", "manual_hours": 3}
    hass.config_entries.async_update_entry(reconciled.entry, options=options)
    await set_manual(ANNA, BUSY, None, ends_by_clock=True)
    assert reconciled.record().manual == ManualSetting(BUSY, NOW, NOW + 3 * HOUR)
    assert reconciled.reconciler.decision_of(ANNA).until == NOW + 3 * HOUR
    sent = [("write", "anna", word) for word in ("BUSY", "DND", "BUSY")]
    assert await reconciled.after() == sent
    await reconciled.reconciler.async_clear_manual(ANNA)
    assert reconciled.record().manual is None
    assert reconciled.server.took() == CLEAR_ANNA


async def test_what_was_shown_before_is_recorded_while_something_may_hide_it(
    reconciled: Reconciled,
) -> None:
    reconciled.server.show(ANNA, Presence.AWAY)
    await reconciled.start()
    assert reconciled.record().own is None
    await reconciled.request(ANNA)
    assert reconciled.record().own == "away"
    # A session hides it as well.
    reconciled.server.failures["log out"] = ServerFailed()
    await reconciled.request()
    assert reconciled.record().idle_session
    assert reconciled.record().own == "away"
    reconciled.server.failures.clear()
    await reconciled.after(timedelta(seconds=31))
    assert reconciled.record() == PersonRecord()


async def test_a_choice_overrules_what_is_published(reconciled: Reconciled) -> None:
    await reconciled.start()
    await reconciled.request(ANNA)
    reconciled.server.show(ANNA, Presence.AWAY)
    assert await reconciled.after(timedelta(seconds=4)) == []
    assert await reconciled.after(timedelta(seconds=2)) == CLEAR_ANNA
    assert reconciled.record().overruled
    assert reconciled.reconciler.decision_of(ANNA).overruled


async def test_a_choice_overrules_nothing_that_is_requested_only_since(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    await reconciled.request(ANNA)
    reconciled.server.when_asked = lambda: reconciled.requests.update({ANNA.key: rule(DND)})
    reconciled.server.show(ANNA, Presence.AWAY)
    assert await reconciled.after(timedelta(seconds=6)) == [("write", "anna", "DND")]
    assert reconciled.record().overruled is None


async def test_a_failure_is_reported_and_tried_again_after_half_a_minute(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    error = ServerFailed()
    reconciled.server.failures["anna"] = error
    assert await reconciled.request(ANNA) == [WRITE_ANNA]
    assert reconciled.log.took("failed") == [("failed", "anna", error, None, False)]
    assert not reconciled.reconciler.is_settled
    assert await reconciled.after(timedelta(seconds=29)) == []
    reconciled.server.failures.clear()
    assert await reconciled.after(timedelta(seconds=2)) == [WRITE_ANNA]
    assert ("succeeded", "anna", BUSY) in reconciled.log.told


async def test_a_refusal_is_reported_and_tried_again_after_a_quarter_of_an_hour(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    error = UnknownUser(user="anna")
    reconciled.server.failures["anna"] = error
    await reconciled.request(ANNA)
    again = NOW + 15 * MINUTE
    assert reconciled.log.took("failed") == [("failed", "anna", error, again, True)]
    reconciler = reconciled.reconciler
    assert (reconciler.refused_until(ANNA), reconciler.refused_until(BEN)) == (again, None)
    reconciled.server.took()
    assert await reconciled.after(14 * MINUTE) == []
    # Nothing is refused of whom nothing is requested.
    reconciled.server.failures.clear()
    assert await reconciled.after(2 * MINUTE) == [WRITE_ANNA]
    assert reconciler.refused_until(ANNA) is None


async def test_the_seventh_write_in_a_minute_waits(reconciled: Reconciled) -> None:
    await reconciled.start()
    for number in range(7):
        reconciled.requests = {ANNA.key: rule(DND if number % 2 else BUSY)}
        reconciled.reconciler.async_requests_changed([ANNA.key])
        sent = await reconciled.after()
        assert len(sent) == (0 if number == 6 else 1)
    reconciler = reconciled.reconciler
    assert reconciler.waiting_until(ANNA) == NOW + MINUTE
    assert reconciler.waiting_until(BEN) is None
    assert await reconciled.after(timedelta(seconds=58)) == []
    assert await reconciled.after(timedelta(seconds=3)) == [WRITE_ANNA]
    assert reconciler.waiting_until(ANNA) is None


async def test_a_stop_lets_what_is_under_way_end_and_begins_nothing(
    reconciled: Reconciled, freezer: FrozenDateTimeFactory
) -> None:
    await reconciled.start()
    reconciled.server.answers.clear()
    assert await reconciled.request(ANNA) == [WRITE_ANNA]
    reconciled.reconciler.async_stop()
    finishing = asyncio.create_task(reconciled.reconciler.async_finish())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not finishing.done()
    reconciled.server.answers.set()
    async with asyncio.timeout(1):
        await finishing
    assert reconciled.record().published
    assert await reconciled.request(BEN) == []
    # What takes longer is not waited for.
    reconciled.server.answers.clear()
    async with reconciled.reconciler._locks[ANNA.key]:
        finishing = asyncio.create_task(reconciled.reconciler.async_finish())
        for seconds, is_done in ((0.0, False), (1.9, False), (0.2, True)):
            freezer.tick(seconds)
            for _ in range(5):
                await asyncio.sleep(0)
            assert finishing.done() is is_done
    await finishing


async def test_what_is_published_is_cleared_before_leaving(
    reconciled: Reconciled, hass_storage: dict[str, Any]
) -> None:
    await reconciled.start()
    await reconciled.request(ANNA, BEN)
    await reconciled.reconciler.async_clear_server()
    assert set(reconciled.server.took()) == {("clear", "anna"), ("clear", "ben")}
    assert reconciled.reconciler.publishing_users.keys() == set()
    await reconciled.request(ANNA)
    reconciled.reconciler.async_note_logged_out()
    assert reconciled.reconciler.publishing_users.keys() == set()
    reconciled.log.told.clear()
    await reconciled.reconciler.async_save()
    assert reconciled.log.told == [("save",)]
    assert hass_storage[FILE]["data"][ANNA.key]["written"] is None


async def test_a_mistake_is_tried_again_with_a_growing_pause_until_a_success(
    reconciled: Reconciled, caplog: pytest.LogCaptureFixture
) -> None:
    await reconciled.start()
    reconciled.server.failures["anna"] = ZeroDivisionError("a mistake")
    assert await reconciled.request(ANNA) == [WRITE_ANNA]
    assert "The presence of anna@x was not reconciled" in caplog.text
    caplog.clear()
    assert await reconciled.after(timedelta(seconds=29)) == []
    assert await reconciled.after(timedelta(seconds=2)) == [WRITE_ANNA]
    assert await reconciled.after(timedelta(seconds=58)) == []
    reconciled.server.failures.clear()
    assert await reconciled.after(timedelta(seconds=3)) == [WRITE_ANNA]
    reconciled.server.failures["anna"] = ZeroDivisionError("a mistake")
    reconciled.requests = {}
    reconciled.reconciler.async_requests_changed([ANNA.key])
    assert await reconciled.after() == [("clear", "anna")]
    assert await reconciled.after(timedelta(seconds=31)) == [("clear", "anna")]
    caplog.clear()
