"""Adding a presence rule in the interface, and changing one."""

import json
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import SUBENTRY_RULE
from custom_components.cisco_unified_presence.flows.rule_form import AS_USUAL
from custom_components.cisco_unified_presence.rules import WatchedConditions, async_rule_engine
from tests.common.flows import Walk
from tests.common.rules import AT_DESK, DESK
from tests.common.texts import TEXTS

ANNA = "anna@example.com"
PEOPLE = {"entity_id": ["sensor.anna_presence"]}
USUAL = {"priority": 0, "insist": False}


def form(**changes: Any) -> dict[str, Any]:
    """Return the form, filled in as briefly as it may be."""
    usual = {"name": "Desk", "people": PEOPLE, "when": [AT_DESK], "presence": "busy"}
    return {"override": AS_USUAL, "advanced": USUAL, **usual, **changes}


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    texts = TEXTS["config_subentries"][SUBENTRY_RULE]
    walk = Walk(hass.config_entries.subentries, texts)
    return await walk.begin((entry.entry_id, SUBENTRY_RULE), {"source": SOURCE_USER})


async def add(hass: HomeAssistant, entry: MockConfigEntry, **changes: Any) -> Walk:
    walk = await begin(hass, entry)
    await walk.fill_in("user", **form(**changes))
    await hass.async_block_till_done()
    return walk


async def change(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    """Begin to change the only rule."""
    (own,) = entry.get_subentries_of_type(SUBENTRY_RULE)
    result = await entry.start_subentry_reconfigure_flow(hass, own.subentry_id)
    walk = Walk(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_RULE])
    walk._take(result)
    return walk


def requesting(hass: HomeAssistant, entry: MockConfigEntry) -> list[str]:
    return [each.name for each in async_rule_engine(hass).requests_for(entry.entry_id, ANNA)]


