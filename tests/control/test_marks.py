"""A published presence that the server loses while the person's devices report the same word."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from custom_components.cisco_unified_presence.control.marks import Marks
from custom_components.cisco_unified_presence.control.record import PublishedPresence
from custom_components.cisco_unified_presence.pws import (
    Activity,
    ContactPresence,
    Device,
    Presence,
    RichPresence,
)
from tests.common.rule_requests import SetRequests, rule_request
from tests.common.server import Cup
from tests.common.setting_presence import WRITES
from tests.common.strategies import NOW
from tests.common.waiting import pass_time, settled

TRUSTED_AGAIN_AFTER = timedelta(minutes=15)
SETTLE_SECONDS = 5

BUSY = RequestedPresence(Presence.BUSY, override=True)
AS_DEVICE = RequestedPresence(Presence.BUSY, override=False)


@pytest.fixture
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: getattr(request, "param", True)}


def lose(cup: Cup) -> None:
    """Let the server drop what was set for Anna; her session goes on."""
    people = cup.simulator.service.people
    people.clear(people["anna"])


def log_out(cup: Cup) -> None:
    """Let the server end Anna's session, and what was set through it."""
    service = cup.simulator.service
    session = service.sessions.end_user("anna")
    assert session
    service.logout(session)


async def publish(
    rules: SetRequests, cup: Cup, freezer: FrozenDateTimeFactory, *, override: bool = True
) -> int:
    """Let Anna be Busy by herself and by a rule, and return the number of writes."""
    await cup.choose("anna", "BUSY", manual=False)
    await settled(cup)
    rules(replace(rule_request(), requested=BUSY if override else AS_DEVICE))
    await pass_time(freezer, cup, 0)
    return cup.asked("PUT", WRITES)


def is_set(cup: Cup) -> bool:
    person = cup.simulator.service.people["anna"]
    published = person.published
    is_device = published is not None and published.status.presence.value == "BUSY"
    return person.override is not None or is_device


@pytest.mark.parametrize("override", [True, False])
@pytest.mark.parametrize("how", [lose, log_out])
async def test_what_the_server_has_lost_is_written_again_after_the_settle_time(
    rules: SetRequests, cup: Cup, freezer: FrozenDateTimeFactory, how: Any, *, override: bool
) -> None:
    written = await publish(rules, cup, freezer, override=override)
    assert is_set(cup)
    how(cup)
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"
    assert not is_set(cup)

    await pass_time(freezer, cup, SETTLE_SECONDS)
    assert is_set(cup)
    assert cup.asked("PUT", WRITES) == written + 1


async def test_marks_that_vanish_again_are_missed_once_in_a_while(
    rules: SetRequests, cup: Cup, freezer: FrozenDateTimeFactory
) -> None:
    written = await publish(rules, cup, freezer)
    for _ in range(3):
        lose(cup)
        await settled(cup)
        await pass_time(freezer, cup, 60)
    assert cup.asked("PUT", WRITES) == written + 1
    await pass_time(freezer, cup, TRUSTED_AGAIN_AFTER.total_seconds())
    await cup.choose("anna", "BUSY", manual=False, activities=["on-the-phone"])
    await settled(cup)
    await pass_time(freezer, cup, SETTLE_SECONDS)
    assert cup.asked("PUT", WRITES) == written + 2
    assert is_set(cup)


async def test_a_choice_of_the_same_word_is_no_loss(
    rules: SetRequests, cup: Cup, freezer: FrozenDateTimeFactory
) -> None:
    written = await publish(rules, cup, freezer)
    await cup.choose("anna", "BUSY")
    await settled(cup)
    await pass_time(freezer, cup, SETTLE_SECONDS)
    assert cup.asked("PUT", WRITES) == written


@pytest.mark.parametrize("entry_options", [False], indirect=True)
async def test_without_documents_it_is_written_again_when_it_is_renewed(
    rules: SetRequests, cup: Cup, freezer: FrozenDateTimeFactory
) -> None:
    written = await publish(rules, cup, freezer)
    lose(cup)
    await settled(cup)
    await pass_time(freezer, cup, 60)
    assert cup.asked("PUT", WRITES) == written


def seen(*devices: Device, manual: bool = False) -> ContactPresence:
    rich = RichPresence("sip:anna@example.com", devices=devices, manual=manual)
    return ContactPresence("anna@example.com", Presence.BUSY, rich)


PHONE = Device("phone", activities=frozenset({Activity.BUSY}))
OVERRIDE = Device("pws-override", is_open=True)
OVERRIDE_BUSY = Device("pws-override", activities=frozenset({Activity.BUSY}))
LOGGED_IN = Device("cisco-pws", activities=frozenset({Activity.AVAILABLE}))
SET_AS_DEVICE = Device("cisco-pws", activities=frozenset({Activity.BUSY}))


@pytest.mark.parametrize(
    ("requested", "before", "after", "missing"),
    [
        (BUSY, seen(PHONE, OVERRIDE), seen(PHONE), True),
        (BUSY, seen(PHONE, OVERRIDE), seen(PHONE, LOGGED_IN), True),
        (BUSY, seen(PHONE, OVERRIDE), seen(PHONE, OVERRIDE), False),
        (BUSY, seen(PHONE, OVERRIDE), seen(PHONE, manual=True), False),
        (BUSY, seen(PHONE, OVERRIDE), None, False),
        (BUSY, seen(PHONE, OVERRIDE), ContactPresence("anna", Presence.BUSY), False),
        # A server whose documents never have it.
        (BUSY, seen(PHONE), seen(), False),
        (AS_DEVICE, seen(SET_AS_DEVICE), seen(LOGGED_IN), True),
        (AS_DEVICE, seen(PHONE, LOGGED_IN), seen(PHONE), False),
        (AS_DEVICE, seen(OVERRIDE_BUSY), seen(PHONE), False),
        (BUSY, None, seen(PHONE), False),
        (BUSY, ContactPresence("anna", Presence.BUSY), seen(PHONE), False),
    ],
)
def test_a_mark_is_missing_that_was_there_since_the_write(
    requested: RequestedPresence,
    before: ContactPresence | None,
    after: ContactPresence | None,
    *,
    missing: bool,
) -> None:
    marks, published = Marks(), PublishedPresence(requested, NOW, "mark")
    marks.note("anna", published, before)
    assert marks.is_missing("anna", published, after, 0) is missing
    written_again = replace(published, at=NOW + timedelta(hours=1))
    assert not marks.is_missing("anna", written_again, after, 0)


def test_a_mark_that_was_missed_is_trusted_again_after_a_quarter_of_an_hour() -> None:
    marks, published = Marks(), PublishedPresence(BUSY, NOW, "mark")

    def is_missing(now: float) -> bool:
        return marks.is_missing("anna", published, seen(PHONE), now)

    marks.note("anna", published, seen(OVERRIDE))
    assert is_missing(0)
    marks.note_missed("anna", 100)
    assert [is_missing(now) for now in (100, 999, 1000)] == [False, False, True]
    assert not marks.is_missing("ben", published, seen(PHONE), 1000)
    marks.forget("anna")
    assert not is_missing(1000)
    # It counts anew, with those that were missed before.
    marks.note("anna", published, seen(OVERRIDE))
    assert is_missing(100)
