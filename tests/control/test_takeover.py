"""Takeover by the person: detected, respected, and told from all that only resembles it.

The sentences are those of docs/rules.md, "A person's own choice".
"""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.control.takeover import SETTLE_SECONDS
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.rule_requests import KEY, SetRequests, rule_request
from tests.common.server import Cup
from tests.common.setting_presence import (
    ANNA,
    RENEWAL,
    TRANSLATING,
    WRITES,
    clear_presence,
    logged_in,
    set_presence,
)
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

SOURCE = "sensor.anna_presence_source"


async def publish_busy(
    rules: SetRequests, cup: Cup, freezer: FrozenDateTimeFactory, *, insist: bool = False
) -> None:
    rules(rule_request(insist=insist))
    await pass_time(freezer, cup, 0)
    assert await cup.presence_of("anna") == "BUSY"


async def choose(
    cup: Cup, freezer: FrozenDateTimeFactory, presence: str, *, wait: float = SETTLE_SECONDS
) -> None:
    """Let Anna choose a presence in her client, and the settle time pass."""
    await cup.choose("anna", presence)
    await settled(cup)
    await pass_time(freezer, cup, wait)


async def select_automatic(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": "select.anna_set_presence", "option": "automatic"},
        blocking=True,
    )


async def test_manual_choice_overrules_the_rule(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)

    await choose(cup, freezer, "DND")

    assert await cup.presence_of("anna") == "DND"
    assert shown(hass, SOURCE) == "own"
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["set_aside"] is True
    assert state.attributes["rule"] == "Room"
    assert "anna" not in await logged_in(cup)


async def test_choice_that_does_not_last_for_the_settle_time_is_no_takeover(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)
    written = cup.asked("PUT", WRITES)

    await choose(cup, freezer, "DND", wait=SETTLE_SECONDS - 1)
    await cup.unchoose("anna")
    await settled(cup)
    await pass_time(freezer, cup, SETTLE_SECONDS)

    assert shown(hass, SOURCE) == "rule"
    assert cup.asked("PUT", WRITES) == written


async def test_choice_over_a_rule_that_ends_within_the_settle_time_is_no_takeover(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)

    await choose(cup, freezer, "DND", wait=SETTLE_SECONDS - 1)
    rules()
    await pass_time(freezer, cup, 600)
    assert await cup.presence_of("anna") == "DND"
    rules(rule_request())
    await pass_time(freezer, cup, 0)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"


async def test_rule_is_overruled_as_long_as_it_holds_and_a_quarter_of_an_hour_longer(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)
    await choose(cup, freezer, "DND")

    rules(rule_request())
    await pass_time(freezer, cup, 600)
    assert await cup.presence_of("anna") == "DND"
    rules()
    await pass_time(freezer, cup, 14 * 60)
    rules(rule_request(rule="desk"))
    await pass_time(freezer, cup, 0)
    assert await cup.presence_of("anna") == "DND"
    rules()
    await pass_time(freezer, cup, 15 * 60)
    rules(rule_request())
    await pass_time(freezer, cup, 0)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"


async def test_action_resumes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)
    await choose(cup, freezer, "DND")

    await clear_presence(hass)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"


async def test_select_resumes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)
    await choose(cup, freezer, "DND")

    await select_automatic(hass)

    assert await cup.presence_of("anna") == "BUSY"


@pytest.mark.parametrize(
    "device",
    [
        {"presence": "AWAY"},
        {"presence": "BUSY", "activities": ["on-the-phone"]},
        {"presence": "AVAILABLE"},
        {"presence": "UNAVAILABLE"},
        {"presence": "DND"},
    ],
    ids=str,
)
@pytest.mark.parametrize("presence", [Presence.DND, Presence.AVAILABLE, Presence.AWAY])
async def test_automatic_changes_of_devices_are_no_takeover(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    cup: Cup,
    presence: Presence,
    device: dict[str, Any],
) -> None:
    rules(rule_request(presence))
    await pass_time(freezer, cup, 0)
    written = cup.asked("PUT", WRITES)

    await cup.choose("anna", manual=False, **device)
    await settled(cup)
    await pass_time(freezer, cup, SETTLE_SECONDS)
    await pass_time(freezer, cup, 60)

    assert shown(hass, SOURCE) == "rule"
    assert cup.asked("PUT", WRITES) == written


