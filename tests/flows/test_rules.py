"""Adding a presence rule in the interface, and changing one."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import label_registry as lr
from homeassistant.helpers.condition import async_get_all_descriptions
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import SUBENTRY_RULE
from custom_components.cisco_unified_presence.flows.rule_form import AS_USUAL
from custom_components.cisco_unified_presence.rules import WatchedConditions, async_rule_engine
from tests.common.rules import AT_DESK, DESK

from .rule_walks import ANNA, PEOPLE, USUAL, add, begin, change, fill_in, form, requesting


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


async def test_the_editor_preselects_a_link(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    described = await async_get_all_descriptions(hass)
    linked = (described["cisco_unified_presence.linked_entity"] or {})["fields"]
    assert linked["link"]["default"] == "desk"


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
    # Those of the check and of the preview, which is opened twice; the rule goes on with its own.
    assert len(stopped) == 3
