"""What waits for the write rate, and says so: docs/rules.md, rule 19."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.rule_requests import SetRequests, rule_request
from tests.common.server import Cup
from tests.common.setting_presence import (
    ANNA,
    WRITES,
    clear_presence,
    set_controlled,
    set_presence,
)
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

SOURCE = "sensor.anna_presence_source"


@pytest.fixture
async def blinking(freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup) -> SetRequests:
    """A rule has changed six times, and then once more."""
    for presence in (Presence.BUSY, Presence.AWAY) * 3:
        rules(rule_request(presence))
        await settled(cup)
    assert cup.asked("PUT", WRITES) == 6
    rules(rule_request(Presence.DND))
    await settled(cup)
    return rules


async def explanation(hass: HomeAssistant) -> dict[str, Any]:
    answer: Any = await hass.services.async_call(
        DOMAIN, "explain", {"entity_id": ANNA}, blocking=True, return_response=True
    )
    explained: dict[str, Any] = answer["people"]["anna@example.com"]
    return explained


async def test_what_waits_says_so_until_it_is_written(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, blinking: SetRequests, cup: Cup
) -> None:
    assert await cup.presence_of("anna") == "AWAY"
    state = hass.states.get(SOURCE)
    assert state
    until = state.attributes["waiting_until"]
    assert 50 < (until - dt_util.utcnow()).total_seconds() <= 60
    at = dt_util.as_local(until)
    words = f"this waits until {at:%H:%M:%S}, after six changes within a minute"
    assert words in state.attributes["reason"]
    explained = await explanation(hass)
    assert explained["waiting_until"] == at.isoformat(timespec="seconds")
    assert words in explained["reason"]

    await pass_time(freezer, cup, 60)

    assert await cup.presence_of("anna") == "DND"
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["waiting_until"] is None
    assert "this waits" not in state.attributes["reason"]
    assert (await explanation(hass))["waiting_until"] is None


async def test_manual_setting_does_not_wait(
    hass: HomeAssistant, blinking: SetRequests, cup: Cup
) -> None:
    await set_presence(hass, "vacation")

    assert await cup.presence_of("anna") == "VACATION"
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["waiting_until"] is None


async def test_clear_does_not_wait(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup) -> None:
    for presence in ("busy", "away") * 4:
        await set_presence(hass, presence)

    await clear_presence(hass)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert shown(hass, SOURCE) == "own"


async def test_rule_that_takes_over_after_a_clear_does_not_wait(
    hass: HomeAssistant, blinking: SetRequests, cup: Cup
) -> None:
    await set_presence(hass, "busy")

    await clear_presence(hass)

    assert await cup.presence_of("anna") == "DND"


async def test_rules_wait_for_what_was_set_by_hand_too(
    hass: HomeAssistant, rules: SetRequests, cup: Cup
) -> None:
    for presence in ("busy", "away") * 3:
        await set_presence(hass, presence)
    await clear_presence(hass)

    rules(rule_request(Presence.DND))
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_person_controlled_again_does_not_wait(
    hass: HomeAssistant, blinking: SetRequests, loaded: MockConfigEntry, cup: Cup
) -> None:
    blinking()
    await set_controlled(hass, loaded, cup, controlled=False)
    await set_controlled(hass, loaded, cup, controlled=True)
    blinking(rule_request(Presence.DND))
    await settled(cup)

    assert await cup.presence_of("anna") == "DND"
