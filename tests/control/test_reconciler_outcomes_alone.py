"""The reconciler for two people, without a server: choices, failures, waits and stops."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.cisco_unified_presence.control.record import PersonRecord
from custom_components.cisco_unified_presence.pws import Presence, ServerFailed, UnknownUser
from tests.common.strategies import NOW
from tests.control.reconciled import (
    ANNA,
    BEN,
    BUSY,
    CLEAR_ANNA,
    DND,
    FILE,
    MINUTE,
    WRITE_ANNA,
    Reconciled,
    rule,
)


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
    reconciled.server.failures.clear()
    assert await reconciled.after(2 * MINUTE) == [WRITE_ANNA]
    assert reconciler.refused_until(ANNA) is None


async def test_nothing_is_refused_of_whom_nothing_is_requested_any_more(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    reconciled.server.failures["write"] = UnknownUser(user="anna")
    await reconciled.request(ANNA)
    assert reconciled.reconciler.refused_until(ANNA)
    await reconciled.request()
    assert reconciled.reconciler.refused_until(ANNA) is None


async def test_the_seventh_write_in_a_minute_waits(reconciled: Reconciled) -> None:
    await reconciled.start()
    for number in range(7):
        reconciled.requests = {ANNA.key: rule(DND if number % 2 else BUSY)}
        reconciled.reconciler.async_requests_changed([ANNA.key])
        sent = await reconciled.after()
        assert len(sent) == (0 if number == 6 else 1)
        succeeded = reconciled.log.took("succeeded")
        assert len(succeeded) == len(sent)
    reconciler = reconciled.reconciler
    assert reconciler.waiting_until(ANNA) == NOW + MINUTE
    assert reconciler.waiting_until(BEN) is None
    assert await reconciled.after(timedelta(seconds=58)) == []
    assert await reconciled.after(timedelta(seconds=3)) == [WRITE_ANNA]
    assert reconciler.waiting_until(ANNA) is None


async def test_who_clears_by_hand_does_not_wait_though_the_rule_changes_meanwhile(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    set_manual = reconciled.reconciler.async_set_manual
    for number in range(6):
        await set_manual(ANNA, DND if number % 2 else BUSY, None)
    reconciled.requests = {ANNA.key: rule(replace(BUSY, presence=Presence.AWAY))}
    reconciled.server.took()
    reconciled.when_stored = lambda: reconciled.requests.update({ANNA.key: rule()})
    await reconciled.reconciler.async_clear_manual(ANNA)
    assert reconciled.server.took() == [WRITE_ANNA]


async def test_who_sets_by_hand_does_not_wait_for_a_verification(reconciled: Reconciled) -> None:
    await reconciled.start()
    await reconciled.request(ANNA)
    reconciled.server.failures["write"] = UnknownUser(user="anna")
    reconciled.requests = {ANNA.key: rule(DND)}
    reconciled.reconciler.async_requests_changed([ANNA.key])
    await reconciled.after()
    reconciler = reconciled.reconciler
    set_when_asked: list[bool] = []
    reconciled.server.when_asked = lambda: set_when_asked.append(
        reconciler.record_of(ANNA).manual is not None
    )
    # It waits, since the server refuses her.
    reconciler.async_verify_all()
    await reconciled.after()
    assert not reconciler.is_settled
    await reconciler.async_set_manual(ANNA, BUSY, None)
    await reconciled.after()
    assert set_when_asked == [True]
    assert reconciler.is_settled


async def test_what_is_cleared_is_not_renewed(reconciled: Reconciled) -> None:
    await reconciled.start()
    await reconciled.reconciler.async_set_manual(ANNA, BUSY, None)
    await reconciled.reconciler.async_clear_manual(ANNA)
    reconciled.server.took()
    reconciled.log.told.clear()
    assert await reconciled.after(timedelta(hours=2)) == []
    assert reconciled.log.told == []


async def test_nothing_that_follows_is_sent_after_a_stop(reconciled: Reconciled) -> None:
    await reconciled.start()
    await reconciled.request(ANNA)
    reconciled.server.answers.clear()
    assert await reconciled.request() == CLEAR_ANNA[:1]
    reconciled.reconciler.async_stop()
    reconciled.server.answers.set()
    assert await reconciled.after() == []
    assert reconciled.record().idle_session


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
