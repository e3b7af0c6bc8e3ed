"""Adding a presence rule in the interface, and changing one."""

import json
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import label_registry as lr
from homeassistant.helpers.condition import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import SUBENTRY_RULE
from custom_components.cisco_unified_presence.flows.rule_form import AS_USUAL
from custom_components.cisco_unified_presence.rules import WatchedConditions, async_rule_engine
from tests.common.flows import Walk
from tests.common.rules import AT_DESK, DESK
from tests.common.texts import TEXTS

ANNA = "anna@example.com"
PEOPLE = [ANNA]
USUAL = {"priority": 0, "insist": False}


def form(**changes: Any) -> dict[str, Any]:
    """Return the form, filled in as briefly as it may be."""
    usual = {"name": "Desk", "people": PEOPLE, "when": [AT_DESK], "presence": "busy"}
    advanced = {**USUAL, "override": AS_USUAL, **changes.pop("advanced", {})}
    return {**usual, **changes, "advanced": advanced}


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    texts = TEXTS["config_subentries"][SUBENTRY_RULE]
    walk = Walk(hass.config_entries.subentries, texts)
    return await walk.begin((entry.entry_id, SUBENTRY_RULE), {"source": SOURCE_USER})


async def add(hass: HomeAssistant, entry: MockConfigEntry, **changes: Any) -> Walk:
    """Fill in the form, and save the rule unless there is an error."""
    walk = await begin(hass, entry)
    return await fill_in(hass, walk, **form(**changes))


async def fill_in(hass: HomeAssistant, walk: Walk, **fields: Any) -> Walk:
    await walk.fill_in("rule", **fields)
    if walk.step == "preview":
        await walk.choose("preview", "save")
    await hass.async_block_till_done()
    return walk


async def choose(hass: HomeAssistant, entry: MockConfigEntry, option: str, place: int = 0) -> Walk:
    """Choose what to do with a rule."""
    own = list(entry.get_subentries_of_type(SUBENTRY_RULE))[place]
    result = await entry.start_subentry_reconfigure_flow(hass, own.subentry_id)
    walk = Walk(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_RULE])
    walk._take(result)
    await walk.choose("reconfigure", option)
    await hass.async_block_till_done()
    return walk


