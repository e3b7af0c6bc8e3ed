"""Groups where people are targets: in rules, actions, triggers and conditions."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import condition
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from tests.common.automations import ANNA, BEN, CLARA, automate, choose, who
from tests.common.entry import add_group, group, person
from tests.common.rules import DESK, add_rule
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled

TEAM = "sensor.team_available"


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Anna and Ben are controlled, Clara is only watched; all three are the team."""
    return [
        person("anna", controlled=True),
        person("ben", controlled=True),
        person("clara"),
        group("Team", "anna", "ben", "clara"),
    ]


@pytest.fixture
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Ask for rich presence in the tests of activities."""
    return {CONF_RICH_PRESENCE: getattr(request, "param", False)}


rich = pytest.mark.parametrize("entry_options", [True], indirect=True)


def device(hass: HomeAssistant) -> str:
    entity = er.async_get(hass).async_get(TEAM)
    assert entity
    assert entity.device_id
    return entity.device_id


async def set_busy(hass: HomeAssistant, **target: Any) -> None:
    data = {"presence": "busy", **target}
    await hass.services.async_call(DOMAIN, "set_presence", data, blocking=True)


@pytest.mark.parametrize("people", ["Team", "team", {"entity_id": [TEAM]}, TEAM])
async def test_rule_is_about_the_controlled_people_of_a_group(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, people: Any
) -> None:
    add_rule(hass, loaded, people=[people])
    hass.states.async_set(DESK, "on")
    await settled(cup)
    state = hass.states.get("binary_sensor.desk_active")
    assert state
    assert state.attributes["people"] == ["Anna", "Ben"]
    assert (await cup.presence_of("anna"), await cup.presence_of("ben")) == ("BUSY", "BUSY")


async def test_rule_follows_who_is_in_the_group(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    add_rule(hass, loaded, people=["Team"])
    hass.states.async_set(DESK, "on")
    await settled(cup)
    team = next(each for each in loaded.subentries.values() if each.title == "Team")

    hass.config_entries.async_update_subentry(loaded, team, data={"people": ["ben"]})
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert await cup.presence_of("ben") == "BUSY"


async def test_action_is_for_the_controlled_people_of_a_group(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_busy(hass, entity_id=TEAM)
    assert (shown(hass, ANNA), shown(hass, BEN)) == ("busy", "busy")
    await hass.services.async_call(
        DOMAIN, "clear_presence", {"device_id": device(hass)}, blocking=True
    )
    assert shown(hass, "sensor.anna_presence_source") == "own"


async def test_action_that_asks_is_for_all_of_a_group(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    answer: Any = await hass.services.async_call(
        DOMAIN, "get_presence", {"entity_id": TEAM}, blocking=True, return_response=True
    )
    assert sorted(each["name"] for each in answer["people"].values()) == ["Anna", "Ben", "Clara"]


async def test_group_without_controlled_people_cannot_be_set(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    add_group(hass, loaded, "Guests", "clara")
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as raised:
        await set_busy(hass, entity_id="sensor.guests_available")
    assert raised.value.translation_key == "no_target"


async def test_user_needs_the_people_of_a_group_and_not_only_the_group(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": {"entity_ids": {TEAM: True, ANNA: True}}})
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "set_presence",
            {"entity_id": TEAM, "presence": "busy"},
            blocking=True,
            context=Context(user_id=user.id),
        )


async def test_trigger_fires_for_the_people_of_a_group(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    calls = await automate(
        hass,
        triggers=[{"trigger": f"{DOMAIN}.became_available", "target": {"device_id": device(hass)}}],
    )
    await choose(cup, "ben", "AVAILABLE")
    assert who(calls) == [BEN]

    team = next(each for each in loaded.subentries.values() if each.title == "Team")
    hass.config_entries.async_update_subentry(loaded, team, data={"people": ["clara"]})
    await hass.async_block_till_done()
    await choose(cup, "anna", "AWAY")
    await choose(cup, "anna", "AVAILABLE")
    await choose(cup, "clara", "AVAILABLE")
    assert who(calls) == [BEN, CLARA]


async def test_trigger_that_is_set_up_before_the_server_is_reached_fires_too(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    calls = await automate(
        hass,
        triggers=[{"trigger": f"{DOMAIN}.became_available", "target": {"entity_id": TEAM}}],
    )
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await settled(cup)
    await choose(cup, "ben", "AVAILABLE")
    assert who(calls) == [BEN]


async def test_condition_is_about_the_people_of_a_group(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    config = cv.CONDITION_SCHEMA(
        {
            "condition": f"{DOMAIN}.is_available",
            "target": {"entity_id": TEAM},
            "options": {"behavior": "all"},
        }
    )
    config = await condition.async_validate_condition_config(hass, config)
    checker = await condition.async_from_config(hass, config)
    await settled(cup)
    assert checker.async_check() is False
    for user in ("anna", "ben", "clara"):
        await choose(cup, user, "AVAILABLE")
    assert checker.async_check() is True
    checker.async_unload()


@rich
async def test_condition_on_a_call_is_about_the_people_of_a_group(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    config = cv.CONDITION_SCHEMA(
        {
            "condition": f"{DOMAIN}.is_on_the_phone",
            "target": {"device_id": device(hass)},
            "options": {"behavior": "any"},
        }
    )
    config = await condition.async_validate_condition_config(hass, config)
    checker = await condition.async_from_config(hass, config)
    assert checker.async_check() is False
    await choose(cup, "ben", "BUSY", activities=["on-the-phone"])
    assert shown(hass, "binary_sensor.ben_on_the_phone") == "on"
    assert checker.async_check() is True
    checker.async_unload()
