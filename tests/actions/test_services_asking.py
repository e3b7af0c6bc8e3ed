"""The actions with a response: get_presence and explain."""

import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule, async_rule_engine
from tests.common.server import Cup
from tests.common.setting_presence import ANNA, set_presence
from tests.common.waiting import pass_time, settled

BEN = "sensor.ben_presence"
ROOM = "binary_sensor.room"


async def ask(hass: HomeAssistant, action: str, **data: Any) -> Any:
    response = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert response
    return response["people"]


def rule(name: str, presence: str, *, priority: int = 0, state: str = "on") -> Rule:
    written = {
        "name": name,
        "people": ["anna"],
        "when": [{"condition": "state", "entity_id": ROOM, "state": state}],
        "presence": presence,
        "priority": priority,
    }
    return Rule.of(RULE_SCHEMA(written))


async def test_presence_is_read_from_the_server(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    await cup.choose("anna", "DND")

    people = await ask(hass, "get_presence", entity_id=[ANNA, BEN])

    assert people == {
        "anna@example.com": {"name": "Anna", "presence": "do_not_disturb"},
        "ben@example.com": {"name": "Ben", "presence": "busy"},
    }


@pytest.mark.parametrize("entry_options", [{"rich_presence": True}])
async def test_rich_presence_adds_note_and_activities(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.choose(
        "anna", "BUSY", manual=False, note="Lunch", activities=["on-the-phone"], device="Jabber"
    )

    people = await ask(hass, "get_presence", entity_id=ANNA)

    anna = people["anna@example.com"]
    assert anna["presence"] == "busy"
    assert anna["note"] == "Lunch"
    assert "on-the-phone" in anna["activities"]
    assert anna["devices"]["Jabber"] == "busy"


async def test_those_of_a_target_and_those_who_are_named_are_told(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    for action in ("forecast", "simulate"):
        for about in ({"entity_id": ANNA}, {"entity_id": ANNA, "people": "anna"}):
            assert (await ask(hass, action, **about)).keys() == {"anna@example.com"}


async def test_an_entry_that_is_not_loaded_keeps_no_other_from_answering(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    MockConfigEntry(domain=DOMAIN, title="Other").add_to_hass(hass)
    assert (await ask(hass, "get_presence", entity_id=ANNA)).keys() == {"anna@example.com"}
    for action in ("forecast", "simulate"):
        for about in ({}, {"people": "anna"}):
            assert (await ask(hass, action, **about)).keys() == {"anna@example.com"}


async def test_any_contact_can_be_read(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    people = await ask(
        hass, "get_presence", contact=["watcher@example.com", " nobody@example.com "]
    )

    assert people == {
        "watcher@example.com": {"presence": "available"},
        "nobody@example.com": {"presence": None},
    }


async def test_area_and_contacts_together(
    hass: HomeAssistant,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    area = area_registry.async_create("Office")
    entity_registry.async_update_entity(BEN, area_id=area.id)

    people = await ask(
        hass,
        "get_presence",
        area_id=area.id,
        contact="ben@example.com",
        config_entry_id=loaded.entry_id,
    )

    assert people == {"ben@example.com": {"name": "Ben", "presence": "busy"}}


@pytest.mark.parametrize("data", [{}, {"contact": []}, {"entity_id": []}])
async def test_a_call_without_people_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, data: dict[str, Any]
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await ask(hass, "get_presence", **data)
    assert raised.value.translation_key == "nobody_meant"


async def test_a_user_name_is_an_address_of_the_presence_domain(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    people = await ask(hass, "get_presence", contact=["watcher", "sip:ben"])

    assert people == {
        "watcher@example.com": {"presence": "available"},
        "ben@example.com": {"presence": "busy"},
    }


@pytest.mark.parametrize("contact", ["an na", "", "anna@", "anna @example.com", ["a b"] * 2])
async def test_what_is_no_contact_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, contact: Any
) -> None:
    with pytest.raises(vol.Invalid):
        await ask(hass, "get_presence", contact=contact)


async def test_failure_names_the_person(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=200, path="/contacts/anna")

    with pytest.raises(HomeAssistantError) as raised:
        await ask(hass, "get_presence", entity_id=[ANNA, BEN])

    assert raised.value.translation_key == "not_seen"
    assert "Anna" in str(raised.value)
    assert "Ben" not in str(raised.value)


async def test_failure_to_read_contacts_is_a_sentence(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("refuse_connections")

    with pytest.raises(HomeAssistantError) as raised:
        await ask(hass, "get_presence", contact="ben@example.com")

    assert raised.value.translation_key == "cannot_connect_refused"


async def test_explanation_without_rules(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    people = await ask(hass, "explain", entity_id=ANNA)

    assert people == {
        "anna@example.com": {
            "name": "Anna",
            "shown": "available",
            "own": "available",
            "own_activities": [],
            "source": "own",
            "wanted": None,
            "note": None,
            "rule": None,
            "since": None,
            "until": None,
            "until_expected": None,
            "set_aside": False,
            "set_by": None,
            "waiting_until": None,
            "follows_rules": True,
            "rules_paused": False,
            "paused_until": None,
            "reason": "decided by the person's own devices",
            "rules": [],
            "sentence": "Anna is available, as the person's own devices report.",
            "situation": "devices",
        }
    }


async def test_explanation_has_every_rule_and_what_would_win(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    hass.states.async_set(ROOM, "on")
    await async_rule_engine(hass).async_set_yaml_rules(
        [
            rule("Room", "busy"),
            rule("Empty", "away", state="off"),
            rule("Recording", "do_not_disturb", state="off", priority=5),
        ]
    )
    await hass.async_block_till_done()
    await pass_time(freezer, cup, 0)

    anna = (await ask(hass, "explain", entity_id=ANNA))["anna@example.com"]

    assert (anna["source"], anna["rule"], anna["wanted"]) == ("rule", "Room", "busy")
    room, empty, recording = anna["rules"]
    assert room["holds"] is room["wins"] is room["on"] is True
    assert room["since"] == anna["since"]
    assert room["not_true"] == []
    assert empty["holds"] is empty["wins"] is False
    assert empty["since"] is None
    assert [ROOM in words for words in empty["not_true"]] == [True]
    assert empty["if_it_held"] == "Busy, because of the rule “Room”"
    assert recording["if_it_held"] == "Do not disturb, because of the rule “Recording”"

    await set_presence(hass, "away", duration={"hours": 1})
    anna = (await ask(hass, "explain", entity_id=ANNA))["anna@example.com"]
    assert anna["source"] == "manual"
    assert anna["until"]
    assert {each["wins"] for each in anna["rules"]} == {False}
    assert {each["if_it_held"] for each in anna["rules"]} == {anna["reason"]}


async def test_only_controlled_people_can_be_explained(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await ask(hass, "explain", entity_id=BEN)
    assert raised.value.translation_key == "not_controlled"


@pytest.mark.parametrize("action", ["explain", "get_decisions", "forecast", "simulate"])
async def test_a_watched_person_among_others_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, action: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await ask(hass, action, entity_id=[ANNA, BEN])
    assert raised.value.translation_key == "not_controlled"
    assert raised.value.translation_placeholders == {"name": "Ben"}


@pytest.mark.parametrize("action", ["pause_rules", "resume_rules"])
async def test_rules_are_not_paused_for_a_watched_person_among_others(
    hass: HomeAssistant, loaded: MockConfigEntry, action: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call(DOMAIN, action, {"entity_id": [ANNA, BEN]}, blocking=True)
    assert raised.value.translation_key == "not_controlled"
    gate = async_rule_engine(hass).pauses.gate_of((loaded.entry_id, "anna@example.com"))
    assert gate.pause is None


async def test_pauses_are_stored_when_the_action_ends(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry
) -> None:
    def stored() -> str:
        return json.dumps({key: each for key, each in hass_storage.items() if DOMAIN in key})

    before = stored()
    await hass.services.async_call(DOMAIN, "pause_rules", {"entity_id": [ANNA]}, blocking=True)
    paused = stored()
    assert paused != before
    await hass.services.async_call(DOMAIN, "resume_rules", {"entity_id": [ANNA]}, blocking=True)
    assert stored() != paused
