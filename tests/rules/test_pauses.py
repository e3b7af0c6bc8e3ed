"""Pausing rules and not following them, with a server: docs/rules.md, "Pauses"."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.entry import person
from tests.common.rules import DESK, add_rule, subentry
from tests.common.server import Cup
from tests.common.setting_presence import clear_presence, set_presence
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
LAMP = "binary_sensor.lamp"
FOLLOW = "switch.anna_follow_rules"
STORED = f"{DOMAIN}.pauses"


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Anna and Ben are controlled; the rules Desk and Lamp are about both."""
    lamp = [{"condition": "state", "entity_id": LAMP, "state": "on"}]
    return [
        person("anna", controlled=True),
        person("ben", controlled=True),
        person("clara"),
        subentry("Desk", people=["anna", "ben"], priority=10),
        subentry("Lamp", people=["anna", "ben"], presence="away", when=lamp),
    ]


@pytest.fixture
async def held(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> MockConfigEntry:
    """Both rules hold, and Desk wins: Anna and Ben are Busy."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NINE)
    hass.states.async_set(DESK, "on")
    hass.states.async_set(LAMP, "on")
    await settled(cup)
    assert (await cup.presence_of("anna"), await cup.presence_of("ben")) == ("BUSY", "BUSY")
    return loaded


async def call(hass: HomeAssistant, action: str, **data: Any) -> None:
    await hass.services.async_call(DOMAIN, action, data, blocking=True)


async def turn(hass: HomeAssistant, action: str) -> None:
    data = {"entity_id": FOLLOW}
    await hass.services.async_call("switch", f"turn_{action}", data, blocking=True)


def attributes(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    state = hass.states.get(entity_id)
    assert state
    return dict(state.attributes)


async def presences(cup: Cup) -> tuple[str, str]:
    await settled(cup)
    return await cup.presence_of("anna"), await cup.presence_of("ben")


async def test_pause_of_all_rules_stops_them_for_everybody_until_its_end(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, held: MockConfigEntry, cup: Cup
) -> None:
    await call(hass, "pause_rules", duration="01:00:00")

    assert await presences(cup) == ("AVAILABLE", "BUSY")
    for source in ("sensor.anna_presence_source", "sensor.ben_presence_source"):
        assert shown(hass, source) == "own"
        told = attributes(hass, source)
        assert told["rules_paused"] is True
        assert told["paused_until"] == NINE + timedelta(hours=1)
        assert told["reason"].endswith("; rules are paused until 10:00")
    for rule in ("desk", "lamp"):
        told = attributes(hass, f"binary_sensor.{rule}_active")
        assert (shown(hass, f"binary_sensor.{rule}_active"), told["wins_for"]) == ("on", [])
        assert (told["paused"], told["paused_until"]) == (True, NINE + timedelta(hours=1))

    await pass_time(freezer, cup, 3600)

    assert await presences(cup) == ("BUSY", "BUSY")
    told = attributes(hass, "sensor.anna_presence_source")
    assert (told["rules_paused"], told["paused_until"]) == (False, None)
    assert "paused" not in told["reason"]
    assert attributes(hass, "binary_sensor.desk_active")["paused"] is False


async def test_pause_of_one_rule_lets_the_next_one_win(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup
) -> None:
    await call(hass, "pause_rules", rule="desk", until="17:00")

    assert await presences(cup) == ("AWAY", "AWAY")
    assert attributes(hass, "sensor.anna_presence_source")["rule"] == "Lamp"
    assert attributes(hass, "sensor.anna_presence_source")["rules_paused"] is False
    until = NINE.replace(hour=17)
    assert attributes(hass, "binary_sensor.desk_active")["paused_until"] == until


async def test_pause_for_some_people_lets_rules_act_for_others(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup
) -> None:
    await call(hass, "pause_rules", entity_id="sensor.anna_presence", rule=["Desk", "LAMP"])
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert attributes(hass, "binary_sensor.desk_active")["wins_for"] == ["Ben"]
    assert attributes(hass, "binary_sensor.desk_active")["paused"] is False
    answer: Any = await hass.services.async_call(
        DOMAIN,
        "explain",
        {"entity_id": "sensor.anna_presence"},
        blocking=True,
        return_response=True,
    )
    told = answer["people"]["anna@example.com"]
    assert told["source"] == "own"
    assert told["wanted"] is None
    assert [(each["name"], each["holds"], each["paused"]) for each in told["rules"]] == [
        ("Desk", True, True),
        ("Lamp", True, True),
    ]
    assert told["rules"][0]["paused_until"] is None


async def test_wide_pause_is_resumed_for_one_person(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup
) -> None:
    await call(hass, "pause_rules")
    await call(hass, "resume_rules", entity_id="sensor.anna_presence")

    await settled(cup)
    assert shown(hass, "sensor.anna_presence_source") == "rule"
    assert shown(hass, "sensor.ben_presence_source") == "own"

    await call(hass, "resume_rules")
    await settled(cup)
    assert shown(hass, "sensor.ben_presence_source") == "rule"
    assert async_rule_engine(hass).pauses.of(None, None) is None


async def test_same_pause_again_replaces_the_first(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, held: MockConfigEntry, cup: Cup
) -> None:
    await call(hass, "pause_rules", duration="08:00:00")
    await call(hass, "pause_rules", duration="00:10:00")
    await pass_time(freezer, cup, 600)
    assert shown(hass, "sensor.anna_presence_source") == "rule"


async def test_manual_setting_goes_on_while_rules_are_paused(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup
) -> None:
    await call(hass, "pause_rules")
    await set_presence(hass, "do_not_disturb")
    assert await cup.presence_of("anna") == "DND"
    await clear_presence(hass)
    assert await cup.presence_of("anna") == "AVAILABLE"


# The switch


async def test_person_who_does_not_follow_rules_is_left_alone(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup
) -> None:
    assert shown(hass, FOLLOW) == "on"

    await turn(hass, "off")
    await settled(cup)

    assert shown(hass, FOLLOW) == "off"
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert shown(hass, "sensor.ben_presence_source") == "rule"
    told = attributes(hass, "sensor.anna_presence_source")
    assert told["follows_rules"] is False
    assert told["reason"].endswith("; rules are not followed")
    await set_presence(hass, "vacation")
    assert await cup.presence_of("anna") == "VACATION"
    await clear_presence(hass)

    await turn(hass, "on")
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"


async def test_resuming_does_not_turn_the_switch_on_nor_the_switch_end_a_pause(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup
) -> None:
    await turn(hass, "off")
    await call(hass, "pause_rules")
    await call(hass, "resume_rules")
    await settled(cup)
    assert (shown(hass, FOLLOW), shown(hass, "sensor.anna_presence_source")) == ("off", "own")

    await call(hass, "pause_rules")
    await turn(hass, "on")
    await settled(cup)
    assert shown(hass, "sensor.anna_presence_source") == "own"


async def test_rule_that_is_off_stays_off_when_its_pause_ends(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup
) -> None:
    await call(hass, "pause_rules", rule="Desk")
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.desk_enabled"}, blocking=True
    )
    await call(hass, "resume_rules", rule="Desk")
    assert await presences(cup) == ("AWAY", "AWAY")


async def test_switch_is_there_while_the_server_is_not(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup
) -> None:
    gone = CannotConnect(ConnectFailure.REFUSED, "cup")
    held.runtime_data.coordinator.async_set_unreachable(gone)
    await turn(hass, "off")
    assert shown(hass, FOLLOW) == "off"


# Restarts


async def test_pauses_and_switches_outlive_a_reload_and_are_on_disk(
    hass: HomeAssistant, hass_storage: dict[str, Any], held: MockConfigEntry, cup: Cup
) -> None:
    await turn(hass, "off")
    await call(hass, "pause_rules", entity_id="sensor.ben_presence", duration="01:00:00")

    anna, ben = hass_storage[STORED]["data"].values()
    assert anna["scope"]["people"] == [[held.entry_id, "anna@example.com"]]
    assert datetime.fromisoformat(ben["until"]) == NINE + timedelta(hours=1)
    await settled(cup)
    before = cup.asked("PUT", "/presence/")

    engine = async_rule_engine(hass)
    await engine.pauses.async_load()
    assert await hass.config_entries.async_reload(held.entry_id)
    await settled(cup)

    assert shown(hass, FOLLOW) == "off"
    assert shown(hass, "sensor.ben_presence_source") == "own"
    assert cup.asked("PUT", "/presence/") == before


async def test_pause_that_ended_meanwhile_is_gone_after_a_start(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    held: MockConfigEntry,
    cup: Cup,
) -> None:
    await call(hass, "pause_rules", duration="01:00:00")
    stored = dict(hass_storage[STORED])
    await call(hass, "resume_rules")
    hass_storage[STORED] = stored
    freezer.move_to(NINE + timedelta(hours=2))

    await async_rule_engine(hass).pauses.async_load()

    assert async_rule_engine(hass).pauses.of(None, None) is None


async def test_pauses_that_cannot_be_read_are_told(
    hass: HomeAssistant, hass_storage: dict[str, Any], held: MockConfigEntry, cup: Cup
) -> None:
    await call(hass, "pause_rules", rule="Desk")
    await turn(hass, "off")
    hass_storage[STORED]["data"]["0"] = {"scope": 5}

    await async_rule_engine(hass).pauses.async_load()

    [issue] = [
        each
        for each in ir.async_get(hass).issues.values()
        if each.translation_key == "rule_pauses_lost"
    ]
    assert issue.is_fixable
    assert not async_rule_engine(hass).pauses.follows_rules((held.entry_id, "anna@example.com"))


async def test_person_who_is_removed_is_forgotten(
    hass: HomeAssistant, hass_storage: dict[str, Any], held: MockConfigEntry, cup: Cup
) -> None:
    await turn(hass, "off")
    anna = next(each for each in held.subentries.values() if each.title == "Anna")
    hass.config_entries.async_remove_subentry(held, anna.subentry_id)
    await hass.async_block_till_done()
    await settled(cup)
    await async_rule_engine(hass).pauses.async_stored()
    assert hass_storage[STORED]["data"] == {}


# Refusals


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"rule": "Dsek"}, "unknown_rule"),
        ({"entity_id": "sensor.clara_presence"}, "not_controlled"),
        ({"duration": "01:00:00", "until": "17:00"}, "two_ends"),
        ({"until": "2026-11-22 17:00"}, "end_has_passed"),
    ],
)
async def test_senseless_pause_is_refused(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup, data: dict[str, Any], key: str
) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await call(hass, "pause_rules", **data)
    assert isinstance(raised.value, ServiceValidationError)
    assert raised.value.translation_key == key
    assert shown(hass, "sensor.anna_presence_source") == "rule"


@pytest.mark.parametrize(
    "data", [{}, {"rule": "Desk"}, {"entity_id": "sensor.anna_presence"}], ids=str
)
async def test_user_who_controls_nothing_may_not_pause(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup, data: dict[str, Any]
) -> None:
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": {"domains": {"sensor": {"read": True}}}})
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, "pause_rules", data, blocking=True, context=Context(user_id=user.id)
        )


async def test_rule_that_begins_while_all_are_paused_waits(
    hass: HomeAssistant, held: MockConfigEntry, cup: Cup
) -> None:
    await call(hass, "pause_rules", duration="01:00:00")
    add_rule(hass, held, "Late", people=["anna"], presence="do_not_disturb")
    await hass.async_block_till_done()
    await settled(cup)
    assert shown(hass, "binary_sensor.late_active") == "on"
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert dt_util.utcnow() < NINE + timedelta(hours=1)
