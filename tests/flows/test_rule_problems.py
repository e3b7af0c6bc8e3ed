"""What the form of a rule says about what is wrong or missing."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common.rules import AT_DESK, DESK

from .rule_walks import add, begin, change, choose, fill_in, form

STATE = {"condition": "state"}
LIMITLESS = {"condition": "numeric_state", "entity_id": "sensor.noise"}
TRIGGER = {"condition": "trigger", "id": "x"}
EVENT = "cisco_unified_presence.calendar_event"
IS_PRESENCE = "cisco_unified_presence.is_presence"


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        (
            {"presence": "available", "advanced": {"override": "yes"}},
            "advanced",
            "Available without a note can't override",
        ),
        (
            {"presence": "do_not_disturb", "advanced": {"override": "no"}},
            "advanced",
            "Do not disturb always overrides",
        ),
        ({"note": "x", "advanced": {"override": "no"}}, "note", "A note requires"),
        ({"name": " "}, "name", "Enter a name."),
        ({"note": "x" * 141}, "note", "The note is too long. Enter up to 140 characters."),
        ({"note": "{{ 1"}, "note", "The note can't be used: invalid template"),
        ({"when": []}, "when", "Add at least one condition."),
        (
            {"advanced": {"until": "17:00", "until_entity": "sun.sun"}},
            "advanced",
            "Enter a time or choose an entity that says when the rule ends, not both.",
        ),
        (
            {"advanced": {"variables": ["room"]}},
            "advanced",
            "The variables can't be used: names and values are expected.",
        ),
        (
            {"advanced": {"variables": {"person": "Anna"}}},
            "advanced",
            "The variables can't be used: the variable person is always there.",
        ),
        (
            {"advanced": {"until": "soon"}},
            "advanced",
            "Enter when the rule ends: a time of day, a date",
        ),
        (
            {"advanced": {"until_attribute": "next_setting"}},
            "advanced",
            "Choose the entity that the attribute belongs to.",
        ),
        (
            {
                "presence": "mapped",
                "mapped": {
                    "entity_id": "select.mode",
                    "map": [{"value": "focus", "presence": "busy"}] * 2,
                },
            },
            "mapped",
            "The table has the value focus twice.",
        ),
        ({"presence": "mapped"}, "mapped", "Choose an entity, or enter a template."),
        (
            {
                "presence": "mapped",
                "mapped": {"entity_id": "select.mode", "template": "{{ 'busy' }}"},
            },
            "mapped",
            "Choose an entity or enter a template, not both.",
        ),
        ({"people": []}, "people", "Choose at least one person, area, floor or label."),
        (
            {"people": [], "places": {"area_id": []}},
            "people",
            "Choose at least one person, area, floor or label.",
        ),
        (
            {"people": [], "places": {"area_id": ["mars"]}},
            "people",
            "No person with controlled presence was found for mars.",
        ),
        (
            {"people": [], "places": {"area_id": ["mars", "venus"]}},
            "people",
            "No person with controlled presence was found for mars, venus.",
        ),
        (
            {"exceptions": {"area_id": ["moon"]}},
            "exceptions",
            "No person with controlled presence was found for moon.",
        ),
    ],
)
async def test_what_is_wrong_is_said_and_can_be_corrected(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    wrong: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    walk = await add(hass, loaded, **wrong)
    at_the_top = field in ("name", "people")
    assert (walk.step, list(walk.errors)) == ("rule", [field, *([] if at_the_top else ["base"])])
    assert walk.sentence.startswith(sentence)
    assert walk.suggested == {**form(**wrong)}
    await fill_in(hass, walk, **form())
    assert walk.created


@pytest.fixture
async def calendars(hass: HomeAssistant) -> None:
    """Set up Home Assistant's calendars, which have conditions of their own."""
    assert await async_setup_component(hass, "calendar", {})


async def test_a_section_with_an_error_is_unfolded(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await begin(hass, loaded)

    def collapsed() -> dict[str, bool]:
        schema = walk.result["data_schema"].schema
        return {each: schema[each].options["collapsed"] for each in ("advanced", "places")}

    assert collapsed() == {"advanced": True, "places": True}
    await walk.fill_in("rule", **form(advanced={"until": "soon"}))
    assert collapsed() == {"advanced": False, "places": True}
    assert walk.errors["base"] == "see_below"


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        (
            [{"condition": "calendar.is_event_active", "target": {}}],
            "Condition 1, Calendar event is active, has no calendar yet.",
        ),
        (
            [AT_DESK, {"condition": "calendar.is_event_active"}],
            "Condition 2, Calendar event is active, has no calendar yet.",
        ),
        (
            [{"condition": EVENT, "options": {"title": "*review*"}}],
            "Condition 1, Calendar event, has no calendar yet. Add a target, or select “Linked cal",
        ),
        (
            [{"condition": IS_PRESENCE, "target": {"entity_id": "sensor.anna_presence"}}],
            "Condition 1, Presence is, has no “Presence” yet.",
        ),
        ([STATE], "Condition 1, State, has no entity yet."),
        ([{**STATE, "entity_id": DESK, "state": []}], "Condition 1, State, has no state yet."),
        (
            [{**STATE, "alias": "At the desk", "entity_id": ""}],
            "Condition 1, At the desk, has no entity yet.",
        ),
        ([LIMITLESS], "Condition 1, Numeric state, has no limit yet, above or below."),
        (
            [{"condition": "template", "value_template": ""}],
            "Condition 1, Template, has no template yet.",
        ),
        ([{"condition": "time"}], "Condition 1, Time, has neither a time nor a weekday yet."),
        (
            [AT_DESK, {"or": [AT_DESK, {"condition": "and", "conditions": [STATE]}]}],
            "Condition 2.2.1, State, has no entity yet.",
        ),
        ([{"not": TRIGGER}], "Condition 1.1, Triggered by, needs a trigger, but"),
        (
            [{"condition": "device", "device_id": "x", "domain": "light"}],
            "Condition 1, Device, can't be used: ",
        ),
        ([{**AT_DESK, "state": "{{ x }}"}], "This rule cannot be used: "),
        (["{{ 1"], "Condition 1, Template, can't be used: "),
        (
            [AT_DESK, {"or": [AT_DESK, "{{ event.summary == 'Review' }}"]}],
            "Condition 2.2, Template, uses event, which only the presence, the note and the end",
        ),
    ],
)
async def test_what_a_condition_lacks_is_said_in_words(
    hass: HomeAssistant,
    calendars: None,
    loaded: MockConfigEntry,
    conditions: list[Any],
    sentence: str,
) -> None:
    walk = await add(hass, loaded, when=conditions)
    assert list(walk.errors) == ["when", "base"]
    assert walk.sentence.startswith(sentence)
    await fill_in(hass, walk, **form())
    assert walk.created


async def test_a_condition_that_is_turned_off_may_lack_something(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await add(hass, loaded, when=[AT_DESK, {**TRIGGER, "enabled": False}])
    assert walk.created


async def test_unknown_people_are_named(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    walk = await add(hass, loaded, people=[], places={"floor_id": ["roof"]})
    assert "roof" in walk.sentence


async def test_a_name_is_used_once(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    await add(hass, loaded)
    walk = await change(hass, loaded)
    await fill_in(hass, walk, **form(presence="away"))
    assert walk.aborted == "reconfigure_successful"
    walk = await add(hass, loaded, name="desk")
    assert walk.error == "name_taken"
    await fill_in(hass, walk, **form(name="Other"))
    assert walk.created
    walk = await choose(hass, loaded, "change", 1)
    await fill_in(hass, walk, **form())
    assert walk.errors == {"name": "name_taken"}
