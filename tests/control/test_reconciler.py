"""The reconciler writes, reads back, renews, ends and clears presences."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser
from custom_components.cisco_unified_presence.control.store import SAVE_WITHIN
from custom_components.cisco_unified_presence.pws import Throttled
from tests.common.rule_requests import KEY, SetRequests, rule_request
from tests.common.server import PASSWORD, Cup
from tests.common.setting_presence import (
    ANNA,
    EXPIRY,
    RENEWAL,
    TRANSLATING,
    WRITES,
    clear_presence,
    logged_in,
    set_presence,
    stored_records,
)
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until


async def test_what_was_set_is_read_back_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")

    await set_presence(hass, "busy")

    assert shown(hass, ANNA) == "busy"
    assert await cup.presence_of("anna") == "BUSY"


async def test_what_was_set_counts_though_it_cannot_be_read_back(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=200, path="/contacts/")

    await set_presence(hass, "busy")

    await until(lambda: shown(hass, ANNA) == "busy")


@pytest.mark.parametrize("cup_configuration", [TRANSLATING])
async def test_translated_word_counts_as_set(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    assert shown(hass, ANNA) == "away"
    written = cup.asked("PUT", WRITES)

    await pass_time(freezer, cup, RENEWAL - 1)
    assert cup.asked("PUT", WRITES) == written
    await pass_time(freezer, cup, 1)
    assert cup.asked("PUT", WRITES) == written + 1


async def test_presence_is_renewed_before_the_server_drops_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb")

    for _ in range(3):
        written = cup.asked("PUT", WRITES)
        await pass_time(freezer, cup, RENEWAL - 1)
        assert cup.asked("PUT", WRITES) == written
        await pass_time(freezer, cup, 1)
        assert cup.asked("PUT", WRITES) == written + 1
        assert await cup.presence_of("anna") == "DND"


async def test_listeners_are_called_for_a_renewal_only_where_it_changes_what_is_shown(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await pass_time(freezer, cup, RENEWAL)
    calls: list[None] = []
    runtime = loaded.runtime_data
    person = runtime.coordinator.people[KEY]
    runtime.decision_log.async_subscribe(person, lambda: calls.append(None))
    written = cup.asked("PUT", WRITES)

    await pass_time(freezer, cup, RENEWAL)
    assert cup.asked("PUT", WRITES) == written + 1
    await cup.inject("error", code=200, path=WRITES, method="PUT", count=1)
    await pass_time(freezer, cup, RENEWAL)
    await pass_time(freezer, cup, 30)
    assert cup.asked("PUT", WRITES) == written + 3
    assert not calls

    await cup.inject("error", code=120, path=WRITES, method="PUT", count=1)
    await pass_time(freezer, cup, RENEWAL)
    assert len(calls) == 1
    await pass_time(freezer, cup, 15 * 60)
    assert len(calls) == 2
    assert await cup.presence_of("anna") == "BUSY"


async def test_failed_renewal_is_repeated_every_half_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES, method="PUT", count=2)
    await pass_time(freezer, cup, RENEWAL)
    written = cup.asked("PUT", WRITES)

    await pass_time(freezer, cup, 29)
    assert cup.asked("PUT", WRITES) == written
    await pass_time(freezer, cup, 1)
    assert cup.asked("PUT", WRITES) == written + 1
    await pass_time(freezer, cup, 30)
    assert cup.asked("PUT", WRITES) == written + 2

    await pass_time(freezer, cup, EXPIRY - RENEWAL)
    assert await cup.presence_of("anna") == "BUSY"


async def test_duration_ends_the_manual_setting(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})

    await pass_time(freezer, cup, 1799)
    assert shown(hass, ANNA) == "busy"
    await pass_time(freezer, cup, 1)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert shown(hass, ANNA) == "available"
    assert "anna" not in await logged_in(cup)


async def test_duration_beyond_a_renewal_ends_the_manual_setting_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration={"hours": 2.5})

    await pass_time(freezer, cup, RENEWAL)
    await pass_time(freezer, cup, 9000 - RENEWAL - 1)
    assert await cup.presence_of("anna") == "BUSY"
    await pass_time(freezer, cup, 1)

    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_end_that_the_server_misses_is_repeated(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})
    await cup.inject("error", code=200, path=WRITES, method="PUT", count=1)
    await pass_time(freezer, cup, 1800)
    assert await cup.presence_of("anna") == "BUSY"

    await pass_time(freezer, cup, 30)

    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_new_manual_setting_replaces_the_old_one_and_its_end(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})
    await set_presence(hass, "do_not_disturb")

    await pass_time(freezer, cup, 3600)

    assert await cup.presence_of("anna") == "DND"


async def test_word_without_override_takes_the_place_of_one_with_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb")
    await set_presence(hass, "busy", override=False)

    assert await cup.presence_of("anna") == "BUSY"


async def test_override_that_could_not_be_replaced_is_written_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb")
    await cup.inject("error", code=200, path=f"{WRITES}basic", count=1)
    with pytest.raises(HomeAssistantError):
        await set_presence(hass, "busy", override=False)
    await settled(cup)
    await pass_time(freezer, cup, 0)

    assert await cup.presence_of("anna") == "DND"


async def test_available_is_one_device_more(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb")
    await set_presence(hass, "available")

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" in await logged_in(cup)


async def test_person_is_logged_out_after_a_clear(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    assert "anna" in await logged_in(cup)

    await clear_presence(hass)

    assert await logged_in(cup) == {"hass", "watcher"}
    assert shown(hass, ANNA) == "available"
    await pass_time(freezer, cup, SAVE_WITHIN)
    assert stored_records(hass_storage, loaded) == {}


async def test_nothing_is_renewed_after_a_clear(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await clear_presence(hass)
    written = cup.asked("PUT", WRITES)

    await pass_time(freezer, cup, RENEWAL)

    assert cup.asked("PUT", WRITES) == written


async def test_reconciling_after_a_clear_does_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked()

    await loaded.runtime_data.reconciler._async_reconcile("anna@example.com")

    assert cup.asked() == before


async def test_clearing_what_is_not_set_sends_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked()

    await clear_presence(hass)

    assert cup.asked() == before


async def test_failed_write_leaves_the_earlier_setting(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES, method="PUT", count=1)

    with pytest.raises(HomeAssistantError):
        await set_presence(hass, "do_not_disturb")

    assert await cup.presence_of("anna") == "BUSY"
    anna = stored_records(hass_storage, loaded)["anna@example.com"]
    assert anna["manual"]["want"]["presence"] == "BUSY"
    await pass_time(freezer, cup, RENEWAL)
    await pass_time(freezer, cup, EXPIRY - RENEWAL)
    assert await cup.presence_of("anna") == "BUSY"


async def test_failed_clear_leaves_the_earlier_setting(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES, method="PUT", count=1)

    with pytest.raises(HomeAssistantError):
        await clear_presence(hass)

    assert "anna@example.com" in stored_records(hass_storage, loaded)
    await pass_time(freezer, cup, RENEWAL)
    assert await cup.presence_of("anna") == "BUSY"


async def test_clear_whose_logout_fails_is_a_success_and_the_logout_is_repeated(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path="/anna/session$", count=1)

    await clear_presence(hass)

    anna = stored_records(hass_storage, loaded)["anna@example.com"]
    assert anna["manual"] is None
    assert anna["unsure"]
    await settled(cup)
    assert "anna" not in await logged_in(cup)
    await pass_time(freezer, cup, RENEWAL)
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert stored_records(hass_storage, loaded) == {}


async def test_refused_login_is_not_tried_again_soon(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    cup.accounts["hass"] = ApplicationUser("another")
    await cup.inject("lose_sessions")
    await pass_time(freezer, cup, RENEWAL)
    logins = cup.asked("POST", "/hass/sessions")
    for _ in range(8):
        await pass_time(freezer, cup, 60)
    assert cup.asked("POST", "/hass/sessions") == logins

    cup.accounts["hass"] = ApplicationUser(PASSWORD)
    await pass_time(freezer, cup, 900)
    assert await cup.presence_of("anna") == "BUSY"


async def test_what_a_lost_session_carried_is_written_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("lose_sessions")
    assert await cup.presence_of("anna") == "AVAILABLE"

    await pass_time(freezer, cup, 60)
    await pass_time(freezer, cup, 1)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, ANNA) == "busy"


async def test_lost_session_of_another_user_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    written = cup.asked("PUT", WRITES)

    loaded.runtime_data.reconciler.async_session_lost("watcher")
    await pass_time(freezer, cup, 1)

    assert cup.asked("PUT", WRITES) == written


async def test_logout_that_fails_is_repeated_whatever_happens_meanwhile(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    rules(rule_request())
    await settled(cup)
    await cup.inject("error", code=200, path="/anna/session$", count=1)
    rules()
    await settled(cup)
    assert "anna" in await logged_in(cup)

    # Something that changes nothing for Anna.
    rules()
    await pass_time(freezer, cup, 30)

    assert "anna" not in await logged_in(cup)


async def test_what_was_sent_is_cleared_though_its_session_is_not_known(
    rules: SetRequests, loaded: MockConfigEntry, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(_user: str) -> str:
        raise Throttled

    monkeypatch.setattr(loaded.runtime_data.client, "session_mark", lost)
    rules(rule_request())
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"

    rules()
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_changed_people_are_decided_for_by_what_rules_request_already(
    loaded: MockConfigEntry, cup: Cup
) -> None:
    runtime = loaded.runtime_data
    runtime.reconciler._decisions._requests = lambda key: (rule_request(),) if key == KEY else ()
    await settled(cup)
    assert await cup.presence_of("anna") == "AVAILABLE"

    await runtime.reconciler.async_people_changed(runtime.coordinator.people)
    await settled(cup)

    assert await cup.presence_of("anna") == "BUSY"