@pytest.mark.parametrize("cup_configuration", [TRANSLATING])
async def test_servers_translation_is_no_takeover(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    rules(rule_request())
    await pass_time(freezer, cup, 0)
    written = cup.asked("PUT", WRITES)
    assert shown(hass, ANNA) == "away"

    await pass_time(freezer, cup, SETTLE_SECONDS)
    await pass_time(freezer, cup, 600)

    assert shown(hass, SOURCE) == "rule"
    assert cup.asked("PUT", WRITES) == written


async def test_manual_away_is_told_from_a_translation_that_this_server_does_not_do(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)

    await choose(cup, freezer, "AWAY")

    assert shown(hass, SOURCE) == "own"
    assert await cup.presence_of("anna") == "AWAY"


async def test_lost_session_is_no_takeover(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)

    await cup.inject("lose_sessions")
    await pass_time(freezer, cup, 60)
    await pass_time(freezer, cup, SETTLE_SECONDS)
    await pass_time(freezer, cup, 0)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"


async def test_takeover_is_detected_before_a_renewal_hides_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)
    await pass_time(freezer, cup, RENEWAL - SETTLE_SECONDS - 1)
    await cup.inject("drop_notifications")
    await cup.choose("anna", "DND")

    await pass_time(freezer, cup, SETTLE_SECONDS + 1)

    assert await cup.presence_of("anna") == "DND"
    assert shown(hass, SOURCE) == "own"


async def test_choice_while_home_assistant_was_stopped_is_respected(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await set_presence(hass, "busy")
    await loaded.runtime_data.async_leave(keep_published=True)
    await cup.choose("anna", "DND")

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await pass_time(freezer, cup, 0)

    assert await cup.presence_of("anna") == "DND"
    assert shown(hass, SOURCE) == "own"
    assert shown(hass, "select.anna_set_presence") == "automatic"


async def test_manual_setting_is_overruled_too_and_a_new_one_wins(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await choose(cup, freezer, "AWAY")
    assert shown(hass, SOURCE) == "own"

    await set_presence(hass, "busy")

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "manual"


async def test_clear_right_after_a_choice_clears_what_is_under_it(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.choose("anna", "AWAY")

    await clear_presence(hass)
    await cup.unchoose("anna")

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)


async def test_insisting_rule_is_written_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer, insist=True)

    await choose(cup, freezer, "DND")

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"
    assert not ir.async_get(hass).issues


async def test_insisting_rule_gives_up_after_losing_twice(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer, insist=True)

    await choose(cup, freezer, "DND")
    await choose(cup, freezer, "DND")
    written = cup.asked("PUT", WRITES)
    await pass_time(freezer, cup, 600)

    assert await cup.presence_of("anna") == "DND"
    assert cup.asked("PUT", WRITES) == written
    (issue,) = ir.async_get(hass).issues.values()
    assert issue.translation_placeholders == {
        "title": "CUP",
        "name": "Anna",
        "rule": "Room",
        "wanted": "Busy",
        "shown": "Do not disturb",
    }

    await clear_presence(hass)
    assert await cup.presence_of("anna") == "BUSY"
    assert not ir.async_get(hass).issues


async def test_select_resumes_a_rule_that_gave_up(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer, insist=True)
    await choose(cup, freezer, "DND")
    await choose(cup, freezer, "DND")
    assert ir.async_get(hass).issues

    await select_automatic(hass)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"
    assert not ir.async_get(hass).issues


async def test_insisting_rule_that_loses_now_and_then_goes_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer, insist=True)

    for _ in range(3):
        await choose(cup, freezer, "DND")
        assert await cup.presence_of("anna") == "BUSY"
        await pass_time(freezer, cup, 901)


async def test_another_rule_that_wins_meanwhile_is_not_overruled(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await publish_busy(rules, cup, freezer)
    await cup.choose("anna", "AWAY")
    await settled(cup)

    rules(rule_request(Presence.DND, rule="recording"))
    await pass_time(freezer, cup, SETTLE_SECONDS)

    assert await cup.presence_of("anna") == "DND"
    assert shown(hass, SOURCE) == "rule"


async def test_restart_makes_no_flicker(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    written = cup.asked("PUT", WRITES)
    await loaded.runtime_data.async_leave(keep_published=True)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await pass_time(freezer, cup, 0)

    assert cup.asked("PUT", WRITES) == written
    assert await cup.presence_of("anna") == "BUSY"
    await until(lambda: shown(hass, ANNA) == "busy")


async def test_watching_ends_with_what_is_published(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    listeners = loaded.runtime_data.coordinator._contact_listeners[KEY]
    others = len(listeners)
    await set_presence(hass, "busy")
    assert len(listeners) == others + 1
    await choose(cup, freezer, "DND", wait=1)

    await clear_presence(hass)
    await pass_time(freezer, cup, SETTLE_SECONDS)

    assert len(listeners) == others
    assert not loaded.runtime_data.reconciler._publisher.is_suspected(KEY)
