"""Rules that name people who are renamed, spelled otherwise, or there twice: docs/rules.md."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession
from homeassistant.const import CONF_PORT, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration
from cup_simulator.server import Simulator
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import async_rule_engine
from custom_components.cisco_unified_presence.rules.rule_test import RuleTest
from custom_components.cisco_unified_presence.rules.rule_test_run import async_run_tests
from tests.common.asking import answer, use_rules
from tests.common.entry import SECRET, person
from tests.common.rules import ANNA, desk, issues
from tests.common.server import Cup
from tests.common.setting_presence import WRITES, anna_of
from tests.common.states import shown
from tests.common.waiting import settled

RULE = """
name: Desk
people: [{people}]
when: {{condition: state, entity_id: binary_sensor.desk, state: "on"}}
presence: busy
"""
PRESENCE = "sensor.anna_presence"
SPELLINGS = ["ANNA", "Anna@Example.COM", "sip:ANNA@example.com"]


def requested_for(hass: HomeAssistant, *entries: MockConfigEntry) -> list[bool]:
    """Return of each entry whether the rule is active for its Anna."""
    engine = async_rule_engine(hass)
    return [bool(engine.requests_for(each.entry_id, ANNA)) for each in entries]


@pytest.mark.parametrize("people", SPELLINGS)
async def test_a_person_whose_address_changes_its_case_stays_the_same(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, people: str
) -> None:
    await desk(hass, "on")
    await use_rules(hass, cup, RULE.format(people=people))
    before = shown(hass, PRESENCE)
    written = cup.asked("PUT", WRITES)
    anna = anna_of(loaded)
    spelled = {**anna.data, "user": "Anna", "contact": "ANNA@example.com"}
    hass.config_entries.async_update_subentry(loaded, anna, data=spelled)
    await settled(cup)
    assert requested_for(hass, loaded) == [True]
    assert "rule_people_desk" not in issues(hass)
    assert shown(hass, PRESENCE) == before == "busy"
    assert cup.asked("PUT", WRITES) == written


async def test_a_person_who_is_renamed_keeps_the_rule(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await desk(hass, "on")
    registry, devices = er.async_get(hass), dr.async_get(hass)
    entity = registry.async_get(PRESENCE)
    assert entity
    assert entity.device_id
    await use_rules(hass, cup, RULE.format(people=f"anna, {{device_id: {entity.device_id}}}"))
    written = cup.asked("PUT", WRITES)

    hass.config_entries.async_update_subentry(loaded, anna_of(loaded), title="Anna Bauer")
    devices.async_update_device(entity.device_id, name_by_user="Frau Bauer")
    registry.async_update_entity(PRESENCE, new_entity_id="sensor.frau_bauer", name="Bauer")
    await settled(cup)

    assert requested_for(hass, loaded) == [True]
    assert "rule_people_desk" not in issues(hass)
    assert shown(hass, "sensor.frau_bauer") == "busy"
    assert cup.asked("PUT", WRITES) == written


@pytest.mark.parametrize("people", [PRESENCE, f"{{entity_id: {PRESENCE}}}"])
async def test_an_entity_id_that_is_given_up_is_reported(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, people: str
) -> None:
    await desk(hass, "on")
    await use_rules(hass, cup, RULE.format(people=people))
    assert shown(hass, PRESENCE) == "busy"

    registry = er.async_get(hass)
    registry.async_update_entity(PRESENCE, new_entity_id="sensor.frau_bauer")
    await settled(cup)
    assert issues(hass)["rule_people_desk"] == {"rule": "Desk", "words": PRESENCE}
    assert await cup.presence_of("anna") == "AVAILABLE"

    registry.async_update_entity("sensor.frau_bauer", new_entity_id=PRESENCE)
    await settled(cup)
    assert "rule_people_desk" not in issues(hass)
    assert await cup.presence_of("anna") == "BUSY"


@pytest.fixture
async def other_cup(cup_configuration: Configuration, tls_dir: Path) -> AsyncGenerator[Cup]:
    """Run another server, with people of the same addresses."""
    async with (
        Simulator(cup_configuration, tls_dir=tls_dir) as simulator,
        ClientSession() as session,
    ):
        yield Cup(simulator, session)


@pytest.fixture
async def other(
    hass: HomeAssistant, loaded: MockConfigEntry, other_cup: Cup
) -> AsyncGenerator[MockConfigEntry]:
    """Load an entry of that server."""
    added = MockConfigEntry(
        domain=DOMAIN,
        title="Other",
        unique_id="other.example.com/hass",
        data={
            **loaded.data,
            CONF_PORT: other_cup.simulator.ports.http,
            CONF_WEBHOOK_ID: SECRET[::-1],
        },
        subentries_data=[person("anna", controlled=True)],
    )
    added.add_to_hass(hass)
    assert await hass.config_entries.async_setup(added.entry_id)
    await settled(other_cup)
    yield added
    await hass.config_entries.async_unload(added.entry_id)


async def shown_by(*servers: Cup) -> list[str]:
    for each in servers:
        await settled(each)
    return [await each.presence_of("anna") for each in servers]


@pytest.mark.parametrize("people", ["anna", "all"])
async def test_a_person_of_two_servers_is_meant_at_both(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    other: MockConfigEntry,
    cup: Cup,
    other_cup: Cup,
    people: str,
) -> None:
    await desk(hass, "on")
    await use_rules(hass, cup, RULE.format(people=people))
    assert requested_for(hass, loaded, other) == [True, True]
    assert await shown_by(cup, other_cup) == ["BUSY", "BUSY"]

    # What is chosen at one server says nothing of the other.
    await hass.services.async_call(
        DOMAIN, "set_presence", {"entity_id": PRESENCE, "presence": "away"}, blocking=True
    )
    assert await shown_by(cup, other_cup) == ["AWAY", "BUSY"]
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert requested_for(hass, loaded, other) == [False, True]
    assert await shown_by(cup, other_cup) == ["AVAILABLE", "BUSY"]


async def test_a_rule_for_each_person_tells_those_of_two_servers_apart(
    hass: HomeAssistant, loaded: MockConfigEntry, other: MockConfigEntry, cup: Cup, other_cup: Cup
) -> None:
    await use_rules(
        hass,
        cup,
        """
