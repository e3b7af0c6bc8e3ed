"""The switch follow rules: off while rules do not decide for a person."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
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


async def test_it_goes_with_control_over_the_person_that_was_lost_meanwhile(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry
) -> None:
    ben = next(each for each in entry.subentries.values() if each.title == "Ben")
    earlier = er.async_get(hass).async_get_or_create(
        "switch",
        DOMAIN,
        f"{entry.entry_id}_ben@example.com_follow_rules",
        config_entry=entry,
        config_subentry_id=ben.subentry_id,
        translation_key="follow_rules",
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert er.async_get(hass).async_get(SWITCH)
    assert er.async_get(hass).async_get(earlier.entity_id) is None
    assert await hass.config_entries.async_unload(entry.entry_id)


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
