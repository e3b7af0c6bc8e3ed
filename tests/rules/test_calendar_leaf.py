"""The condition that an event is on: what it says, and what it waits for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.rules import calendar_leaf
from custom_components.cisco_unified_presence.rules.calendar_leaf import CalendarLeaf
from custom_components.cisco_unified_presence.rules.calendars import CalendarEvent
from custom_components.cisco_unified_presence.rules.condition_facts import (
    ConditionFact,
    FactKind,
)
from custom_components.cisco_unified_presence.rules.condition_result import Scope
from custom_components.cisco_unified_presence.rules.simulated.courses import SimulatedCalendars
from tests.common.conditions import FALSE, TRUE, UNKNOWN

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, TWO = "calendar.one", "calendar.two"


def event(summary: str, begin: float, end: float) -> CalendarEvent:
    return CalendarEvent(
        summary=summary, start=NOW + begin * HOUR, end=NOW + end * HOUR, all_day=False
    )


@pytest.fixture
def calendars(monkeypatch: pytest.MonkeyPatch) -> SimulatedCalendars:
    calendars = SimulatedCalendars()
    monkeypatch.setattr(calendar_leaf, "async_calendars", lambda _hass: calendars)
    calendars.events = {ONE: (event("Meeting", -1, 1), event("Lunch", 1, 2)), TWO: ()}
    return calendars


def made(
    hass: HomeAssistant,
    options: dict[str, Any] | None = None,
    calendars: tuple[str, ...] = (TWO, ONE),
    **config: Any,
) -> CalendarLeaf:
    scope = Scope({"title": "Lunch"}, now=lambda: NOW)
    written = {"target": {"entity_id": list(calendars)}, "options": options, **config}
    leaf = CalendarLeaf(hass, written, scope)
    leaf.async_evaluate()
    return leaf


@pytest.mark.usefixtures("calendars")
async def test_an_event_that_is_on(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOW)
    hass.states.async_set(ONE, "on", {"friendly_name": "First"})
    leaf = made(hass)
    assert leaf.value is TRUE
    assert leaf.words == f"an event of {ONE} or {TWO} is on"
    assert leaf.async_facts() == (
        ConditionFact(
            kind=FactKind.EVENT,
            value=TRUE,
            name="Meeting",
            names=("First", TWO),
            until=NOW + HOUR,
        ),
    )
    assert leaf.inputs.entities == leaf.inputs.members == {ONE, TWO}
    # The next one follows at once.
    assert leaf.async_expected_end(NOW) == NOW + 2 * HOUR
    assert leaf.async_next_moment(NOW) == NOW + HOUR
    assert leaf.mark == (TRUE, "Meeting", NOW + HOUR, leaf.async_expected_end(NOW))
    assert leaf.leaves == (leaf,)


@pytest.mark.usefixtures("calendars")
async def test_an_event_that_is_not_on(hass: HomeAssistant) -> None:
    leaf = made(hass, {"title": ["Lunch", "Dinner"]})
    assert leaf.value is FALSE
    said = f"an event “Lunch” or “Dinner” of {ONE} or {TWO}"
    assert leaf.words == f"{said} is on"
    assert leaf.async_evaluate().words == f"{said} is not on"
    assert leaf.async_expected_end(NOW) is None
    (fact,) = leaf.async_facts()
    assert (fact.name, fact.until) == ("", None)


@pytest.mark.usefixtures("calendars")
async def test_an_alias_stands_for_it(hass: HomeAssistant) -> None:
    leaf = made(hass, {"title": "Lunch"}, alias="At lunch")
    assert leaf.words == leaf.async_evaluate().words == "At lunch"
    assert leaf.async_facts() == (ConditionFact(kind=FactKind.NAMED, value=FALSE, name="At lunch"),)


@pytest.mark.usefixtures("calendars")
async def test_patterns_may_be_templates(hass: HomeAssistant) -> None:
    assert made(hass, {"title": "{{ 'Meet' ~ 'ing' }}"}).value is TRUE
    assert made(hass, {"title": "{{ title }}"}).value is FALSE
    broken = made(hass, {"title": "{{ 1 / 0 }}"})
    assert broken.value is UNKNOWN
    assert broken.error
    assert "division by zero" in broken.error
    assert broken.async_evaluate().words.endswith(f": {broken.error}")


async def test_a_calendar_whose_events_are_not_known(
    hass: HomeAssistant, calendars: SimulatedCalendars
) -> None:
    calendars.events[TWO] = None
    # One that is on is enough.
    assert made(hass).value is TRUE
    leaf = made(hass, {"title": "Lunch"})
    assert leaf.value is UNKNOWN
    assert leaf.async_evaluate().words.endswith(": its events are not known")
    assert made(hass, {"title": "Lunch"}, (ONE,)).value is FALSE
    none = made(hass, None, ("light.lamp",))
    assert none.value is FALSE
    assert none.words == "an event of no calendar is on"


async def test_reports_end_with_the_tracking(
    hass: HomeAssistant, calendars: SimulatedCalendars, monkeypatch: pytest.MonkeyPatch
) -> None:
    listeners: dict[str, Any] = {}
    reports: list[str] = []

    def subscribe(entity_id: str, listener: Any) -> Any:
        listeners[entity_id] = listener
        return lambda: listeners.pop(entity_id)

    monkeypatch.setattr(calendars, "async_subscribe", subscribe)
    leaf = made(hass)
    assert listeners == {}
    stop = await leaf.async_track(lambda: reports.append("changed"))
    leaf.async_evaluate()
    leaf.async_evaluate()
    assert set(listeners) == {ONE, TWO}
    report = listeners[ONE]
    report()
    assert reports == ["changed"]
    assert stop
    stop()
    assert listeners == {}
    report()
    assert reports == ["changed"]
    leaf.async_evaluate()
    assert listeners == {}
    leaf.async_unload()
