"""What a rule does now: for whom it is active, or what it waits for."""

from dataclasses import replace
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.explanation import async_rule_status
from custom_components.cisco_unified_presence.explanation.rule_status import rule_status
from custom_components.cisco_unified_presence.explanation.texts import async_system_texts
from custom_components.cisco_unified_presence.rules import (
    RuleActivity,
    Scope,
    async_rule_engine,
)
from tests.common.rules import rule
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled

from .test_reason import IN_ROOM, NINE, room


@pytest.fixture(autouse=True)
async def _at_nine(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NINE)
    await room(hass, cup, "off")
    lamp = {"condition": "state", "entity_id": "light.lamp", "state": "on"}
    unless_lamp = {"condition": "not", "conditions": [lamp]}
    hass.states.async_set("light.lamp", "on", {"friendly_name": "Lamp"})
    when = [IN_ROOM, unless_lamp]
    one = rule("Meeting room", when=when, duration="00:10", at_most="01:00")
    await async_rule_engine(hass).async_set_yaml_rules([one])
    await settled(cup)


async def test_status_follows_a_rule_from_waiting_to_its_end(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    rule_id = async_rule_engine(hass).rules[0].id

    def told() -> str:
        return shown(hass, "sensor.rule_meeting_room_status")

    needs = "Meeting room occupied to be on and Lamp not to be on"
    assert told() == f"Waiting for: {needs}"

    hass.states.async_set("light.lamp", "off", {"friendly_name": "Lamp"})
    await room(hass, cup, "on")
    assert told() == "Begins at 09:10 if its conditions stay true"

    freezer.tick(timedelta(minutes=10, milliseconds=1))
    await settled(cup)
    assert told() == "Active for: Anna"

    engine = async_rule_engine(hass)
    engine.pauses.async_pause(Scope(), NINE + timedelta(hours=8))
    await settled(cup)
    assert told() == "Paused until 17:00"
    engine.pauses.async_resume(Scope())
    await settled(cup)

    freezer.tick(timedelta(hours=1))
    await settled(cup)
    assert told() == "Ended; begins again after its conditions were not true"

    await engine.async_set_enabled(rule_id, enabled=False)
    await settled(cup)
    assert told() == "Switched off"
    assert async_rule_status(hass, "gone") is None


async def test_a_rule_that_rests_says_so_as_the_board_does(hass: HomeAssistant) -> None:
    status = async_rule_engine(hass).status_of(async_rule_engine(hass).rules[0].id)
    assert status
    resting = replace(status, rests_for=("Anna",))
    assert resting.activity is RuleActivity.RESTING
    told = rule_status(resting, (), async_system_texts(hass))
    assert told == "Stopped for Anna, because it triggered itself"