async def change(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    """Begin to change the first rule."""
    return await choose(hass, entry, "change")


def requesting(hass: HomeAssistant, entry: MockConfigEntry) -> list[str]:
    return [each.name for each in async_rule_engine(hass).requests_for(entry.entry_id, ANNA)]


async def test_a_rule_is_added_and_works_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    hass.states.async_set(DESK, "on")
    walk = await add(hass, loaded, name=" Desk ")
    stored = {"people": PEOPLE, "when": [AT_DESK], "presence": "busy", **USUAL}
    assert walk.created == {"name": "Desk", **stored}
    (added,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert (added.title, added.unique_id) == ("Rule: Desk", "rule_desk")
    assert requesting(hass, loaded) == ["Desk"]


async def test_all_of_it_can_be_said_and_is_kept_when_it_is_changed(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    advanced = {
        "for": {"minutes": 1},
        "hold": {"minutes": 2},
        "at_most": {"hours": 3},
        "grace": {"minutes": 0},
        "priority": 50,
        "insist": True,
    }
    template = {"condition": "template", "value_template": "{{ true }}"}
    timed = {**AT_DESK, "for": {"minutes": 5}}
    advanced_form = {**advanced, "override": "yes"}
    said = form(note=" At work ", when=[template, timed], advanced=advanced_form)
    walk = await add(hass, loaded, **said)
    stored = {
        "name": "Desk",
        "people": PEOPLE,
        "when": [template, timed],
        "presence": "busy",
        "note": "At work",
        "override": True,
        **advanced,
    }
    assert walk.created == stored
    assert json.loads(json.dumps(stored)) == walk.created
    assert type(walk.created["priority"]) is int

    walk = await change(hass, loaded)
    shown = {**said, "note": "At work", "exceptions": {"except": []}}
    shown["advanced"] = {"yields_to": [AS_USUAL], **advanced_form}
    assert walk.suggested == shown
    await fill_in(hass, walk, **{**walk.suggested, "name": "Studio"})
    assert walk.aborted == "reconfigure_successful"
    (changed,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert (changed.title, changed.unique_id) == ("Rule: Studio", "rule_studio")
    assert changed.data == {**stored, "name": "Studio"}
    await hass.async_block_till_done()
    assert [each.name for each in async_rule_engine(hass).rules_from(loaded.entry_id)] == ["Studio"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (
            {"exceptions": {"label_id": ["wardens"]}},
            {"except": [{"label_id": ["wardens"]}]},
        ),
        ({"presence": "own"}, {"presence": "own"}),
        (
            {"presence": "mapped", "mapped": {"template": "{{ states('select.mode') }}"}},
            {"presence": "{{ states('select.mode') }}"},
        ),
        (
            {
                "presence": "mapped",
                "mapped": {
                    "entity_id": "select.mode",
                    "map": [
                        {"value": "focus", "presence": "do_not_disturb"},
                        {"value": "lunch", "presence": "away", "note": "Lunch"},
                    ],
                },
            },
            {
                "presence": {
                    "entity_id": "select.mode",
                    "map": {
                        "focus": "do_not_disturb",
                        "lunch": {"presence": "away", "note": "Lunch"},
                    },
                }
            },
        ),
        ({"advanced": {"until": "17:00"}}, {"until": "17:00"}),
        (
            {"advanced": {"until_entity": "sun.sun", "until_attribute": "next_setting"}},
            {"until": {"entity_id": "sun.sun", "attribute": "next_setting"}},
        ),
        ({"advanced": {"yields_to": [AS_USUAL]}}, {}),
        (
            {"advanced": {"yields_to": [AS_USUAL, "on_the_phone"]}},
            {"yields_to": ["do_not_disturb", "on_the_phone"]},
        ),
        (
            {"advanced": {"yields_to": [AS_USUAL, "busy"]}, "presence": "do_not_disturb"},
            {"yields_to": ["busy"], "presence": "do_not_disturb"},
        ),
        (
            {"advanced": {"yields_to": ["do_not_disturb"]}},
            {"yields_to": ["do_not_disturb"]},
        ),
        ({"advanced": {"yields_to": []}}, {"yields_to": []}),
        ({"advanced": {"beats_manual": True}}, {"beats_manual": True}),
        ({"advanced": {"overruled_for": {"minutes": 5}}}, {"overruled_for": {"minutes": 5}}),
        (
            {"advanced": {"variables": {"room": "{{ person.area }}"}}, "note": "In {{ room }}"},
            {"variables": {"room": "{{ person.area }}"}, "note": "In {{ room }}"},
        ),
    ],
)
async def test_what_rules_in_yaml_can_say_the_form_says_too(
    hass: HomeAssistant, loaded: MockConfigEntry, typed: dict[str, Any], stored: dict[str, Any]
) -> None:
    lr.async_get(hass).async_create("Wardens")
    advanced = {**USUAL, **typed.get("advanced", {})}
    walk = await add(hass, loaded, **{**typed, "advanced": advanced})
    usual = {"name": "Desk", "people": PEOPLE, "when": [AT_DESK], "presence": "busy", **USUAL}
    assert walk.created == {**usual, **stored}
    assert json.loads(json.dumps(walk.created)) == walk.created

    walk = await change(hass, loaded)
    await fill_in(hass, walk, **walk.suggested)
    (changed,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert changed.data == {**usual, **stored}


@pytest.mark.parametrize(
    "condition",
    [
        {
            "condition": "cisco_unified_presence.linked_entity",
            "options": {"link": "desk", "state": "on"},
        },
        {
            "condition": "cisco_unified_presence.calendar_event",
            "options": {"linked": "calendar", "title": "*{{ person.name }}*"},
        },
        {
            "condition": "cisco_unified_presence.calendar_event",
            "target": {"entity_id": []},
            "options": {"linked": "calendar"},
        },
        {
            "condition": "cisco_unified_presence.calendar_event",
            "target": {"entity_id": "calendar.room"},
            "options": {"all_day": True},
        },
    ],
)
async def test_conditions_of_the_editor_are_taken(
    hass: HomeAssistant, loaded: MockConfigEntry, condition: dict[str, Any]
) -> None:
    walk = await add(hass, loaded, when=[condition])
    assert walk.created["when"] == [condition]
    walk = await change(hass, loaded)
    await fill_in(hass, walk, **walk.suggested)
    assert walk.aborted == "reconfigure_successful"
    (rule,) = async_rule_engine(hass).rules_from(loaded.entry_id)
    assert rule.when == [condition]
    status = async_rule_engine(hass).status_of(rule.id)
    assert status
    assert status.people == ("Anna",)


async def test_what_is_emptied_is_left_out(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    full = {**USUAL, "at_most": {"hours": 1}, "grace": {"minutes": 1}}
    await add(hass, loaded, note="x", advanced=full)
    walk = await change(hass, loaded)
    emptied = {**USUAL, "at_most": {"hours": 0, "minutes": 0, "seconds": 0}}
    await fill_in(hass, walk, **form(note=" ", advanced=emptied))
    (changed,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    stored = {"name": "Desk", "people": PEOPLE, "when": [AT_DESK], "presence": "busy"}
    assert changed.data == {**stored, **USUAL}


async def test_people_may_be_places(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    hass.states.async_set(DESK, "on")
    area = ar.async_get(hass).async_create("Studio")
    registry = dr.async_get(hass)
    anna = next(
        each
        for each in dr.async_entries_for_config_entry(registry, loaded.entry_id)
        if each.name == "Anna"
    )
    await add(hass, loaded, people=[], places={"area_id": [area.id]})
    assert requesting(hass, loaded) == []
    registry.async_update_device(anna.id, area_id=area.id)
    await hass.async_block_till_done()
    assert requesting(hass, loaded) == ["Desk"]
    target = {"area_id": [area.id], "label_id": []}
    walk = await add(hass, loaded, name="Both", places=target)
    assert walk.created["people"] == [ANNA, {"area_id": [area.id]}]
    assert requesting(hass, loaded) == ["Desk", "Both"]


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


async def test_an_entity_alone_may_decide_the_presence(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    hass.states.async_set("select.mode", "focus")
    focus = {"value": "focus", "presence": "do_not_disturb"}
    mapped = {"presence": "mapped", "mapped": {"entity_id": "select.mode", "map": [focus]}}
    walk = await add(hass, loaded, when=[], **mapped)
    assert walk.created["when"] == []
    assert requesting(hass, loaded) == ["Desk"]
    assert (await change(hass, loaded)).suggested["when"] == []


async def test_the_table_speaks_the_language_of_home_assistant(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    hass.config.language = "de"
    walk = await begin(hass, loaded)
    table = walk.result["data_schema"].schema["mapped"].schema.schema["map"].config["fields"]
    assert [each["label"] for each in table.values()] == ["Wert", "Präsenz", "Notiz"]
    presences = table["presence"]["selector"]["select"]["options"]
    assert {"value": "busy", "label": "Beschäftigt"} in presences


STATE = {"condition": "state"}
LIMITLESS = {"condition": "numeric_state", "entity_id": "sensor.noise"}
TRIGGER = {"condition": "trigger", "id": "x"}
EVENT = "cisco_unified_presence.calendar_event"
IS_PRESENCE = "cisco_unified_presence.is_presence"


async def test_the_editor_preselects_a_link(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    described = await async_get_all_descriptions(hass)
    linked = (described["cisco_unified_presence.linked_entity"] or {})["fields"]
    assert linked["link"]["default"] == "desk"


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


async def test_what_is_usual_follows_the_presence_and_insist(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """A form that is sent as it was shown says nothing about it, whatever else is chosen."""
    walk = await begin(hass, loaded)
    suggested = {"advanced": {**walk.suggested["advanced"], "insist": True}}
    await fill_in(hass, walk, **form(**suggested))
    assert "yields_to" not in walk.created
    await hass.async_block_till_done()
    (rule,) = async_rule_engine(hass).rules_from(loaded.entry_id)
    assert rule.yields_to_of(rule.requested) == frozenset()
    walk = await change(hass, loaded)
    await fill_in(
        hass, walk, **{**walk.suggested, "advanced": {**walk.suggested["advanced"], **USUAL}}
    )
    await hass.async_block_till_done()
    (rule,) = async_rule_engine(hass).rules_from(loaded.entry_id)
    assert rule.yields_to_of(rule.requested) == {"do_not_disturb"}


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


async def test_a_rule_that_is_changed_keeps_its_switch(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    hass.states.async_set(DESK, "on")
    await add(hass, loaded)
    (own,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    engine = async_rule_engine(hass)
    await engine.async_set_enabled(own.subentry_id, enabled=False)
    walk = await change(hass, loaded)
    await fill_in(hass, walk, **form(when=[{**AT_DESK, "state": ["on"]}]))
    await hass.async_block_till_done()
    assert requesting(hass, loaded) == []
    await engine.async_set_enabled(own.subentry_id, enabled=True)
    assert requesting(hass, loaded) == ["Desk"]


async def test_conditions_that_were_only_checked_are_let_go(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[WatchedConditions] = []
    stop = WatchedConditions.async_stop

    def note(conditions: WatchedConditions) -> None:
        stopped.append(conditions)
        stop(conditions)

    monkeypatch.setattr(WatchedConditions, "async_stop", note)
    await add(hass, loaded)
    # Those of the check and of the preview; the rule itself goes on with its own.
    assert len(stopped) == 2
