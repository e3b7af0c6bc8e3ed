"""The sensor Reason of a controlled person tells what is so, with a server."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from custom_components.cisco_unified_presence.explanation import async_sentence
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.entry import person
from tests.common.rules import rule
from tests.common.server import Cup
from tests.common.setting_presence import clear_presence, set_presence
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
REASON = "sensor.anna_reason"
ROOM = "binary_sensor.room"
IN_ROOM = {"condition": "state", "entity_id": ROOM, "state": "on"}
AVAILABLE = "Anna is available, as the person's own devices report"


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person("anna", controlled=True), person("ben")]


@pytest.fixture(autouse=True)
async def _at_nine(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NINE)
    await settled(cup)


async def room(hass: HomeAssistant, cup: Cup, state: str) -> None:
    hass.states.async_set(ROOM, state, {"friendly_name": "Meeting room occupied"})
    await settled(cup)


async def follow(hass: HomeAssistant, cup: Cup, **said: Any) -> None:
    """Take one rule: Anna is busy while the room is occupied."""
    one = rule("Meeting room", when=[IN_ROOM], **said)
    await async_rule_engine(hass).async_set_yaml_rules([one])
    await settled(cup)


def told(hass: HomeAssistant) -> str:
    return shown(hass, REASON)


async def test_only_controlled_people_have_a_reason(hass: HomeAssistant) -> None:
    assert hass.states.get("sensor.ben_reason") is None
    assert told(hass) == f"{AVAILABLE}."


async def test_reason_follows_a_rule_through_its_times(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await room(hass, cup, "off")
    times = {"duration": "00:10", "hold": "00:05", "at_most": "01:00"}
    await follow(hass, cup, **times)
    facts = "Meeting room occupied is off since 09:00"
    assert told(hass) == f"{AVAILABLE}; the rule “Meeting room” is not active: {facts}."

    await room(hass, cup, "on")
    facts = "Meeting room occupied is on since 09:00"
    begins = "the rule “Meeting room” begins at 09:10 if its conditions stay true"
    assert told(hass) == f"{AVAILABLE}; {begins}: {facts}."

    await pass_time(freezer, cup, 600)
    by_rule = "because of the rule “Meeting room”"
    assert told(hass) == f"Anna is busy until 10:10 {by_rule}: {facts}."

    await room(hass, cup, "off")
    ends = "which ends at 09:15 because its conditions are no longer true"
    facts = "Meeting room occupied is off since 09:10"
    assert told(hass) == f"Anna is busy {by_rule}, {ends}: {facts}."

    await room(hass, cup, "unavailable")
    await room(hass, cup, "on")
    await pass_time(freezer, cup, 3600)
    over = "has lasted as long as it may and begins again only after its conditions were not true"
    assert told(hass) == f"{AVAILABLE}; the rule “Meeting room” {over}."


async def test_reason_tells_of_an_input_that_is_gone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await room(hass, cup, "on")
    await follow(hass, cup)
    freezer.tick(timedelta(minutes=1))
    await room(hass, cup, "unavailable")
    assert told(hass) == (
        "Anna is busy because of the rule “Meeting room”, which ends at 09:06 unless its inputs"
        " are known again: Meeting room occupied is unavailable since 09:01."
    )


async def test_reason_follows_what_decides_an_or(hass: HomeAssistant, cup: Cup) -> None:
    hass.states.async_set("light.on_air", "on", {"friendly_name": "On air"})
    await room(hass, cup, "off")
    either = {"condition": "or", "conditions": [IN_ROOM, {**IN_ROOM, "entity_id": "light.on_air"}]}
    one = rule("Focus", when=[either])
    await async_rule_engine(hass).async_set_yaml_rules([one])
    await settled(cup)
    assert told(hass) == "Anna is busy because of the rule “Focus”: On air is on since 09:00."

    await room(hass, cup, "on")
    assert told(hass).endswith(
        "Meeting room occupied is on since 09:00 and On air is on since 09:00."
    )

    hass.states.async_set("light.on_air", "off", {"friendly_name": "On air"})
    await settled(cup)
    assert told(hass).endswith(": Meeting room occupied is on since 09:00.")


async def test_reason_names_targets_as_the_editor_does(hass: HomeAssistant, cup: Cup) -> None:
    assert await async_setup_component(hass, "occupancy", {})
    attributes = {"friendly_name": "Blue room", "device_class": "occupancy"}
    hass.states.async_set("binary_sensor.blue", "on", attributes)
    target = {"entity_id": ["binary_sensor.blue"]}
    detected = {
        "condition": "occupancy.is_detected",
        "target": target,
        "options": {"behavior": "any"},
    }
    one = rule("Room", when=[detected])
    await async_rule_engine(hass).async_set_yaml_rules([one])
    await settled(cup)
    assert told(hass) == (
        "Anna is busy because of the rule “Room”:"
        " “Occupancy is detected” is true for Blue room since 09:00."
    )


async def test_reason_tells_who_has_set_and_what_ended(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration="00:30:00")
    await settled(cup)
    assert told(hass) == "Anna is busy until 09:30, set through Home Assistant at 09:00."

    await pass_time(freezer, cup, 1800)
    assert told(hass) == f"{AVAILABLE}."


async def test_reason_tells_of_what_the_person_has_chosen(hass: HomeAssistant, cup: Cup) -> None:
    await cup.choose("anna", "DND")
    await settled(cup)
    assert told(hass) == "Anna is on Do not disturb, chosen by the person in Jabber or on a phone."


async def test_reason_tells_of_an_outage(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    coordinator = loaded.runtime_data.coordinator
    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED, "cup"))
    away = "The server does not answer, so the presence of Anna is not known."
    await until(lambda: told(hass) == away)
    coordinator.async_set_reachable()
    await until(lambda: told(hass) == f"{AVAILABLE}.")


async def test_reason_is_in_the_language_of_the_system(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await hass.config.async_update(language="de")
    await until(lambda: told(hass) == "Anna ist verfügbar, wie die eigenen Geräte melden.")
    runtime = loaded.runtime_data
    anna = runtime.coordinator.people["anna@example.com"]
    english = await async_sentence(hass, runtime, anna, "en")
    polish = await async_sentence(hass, runtime, anna, "pl")
    assert english == polish == f"{AVAILABLE}."


async def test_reason_tells_yesterday_with_its_date(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration={"hours": 40})
    await settled(cup)
    assert told(hass) == (
        "Anna is busy until 25 November, 01:00, set through Home Assistant at 09:00."
    )
    await pass_time(freezer, cup, 15.5 * 3600)
    assert told(hass) == (
        "Anna is busy until 25 November, 01:00, set through Home Assistant on 23 November, 09:00."
    )
    await clear_presence(hass)


async def test_reason_tells_of_writes_that_wait(hass: HomeAssistant, cup: Cup) -> None:
    await follow(hass, cup)
    for _ in range(3):
        await room(hass, cup, "on")
        await room(hass, cup, "off")
    await room(hass, cup, "on")
    assert told(hass) == (
        "Anna is available; the rule “Meeting room” requests Busy, which is written at 09:01,"
        " after six changes within a minute."
    )


async def test_actions_tell_the_sentence_of_the_sensor(hass: HomeAssistant, cup: Cup) -> None:
    await set_presence(hass, "away")
    await settled(cup)
    answer: Any = await hass.services.async_call(
        DOMAIN, "explain", {"entity_id": REASON}, blocking=True, return_response=True
    )
    assert answer["people"]["anna@example.com"]["sentence"] == told(hass)