async def test_a_rule_is_added_and_works_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    hass.states.async_set(DESK, "on")
    walk = await add(hass, loaded, name=" Desk ")
    assert walk.created == {"people": [PEOPLE], "when": [AT_DESK], "presence": "busy", **USUAL}
    (added,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert (added.title, added.unique_id) == ("Desk", "rule_desk")
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
    said = form(note=" At work ", override="yes", when=[template, timed], advanced=advanced)
    walk = await add(hass, loaded, **said)
    stored = {
        "people": [PEOPLE],
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
    shown = {**said, "note": "At work", "advanced": {"yields_to": [AS_USUAL], **advanced}}
    assert walk.suggested == shown
    await walk.fill_in("reconfigure", **{**walk.suggested, "name": "Studio"})
    assert walk.aborted == "reconfigure_successful"
    (changed,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert (changed.title, changed.unique_id) == ("Studio", "rule_studio")
    assert changed.data == stored
    await hass.async_block_till_done()
    assert [each.name for each in async_rule_engine(hass).rules_from(loaded.entry_id)] == ["Studio"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"except": {"label_id": ["wardens"]}}, {"except": [{"label_id": ["wardens"]}]}),
        ({"presence": "own"}, {"presence": "own"}),
        ({"presence": "{{ states('select.mode') }}"}, {"presence": "{{ states('select.mode') }}"}),
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
    usual = {"people": [PEOPLE], "when": [AT_DESK], "presence": "busy", **USUAL}
    assert walk.created == {**usual, **stored}
    assert json.loads(json.dumps(walk.created)) == walk.created

    walk = await change(hass, loaded)
    await walk.fill_in("reconfigure", **walk.suggested)
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
    await walk.fill_in("reconfigure", **walk.suggested)
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
    await walk.fill_in("reconfigure", **form(note=" ", advanced=emptied))
    (changed,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert changed.data == {"people": [PEOPLE], "when": [AT_DESK], "presence": "busy", **USUAL}


async def test_people_may_be_places_and_devices(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    hass.states.async_set(DESK, "on")
    area = ar.async_get(hass).async_create("Studio")
    registry = dr.async_get(hass)
    anna = next(
        each
        for each in dr.async_entries_for_config_entry(registry, loaded.entry_id)
        if each.name == "Anna"
    )
    await add(hass, loaded, people={"area_id": [area.id]})
    assert requesting(hass, loaded) == []
    registry.async_update_device(anna.id, area_id=area.id)
    await hass.async_block_till_done()
    assert requesting(hass, loaded) == ["Desk"]
    walk = await add(hass, loaded, name="Device", people={"device_id": [anna.id]})
    assert walk.created["people"] == [{"device_id": [anna.id]}]
    assert requesting(hass, loaded) == ["Desk", "Device"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"presence": "available", "override": "yes"}, "available_override"),
        ({"presence": "do_not_disturb", "override": "no"}, "dnd_override"),
        ({"note": "x", "override": "no"}, "note_needs_override"),
        ({"name": " "}, "rule_invalid"),
        ({"note": "x" * 141}, "rule_invalid"),
        ({"when": []}, "rule_invalid"),
        (
            {"advanced": {**USUAL, "until": "17:00", "until_entity": "sun.sun"}},
            "rule_invalid",
        ),
        ({"advanced": {**USUAL, "variables": ["room"]}}, "rule_invalid"),
        ({"advanced": {**USUAL, "variables": {"person": "Anna"}}}, "rule_invalid"),
        ({"advanced": {**USUAL, "until": "soon"}}, "rule_invalid"),
        ({"advanced": {**USUAL, "until_attribute": "next_setting"}}, "rule_invalid"),
        (
            {
                "presence": "mapped",
                "mapped": {
                    "entity_id": "select.mode",
                    "map": [{"value": "focus", "presence": "busy"}] * 2,
                },
            },
            "rule_invalid",
        ),
        ({"people": {}}, "rule_invalid"),
        ({"people": {"entity_id": "{{ 'sensor.anna_presence' }}"}}, "rule_invalid"),
        ({"people": {"entity_id": ["sensor.ben_presence"]}}, "unknown_people"),
        ({"when": [{"condition": "trigger", "id": "x"}]}, "conditions_invalid"),
        (
            {"when": [{"condition": "device", "device_id": "x", "domain": "light"}]},
            "conditions_invalid",
        ),
    ],
)
async def test_what_is_wrong_is_said_and_can_be_corrected(
    hass: HomeAssistant, loaded: MockConfigEntry, wrong: dict[str, Any], error: str
) -> None:
    walk = await add(hass, loaded, **wrong)
    assert (walk.step, walk.error) == ("user", error)
    assert walk.sentence
    assert walk.suggested == {**form(**wrong)}
    await walk.fill_in("user", **form())
    assert walk.created


async def test_what_is_usual_follows_the_presence_and_insist(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """A form that is sent as it was shown says nothing about it, whatever else is chosen."""
    walk = await begin(hass, loaded)
    suggested = {"advanced": {**USUAL, **walk.suggested["advanced"], "insist": True}}
    await walk.fill_in("user", **form(**suggested))
    assert "yields_to" not in walk.created
    await hass.async_block_till_done()
    (rule,) = async_rule_engine(hass).rules_from(loaded.entry_id)
    assert rule.yields_to_of(rule.requested) == frozenset()
    walk = await change(hass, loaded)
    await walk.fill_in(
        "reconfigure", **{**walk.suggested, "advanced": {**walk.suggested["advanced"], **USUAL}}
    )
    await hass.async_block_till_done()
    (rule,) = async_rule_engine(hass).rules_from(loaded.entry_id)
    assert rule.yields_to_of(rule.requested) == {"do_not_disturb"}


async def test_unknown_people_are_named(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    walk = await add(hass, loaded, people={"entity_id": ["sensor.ben_presence"]})
    assert "sensor.ben_presence" in walk.sentence


async def test_a_name_is_used_once(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    await add(hass, loaded)
    walk = await change(hass, loaded)
    await walk.fill_in("reconfigure", **form(presence="away"))
    assert walk.aborted == "reconfigure_successful"
    walk = await add(hass, loaded, name="desk")
    assert walk.error == "name_taken"
    await walk.fill_in("user", **form(name="Other"))
    assert walk.created
    (_, other) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    result = await loaded.start_subentry_reconfigure_flow(hass, other.subentry_id)
    walk._take(result)
    await walk.fill_in("reconfigure", **form())
    assert walk.error == "name_taken"


async def test_a_rule_that_is_changed_keeps_its_switch(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    hass.states.async_set(DESK, "on")
    await add(hass, loaded)
    (own,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    engine = async_rule_engine(hass)
    await engine.async_set_enabled(own.subentry_id, enabled=False)
    walk = await change(hass, loaded)
    await walk.fill_in("reconfigure", **form(when=[{**AT_DESK, "state": ["on"]}]))
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
    # The rule itself goes on with its other people.
    assert len(stopped) == 1
