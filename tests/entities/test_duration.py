"""The select *Presence duration*: how long what is set with the person's entities lasts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import CONF_MANUAL_END, CONF_MANUAL_HOURS
from custom_components.cisco_unified_presence.control.takeover import SETTLE_SECONDS
from tests.common.server import Cup
from tests.common.setting_presence import set_presence
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

DURATION = "select.anna_presence_duration"
SOURCE = "sensor.anna_presence_source"
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

TOGETHER = [
    ("select", "select_option", {"entity_id": "select.anna_set_presence", "option": "busy"}),
    ("switch", "turn_on", {"entity_id": "switch.anna_do_not_disturb"}),
    ("text", "set_value", {"entity_id": "text.anna_status_message", "value": "Lab"}),
]


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_MANUAL_END: "hours", CONF_MANUAL_HOURS: 3}


@pytest.fixture
async def entry(entry: MockConfigEntry, freezer: FrozenDateTimeFactory) -> MockConfigEntry:
    """Let it be nine; set-up has not begun."""
    freezer.move_to(NINE)
    return entry


async def choose(hass: HomeAssistant, option: str) -> None:
    await hass.services.async_call(
        "select", "select_option", {"entity_id": DURATION, "option": option}, blocking=True
    )


def end(hass: HomeAssistant) -> datetime | None:
    state = hass.states.get(SOURCE)
    assert state
    time: datetime | None = state.attributes["until"]
    return time


@pytest.mark.parametrize("call", TOGETHER)
@pytest.mark.parametrize(("option", "lasts"), [("30_minutes", HOUR / 2), ("default", 3 * HOUR)])
async def test_it_counts_for_what_is_set_with_entities(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    call: tuple[str, str, dict[str, str]],
    option: str,
    lasts: timedelta,
) -> None:
    await choose(hass, option)
    await hass.services.async_call(*call, blocking=True)
    assert end(hass) == NINE + lasts


async def test_actions_have_an_end_of_their_own(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await choose(hass, "15_minutes")
    await set_presence(hass, "busy")
    assert end(hass) == NINE + 3 * HOUR


async def test_what_is_set_gets_the_chosen_end(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", note="Lab")
    freezer.tick(HOUR)

    await choose(hass, "2_hours")

    assert end(hass) == NINE + 3 * HOUR
    assert shown(hass, "text.anna_status_message") == "Lab"
    assert await cup.presence_of("anna") == "BUSY"


async def test_the_end_of_the_day(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup) -> None:
    await choose(hass, "end_of_day")
    await hass.services.async_call(*TOGETHER[0], blocking=True)
    ends = end(hass)
    assert ends
    # Midnight in the time zone of the tests.
    assert NINE < ends <= NINE + 24 * HOUR


async def test_without_a_setting_nothing_is_sent(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    asked = cup.asked()
    await choose(hass, "1_hour")
    assert (shown(hass, DURATION), shown(hass, SOURCE)) == ("1_hour", "own")
    assert cup.asked() == asked


async def test_what_the_person_has_overruled_is_not_set_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await settled(cup)
    await cup.choose("anna", "DND")
    await settled(cup)
    await pass_time(freezer, cup, SETTLE_SECONDS)
    assert shown(hass, SOURCE) == "own"
    await choose(hass, "2_hours")
    assert (shown(hass, SOURCE), await cup.presence_of("anna")) == ("own", "DND")


@pytest.mark.parametrize(("last", "now"), [("1_hour", "1_hour"), ("for ever", "default")])
async def test_the_choice_stays_after_a_restart(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry, last: str, now: str
) -> None:
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    # What is shown last is what is stored.
    hass.states.async_set(DURATION, last)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass, DURATION) == now
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_was_set_for_a_message_ends_with_it_whatever_duration_is_chosen_meanwhile(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    message = {"entity_id": "text.anna_status_message"}
    await hass.services.async_call("text", "set_value", {**message, "value": "Lab"}, blocking=True)
    await choose(hass, "1_hour")
    assert (shown(hass, SOURCE), end(hass)) == ("manual", NINE + HOUR)
    await hass.services.async_call("text", "set_value", {**message, "value": ""}, blocking=True)
    assert shown(hass, SOURCE) == "own"
