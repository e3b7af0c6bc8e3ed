"""When a rule is expected to end: by its hours, schedules, calendars and `hold`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import decide
from tests.common.calendars import meeting, serve_calendars
from tests.common.rules import ANNA, AT_DESK, DESK, desk, open_engine, pass_by, rule, settled

NINE = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # half past nine, local time, a Monday
EVENT = {
    "condition": "cisco_unified_presence.calendar_event",
    "target": {"entity_id": "calendar.room"},
    "options": {"title": "*review*"},
}
HOURS = {"condition": "time", "after": "08:00", "before": "17:00"}
EVENING = {"condition": "time", "before": "20:00"}
MORNING_ON = {"condition": "time", "after": "08:00"}
WEEKDAYS = {"condition": "time", "weekday": ["mon", "tue"]}
SCHEDULE = {"condition": "state", "entity_id": "schedule.office", "state": "on"}
UNTIL_DESK = {"condition": "not", "conditions": [{**AT_DESK, "state": "off"}]}


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture(autouse=True)
def _morning(freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]) -> None:
    freezer.move_to(NINE)


@pytest.mark.parametrize(
    ("when", "more", "hours"),
    [
        ([AT_DESK], {}, None),
        ([AT_DESK, HOURS], {}, 17),
        ([AT_DESK, HOURS], {"hold": {"hours": 1}}, 18),
        ([MORNING_ON], {}, 24),
        ([WEEKDAYS], {}, 48),
        ([WEEKDAYS, HOURS], {}, 17),
        ([SCHEDULE], {}, 12),
        ([{"condition": "or", "conditions": [SCHEDULE, HOURS]}], {}, 17),
        ([{"condition": "or", "conditions": [AT_DESK, HOURS]}], {}, None),
        ([{"condition": "and", "conditions": [SCHEDULE, HOURS]}], {}, 12),
        ([UNTIL_DESK, EVENING], {}, 20),
        # Two events that follow one another, of which both are meant.
        ([EVENT], {}, 11),
        # What is certain comes first, or later.
        ([AT_DESK, HOURS], {"at_most": {"hours": 1}}, None),
        ([EVENT], {"at_most": {"hours": 10}}, 11),
    ],
)
async def test_when_a_rule_is_expected_to_end(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    when: list[Any],
    more: dict[str, Any],
    hours: float | None,
) -> None:
    calendars = serve_calendars(hass)
    plan = [meeting("Review", 9, 10), meeting("Review again", 10, 11), meeting("Call", 11, 12)]
    calendars.put("calendar.room", plan)
    noon = NINE + timedelta(hours=2.5)
    hass.states.async_set("schedule.office", "on", {"next_event": noon})
    await desk(hass, "on")
    engine = await open_engine(hass, rule(when=when, **more), entry=entry)
    await settled(hass)
    person = (entry.entry_id, ANNA)
    decision = decide(None, engine.requests_for(*person), None, NINE)
    assert decision.rule_request
    expected = None if hours is None else NINE + timedelta(hours=hours - 9.5)
    assert engine.requests.expected_end(person, decision) == expected


async def test_a_rule_in_its_hold_ends_with_it(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(hold=600), entry=entry)
    person = (entry.entry_id, ANNA)
    await desk(hass, "off")
    await pass_by(hass, freezer, timedelta(minutes=1))
    decision = decide(None, engine.requests_for(*person), None, NINE)
    assert engine.requests.expected_end(person, decision) == NINE + timedelta(minutes=10)
    hass.states.async_set(DESK, "unavailable")
    await settled(hass)
    assert engine.requests.expected_end(person, decision) is None
