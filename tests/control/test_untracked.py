"""What an earlier run has published is cleared though the stored records do not know of it."""

from copy import deepcopy
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser
from cup_simulator.model import Presence
from cup_simulator.sessions import Session
from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.entry import person
from tests.common.server import PASSWORD, Cup
from tests.common.setting_presence import logged_in, set_presence
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

DOCUMENTS = "/rich/"
SOURCE = "sensor.anna_presence_source"


@pytest.fixture
async def stopped(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> MockConfigEntry:
    """Stop with Anna set to busy; what is published stays."""
    await set_presence(hass, "busy")
    await pass_time(freezer, cup, 1)
    await loaded.runtime_data.async_leave(keep_published=True)
    await hass.async_block_till_done()
    assert await cup.presence_of("anna") == "BUSY"
    return loaded


async def start(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry, cup: Cup
) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)
    for _ in range(3):
        await hass.async_block_till_done()
        await settled(cup)
    await pass_time(freezer, cup, 1)


def keys_of(entry: MockConfigEntry) -> tuple[str, str]:
    return f"{DOMAIN}.{entry.entry_id}.kept", f"{DOMAIN}.{entry.entry_id}.run"


def lose(hass_storage: dict[str, Any], entry: MockConfigEntry, how: str) -> None:
    """Damage what is stored; a backup from before Anna was set has no record of hers."""
    records, run = keys_of(entry)
    match how:
        case "missing":
            del hass_storage[records]
        case "all missing":
            del hass_storage[records], hass_storage[run]
        case "empty" | "restored":
            hass_storage[records]["data"] = {}
    if how == "restored":
        hass_storage[run]["data"] = {"at": "2020-01-01T00:00:00+00:00", "published": 0}


@pytest.mark.parametrize("how", ["missing", "all missing", "empty", "restored"])
async def test_override_that_no_record_knows_of_is_cleared(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    stopped: MockConfigEntry,
    cup: Cup,
    how: str,
) -> None:
    lose(hass_storage, stopped, how)
    await start(hass, freezer, stopped, cup)
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)


async def test_what_is_published_is_noted_for_the_next_run_within_a_minute(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await pass_time(freezer, cup, 1)
    run = keys_of(loaded)[1]
    assert hass_storage[run]["data"]["published"] == 0

    await set_presence(hass, "busy")
    await pass_time(freezer, cup, 60)
    await hass.async_block_till_done()

    assert hass_storage[run]["data"]["published"] == 1


@pytest.mark.parametrize(
    "entry_people", [[person("anna", controlled=True), person("ben", controlled=True)]]
)
async def test_records_of_the_last_run_are_trusted(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, stopped: MockConfigEntry, cup: Cup
) -> None:
    asked = cup.asked("GET", DOCUMENTS)
    await start(hass, freezer, stopped, cup)
    assert await cup.presence_of("anna") == "BUSY"
    assert cup.asked("GET", DOCUMENTS) == asked


async def test_override_that_is_requested_stays(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    stopped: MockConfigEntry,
    cup: Cup,
) -> None:
    del hass_storage[keys_of(stopped)[1]]
    written = cup.asked("PUT", "/anna/presence/")
    await start(hass, freezer, stopped, cup)
    assert await cup.presence_of("anna") == "BUSY"
    assert cup.asked("PUT", "/anna/presence/") == written


@pytest.mark.parametrize("how", ["missing", "restored"])
async def test_override_of_another_application_and_a_choice_by_hand_are_not_touched(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    stopped: MockConfigEntry,
    cup: Cup,
    how: str,
) -> None:
    service = cup.simulator.service
    ours = service.sessions.end_user("anna")
    assert ours
    service.logout(ours)
    cup.accounts["other"] = ApplicationUser(PASSWORD)
    application = service.login_application("other", PASSWORD, force=False)
    theirs = service.login_end_user(application, "anna", force=False)
    assert isinstance(theirs, Session)
    service.set_basic(theirs, Presence.DND, override=True, expiry=3600)
    lose(hass_storage, stopped, how)

    await start(hass, freezer, stopped, cup)

    assert await cup.presence_of("anna") == "DND"
    session = service.sessions.end_user("anna")
    assert session is theirs


async def test_choice_by_hand_is_not_touched(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    stopped: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.choose("anna", "DND")
    lose(hass_storage, stopped, "missing")
    await start(hass, freezer, stopped, cup)
    assert await cup.presence_of("anna") == "DND"


async def test_search_is_repeated_until_the_server_answers(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    stopped: MockConfigEntry,
    cup: Cup,
) -> None:
    lose(hass_storage, stopped, "all missing")
    await cup.inject("error", code=200, path=DOCUMENTS)
    await start(hass, freezer, stopped, cup)
    assert keys_of(stopped)[1] not in hass_storage
    await cup.heal()
    await pass_time(freezer, cup, 31)
    await settled(cup)
    await pass_time(freezer, cup, 1)
    assert await cup.presence_of("anna") == "AVAILABLE"


async def restart_with(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    cup: Cup,
    records: dict[str, Any],
) -> None:
    """Stop, restore records of an earlier time, and start."""
    await entry.runtime_data.async_leave(keep_published=True)
    await hass.async_block_till_done()
    records_file, run = keys_of(entry)
    hass_storage[records_file]["data"] = records
    hass_storage[run]["data"] = {"at": "2020-01-01T00:00:00+00:00", "published": 1}
    await start(hass, freezer, entry, cup)
    await pass_time(freezer, cup, 10)


@pytest.fixture
async def earlier(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> dict[str, Any]:
    """Set Anna to busy, and return a copy of the records."""
    await set_presence(hass, "busy")
    await pass_time(freezer, cup, 2)
    records: dict[str, Any] = deepcopy(hass_storage[keys_of(loaded)[0]]["data"])
    return records


async def test_write_that_is_later_than_the_records_is_no_takeover(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
    earlier: dict[str, Any],
) -> None:
    await set_presence(hass, "do_not_disturb")
    assert await cup.presence_of("anna") == "DND"

    await restart_with(hass, freezer, hass_storage, loaded, cup, earlier)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "manual"


@pytest.mark.parametrize("later", ["busy", "do_not_disturb"])
async def test_choice_by_hand_overrules_restored_records(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
    earlier: dict[str, Any],
    later: str,
) -> None:
    await set_presence(hass, later)
    await cup.choose("anna", "AWAY")

    await restart_with(hass, freezer, hass_storage, loaded, cup, earlier)

    assert await cup.presence_of("anna") == "AWAY"
    assert shown(hass, SOURCE) == "own"
