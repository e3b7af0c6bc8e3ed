"""The switch follow rules: off while rules do not decide for a person."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.states import shown

SWITCH = "switch.anna_follow_rules"
SOURCE = "sensor.anna_presence_source"


async def turn(hass: HomeAssistant, action: str) -> None:
    await hass.services.async_call("switch", f"turn_{action}", {"entity_id": SWITCH}, blocking=True)


def follows(hass: HomeAssistant) -> bool:
    """Return whether the presence source tells that rules are followed."""
    state = hass.states.get(SOURCE)
    assert state
    told: bool = state.attributes["follows_rules"]
    return told


async def test_it_is_shown_of_a_person_whom_no_rule_is_about(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert (shown(hass, SWITCH), follows(hass)) == ("on", True)
    await turn(hass, "off")
    assert (shown(hass, SWITCH), follows(hass)) == ("off", False)
    await turn(hass, "on")
    assert (shown(hass, SWITCH), follows(hass)) == ("on", True)


@pytest.mark.usefixtures("loaded")
async def test_it_is_on_disk_when_it_is_switched(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    for action, number in (("off", 1), ("on", 0)):
        await turn(hass, action)
        assert len(hass_storage[f"{DOMAIN}.pauses"]["data"]) == number


async def test_switching_it_to_what_it_is_changes_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    pauses, changes = async_rule_engine(hass).pauses, list[str]()
    pauses.async_subscribe(
        (loaded.entry_id, "anna@example.com"), lambda: changes.append(shown(hass, SWITCH))
    )
    await turn(hass, "on")
    assert changes == []
    await turn(hass, "off")
    await turn(hass, "off")
    assert changes == ["off"]
