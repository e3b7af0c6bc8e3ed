"""What is recorded of writes and clears, by what the server answers."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.control.next_step import Finding
from custom_components.cisco_unified_presence.control.publisher import Publisher
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.control.store import ControlStore
from custom_components.cisco_unified_presence.control.takeover import TakeoverDetector
from custom_components.cisco_unified_presence.control.writer import NotConfirmed, PresenceWriter
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    CannotConnect,
    ConnectFailure,
    Presence,
    UnknownUser,
)
from tests.common.people import people
from tests.common.strategies import NOW

ANNA, BEN = people("anna@example.com", "ben@example.com").values()
BUSY = RequestedPresence(Presence.BUSY, override=True)
DND = RequestedPresence(Presence.DND, override=True)
BEFORE = PublishedPresence(DND, NOW - timedelta(hours=1), "session")
WRITTEN = PublishedPresence(BUSY, NOW, "session", Presence.BUSY)
PUBLISHED = PersonRecord(published=BEFORE, own="away")
UNSURE = replace(PUBLISHED, published=None, unsure=True)
IDLE = replace(PUBLISHED, published=None, idle_session=True)
NOTHING = replace(PUBLISHED, published=None)
REFUSED = UnknownUser(user="anna")
LOST = AnswerLost()


class Parts:
    """A publisher, and all that it works with; notes what is done in which order."""

    def __init__(self) -> None:
        self.done: list[tuple[str, ...]] = []
        self.records = {ANNA.key: PUBLISHED, BEN.key: NOTHING}
        # What the writer raises, by what it is asked to do.
        self.failures: dict[str, Exception] = {}
        self.shown = Presence.DND
        self.is_gone = self.is_written_since = self.is_unmarked_now = False
        self.logged_in = {ANNA.key}
        self.publisher = Publisher(
            cast("PresenceWriter", self),
            cast("ControlStore", self),
            cast("TakeoverDetector", self),
            self._rules_stored,
        )

    async def _rules_stored(self) -> None:
        self.done.append(("rules stored",))

    def _do(self, what: str, person: Any) -> None:
        self.done.append((what, person.user))
        if failure := self.failures.get(what):
            raise failure

    # The writer

    async def async_clear(self, person: Person) -> None:
        self._do("clear", person)

    async def async_write(self, person: Person, requested: RequestedPresence) -> PublishedPresence:
        assert requested == BUSY
        self._do("write", person)
        return WRITTEN

    async def async_log_out(self, person: Person) -> None:
        self._do("log out", person)

    async def async_read(self, person: Person) -> Presence:
        self._do("read", person)
        return self.shown

    async def async_read_back(self, person: Person) -> Presence:
        self.recorded_when_read = self.records[person.key]
        return await self.async_read(person)

    async def async_is_session_gone(self, person: Person, _published: object) -> bool:
        self._do("ask", person)
        return self.is_gone

    async def async_is_written_since(self, person: Person, _published: object) -> bool:
        self._do("ask what is set", person)
        return self.is_written_since

    def is_logged_in(self, person: Person) -> bool:
        return person.key in self.logged_in

    # The store

    def __iter__(self) -> Any:
        return iter(self.records)

    def record_of(self, key: str) -> PersonRecord:
        return self.records[key]

    def async_set(self, key: str, record: PersonRecord) -> None:
        self.records[key] = record

    async_confirm = async_set

    async def async_stored(self, *keys: str) -> None:
        self.done.append(("stored", *keys))

    # The takeover detector

    def async_watch(self, person: Person) -> None:
        self.done.append(("watch", person.user))

    def async_forget(self, key: str) -> None:
        self.done.append(("forget", key))

    def is_unmarked(self, key: str) -> bool:
        self.done.append(("is unmarked", key))
        return self.is_unmarked_now

    def note_lost_by_mark(self, key: str) -> None:
        self.done.append(("lost by mark", key))

    def took(self) -> list[tuple[str, ...]]:
        done, self.done = self.done, []
        return done

    @property
    def anna(self) -> PersonRecord:
        return self.records[ANNA.key]


@pytest.fixture
def parts() -> Parts:
    return Parts()


async def test_that_something_may_be_published_is_stored_before_it_is_written(
    parts: Parts,
) -> None:
    await parts.publisher.async_prepare(ANNA.key, BEN.key)
    assert parts.took() == [("stored", ANNA.key, BEN.key), ("rules stored",)]
    assert parts.records == {ANNA.key: UNSURE, BEN.key: UNSURE}
    await parts.publisher.async_prepare(ANNA.key)
    # Nothing was sent.
    for each in (ANNA, BEN, BEN):
        parts.publisher.async_withdraw(each.key)
    assert parts.records == {ANNA.key: PUBLISHED, BEN.key: NOTHING}


@pytest.mark.parametrize("clear_first", [False, True])
async def test_a_write(parts: Parts, *, clear_first: bool) -> None:
    parts.publisher.async_suspect(ANNA.key)
    await parts.publisher.async_prepare(ANNA.key)
    parts.took()
    await parts.publisher.async_write(ANNA, BUSY, clear_first=clear_first)
    cleared = [("clear", "anna")] if clear_first else []
    assert parts.took() == [*cleared, ("write", "anna"), ("watch", "anna")]
    assert parts.anna == replace(PUBLISHED, published=WRITTEN)
    assert not parts.publisher.is_suspected(ANNA.key)
    # It is no longer under way.
    parts.publisher.async_withdraw(ANNA.key)
    assert parts.anna == replace(PUBLISHED, published=WRITTEN)


@pytest.mark.parametrize(
    ("before", "clear_first", "failures", "after"),
    [
        (PUBLISHED, False, {"write": REFUSED}, PUBLISHED),
        (PUBLISHED, False, {"write": LOST}, UNSURE),
        (PUBLISHED, False, {"write": NotConfirmed()}, UNSURE),
        (PUBLISHED, False, {"write": CannotConnect(ConnectFailure.REFUSED)}, PUBLISHED),
        (PUBLISHED, True, {"clear": REFUSED}, PUBLISHED),
        (PUBLISHED, True, {"clear": LOST}, UNSURE),
        (PUBLISHED, True, {"write": REFUSED}, IDLE),
        (PUBLISHED, True, {"write": LOST}, UNSURE),
        (PUBLISHED, False, {"write": ZeroDivisionError()}, UNSURE),
        # The login alone shows her as available.
        (NOTHING, False, {"write": REFUSED}, IDLE),
        (UNSURE, False, {"write": REFUSED}, UNSURE),
    ],
)
async def test_what_is_recorded_when_a_write_fails(
    parts: Parts,
    before: PersonRecord,
    failures: dict[str, Exception],
    after: PersonRecord,
    *,
    clear_first: bool,
) -> None:
    parts.records[ANNA.key] = before
    parts.failures = failures
    parts.publisher.async_suspect(ANNA.key)
    await parts.publisher.async_prepare(ANNA.key)
    with pytest.raises(tuple(type(each) for each in failures.values())):
        await parts.publisher.async_write(ANNA, BUSY, clear_first=clear_first)
    assert parts.anna == after
    assert parts.publisher.is_suspected(ANNA.key) is (after != IDLE)
    assert ("watch", "anna") not in parts.done
    # It is no longer under way.
    parts.publisher.async_withdraw(ANNA.key)
    assert parts.anna == after


async def test_a_refused_login_leaves_no_session(parts: Parts) -> None:
    parts.logged_in.clear()
    parts.records[ANNA.key] = NOTHING
    parts.failures["write"] = REFUSED
    await parts.publisher.async_prepare(ANNA.key)
    with pytest.raises(UnknownUser):
        await parts.publisher.async_write(ANNA, BUSY, clear_first=False)
    assert parts.anna == NOTHING


async def test_a_clear_and_a_logout(parts: Parts) -> None:
    parts.publisher.async_suspect(ANNA.key)
    await parts.publisher.async_prepare(ANNA.key)
    parts.took()
    await parts.publisher.async_clear(ANNA)
    assert parts.took() == [("clear", "anna"), ("forget", ANNA.key)]
    assert parts.anna == IDLE
    assert not parts.publisher.is_suspected(ANNA.key)
    await parts.publisher.async_log_out(ANNA)
    assert parts.took() == [("log out", "anna"), ("read", "anna")]
    # What is read is taken for the own presence.
    assert parts.anna == parts.recorded_when_read == NOTHING


async def test_a_session_that_is_lost_during_a_write_does_not_come_back(parts: Parts) -> None:
    await parts.publisher.async_prepare(ANNA.key)
    assert parts.publisher.async_note_lost(ANNA.key)
    assert parts.anna == UNSURE
    parts.publisher.async_withdraw(ANNA.key)
    assert parts.anna == NOTHING


async def test_what_is_not_known_before_a_write_is_not_known_after_a_lost_session(
    parts: Parts,
) -> None:
    parts.records[ANNA.key] = UNSURE
    await parts.publisher.async_prepare(ANNA.key)
    parts.publisher.async_note_lost(ANNA.key)
    parts.publisher.async_withdraw(ANNA.key)
    assert parts.anna == UNSURE


@pytest.mark.parametrize(
    ("record", "after", "matters"),
    [
        (PUBLISHED, NOTHING, True),
        (UNSURE, UNSURE, True),
        (NOTHING, NOTHING, False),
        (IDLE, IDLE, False),
    ],
)
async def test_what_a_lost_session_leaves(
    parts: Parts, record: PersonRecord, after: PersonRecord, *, matters: bool
) -> None:
    parts.records[ANNA.key] = record
    assert parts.publisher.async_note_lost(ANNA.key) is matters
    assert parts.anna == after


async def test_what_a_lost_session_has_carried_is_not_suspected(parts: Parts) -> None:
    parts.publisher.async_suspect(ANNA.key)
    parts.publisher.async_note_lost(ANNA.key)
    assert not parts.publisher.is_suspected(ANNA.key)


async def test_what_may_stand_at_a_former_node_is_not_taken_back(parts: Parts) -> None:
    await parts.publisher.async_prepare(ANNA.key)
    assert parts.publisher.async_note_node_changed(ANNA.key)
    parts.publisher.async_withdraw(ANNA.key)
    assert parts.anna == UNSURE


async def test_only_what_is_published_is_resumed(parts: Parts) -> None:
    for each in (ANNA, BEN):
        parts.publisher.async_resume(each)
    assert parts.done == [("watch", "anna")]
    assert parts.publisher.is_suspected(ANNA.key)
    assert not parts.publisher.is_suspected(BEN.key)
    parts.publisher.async_forget(ANNA.key)
    assert parts.done[1:] == [("forget", ANNA.key)]
    assert not parts.publisher.is_suspected(ANNA.key)


async def test_nothing_of_a_write_is_taken_back_for_whom_is_forgotten(parts: Parts) -> None:
    await parts.publisher.async_prepare(ANNA.key)
    parts.publisher.async_forget(ANNA.key)
    parts.publisher.async_withdraw(ANNA.key)
    assert parts.anna == UNSURE


@pytest.mark.parametrize(
    ("failure", "after", "is_raised"),
    [
        (None, NOTHING, False),
        (REFUSED, PUBLISHED, False),
        (LOST, UNSURE, False),
        (CannotConnect(ConnectFailure.REFUSED), PUBLISHED, True),
        (CannotConnect(ConnectFailure.TIMED_OUT), UNSURE, True),
        (ZeroDivisionError(), UNSURE, True),
    ],
)
async def test_what_is_cleared_before_leaving(
    parts: Parts, failure: Exception | None, after: PersonRecord, *, is_raised: bool
) -> None:
    parts.records[BEN.key] = PUBLISHED
    if failure:
        parts.failures["clear"] = failure
    leaving = parts.publisher.async_clear_before_leaving([ANNA, BEN])
    if is_raised:
        assert failure
        with pytest.raises(type(failure)):
            await leaving
    else:
        await leaving
    assert parts.done[:2] == [("stored", ANNA.key, BEN.key), ("rules stored",)]
    assert {("clear", "anna"), ("clear", "ben")} <= set(parts.done)
    assert parts.records == {ANNA.key: after, BEN.key: after}


async def test_all_are_cleared_before_leaving_although_one_fails_at_once(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def clear(person: Person) -> None:
        if person is ANNA:
            raise CannotConnect(ConnectFailure.REFUSED)
        for _ in range(3):
            await asyncio.sleep(0)
        parts.done.append(("cleared", "ben"))

    monkeypatch.setattr(parts, "async_clear", clear)
    parts.records[BEN.key] = PUBLISHED
    with pytest.raises(CannotConnect):
        await parts.publisher.async_clear_before_leaving([ANNA, BEN])
    assert parts.done[-1] == ("cleared", "ben")
    assert parts.records == {ANNA.key: PUBLISHED, BEN.key: NOTHING}


SUSPECTED, UNSUSPECTED = True, False
DOCUMENT = ("is unmarked", ANNA.key)
READ, ASK, ASK_SET = ("read", "anna"), ("ask", "anna"), ("ask what is set", "anna")
BY_MARK = ("lost by mark", ANNA.key)


@pytest.mark.parametrize(
    ("is_suspected", "shows", "found", "done", "after"),
    [
        (UNSUSPECTED, {}, Finding.PUBLISHED, [READ], PUBLISHED),
        (SUSPECTED, {}, Finding.PUBLISHED, [READ, ASK, DOCUMENT], PUBLISHED),
        (
            SUSPECTED,
            {"is_unmarked_now": True},
            Finding.LOST,
            [READ, ASK, DOCUMENT, BY_MARK],
            IDLE,
        ),
        (SUSPECTED, {"is_gone": True}, Finding.LOST, [READ, ASK], IDLE),
        (UNSUSPECTED, {"shown": Presence.AWAY}, Finding.OVERRULED, [READ, ASK], PUBLISHED),
        (
            UNSUSPECTED,
            {"shown": Presence.AWAY, "is_gone": True},
            Finding.LOST,
            [READ, ASK],
            IDLE,
        ),
    ],
)
async def test_what_is_found_when_a_presence_is_verified(
    parts: Parts,
    shows: dict[str, Any],
    found: Finding,
    done: list[tuple[str, ...]],
    after: PersonRecord,
    *,
    is_suspected: bool,
) -> None:
    if is_suspected:
        parts.publisher.async_suspect(ANNA.key)
    for name, value in shows.items():
        setattr(parts, name, value)
    assert await parts.publisher.async_verify(ANNA, BEFORE, NOW) is found
    assert parts.done == done
    assert parts.anna == after
    assert not parts.publisher.is_suspected(ANNA.key)


@pytest.mark.parametrize(
    ("shows", "found", "done", "after"),
    [
        ({"is_written_since": True}, Finding.PUBLISHED, [READ], PUBLISHED),
        (
            {"shown": Presence.AWAY, "is_written_since": True},
            Finding.OUTDATED,
            [READ, ASK, ASK_SET],
            UNSURE,
        ),
        ({"shown": Presence.AWAY}, Finding.OVERRULED, [READ, ASK, ASK_SET], PUBLISHED),
        ({"shown": Presence.AWAY, "is_gone": True}, Finding.LOST, [READ, ASK], IDLE),
    ],
)
async def test_records_that_may_be_outdated_are_compared_with_what_is_set(
    parts: Parts,
    shows: dict[str, Any],
    found: Finding,
    done: list[tuple[str, ...]],
    after: PersonRecord,
) -> None:
    parts.publisher.async_note_outdated()
    for name, value in shows.items():
        setattr(parts, name, value)
    assert await parts.publisher.async_verify(ANNA, BEFORE, NOW) is found
    assert parts.done == done
    assert parts.anna == after
    # It is known from then on.
    parts.took()
    parts.shown = Presence.AWAY
    await parts.publisher.async_verify(ANNA, BEFORE, NOW)
    assert ASK_SET not in parts.done


@pytest.mark.parametrize("at", [NOW + timedelta(hours=1), NOW - timedelta(seconds=1)])
async def test_what_may_have_ended_counts_as_lost(parts: Parts, at: datetime) -> None:
    parts.publisher.async_suspect(ANNA.key)
    published = replace(BEFORE, at=NOW)
    found = await parts.publisher.async_verify(ANNA, published, at + timedelta(hours=1))
    assert found is (Finding.LOST if at > NOW else Finding.PUBLISHED)


async def test_a_record_is_not_outdated_while_what_it_says_is_shown(parts: Parts) -> None:
    parts.publisher.async_note_outdated()
    parts.publisher.async_suspect(ANNA.key)
    parts.is_written_since = True
    assert await parts.publisher.async_verify(ANNA, BEFORE, NOW) is Finding.PUBLISHED
    assert parts.done == [READ, ASK, DOCUMENT]


async def test_records_of_whom_nothing_is_published_are_not_outdated(parts: Parts) -> None:
    parts.publisher.async_note_outdated()
    parts.records[BEN.key] = PUBLISHED
    parts.shown = Presence.AWAY
    parts.is_written_since = True
    assert await parts.publisher.async_verify(BEN, BEFORE, NOW) is Finding.OVERRULED
    parts.publisher.async_forget(ANNA.key)
    assert await parts.publisher.async_verify(ANNA, BEFORE, NOW) is Finding.OVERRULED
