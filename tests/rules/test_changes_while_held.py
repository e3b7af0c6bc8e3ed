"""What rules do when what they depend on changes in the middle: docs/rules.md."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.rules import RuleEngine
from tests.common.calendars import meeting, serve_calendars, whole_day
from tests.common.conditions import move_to, set_state
from tests.common.rules import ANNA, desk, names, open_engine, pass_by, rule, settled

ROOM, TEAM = "calendar.room", "calendar.team"
EVENT = {
    "condition": "cisco_unified_presence.calendar_event",
    "target": {"entity_id": [ROOM, TEAM]},
}
NINE = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # half past nine, local time
MINUTE = timedelta(minutes=1)


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture(autouse=True)
def _morning(freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]) -> None:
    freezer.move_to(NINE)


class Held:
    """A rule that holds while an event is on, and what it says."""

    def __init__(self, hass: HomeAssistant, engine: RuleEngine, entry: MockConfigEntry) -> None:
        self._hass = hass
        self._engine = engine
        self._entry = entry
        self.calendars = serve_calendars(hass)

    async def put(self, room: list[dict[str, Any]], team: list[dict[str, Any]]) -> None:
        self.calendars.put(ROOM, room)
        self.calendars.put(TEAM, team)
        await settled(self._hass)

    @property
    def says(self) -> tuple[str | None, str] | None:
        """Return the note, and the local time of the end."""
        found = self._engine.requests_for(self._entry.entry_id, ANNA)
        if not found or found[0].requested is None or found[0].until is None:
            return None
        local = found[0].until.astimezone(NINE.astimezone().tzinfo)
        return found[0].requested.note, f"{local:%H:%M}"


@pytest.fixture
async def held(hass: HomeAssistant, entry: MockConfigEntry) -> Held:
    made = rule(when=[EVENT], until="{{ event.end }}", note="{{ event.summary }}", hold=600)
    held = Held(hass, await open_engine(hass, made, entry=entry), entry)
    await held.put([], [])
    return held


def end(hour: float) -> str:
    """Return an hour of local time as the machine's clock writes it."""
    moment = NINE + timedelta(hours=hour - 9.5)
    return f"{moment.astimezone():%H:%M}"


@pytest.mark.parametrize(
    ("room", "team", "expected"),
    [
        ([meeting("One", 9, 11)], [], ("One", end(11))),
        # Shortened, extended, cancelled, and moved to the afternoon.
        ([meeting("One", 9, 10)], [], ("One", end(10))),
        ([meeting("One", 9, 12)], [], ("One", end(12))),
        ([], [], None),
        ([meeting("One", 14, 16)], [], None),
        # It has another title; another one is in another calendar, which ends later or before.
        ([meeting("Two", 9, 11)], [], ("Two", end(11))),
        ([meeting("One", 9, 11)], [meeting("Two", 9, 12)], ("Two", end(12))),
        ([meeting("One", 9, 11)], [meeting("Two", 9, 10)], ("One", end(11))),
        ([], [meeting("One", 9, 11)], ("One", end(11))),
        ([meeting("One", 9, 11)], [whole_day("Fair")], ("Fair", end(24))),
        # It is over before it has begun.
        ([meeting("None", 9.5, 9.5)], [], None),
    ],
)
async def test_an_event_is_edited_while_a_rule_holds(
    held: Held,
    room: list[dict[str, Any]],
    team: list[dict[str, Any]],
    expected: tuple[str, str] | None,
) -> None:
    await held.put([meeting("One", 9, 11)], [])
    assert held.says == ("One", end(11))
    await held.put(room, team)
    if expected is None and held.says is not None:
        # It goes on for `hold`, with what it has said.
        assert held.says == ("One", end(11))
    else:
        assert held.says == expected


async def test_an_event_that_is_extended_when_it_has_just_ended_goes_on(
    hass: HomeAssistant, held: Held, freezer: FrozenDateTimeFactory
) -> None:
    await held.put([meeting("One", 9, 10)], [])
    await move_to(hass, freezer, "2026-11-23T10:00:00")
    assert held.says is None
    await held.put([meeting("One", 9, 11)], [])
    assert held.says == ("One", end(11))


async def test_events_that_follow_and_overlap_in_two_calendars(
    hass: HomeAssistant, held: Held, freezer: FrozenDateTimeFactory
) -> None:
    await held.put(
        [meeting("One", 9, 10), meeting("Three", 10.5, 11)],
        [meeting("Two", 10, 10.75), meeting("Nothing", 10.25, 10.25)],
    )
    seen = [held.says]
    for clock in ("09:59:59", "10:00:00", "10:15:00", "10:30:00", "10:45:00", "11:00:00"):
        await move_to(hass, freezer, f"2026-11-23T{clock}")
        seen.append(held.says)
    one, two, three = ("One", end(10)), ("Two", end(10.75)), ("Three", end(11))
    assert seen == [one, one, two, two, three, three, None]


@pytest.mark.parametrize("gone", ["unavailable", "unknown", None])
async def test_an_end_that_cannot_be_asked_for_stays_what_it_was(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory, gone: str | None
) -> None:
    await set_state(hass, "sensor.end", (NINE + 5 * MINUTE).isoformat())
    await desk(hass, "on")
    engine = await open_engine(hass, rule(until={"entity_id": "sensor.end"}), entry=entry)
    assert names(engine, entry) == ["Desk"]
    if gone is None:
        hass.states.async_remove("sensor.end")
    else:
        await set_state(hass, "sensor.end", gone)
    await settled(hass)
    assert names(engine, entry) == ["Desk"]
    await pass_by(hass, freezer, 5 * MINUTE)
    assert names(engine, entry) == []


async def test_an_end_in_the_past_never_lets_a_rule_hold(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(until="2026-11-23T09:00:00"), entry=entry)
    assert names(engine, entry) == []
    await desk(hass, "off")
    await desk(hass, "on")
    assert names(engine, entry) == []


async def test_a_rule_that_is_renamed_goes_on_and_one_that_is_removed_ends(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(id="desk", hold=600), entry=entry)
    await desk(hass, "off")
    await pass_by(hass, freezer, 5 * MINUTE)
    await engine.async_set_yaml_rules([rule("At the desk", id="desk", hold=600)])
    assert names(engine, entry) == ["At the desk"]
    await pass_by(hass, freezer, 5 * MINUTE)
    assert names(engine, entry) == []
    await desk(hass, "on")
    assert names(engine, entry) == ["At the desk"]
    await engine.async_set_yaml_rules([])
    assert names(engine, entry) == []


async def test_an_input_that_flaps_never_begins_a_rule_with_for(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    engine = await open_engine(hass, rule(duration=10), entry=entry)
    for state in ("on", "off", "unavailable", "off") * 5:
        await desk(hass, state)
        await pass_by(hass, freezer, timedelta(seconds=4))
        assert names(engine, entry) == []
    # While it says nothing, what it said last stands.
    await desk(hass, "on")
    for state in ("unavailable", "on"):
        await pass_by(hass, freezer, timedelta(seconds=4))
        await desk(hass, state)
    await pass_by(hass, freezer, timedelta(seconds=3))
    assert names(engine, entry) == ["Desk"]
