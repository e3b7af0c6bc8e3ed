"""The condition that an event is on: what it says, and what it waits for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.cisco_unified_presence.rules import calendar_leaf
from custom_components.cisco_unified_presence.rules.calendar_leaf import (
    CalendarLeaf,
    async_calendars_in,
)
from custom_components.cisco_unified_presence.rules.calendars import CalendarEvent
from custom_components.cisco_unified_presence.rules.condition_facts import (
    ConditionFact,
    FactKind,
)
from custom_components.cisco_unified_presence.rules.condition_inputs import Inputs
from custom_components.cisco_unified_presence.rules.condition_result import Scope
from custom_components.cisco_unified_presence.rules.simulated.courses import SimulatedCalendars
from custom_components.cisco_unified_presence.rules.truth import TruthValue
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
    assert (leaf.may_depend_on_time, leaf.polled_each_minute) == (True, False)


@pytest.mark.usefixtures("calendars")
async def test_an_event_that_is_not_on(hass: HomeAssistant) -> None:
    leaf = made(hass, {"title": ["Lunch", "Dinner"]})
    assert leaf.value is FALSE
    said = f"an event “Lunch” or “Dinner” of {ONE} or {TWO}"
    assert leaf.words == f"{said} is on"
    assert leaf.async_evaluate().words == f"{said} is not on"
    assert leaf.async_expected_end(NOW) is None
    # It was evaluated before lunch.
    assert leaf.async_expected_end(NOW + HOUR) is None
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
    said = f"an event “{{{{ 1 / 0 }}}}” of {ONE} or {TWO}: {broken.error}"
    assert broken.async_evaluate().words == said


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({}, TRUE),
        ({"location": "hall*"}, TRUE),
        ({"location": "{{ 'room' }}"}, FALSE),
        ({"description": ["none", "1*"]}, TRUE),
        ({"description": "none"}, FALSE),
        ({"all_day": True}, FALSE),
        ({"all_day": False}, TRUE),
        ({"title": ["lunch", "MEETING"]}, TRUE),
        ({"title": []}, FALSE),
        ({"location": ["room", "hall 1.50"]}, TRUE),
        ({"description": "1.50"}, TRUE),
        ({"description": "{{ '1.50' }}"}, TRUE),
    ],
)
async def test_which_events_are_meant(
    hass: HomeAssistant, calendars: SimulatedCalendars, options: dict[str, Any], value: TruthValue
) -> None:
    one = replace(event("Meeting", -1, 1), location="Hall 1.50", description="1.50")
    calendars.events = {ONE: (one,)}
    leaf = made(hass, options, (ONE,))
    assert leaf.value is value
    assert leaf.async_evaluate().event == (one.variables if value is TRUE else None)


async def test_a_template_that_fails_later(
    hass: HomeAssistant, calendars: SimulatedCalendars
) -> None:
    scope = Scope({"title": "Meeting"}, now=lambda: NOW)
    target = {"entity_id": [ONE, "light.lamp"]}
    options = {"title": "{{ title + '' }}"}
    leaf = CalendarLeaf(hass, {"target": target, "options": options, "alias": "Meets"}, scope)
    assert (leaf.value, leaf.error, leaf.inputs) == (UNKNOWN, None, Inputs())
    assert leaf.async_evaluate().value is TRUE
    assert leaf.async_expected_end(NOW) == NOW + HOUR
    scope.variables = {"title": 1}
    assert leaf.async_expected_end(NOW) is None
    failed = leaf.async_evaluate()
    assert (failed.value, failed.words) == (UNKNOWN, f"Meets: {leaf.error}")
    assert leaf.mark == (UNKNOWN, None, None, None)
    assert leaf.inputs.entities == {ONE}
    scope.variables = {"title": "Meeting"}
    assert leaf.async_evaluate().value is TRUE
    assert leaf.error is None
    calendars.events = {ONE: None}
    assert leaf.async_evaluate().words == "Meets: its events are not known"


@pytest.mark.usefixtures("calendars")
async def test_calendars_of_an_area(hass: HomeAssistant) -> None:
    area = ar.async_get(hass).async_create("Office")
    registry = er.async_get(hass)
    for domain in ("calendar", "light"):
        found = registry.async_get_or_create(domain, "test", "one", suggested_object_id="one")
        registry.async_update_entity(found.entity_id, area_id=area.id)
    target = {"area_id": [area.id], "entity_id": [TWO, "light.lamp"]}
    assert async_calendars_in(hass, target) == {ONE, TWO}
    leaf = CalendarLeaf(hass, {"target": target}, Scope(now=lambda: NOW))
    assert leaf.async_evaluate().value is TRUE


async def test_a_calendar_whose_events_are_not_known(
    hass: HomeAssistant, calendars: SimulatedCalendars
) -> None:
    calendars.events[TWO] = None
    # One that is on is enough.
    assert made(hass).value is TRUE
    leaf = made(hass, {"title": "Lunch"})
    assert leaf.value is UNKNOWN
    said = f"an event “Lunch” of {ONE} or {TWO}: its events are not known"
    assert leaf.async_evaluate().words == said
    assert made(hass, {"title": "Lunch"}, (ONE,)).value is FALSE
    none = made(hass, None, ("light.lamp",))
    assert none.value is FALSE
    assert none.words == "an event of no calendar is on"


async def test_reports_end_with_the_tracking(
    hass: HomeAssistant, calendars: SimulatedCalendars, monkeypatch: pytest.MonkeyPatch
) -> None:
    listeners: dict[str, Any] = {}
    subscribed: list[str] = []
    reports: list[str] = []

    def subscribe(entity_id: str, listener: Any) -> Any:
        listeners[entity_id] = listener
        subscribed.append(entity_id)
        return lambda: listeners.pop(entity_id)

    monkeypatch.setattr(calendars, "async_subscribe", subscribe)
    area = ar.async_get(hass).async_create("Office").id
    registry = er.async_get(hass)
    ids = {registry.async_get_or_create("calendar", "test", each).entity_id for each in "xy"}
    for each in ids:
        registry.async_update_entity(each, area_id=area)
    leaf = CalendarLeaf(hass, {"target": {"area_id": [area]}}, Scope(now=lambda: NOW))
    leaf.async_evaluate()
    assert listeners == {}
    stop = await leaf.async_track(lambda: reports.append("changed"))
    leaf.async_evaluate()
    leaf.async_evaluate()
    assert set(listeners) == ids
    assert len(subscribed) == 2
    gone = ids.pop()
    registry.async_update_entity(gone, area_id=None)
    leaf.async_evaluate()
    assert set(listeners) == ids
    (report,) = listeners.values()
    report()
    assert reports == ["changed"]
    assert stop
    stop()
    assert listeners == {}
    report()
    assert reports == ["changed"]
    leaf.async_evaluate()
    assert listeners == {}

    await leaf.async_track(lambda: reports.append("again"))
    leaf.async_evaluate()
    assert set(listeners) == ids
    leaf.async_unload()
    assert listeners == {}