name: Desk
people: [anna]
when: "{{ person.own == 'away' }}"
presence: busy
""",
    )
    await other_cup.choose("anna", "AWAY", manual=False)
    assert await shown_by(other_cup, cup) == ["BUSY", "AVAILABLE"]
    assert requested_for(hass, loaded, other) == [False, True]


async def test_an_entity_id_means_the_person_of_one_server(
    hass: HomeAssistant, loaded: MockConfigEntry, other: MockConfigEntry, cup: Cup, other_cup: Cup
) -> None:
    await desk(hass, "on")
    await use_rules(hass, cup, RULE.format(people=PRESENCE))
    assert await shown_by(cup, other_cup) == ["BUSY", "AVAILABLE"]
    with_but = RULE.format(people="anna").replace("when:", f"except: [{PRESENCE}]\nwhen:")
    await use_rules(hass, cup, with_but)
    assert await shown_by(cup, other_cup) == ["AVAILABLE", "BUSY"]
    assert requested_for(hass, loaded, other) == [False, True]


BOTH: Final = {"entity_id": [PRESENCE, f"{PRESENCE}_2"]}
ANSWERING: Final[dict[str, dict[str, Any]]] = {
    "explain": BOTH,
    "get_decisions": BOTH,
    "get_presence": BOTH,
    "simulate": {"people": ["anna"]},
    "forecast": {"people": ["anna"]},
}


async def test_answers_tell_of_a_person_of_two_servers_twice(
    hass: HomeAssistant, loaded: MockConfigEntry, other: MockConfigEntry
) -> None:
    for action, data in ANSWERING.items():
        told = (await answer(hass, action, **data))["people"]
        assert told.keys() == {f"{ANNA} (CUP)", f"{ANNA} (Other)"}, action
    for action in ("explain", "get_decisions", "get_presence"):
        told = (await answer(hass, action, entity_id=[PRESENCE]))["people"]
        assert told.keys() == {ANNA}, action
    hass.config_entries.async_update_entry(other, title="CUP")
    told = (await answer(hass, "explain", **BOTH))["people"]
    assert told.keys() == {f"{ANNA} ({loaded.entry_id})", f"{ANNA} ({other.entry_id})"}


async def test_a_test_of_rules_tells_of_a_person_of_two_servers_twice(
    hass: HomeAssistant, loaded: MockConfigEntry, other: MockConfigEntry
) -> None:
    test = RuleTest.of({"name": "Own", "expect": {"anna": "own"}})
    (outcome,) = await async_run_tests(hass, [], [test])
    assert outcome.as_answer["people"].keys() == {f"{ANNA} (CUP)", f"{ANNA} (Other)"}
