"""What becomes of presences when an entry is left, and of people who are no longer controlled."""

import asyncio
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import NO_REQUEST, RequestedPresence
from custom_components.cisco_unified_presence.control.undo import FIRST_PAUSE
from custom_components.cisco_unified_presence.control.writer import PresenceWriter
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.entry import person
from tests.common.rule_requests import KEY, SetRequests, rule_request
from tests.common.server import Cup
from tests.common.setting_presence import (
    ANNA,
    RENEWAL,
    WRITES,
    anna_of,
    logged_in,
    set_controlled,
    set_presence,
    stored_records,
)
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until


async def test_manual_setting_is_published_again_after_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert await cup.presence_of("anna") == "AVAILABLE"
    await pass_time(freezer, cup, 600)

    assert await hass.config_entries.async_setup(loaded.entry_id)
    await pass_time(freezer, cup, 1)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, ANNA) == "busy"
    await pass_time(freezer, cup, 1200)
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_manual_setting_that_ended_meanwhile_is_forgotten_after_a_reload(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await pass_time(freezer, cup, 3600)

    assert await hass.config_entries.async_setup(loaded.entry_id)
    await pass_time(freezer, cup, 1)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert stored_records(hass_storage, loaded) == {}
    assert "anna" not in await logged_in(cup)


async def test_manual_setting_of_a_person_no_longer_controlled_is_not_published(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    assert await hass.config_entries.async_unload(loaded.entry_id)
    anna = anna_of(loaded)
    hass.config_entries.async_update_subentry(loaded, anna, data={**anna.data, "controlled": False})
    written = cup.asked("PUT", WRITES)

    assert await hass.config_entries.async_setup(loaded.entry_id)
    await pass_time(freezer, cup, 1)

    assert cup.asked("PUT", WRITES) == written


async def test_presence_of_a_person_no_longer_controlled_is_cleared(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    anna = anna_of(loaded)

    hass.config_entries.async_update_subentry(loaded, anna, data={**anna.data, "controlled": False})
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)
    assert stored_records(hass_storage, loaded) == {}
    await until(lambda: shown(hass, ANNA) == "available")


async def test_presence_of_a_removed_person_is_cleared(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")

    hass.config_entries.async_remove_subentry(loaded, anna_of(loaded).subentry_id)
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)
    assert stored_records(hass_storage, loaded) == {}


async def test_presence_of_a_person_removed_while_the_server_fails_is_cleared_later(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES)
    hass.config_entries.async_remove_subentry(loaded, anna_of(loaded).subentry_id)
    await settled(cup)
    assert stored_records(hass_storage, loaded) == {}
    assert await cup.presence_of("anna") == "BUSY"

    await cup.heal()
    await pass_time(freezer, cup, FIRST_PAUSE)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)


async def test_removing_another_person_leaves_the_presence_alone(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")

    hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    await settled(cup)

    assert await cup.presence_of("anna") == "BUSY"


async def test_unloading_logs_all_users_out_though_a_presence_cannot_be_cleared(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES)

    assert await hass.config_entries.async_unload(loaded.entry_id)

    assert await logged_in(cup) == set()
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_unloading_from_a_dead_server_does_not_try_all_users(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("refuse_connections")

    assert await hass.config_entries.async_unload(loaded.entry_id)

    await cup.heal()
    assert await cup.presence_of("anna") == "BUSY"


async def test_stopped_reconciler_renews_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    written = cup.asked("PUT", WRITES)
    reconciler = loaded.runtime_data.reconciler

    reconciler.async_stop()
    reconciler.async_session_lost("anna")
    await pass_time(freezer, cup, RENEWAL)

    assert cup.asked("PUT", WRITES) == written


async def test_manual_setting_survives_a_start_while_the_server_is_away(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await cup.inject("refuse_connections")
    assert not await hass.config_entries.async_setup(loaded.entry_id)
    assert loaded.state is ConfigEntryState.SETUP_RETRY
    assert "anna@example.com" in stored_records(hass_storage, loaded)

    await cup.heal()
    await pass_time(freezer, cup, 30)

    await until(lambda: loaded.state is ConfigEntryState.LOADED)
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"


async def test_start_that_fails_halfway_clears_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await loaded.runtime_data.async_leave(keep_published=True)
    await cup.inject("error", code=200, path="/watcher/", count=1)
    assert not await hass.config_entries.async_reload(loaded.entry_id)
    assert loaded.state is ConfigEntryState.SETUP_RETRY

    assert await cup.presence_of("anna") == "BUSY"
    written = cup.asked("PUT", WRITES)
    await pass_time(freezer, cup, 30)
    await until(lambda: loaded.state is ConfigEntryState.LOADED)
    await settled(cup)

    assert await cup.presence_of("anna") == "BUSY"
    assert cup.asked("PUT", WRITES) == written


async def test_presence_whose_clearing_was_not_answered_is_published_after_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("truncate", bytes=0, method="PUT")
    await cup.inject("truncate", bytes=0, method="DELETE")
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await cup.heal()
    assert await cup.presence_of("anna") == "AVAILABLE"

    assert await hass.config_entries.async_setup(loaded.entry_id)
    await pass_time(freezer, cup, 10)

    assert shown(hass, "sensor.anna_presence_source") == "manual"
    assert await cup.presence_of("anna") == "BUSY"


def person_of(entry: MockConfigEntry) -> Person:
    person: Person = entry.runtime_data.coordinator.people[KEY]
    return person


async def test_mistakes_of_a_person_no_longer_controlled_do_not_count(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    loaded: MockConfigEntry,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts = 0

    async def fail(*args: object) -> object:
        nonlocal attempts
        attempts += 1
        raise KeyError("spam")

    monkeypatch.setattr(PresenceWriter, "async_write", fail)
    rules(rule_request())
    await settled(cup)
    assert attempts == 1
    await pass_time(freezer, cup, 30)
    await until(lambda: attempts == 2)
    mistakes = loaded.runtime_data.reconciler._mistakes
    assert mistakes._counts[KEY] == 2

    await set_controlled(hass, loaded, cup, controlled=False)

    assert KEY not in mistakes._counts


async def test_nothing_of_a_person_no_longer_controlled_goes_on(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    reconciler = loaded.runtime_data.reconciler
    rules(rule_request())
    await pass_time(freezer, cup, 0)
    assert reconciler.decision_of(person_of(loaded)).rule_request is not None
    reconciler._publisher.async_suspect(KEY)

    await set_controlled(hass, loaded, cup, controlled=False)

    assert not reconciler._publisher._takeover._unsubscribe
    assert not reconciler._publisher.is_suspected(KEY)
    assert KEY not in reconciler._schedule._timers
    assert reconciler.decision_of(person_of(loaded)) == NO_REQUEST


async def test_nothing_is_remembered_of_a_person_no_longer_controlled(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    reconciler = loaded.runtime_data.reconciler
    anna = person_of(loaded)
    for presence in ("busy", "away") * 3:
        await set_presence(hass, presence)
    reconciler._decisions.async_set_waiting(anna, dt_util.utcnow() + timedelta(minutes=1))
    reconciler.async_note_outdated()
    # As a write that was cut off before it began leaves it.
    await reconciler._publisher.async_prepare(KEY)

    await set_controlled(hass, loaded, cup, controlled=False)

    assert reconciler.waiting_until(anna) is None
    assert KEY not in reconciler._manual._set_at
    assert KEY not in reconciler._publisher._outdated
    reconciler._publisher.async_withdraw(KEY)
    assert not reconciler.record_of(anna).may_be_published


@pytest.mark.parametrize(
    "entry_people", [[person("anna", controlled=True), person("ben", controlled=True)]]
)
async def test_what_is_published_is_known_where_clearing_was_cut_off_before_it_began(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconciler = loaded.runtime_data.reconciler
    anna, ben = loaded.runtime_data.coordinator.controlled.values()
    for each in (anna, ben):
        busy = RequestedPresence(Presence.BUSY, override=True)
        await reconciler.async_set_manual(each, busy, None)
    published = reconciler.record_of(ben).published
    assert published is not None

    async def cut_off(*_: object) -> None:
        leaving.cancel()
        await asyncio.sleep(0)

    monkeypatch.setattr(PresenceWriter, "async_clear", cut_off)
    leaving = asyncio.create_task(reconciler.async_clear_server())
    with pytest.raises(asyncio.CancelledError):
        await leaving

    assert reconciler.record_of(anna).unsure
    assert reconciler.record_of(ben).published == published
