"""The subscription to rules: what is in it, what changes, and who may see it."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.entry import person
from tests.common.rules import DESK, add_rule, subentry
from tests.common.server import Cup
from tests.common.waiting import settled

from .conftest import Browser

SWITCH = "switch.desk_rule"


@pytest.fixture
def entry_people(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return people and the rule that Anna is busy at her desk; she is not there."""
    hass.states.async_set(DESK, "off")
    return [person("anna", controlled=True), person("ben"), subentry()]


async def test_a_rule_is_told_with_people_and_link(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    anna = (await browser.subscribe("people"))["people"][0]
    first = await browser.subscribe("rules")
    assert first["protocol"] == 1
    (rule,) = first["rules"]
    assert loaded.entry_id in rule["edit_url"]
    switch = rule["switch_entity"]
    assert hass.states.get(switch) is not None
    assert {
        key: rule[key]
        for key in ("name", "presence", "on", "holds", "status", "people", "wins_for")
    } == {
        "name": "Desk",
        "presence": "busy",
        "on": True,
        "holds": False,
        "status": "does_not_hold",
        "people": [anna["id"]],
        "wins_for": [],
    }
    assert rule["may_control"] is True


async def test_a_rule_that_begins_to_hold_is_told_with_whom_it_wins_for(
    hass: HomeAssistant, browser: Browser, cup: Cup
) -> None:
    (rule,) = (await browser.subscribe("rules"))["rules"]
    hass.states.async_set(DESK, "on")
    message = await browser.until(lambda each: each["changed"][0]["wins_for"])
    (changed,) = message["changed"]
    assert (changed["status"], changed["holds"]) == ("on_and_wins", True)
    assert changed["since"] is not None
    assert changed["wins_for"] == rule["people"]
    await settled(cup)


async def test_a_switched_off_and_a_paused_rule_are_told(
    hass: HomeAssistant, browser: Browser
) -> None:
    (rule,) = (await browser.subscribe("rules"))["rules"]
    for action, status in (("turn_off", "off"), ("turn_on", "does_not_hold")):
        target = {"entity_id": rule["switch_entity"]}
        await hass.services.async_call("switch", action, target, blocking=True)
        while (changed := (await browser.next())["changed"][0])["status"] != status:
            pass
        assert changed["on"] is (action == "turn_on")
    await hass.services.async_call(
        DOMAIN, "pause_rules", {"rule": "Desk", "duration": {"hours": 1}}, blocking=True
    )
    message = await browser.until(lambda each: each["changed"][0]["status"] == "paused")
    assert message["changed"][0]["paused_until"] is not None


async def test_rules_come_and_go(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    await browser.subscribe("rules")
    added = add_rule(hass, loaded, "Lunch", presence="away")
    message = await browser.until(lambda each: each.get("changed"))
    assert [each["name"] for each in message["changed"]] == ["Lunch"]
    hass.config_entries.async_remove_subentry(loaded, added.subentry_id)
    message = await browser.until(lambda each: each.get("removed"))
    assert message["removed"] == [added.subentry_id]


async def test_a_user_without_rights_for_rules_sees_none(annas_browser: Browser) -> None:
    assert (await annas_browser.subscribe("rules"))["rules"] == []


async def test_a_reload_ends_the_subscription(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    await browser.subscribe("rules")
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    await browser.until(lambda each: "gone" in each)
    (rule,) = (await browser.subscribe("rules"))["rules"]
    assert rule["name"] == "Desk"
