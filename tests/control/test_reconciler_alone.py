"""The reconciler for two people, without a server: what is written, and what events change."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.arbitration import NO_REQUEST, ManualSetting
from custom_components.cisco_unified_presence.control.pending_clears import PendingClear
from custom_components.cisco_unified_presence.control.record import PersonRecord
from custom_components.cisco_unified_presence.pws import Presence, ServerFailed, UnknownUser
from tests.common.people import people
from tests.common.strategies import NOW
from tests.control.reconciled import (
    ANNA,
    BEN,
    BOTH,
    BUSY,
    CLEAR_ANNA,
    DND,
    FILE,
    HOUR,
    MINUTE,
    WRITE_ANNA,
    WRITE_BEN,
    Reconciled,
    published,
    rule,
)


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


async def test_what_is_lost_before_the_start_is_left_to_the_start(
    reconciled: Reconciled,
) -> None:
    reconciled.store(anna=PersonRecord(published=published()))
    await reconciled.reconciler.async_load()
    reconciled.reconciler.async_session_lost("anna")
    reconciled.reconciler.async_node_changed()
    assert await reconciled.after() == []
    assert reconciled.record().published


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


async def test_a_suspicion_of_whom_nothing_is_published_is_no_doubt(
    reconciled: Reconciled,
) -> None:
    await reconciled.start()
    await reconciled.request(ANNA)
    reconciled.server.show(ANNA, Presence.AWAY)
    reconciled.requests = {}
    reconciled.reconciler.async_session_lost("anna")
    assert await reconciled.after(timedelta(seconds=6)) == []
    assert reconciled.reconciler.is_settled


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


async def test_what_is_requested_for_someone_else_is_left_alone(reconciled: Reconciled) -> None:
    await reconciled.start()
    reconciled.requests = {"clara@x": rule()}
    reconciled.log.told.clear()
    reconciled.reconciler.async_requests_changed(["clara@x"])
    assert await reconciled.after() == []
    assert reconciled.log.told == []


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


async def test_who_is_not_controlled_any_more_is_no_longer_stored(
    reconciled: Reconciled, hass_storage: dict[str, Any]
) -> None:
    await reconciled.start()
    await reconciled.request(ANNA)
    assert ANNA.key in hass_storage[FILE]["data"]
    reconciled.coordinator.async_set_people({BEN.key: BEN})
    await reconciled.reconciler.async_people_changed(dict(BOTH))
    assert ANNA.key not in hass_storage[FILE]["data"]


async def control_again(reconciled: Reconciled) -> list[tuple[str, ...]]:
    """Let Anna be no longer controlled, and then controlled again; return what is sent then."""
    reconciled.coordinator.async_set_people({BEN.key: BEN})
    await reconciled.reconciler.async_people_changed(dict(BOTH))
    assert await reconciled.after() == []
    reconciled.coordinator.async_set_people(dict(BOTH))
    await reconciled.reconciler.async_people_changed({BEN.key: BEN})
    return await reconciled.after()


async def test_the_writes_of_who_is_controlled_again_count_anew(reconciled: Reconciled) -> None:
    await reconciled.start()
    for _ in range(3):
        assert await reconciled.request(ANNA) == [WRITE_ANNA]
        assert await reconciled.request() == CLEAR_ANNA
    assert await reconciled.request(ANNA) == []
    assert await control_again(reconciled) == [WRITE_ANNA]


async def test_the_mistakes_of_who_is_controlled_again_count_anew(
    reconciled: Reconciled, caplog: pytest.LogCaptureFixture
) -> None:
    await reconciled.start()
    reconciled.server.failures["anna"] = ZeroDivisionError("a mistake")
    assert await reconciled.request(ANNA) == [WRITE_ANNA]
    assert await control_again(reconciled) == [WRITE_ANNA]
    assert await reconciled.after(timedelta(seconds=31)) == [WRITE_ANNA]
    caplog.clear()


async def test_a_setting_that_the_server_refuses_decides_no_more(reconciled: Reconciled) -> None:
    await reconciled.start()
    reconciled.server.failures["anna"] = ServerFailed()
    with pytest.raises(ServerFailed):
        await reconciled.reconciler.async_set_manual(ANNA, BUSY, None)
    assert reconciled.reconciler.decision_of(ANNA) == NO_REQUEST


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
    assert await reconciler.async_adopt(BEN.key, anew=True)
    assert await reconciled.after() == [WRITE_BEN]


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
