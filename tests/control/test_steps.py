"""The steps of a reconciliation, without a server: what is next, and what taking it does."""

from datetime import timedelta
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    NO_REQUEST,
    Decision,
    ManualSetting,
    RequestedPresence,
    decide,
)
from custom_components.cisco_unified_presence.control.decisions import Decisions
from custom_components.cisco_unified_presence.control.manual_changes import ManualChanges
from custom_components.cisco_unified_presence.control.next_step import (
    Clear,
    Finding,
    LogOut,
    Settled,
    Step,
    Verify,
    Wait,
    Write,
)
from custom_components.cisco_unified_presence.control.publisher import Publisher
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.control.schedule import ReconcileSchedule
from custom_components.cisco_unified_presence.control.steps import Steps
from custom_components.cisco_unified_presence.control.store import ControlStore
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import Presence, ServerFailed
from tests.common.people import people
from tests.common.strategies import NOW

(ANNA,) = people("anna@example.com").values()
KEY = ANNA.key
BUSY = RequestedPresence(Presence.BUSY, override=True)
MANUAL = ManualSetting(BUSY, NOW)
REQUESTED = decide(MANUAL, (), None, NOW)
PUBLISHED = PublishedPresence(BUSY, NOW, "session", Presence.BUSY)


class Parts:
    """Decides and publishes what a test says, and notes what is done."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.decisions = [REQUESTED]
        self.record = PersonRecord()
        self.suspected = False
        self.found = Finding.PUBLISHED
        self.steps = Steps(
            cast("ControlStore", self), cast("Decisions", self), cast("Publisher", self)
        )

    # Decisions

    def decide(self, person: Person) -> Decision:
        assert person is ANNA
        return self.decisions.pop(0) if len(self.decisions) > 1 else self.decisions[0]

    def async_set_waiting(self, person: Person, until: Any) -> None:
        assert person is ANNA
        self.done.append(("waiting", until))

    def async_give_way(self, person: Person, published: PublishedPresence) -> None:
        self.done.append(("give way", person.user, published))

    # The store

    def record_of(self, key: str) -> PersonRecord:
        assert key == KEY
        return self.record

    def async_set(self, key: str, record: PersonRecord) -> None:
        assert key == KEY
        self.record = record

    async def async_stored(self, key: str) -> None:
        self.done.append(("stored", key))

    # The publisher

    def is_suspected(self, key: str) -> bool:
        assert key == KEY
        return self.suspected

    async def async_prepare(self, key: str) -> None:
        self.done.append(("prepare", key))

    def async_withdraw(self, key: str) -> None:
        self.done.append(("withdraw", key))

    async def async_write(self, person: Person, requested: Any, *, clear_first: bool) -> None:
        self.done.append(("write", person.user, requested, clear_first))

    async def async_clear(self, person: Person) -> None:
        self.done.append(("clear", person.user))

    async def async_log_out(self, person: Person) -> None:
        self.done.append(("log out", person.user))

    async def async_verify(self, person: Person, published: Any, now: Any) -> Finding:
        self.done.append(("verify", person.user, published, now))
        return self.found

    async def async_republish_unless_shown(self, person: Person) -> None:
        self.done.append(("republish", person.user))

    # The schedule

    def async_soon(self, key: str) -> None:
        self.done.append(("soon", key))

    def took(self) -> list[Any]:
        done, self.done = self.done, []
        return done


@pytest.fixture
def parts(freezer: FrozenDateTimeFactory) -> Parts:
    freezer.move_to(NOW)
    return Parts()


PREPARE, WITHDRAW = ("prepare", KEY), ("withdraw", KEY)


@pytest.mark.parametrize(
    ("step", "done"),
    [
        (Write(BUSY), [PREPARE, ("write", "anna", BUSY, False)]),
        (Write(BUSY, clear_first=True), [PREPARE, ("write", "anna", BUSY, True)]),
        (LogOut(), [("log out", "anna")]),
        (Verify(PUBLISHED), [("verify", "anna", PUBLISHED, NOW)]),
    ],
)
async def test_what_a_step_does(parts: Parts, step: Any, done: list[Any]) -> None:
    await parts.steps.async_take(step, ANNA)
    assert parts.done == done


async def test_a_clear(parts: Parts) -> None:
    parts.decisions = [NO_REQUEST]
    await parts.steps.async_take(Clear(), ANNA)
    assert parts.done == [PREPARE, ("clear", "anna")]


@pytest.mark.parametrize("found", [Finding.PUBLISHED, Finding.LOST, Finding.OUTDATED])
async def test_only_what_is_overruled_gives_way(parts: Parts, found: Finding) -> None:
    parts.found = found
    await parts.steps.async_take(Verify(PUBLISHED), ANNA)
    assert len(parts.took()) == 1
    parts.found = Finding.OVERRULED
    await parts.steps.async_take(Verify(PUBLISHED), ANNA)
    assert parts.done[1:] == [("give way", "anna", PUBLISHED)]


@pytest.mark.parametrize(("step", "decided"), [(Write(BUSY), NO_REQUEST), (Clear(), REQUESTED)])
async def test_what_is_out_of_date_once_it_is_stored_is_not_sent(
    parts: Parts, step: Any, decided: Decision
) -> None:
    parts.decisions = [decided]
    await parts.steps.async_take(step, ANNA)
    assert parts.done == [PREPARE, WITHDRAW]


async def test_nothing_is_sent_after_the_stop(parts: Parts) -> None:
    parts.steps.async_stop()
    await parts.steps.async_take(Write(BUSY), ANNA)
    assert parts.done == [PREPARE, WITHDRAW]


@pytest.mark.parametrize(
    ("record", "suspected", "verify", "step"),
    [
        (PersonRecord(), False, True, Write(BUSY)),
        (PersonRecord(published=PUBLISHED), False, True, Settled(NOW + timedelta(minutes=90))),
        (PersonRecord(published=PUBLISHED), True, True, Verify(PUBLISHED)),
        (PersonRecord(published=PUBLISHED), True, False, Settled(NOW + timedelta(minutes=90))),
    ],
)
def test_the_next_step(
    parts: Parts, record: PersonRecord, step: Step, *, suspected: bool, verify: bool
) -> None:
    parts.record, parts.suspected = record, suspected
    assert parts.steps.next(ANNA, verify=verify) == step
    assert parts.done == [("waiting", None)]


async def test_what_is_written_too_often_waits_unless_someone_does(parts: Parts) -> None:
    for step in (Write(BUSY), Write(BUSY), LogOut(), Write(BUSY)):
        await parts.steps.async_take(step, ANNA)
    parts.decisions = [NO_REQUEST]
    for _ in range(2):
        await parts.steps.async_take(Clear(), ANNA)
    # What is withdrawn does not count.
    await parts.steps.async_take(Write(BUSY), ANNA)
    parts.decisions = [REQUESTED]
    assert parts.steps.next(ANNA, verify=True) == Write(BUSY)
    await parts.steps.async_take(Write(BUSY), ANNA)
    parts.took()
    again = NOW + timedelta(minutes=1)
    assert parts.steps.next(ANNA, verify=True) == Wait(again)
    assert parts.took() == [("waiting", again)]
    assert parts.steps.next(ANNA, verify=True, by_hand=True) == Write(BUSY)
    assert parts.took() == [("waiting", None)]
    parts.steps.async_forget(KEY)
    assert parts.steps.next(ANNA, verify=True) == Write(BUSY)


async def test_a_note_by_hand_does_not_wait(parts: Parts) -> None:
    noted = RequestedPresence(Presence.BUSY, override=True, note="Recording")
    parts.record = PersonRecord(published=PUBLISHED)
    parts.decisions = [decide(ManualSetting(noted, NOW), (), None, NOW)]
    assert parts.steps.next(ANNA, verify=True) == Settled(NOW + timedelta(minutes=1))
    assert parts.steps.next(ANNA, verify=True, by_hand=True) == Write(noted)


# Manual changes


@pytest.fixture
def changes(hass: HomeAssistant, parts: Parts) -> ManualChanges:
    return ManualChanges(
        hass,
        cast("ControlStore", parts),
        cast("Decisions", parts),
        cast("Publisher", parts),
        cast("ReconcileSchedule", parts),
    )


SET = PersonRecord(manual=MANUAL)


def set_busy(record: PersonRecord) -> PersonRecord:
    assert record.manual is None
    return SET


async def test_a_change_is_carried_out_and_stored(parts: Parts, changes: ManualChanges) -> None:
    async def settle() -> None:
        assert parts.record == SET
        parts.done.append("settle")

    await changes.async_carry_out(ANNA, set_busy, settle)
    assert parts.done == [("republish", "anna"), "settle", ("stored", KEY)]
    assert parts.record == SET


@pytest.mark.parametrize(
    ("failure", "decided", "left", "is_raised", "after"),
    [
        # The record is as before, but for what is published by now.
        (ServerFailed(), REQUESTED, PersonRecord(unsure=True), True, PersonRecord(unsure=True)),
        (ServerFailed(), NO_REQUEST, PersonRecord(unsure=True), True, PersonRecord(unsure=True)),
        (ServerFailed(), REQUESTED, PersonRecord(), True, PersonRecord()),
        # Nothing but a logout has failed.
        (
            ServerFailed(),
            NO_REQUEST,
            PersonRecord(idle_session=True),
            False,
            PersonRecord(idle_session=True),
        ),
        # What a mistake leaves is dealt with later.
        (ZeroDivisionError(), REQUESTED, SET, True, SET),
    ],
)
async def test_a_change_that_fails_is_undone(
    parts: Parts,
    changes: ManualChanges,
    failure: Exception,
    decided: Decision,
    left: PersonRecord,
    after: PersonRecord,
    *,
    is_raised: bool,
) -> None:
    parts.decisions = [decided]

    async def settle() -> None:
        parts.record = left
        raise failure

    if is_raised:
        with pytest.raises(type(failure)):
            await changes.async_carry_out(ANNA, set_busy, settle)
    else:
        await changes.async_carry_out(ANNA, set_busy, settle)
    assert parts.done == [("republish", "anna"), ("soon", KEY), ("stored", KEY)]
    assert parts.record == after


@pytest.mark.parametrize(
    ("seconds", "jumped", "is_since"),
    [(10, 3600, True), (10, 0, True), (0, 3600, False), (20, 3600, False)],
)
async def test_a_setting_from_after_a_jump_that_is_noticed_later(
    parts: Parts,
    changes: ManualChanges,
    freezer: FrozenDateTimeFactory,
    *,
    seconds: int,
    jumped: int,
    is_since: bool,
) -> None:
    """It was set ten seconds before the jump is noticed, or before the jump."""
    changes.note_set(KEY)
    freezer.tick(timedelta(seconds=seconds))
    now = NOW + timedelta(seconds=jumped)
    set_at = now - timedelta(seconds=10 if seconds else 0)
    parts.record = PersonRecord(manual=ManualSetting(BUSY, set_at))
    assert changes.is_set_since_jump(KEY, now) is is_since
    assert not changes.is_set_since_jump(KEY, now + timedelta(hours=1))
    changes.forget(KEY)
    assert not changes.is_set_since_jump(KEY, now)
