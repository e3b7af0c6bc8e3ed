"""The select: a manual setting of a person's presence, or automatic."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)

from custom_components.cisco_unified_presence.control import EVENT_WINNER_CHANGED
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from custom_components.cisco_unified_presence.select import AUTOMATIC
from custom_components.cisco_unified_presence.states import STATES
from tests.common.server import Cup
from tests.common.setting_presence import ANNA, anna_of, clear_presence, logged_in, set_presence
from tests.common.states import shown
from tests.common.waiting import settled, until

SELECT = "select.anna_set_presence"
SOURCE = "sensor.anna_presence_source"


async def choose(hass: HomeAssistant, option: str) -> None:
    await hass.services.async_call(
        "select", "select_option", {"entity_id": SELECT, "option": option}, blocking=True
    )


async def control(hass: HomeAssistant, entry: ConfigEntry, cup: Cup, *, on: bool) -> None:
    anna = anna_of(entry)
    hass.config_entries.async_update_subentry(entry, anna, data={**anna.data, "controlled": on})
    await hass.async_block_till_done()
    await settled(cup)


@pytest.mark.parametrize(("presence", "option"), STATES.items())
async def test_every_option_is_set_at_the_server(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, presence: str, option: str
) -> None:
    await choose(hass, option)

    assert shown(hass, SELECT) == option
    assert shown(hass, SOURCE) == "manual"
    assert await cup.presence_of("anna") == presence


async def test_automatic_clears_the_manual_setting(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    assert shown(hass, SELECT) == AUTOMATIC
    await choose(hass, "busy")

    await choose(hass, AUTOMATIC)

    assert shown(hass, SELECT) == AUTOMATIC
    assert shown(hass, SOURCE) == "own"
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)


async def test_a_choice_has_the_context_of_its_call(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    context = Context(user_id=hass_admin_user.id)
    told = async_capture_events(hass, EVENT_WINNER_CHANGED)
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": SELECT, "option": "busy"},
        blocking=True,
        context=context,
    )
    state = hass.states.get(SELECT)
    assert state
    assert state.context is context
    source = hass.states.get(SOURCE)
    assert source
    assert source.attributes["set_by"] == hass_admin_user.name
    assert [each.context for each in told] == [context]


async def test_select_follows_the_actions(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb", duration={"minutes": 30})
    assert shown(hass, SELECT) == "do_not_disturb"
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["wanted"] == "do_not_disturb"
    assert state.attributes["until"] - state.attributes["since"]
    assert "set through Home Assistant" in state.attributes["reason"]

    await clear_presence(hass)

    assert shown(hass, SELECT) == AUTOMATIC


async def test_refusal_is_a_sentence_and_changes_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await choose(hass, "busy")
    await cup.inject("error", code=120, path="/presence/", count=1)

    with pytest.raises(HomeAssistantError) as caught:
        await choose(hass, "away")

    assert caught.value.translation_key == "presence_refused"
    assert shown(hass, SELECT) == "busy"


async def test_only_controlled_people_have_one(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    def controls() -> set[str]:
        return {each for each in entity_registry.entities if each in {SELECT, SOURCE}}

    assert controls() == {SELECT, SOURCE}
    assert hass.states.get("select.ben_set_presence") is None

    await control(hass, loaded, cup, on=False)
    assert controls() == set()
    assert shown(hass, ANNA) == "available"

    await control(hass, loaded, cup, on=True)
    assert controls() == {SELECT, SOURCE}
    await until(lambda: shown(hass, SELECT) == AUTOMATIC)


async def test_unavailable_while_the_server_is(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    loaded.runtime_data.coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    assert shown(hass, SELECT) == shown(hass, SOURCE) == "unavailable"
