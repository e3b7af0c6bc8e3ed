"""When manual settings end, and who has set them: docs/rules.md, "Manual settings"."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)

from custom_components.cisco_unified_presence.arbitration import ManualSetting, RequestedPresence
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import EVENT_WINNER_CHANGED
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.settings import ManualEnd
from tests.common.server import Cup
from tests.common.setting_presence import ANNA, clear_presence, set_presence, stored_records
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

SOURCE = "sensor.anna_presence_source"
BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
async def nine(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry
) -> MockConfigEntry:
    """Make it ten o'clock in Berlin, nine by UTC, on a Monday."""
    await hass.config.async_set_time_zone(BERLIN)
    freezer.move_to(NOW)
    return loaded


@pytest.fixture
def ben(hass: HomeAssistant) -> User:
    user: User = MockUser(name="Ben Okafor", is_owner=True).add_to_hass(hass)
    return user


def source(hass: HomeAssistant) -> State:
    state = hass.states.get(SOURCE)
    assert state
    return state


async def explained(hass: HomeAssistant) -> dict[str, Any]:
    answer: Any = await hass.services.async_call(
        DOMAIN, "explain", {"entity_id": ANNA}, blocking=True, return_response=True
    )
    return dict(answer["people"]["anna@example.com"])


# The usual end


@pytest.mark.parametrize(
    ("options", "end"),
    [
        ({}, None),
        ({"manual_end": "never", "manual_hours": 3}, None),
        ({"manual_end": "hours"}, NOW + timedelta(hours=8)),
        ({"manual_end": "hours", "manual_hours": 3.0}, NOW + timedelta(hours=3)),
        ({"manual_end": "end_of_day"}, datetime(2026, 11, 23, 23, tzinfo=UTC)),
    ],
)
async def test_usual_end_is_what_the_options_say(
    hass: HomeAssistant, options: dict[str, Any], end: datetime | None
) -> None:
    await hass.config.async_set_time_zone(BERLIN)
    assert ManualEnd.of(options).after(NOW) == end


@pytest.mark.parametrize(
    ("zone", "now", "end"),
    [
        # Clocks are set back at three, and forward at two.
        (BERLIN, "2026-10-24T22:30+00:00", "2026-10-25T23:00+00:00"),
        (BERLIN, "2026-03-28T23:30+00:00", "2026-03-29T22:00+00:00"),
        # Clocks are set forward at midnight: that day begins at one.
        ("Africa/Cairo", "2026-04-23T12:00+00:00", "2026-04-23T22:00+00:00"),
        ("America/Los_Angeles", "2026-11-24T07:59+00:00", "2026-11-24T08:00+00:00"),
    ],
)
async def test_day_ends_at_local_midnight(
    hass: HomeAssistant, zone: str, now: str, end: str
) -> None:
    await hass.config.async_set_time_zone(zone)
    usual = ManualEnd.of({"manual_end": "end_of_day"})
    assert usual.after(datetime.fromisoformat(now)) == datetime.fromisoformat(end)


@pytest.mark.parametrize("by", ["action", "select", "switch"])
async def test_setting_without_an_end_ends_with_the_day(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, nine: MockConfigEntry, cup: Cup, by: str
) -> None:
    hass.config_entries.async_update_entry(nine, options={"manual_end": "end_of_day"})
    await hass.async_block_till_done()
    midnight = datetime(2026, 11, 23, 23, tzinfo=UTC)

    match by:
        case "action":
            await set_presence(hass, "do_not_disturb")
        case "select":
            data = {"entity_id": "select.anna_set_presence", "option": "do_not_disturb"}
            await hass.services.async_call("select", "select_option", data, blocking=True)
        case _:
            data = {"entity_id": "switch.anna_do_not_disturb"}
            await hass.services.async_call("switch", "turn_on", data, blocking=True)

    assert source(hass).state == "manual"
    assert source(hass).attributes["until"] == midnight
    assert "Do not disturb until 00:00" in source(hass).attributes["reason"]
    await pass_time(freezer, cup, (midnight - dt_util.utcnow()).total_seconds())
    assert source(hass).state == "own"
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_given_duration_counts_more_than_the_usual_end(
    hass: HomeAssistant, nine: MockConfigEntry, cup: Cup
) -> None:
    hass.config_entries.async_update_entry(nine, options={"manual_end": "end_of_day"})
    await set_presence(hass, "busy", duration="00:30:00")
    assert source(hass).attributes["until"] == NOW + timedelta(minutes=30)


def test_end_by_the_clock_stays_when_the_clock_is_set() -> None:
    requested, hour = RequestedPresence(Presence.BUSY, override=True), timedelta(hours=1)
    at_six = ManualSetting(requested, NOW, NOW + 9 * hour, ends_by_clock=True)
    assert at_six.moved(-hour).until == NOW + 9 * hour
    for_nine_hours = ManualSetting(requested, NOW, NOW + 9 * hour)
    assert for_nine_hours.moved(-hour).until == NOW + 8 * hour


