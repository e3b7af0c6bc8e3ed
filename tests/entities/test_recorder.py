"""What the recorder stores of entities' attributes."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.entry import person
from tests.common.recorder import recorded
from tests.common.rules import desk, written
from tests.common.server import Cup
from tests.common.setting_presence import clear_presence, set_presence
from tests.common.waiting import settled, until

HOLDS = "binary_sensor.rule_desk_active"
SOURCE = "sensor.anna_presence_source"
USERS = [f"user{number}" for number in range(600)]


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Any, enable_custom_integrations: None) -> None:
    """Set the recorder up before Home Assistant."""


async def test_a_rule_that_wins_for_hundreds_is_recorded_without_their_names(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    since = dt_util.utcnow()
    named = [person(user, controlled=True, name=f"A name of 27 letters {user}") for user in USERS]
    entry = MockConfigEntry(domain=DOMAIN, subentries_data=named)
    entry.add_to_hass(hass)
    rules = {"rules": [written(id="own_id", people=USERS)]}
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: rules})
    engine = async_rule_engine(hass)
    await engine.async_add_entry(entry, lambda: people_of(entry))
    await desk(hass, "on")
    for key in people_of(entry):
        engine.async_set_winner(entry.entry_id, key, "own_id")
    # The rule tells of its people while these are told of what it requests, some a turn.
    await until(lambda: len(_attributes(hass, HOLDS)["wins_for"]) == len(USERS))
    stored = (await recorded(hass, HOLDS, since))[-1].attributes
    assert stored == {
        "friendly_name": "Rule Desk active",
        "paused": False,
        "presence": "busy",
    }
    assert "attributes exceed maximum size" not in caplog.text


def _attributes(hass: HomeAssistant, entity_id: str) -> Mapping[str, Any]:
    state = hass.states.get(entity_id)
    return state.attributes if state else {}


async def test_setting_the_same_again_adds_no_attributes(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    since = dt_util.utcnow()
    for _ in range(2):
        await set_presence(hass, "busy")
        await settled(cup)
        await clear_presence(hass)
        await settled(cup)
    await hass.async_block_till_done()

    manual = [each for each in await recorded(hass, SOURCE, since) if each.state == "manual"]
    assert len(manual) > 1
    assert all(each.attributes == manual[0].attributes for each in manual)
    assert (
        not {"paused_until", "since", "until", "until_expected", "waiting_until", "reason"}
        & manual[0].attributes.keys()
    )
