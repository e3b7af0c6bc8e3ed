"""When the rule that wins is expected to end, as the presence source and the event tell it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.cisco_unified_presence.control import EVENT_WINNER_CHANGED
from tests.common.calendars import MONDAY, meeting, serve_calendars
from tests.common.rules import add_rule, desk
from tests.common.server import Cup
from tests.common.waiting import settled

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # half past nine, local time, a Monday
OFFICE = "schedule.office"
SOURCE = "sensor.anna_presence_source"
SCHEDULE = {"condition": "state", "entity_id": OFFICE, "state": "on"}
CALENDAR = {
    "condition": "cisco_unified_presence.calendar_event",
    "target": {"entity_id": "calendar.room"},
}
NOON, ONE = NOW + timedelta(hours=2.5), NOW + timedelta(hours=3.5)


@pytest.fixture(autouse=True)
def _morning(freezer: Any) -> None:
    freezer.move_to(NOW)


def _ends(hass: HomeAssistant) -> tuple[Any, Any]:
    state = hass.states.get(SOURCE)
    assert state is not None
    return state.attributes["until"], state.attributes["until_expected"]


async def test_the_expected_end_moves_with_the_schedule(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    fired = async_capture_events(hass, EVENT_WINNER_CHANGED)
    hass.states.async_set(OFFICE, "on", {"next_event": NOON})
    add_rule(hass, loaded, people=["anna"], when=[SCHEDULE])
    await settled(cup)
    assert _ends(hass) == (None, NOON)
    assert [(each.data["until"], each.data["until_expected"]) for each in fired] == [
        (None, dt_util.as_local(NOON).isoformat(timespec="seconds"))
    ]
    hass.states.async_set(OFFICE, "on", {"next_event": ONE})
    await settled(cup)
    assert _ends(hass) == (None, ONE)
    hass.states.async_set(OFFICE, "off", {"next_event": ONE})
    await settled(cup)
    assert _ends(hass) == (None, None)
    assert fired[-1].data["until_expected"] is None


async def test_the_expected_end_moves_with_the_event_that_follows(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    calendars = serve_calendars(hass)
    calendars.put("calendar.room", [meeting("Call", 9, 10), meeting("Review", 10, 11)])
    add_rule(hass, loaded, people=["anna"], when=[CALENDAR])
    await settled(cup)
    assert _ends(hass) == (None, _local(11))
    calendars.put("calendar.room", [meeting("Call", 9, 10), meeting("Review", 10, 11.5)])
    await settled(cup)
    assert _ends(hass) == (None, _local(11.5))


async def test_the_expected_end_moves_with_the_rule(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    when = [{"condition": "time", "before": "12:00:00"}]
    added = add_rule(hass, loaded, people=["anna"], when=when)
    await settled(cup)
    assert _ends(hass) == (None, NOON)
    hass.config_entries.async_update_subentry(
        loaded, added, data={**added.data, "hold": {"hours": 1}}
    )
    await settled(cup)
    assert _ends(hass) == (None, ONE)
    hass.config_entries.async_update_subentry(
        loaded, added, data={**added.data, "at_most": {"hours": 2}}
    )
    await settled(cup)
    # What is certain comes first.
    assert _ends(hass) == (NOW + timedelta(hours=2), None)


async def test_a_rule_in_its_hold_ends_with_it(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await desk(hass, "on")
    add_rule(hass, loaded, people=["anna"], hold={"hours": 1})
    await settled(cup)
    assert _ends(hass) == (None, None)
    await desk(hass, "off")
    await settled(cup)
    assert _ends(hass) == (None, NOW + timedelta(hours=1))


async def test_an_expected_end_that_stays_is_not_written_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    hass.states.async_set(OFFICE, "on", {"next_event": NOON})
    add_rule(hass, loaded, people=["anna"], when=[SCHEDULE])
    await settled(cup)
    freezer.tick(1)
    # It is about others, who are not controlled.
    add_rule(hass, loaded, "Other", people=["ben"], when=[SCHEDULE])
    await settled(cup)
    state = hass.states.get(SOURCE)
    assert state
    assert state.last_reported < NOW + timedelta(seconds=1)
    assert state.attributes["until_expected"] == NOON


async def test_a_state_that_was_taken_away_stays_away(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    hass.states.async_remove(SOURCE)
    add_rule(hass, loaded, people=["ben"], when=[SCHEDULE])
    await settled(cup)
    # The next who is told of rules is told.
    assert hass.states.get("switch.desk_enabled")
    assert hass.states.get(SOURCE) is None


def _local(hour: float) -> datetime:
    return dt_util.as_utc(MONDAY.replace(tzinfo=dt_util.get_default_time_zone())) + timedelta(
        hours=hour
    )
