"""The newcomer's path ends with a lamp that shows Do not disturb."""

from homeassistant.components.light import ColorMode
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.blueprints.environment import Lamp, place
from tests.common.automations import set_up
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled

from .kinds import Kind, kind_of, read
from .pages import page

FIRST_STEPS = "docs/first-steps.md"
PURPLE = (160, 0, 255)


@pytest.mark.parametrize("by", ["action", "switch", "jabber"])
async def test_the_lamp_shows_do_not_disturb(
    prepared_hass: HomeAssistant, cup: Cup, by: str
) -> None:
    automation, action = map(read, page(FIRST_STEPS).blocks)
    lamp = automation["use_blueprint"]["input"]["light"]
    prepared_hass.states.async_remove(lamp)
    await place(prepared_hass, "light", Lamp("Desk", ColorMode.RGB))
    assert shown(prepared_hass, lamp) == "off"
    await set_up(prepared_hass, automation)

    match by:
        case "action":
            data = {**action["target"], **action["data"]}
            await prepared_hass.services.async_call(DOMAIN, "set_presence", data, blocking=True)
        case "switch":
            switch = {"entity_id": "switch.anna_do_not_disturb"}
            await prepared_hass.services.async_call("switch", "turn_on", switch, blocking=True)
        case _:
            await cup.choose("anna", "DND")
    await settled(cup)
    await prepared_hass.async_block_till_done()

    assert shown(prepared_hass, "sensor.anna_presence") == "do_not_disturb"
    state = prepared_hass.states.get(lamp)
    assert state
    assert state.attributes["rgb_color"] == PURPLE


def test_the_blocks_are_an_automation_and_an_action() -> None:
    assert [kind_of(block) for block in page(FIRST_STEPS).blocks] == [Kind.AUTOMATION, Kind.ACTION]
