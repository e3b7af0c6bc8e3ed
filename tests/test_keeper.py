"""Holding presence: written, read back, renewed, ended, released, and taken up after a restart."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.model import Presence as Shown
from cup_simulator.model import Status
from custom_components.cisco_unified_presence.const import DOMAIN

from .conftest import PASSWORD, Cup, shown
from .waiting import pass_time, settled, until

ANNA = "sensor.anna_presence"
WRITES = "/anna/presence/"
RENEWAL = 5400
EXPIRY = 7200

TRANSLATING = Configuration(
    domain="example.com",
    application_users={"hass": ApplicationUser(PASSWORD)},
    people=(
        ConfiguredPerson("anna", "Anna", Status(Shown.AVAILABLE)),
        ConfiguredPerson("ben", "Ben"),
        ConfiguredPerson("clara", "Clara"),
        ConfiguredPerson("watcher", "Watcher"),
    ),
    translation={Shown.BUSY: Shown.AWAY},
)


async def set_presence(hass: HomeAssistant, presence: str, **data: Any) -> None:
    await hass.services.async_call(
        DOMAIN, "set_presence", {"entity_id": ANNA, "presence": presence, **data}, blocking=True
    )


async def clear_presence(hass: HomeAssistant) -> None:
    await hass.services.async_call(DOMAIN, "clear_presence", {"entity_id": ANNA}, blocking=True)


async def logged_in(cup: Cup) -> set[str]:
    return {session["user"] for session in (await cup.state())["sessions"]}


def stored_holds(hass_storage: dict[str, Any], entry: MockConfigEntry) -> dict[str, Any]:
    holds: dict[str, Any] = hass_storage[f"{DOMAIN}.{entry.entry_id}.kept"]["data"]
    return holds


def anna_of(entry: MockConfigEntry) -> Any:
    return next(each for each in entry.subentries.values() if each.title == "Anna")


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


async def test_hold_is_renewed_before_the_server_drops_it(
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


async def test_failed_renewal_is_repeated_every_half_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES, count=2)
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


async def test_duration_ends_the_hold(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})

    await pass_time(freezer, cup, 1799)
    assert shown(hass, ANNA) == "busy"
    await pass_time(freezer, cup, 1)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert shown(hass, ANNA) == "available"
    assert "anna" not in await logged_in(cup)


async def test_duration_beyond_a_renewal_ends_the_hold_too(
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
    await cup.inject("error", code=200, path=WRITES, count=1)
    await pass_time(freezer, cup, 1800)
    assert await cup.presence_of("anna") == "BUSY"

    await pass_time(freezer, cup, 30)

    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_new_hold_takes_the_place_of_the_old_one_and_its_end(
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


async def test_released_person_is_logged_out(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    assert "anna" in await logged_in(cup)

    await clear_presence(hass)

    assert await logged_in(cup) == {"hass", "watcher"}
    assert shown(hass, ANNA) == "available"
    assert stored_holds(hass_storage, loaded) == {}


async def test_released_person_is_not_renewed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await clear_presence(hass)
    written = cup.asked("PUT", WRITES)

    await pass_time(freezer, cup, RENEWAL)

    assert cup.asked("PUT", WRITES) == written


async def test_visit_that_comes_after_the_release_does_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked()

    await loaded.runtime_data.keeper._async_attend("anna@example.com")

    assert cup.asked() == before


async def test_clearing_what_is_not_held_sends_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked()

    await clear_presence(hass)

    assert cup.asked() == before


async def test_failure_keeps_what_was_held(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES, count=1)

    with pytest.raises(HomeAssistantError):
        await set_presence(hass, "do_not_disturb")

    assert await cup.presence_of("anna") == "BUSY"
    anna = stored_holds(hass_storage, loaded)["anna@example.com"]
    assert anna["manual"]["want"]["presence"] == "BUSY"
    await pass_time(freezer, cup, RENEWAL)
    await pass_time(freezer, cup, EXPIRY - RENEWAL)
    assert await cup.presence_of("anna") == "BUSY"


async def test_failed_release_keeps_what_was_held(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES, count=1)

    with pytest.raises(HomeAssistantError):
        await clear_presence(hass)

    assert "anna@example.com" in stored_holds(hass_storage, loaded)
    await pass_time(freezer, cup, RENEWAL)
    assert await cup.presence_of("anna") == "BUSY"


async def test_release_whose_logout_fails_is_not_held_again(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path="/anna/session$", count=1)

    with pytest.raises(HomeAssistantError):
        await clear_presence(hass)

    assert stored_holds(hass_storage, loaded) == {}
    await pass_time(freezer, cup, RENEWAL)
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_refused_login_is_hardly_ever_tried_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    users = cup.simulator.service.configuration.application_users
    assert isinstance(users, dict)
    users["hass"] = ApplicationUser("another")
    await cup.inject("lose_sessions")
    await pass_time(freezer, cup, RENEWAL)
    logins = cup.asked("POST", "/hass/sessions")
    for _ in range(8):
        await pass_time(freezer, cup, 60)
    assert cup.asked("POST", "/hass/sessions") == logins

    users["hass"] = ApplicationUser(PASSWORD)
    await pass_time(freezer, cup, 900)
    assert await cup.presence_of("anna") == "BUSY"


async def test_lost_session_makes_it_written_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("lose_sessions")
    assert await cup.presence_of("anna") == "AVAILABLE"

    await pass_time(freezer, cup, 60)
    await pass_time(freezer, cup, 1)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, ANNA) == "busy"


async def test_lost_session_of_somebody_else_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    written = cup.asked("PUT", WRITES)

    loaded.runtime_data.keeper.async_session_lost("watcher")
    await pass_time(freezer, cup, 1)

    assert cup.asked("PUT", WRITES) == written


async def test_hold_is_taken_up_after_a_reload(
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


async def test_hold_that_ended_meanwhile_is_released_after_a_reload(
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
    assert stored_holds(hass_storage, loaded) == {}
    assert "anna" not in await logged_in(cup)


async def test_hold_of_somebody_no_longer_controlled_is_not_taken_up(
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


async def test_person_no_longer_controlled_is_released(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    anna = anna_of(loaded)

    hass.config_entries.async_update_subentry(loaded, anna, data={**anna.data, "controlled": False})
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)
    assert stored_holds(hass_storage, loaded) == {}
    await until(lambda: shown(hass, ANNA) == "available")


async def test_person_removed_is_released(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")

    hass.config_entries.async_remove_subentry(loaded, anna_of(loaded).subentry_id)
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)
    assert stored_holds(hass_storage, loaded) == {}


async def test_person_removed_while_the_server_fails_is_left_to_the_expiry(
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

    assert stored_holds(hass_storage, loaded) == {}
    written = cup.asked("PUT", WRITES)
    await pass_time(freezer, cup, RENEWAL)
    assert cup.asked("PUT", WRITES) == written


async def test_somebody_elses_change_leaves_the_hold_alone(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")

    hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    await settled(cup)

    assert await cup.presence_of("anna") == "BUSY"


async def test_unloading_logs_everybody_out_though_a_hold_cannot_be_cleared(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES)

    assert await hass.config_entries.async_unload(loaded.entry_id)

    assert await logged_in(cup) == set()
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_unloading_from_a_dead_server_does_not_try_everybody(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("refuse_connections")

    assert await hass.config_entries.async_unload(loaded.entry_id)

    await cup.heal()
    assert await cup.presence_of("anna") == "BUSY"


async def test_stopped_keeper_renews_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    written = cup.asked("PUT", WRITES)
    keeper = loaded.runtime_data.keeper

    keeper.async_stop()
    keeper.async_session_lost("anna")
    await pass_time(freezer, cup, RENEWAL)

    assert cup.asked("PUT", WRITES) == written
