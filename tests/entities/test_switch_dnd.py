"""The switch do not disturb: on while it is set manually; off clears only that."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure, Presence
from tests.common.rule_requests import SetRequests, rule_request
from tests.common.server import Cup
from tests.common.setting_presence import clear_presence, logged_in, set_presence
from tests.common.states import shown
from tests.common.waiting import settled

SWITCH = "switch.anna_do_not_disturb"
SOURCE = "sensor.anna_presence_source"


async def turn(hass: HomeAssistant, action: str) -> None:
    await hass.services.async_call("switch", f"turn_{action}", {"entity_id": SWITCH}, blocking=True)


async def test_on_sets_it_and_off_clears_it(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    assert shown(hass, SWITCH) == "off"

    await turn(hass, "on")
    assert (shown(hass, SWITCH), shown(hass, SOURCE)) == ("on", "manual")
    assert await cup.presence_of("anna") == "DND"
    await cup.choose("anna", "AVAILABLE", manual=False)
    assert await cup.presence_of("anna") == "DND"

    await turn(hass, "off")
    assert (shown(hass, SWITCH), shown(hass, SOURCE)) == ("off", "own")
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)


async def test_it_follows_the_actions(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb", duration={"minutes": 30})
    assert shown(hass, SWITCH) == "on"
    await set_presence(hass, "busy")
    assert shown(hass, SWITCH) == "off"
    await set_presence(hass, "do_not_disturb")
    await clear_presence(hass)
    assert shown(hass, SWITCH) == "off"


async def test_off_leaves_another_presence_alone(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    before = cup.asked()

    await turn(hass, "off")

    assert shown(hass, SOURCE) == "manual"
    assert await cup.presence_of("anna") == "BUSY"
    assert cup.asked() == before


async def test_a_rule_that_requests_it_does_not_turn_it_on(
    hass: HomeAssistant, rules: SetRequests, cup: Cup
) -> None:
    rules(rule_request(Presence.DND))
    await settled(cup)
    assert (shown(hass, SOURCE), shown(hass, SWITCH)) == ("rule", "off")

    await turn(hass, "off")

    assert shown(hass, SOURCE) == "rule"
    assert await cup.presence_of("anna") == "DND"


async def test_refusal_is_a_sentence_and_changes_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=120, path="/presence/", count=1)
    with pytest.raises(HomeAssistantError) as caught:
        await turn(hass, "on")
    assert caught.value.translation_key == "presence_refused"
    assert shown(hass, SWITCH) == "off"

    await turn(hass, "on")
    await cup.inject("error", code=120, path="/presence/", count=1)
    with pytest.raises(HomeAssistantError) as caught:
        await turn(hass, "off")
    assert caught.value.translation_key == "presence_refused"
    assert shown(hass, SWITCH) == "on"


async def test_unavailable_while_the_server_is(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    loaded.runtime_data.coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    assert shown(hass, SWITCH) == "unavailable"


async def test_only_controlled_people_have_one(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert hass.states.get("switch.ben_do_not_disturb") is None