# Until a time


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("11:30", "2026-11-23T10:30+00:00"),
        ("11:30:15", "2026-11-23T10:30:15+00:00"),
        # It is past that already.
        ("09:15", "2026-11-24T08:15+00:00"),
        ("10:00", "2026-11-24T09:00+00:00"),
        ("2026-11-25 08:00", "2026-11-25T07:00+00:00"),
        ("2026-11-25T08:00:00+00:00", "2026-11-25T08:00+00:00"),
    ],
)
async def test_until_is_a_local_time_the_next_one_without_a_date(
    hass: HomeAssistant, nine: MockConfigEntry, cup: Cup, until: str, end: str
) -> None:
    await set_presence(hass, "busy", until=until)

    ends = datetime.fromisoformat(end)
    assert source(hass).attributes["until"] == ends
    assert datetime.fromisoformat((await explained(hass))["until"]) == ends
    assert stored_manual(hass, nine).until == ends
    assert stored_manual(hass, nine).ends_by_clock


def stored_manual(hass: HomeAssistant, entry: MockConfigEntry) -> ManualSetting:
    anna = entry.runtime_data.coordinator.people["anna@example.com"]
    manual: ManualSetting | None = entry.runtime_data.reconciler.record_of(anna).manual
    assert manual
    return manual


async def test_it_ends_at_that_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, nine: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", until="10:20")
    await pass_time(freezer, cup, 19 * 60)
    assert shown(hass, ANNA) == "busy"
    await pass_time(freezer, cup, 60)
    assert shown(hass, ANNA) == "available"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"until": "11:00", "duration": "01:00:00"}, "two_ends"),
        ({"until": "2026-11-23 09:59"}, "end_has_passed"),
        ({"until": "2027-01-01 00:00"}, "end_too_far"),
    ],
)
async def test_impossible_end_is_refused(
    hass: HomeAssistant, nine: MockConfigEntry, cup: Cup, data: dict[str, str], key: str
) -> None:
    before = cup.asked("PUT")
    with pytest.raises(ServiceValidationError) as raised:
        await set_presence(hass, "busy", **data)
    assert raised.value.translation_key == key
    assert cup.asked("PUT") == before


# Who has set it


@pytest.mark.parametrize("by", ["action", "select", "switch"])
async def test_user_who_has_set_it_is_named(
    hass: HomeAssistant, nine: MockConfigEntry, cup: Cup, ben: User, by: str
) -> None:
    fired = async_capture_events(hass, EVENT_WINNER_CHANGED)
    context = Context(user_id=ben.id)
    domain, action, data = {
        "action": (DOMAIN, "set_presence", {"entity_id": ANNA, "presence": "do_not_disturb"}),
        "select": (
            "select",
            "select_option",
            {"entity_id": "select.anna_set_presence", "option": "do_not_disturb"},
        ),
        "switch": ("switch", "turn_on", {"entity_id": "switch.anna_do_not_disturb"}),
    }[by]

    await hass.services.async_call(domain, action, data, blocking=True, context=context)

    assert source(hass).attributes["set_by"] == "Ben Okafor"
    assert source(hass).attributes["reason"] == "Do not disturb, set by Ben Okafor at 10:00"
    told = await explained(hass)
    assert (told["set_by"], told["reason"]) == ("Ben Okafor", source(hass).attributes["reason"])
    [event] = fired
    assert event.data["set_by"] == "Ben Okafor"
    assert event.data["until"] is None
    assert event.data["message"] == "was set by Ben Okafor through Home Assistant"


async def test_who_has_set_it_is_stored(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    nine: MockConfigEntry,
    cup: Cup,
    ben: User,
) -> None:
    data = {"entity_id": ANNA, "presence": "busy", "until": "12:00"}
    await hass.services.async_call(
        DOMAIN, "set_presence", data, blocking=True, context=Context(user_id=ben.id)
    )
    manual = stored_records(hass_storage, nine)["anna@example.com"]["manual"]
    assert manual["set_by"] == "Ben Okafor"

    assert await hass.config_entries.async_reload(nine.entry_id)
    await settled(cup)

    assert source(hass).attributes["reason"] == "Busy until 12:00, set by Ben Okafor at 10:00"


async def test_event_tells_the_end(hass: HomeAssistant, nine: MockConfigEntry, cup: Cup) -> None:
    fired = async_capture_events(hass, EVENT_WINNER_CHANGED)
    await set_presence(hass, "busy", until="12:00")
    await clear_presence(hass)
    assert [event.data["until"] for event in fired] == ["2026-11-23T12:00:00+01:00", None]


async def test_automation_has_no_name(hass: HomeAssistant, nine: MockConfigEntry, cup: Cup) -> None:
    await set_presence(hass, "busy")
    assert source(hass).attributes["set_by"] is None
    wanted = "Busy, set through Home Assistant"
    assert source(hass).attributes["reason"] == wanted
