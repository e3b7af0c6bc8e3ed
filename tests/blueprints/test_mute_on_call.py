"""The blueprint quiet on a call: what is paused or muted, and what goes on afterwards."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.media_player import MediaPlayerEntityFeature, MediaPlayerState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from tests.common.automations import PHONES, choose
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

from .environment import Player, place, use

PAUSE = MediaPlayerEntityFeature.PAUSE | MediaPlayerEntityFeature.PLAY
MUTE = MediaPlayerEntityFeature.VOLUME_MUTE
MUSIC, RADIO = "media_player.music", "media_player.radio"


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture(autouse=True)
async def _media_players(hass: HomeAssistant) -> None:
    """Set up media players before the web server runs, to which they add views."""
    assert await async_setup_component(hass, "media_player", {})


async def quiet(hass: HomeAssistant, *players: Player, **inputs: Any) -> None:
    await place(hass, "media_player", *players)
    entity_ids = hass.states.async_entity_ids("media_player")
    await use(hass, "mute_on_call", people=PHONES, players=entity_ids, **inputs)


async def call(cup: Cup, user: str) -> None:
    await choose(cup, user, "BUSY", activities=["on-the-phone"])


async def hang_up(cup: Cup, user: str) -> None:
    await choose(cup, user, "AVAILABLE")


def is_muted(hass: HomeAssistant, entity_id: str) -> bool:
    state = hass.states.get(entity_id)
    assert state
    return bool(state.attributes["is_volume_muted"])


async def test_what_plays_is_paused_for_the_call(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await quiet(hass, Player("Music", PAUSE | MUTE))
    await call(cup, "anna")
    assert shown(hass, MUSIC) == "paused"
    assert not is_muted(hass, MUSIC)
    await hang_up(cup, "anna")
    await pass_time(freezer, cup, 2)
    assert shown(hass, MUSIC) == "paused"
    await pass_time(freezer, cup, 1)
    assert shown(hass, MUSIC) == "playing"


async def test_what_cannot_be_paused_is_muted(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await quiet(hass, Player("Radio", MUTE), Player("Music", PAUSE))
    await call(cup, "ben")
    assert is_muted(hass, RADIO)
    assert (shown(hass, RADIO), shown(hass, MUSIC)) == ("playing", "paused")
    await hang_up(cup, "ben")
    await pass_time(freezer, cup, 3)
    assert not is_muted(hass, RADIO)
    assert shown(hass, MUSIC) == "playing"


async def test_only_what_was_silenced_goes_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    paused_before, muted_before = Player("Paused", PAUSE), Player("Muted", MUTE)
    paused_before._attr_state = MediaPlayerState.PAUSED
    muted_before._attr_is_volume_muted = True
    neither = Player("Neither", MediaPlayerEntityFeature(0))
    stopped = Player("Stopped", PAUSE)
    await quiet(hass, paused_before, muted_before, neither, stopped)
    await call(cup, "anna")
    assert shown(hass, "media_player.stopped") == "paused"
    stopped.be(MediaPlayerState.OFF)
    await hang_up(cup, "anna")
    await pass_time(freezer, cup, 3)
    assert shown(hass, "media_player.paused") == "paused"
    assert is_muted(hass, "media_player.muted")
    assert shown(hass, "media_player.stopped") == "off"


async def test_nothing_that_plays_is_nothing_to_do(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    music = Player("Music", PAUSE)
    music._attr_state = MediaPlayerState.PAUSED
    await quiet(hass, music)
    await call(cup, "anna")
    await hang_up(cup, "anna")
    await pass_time(freezer, cup, 3)
    assert shown(hass, MUSIC) == "paused"


async def test_the_last_call_counts(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await quiet(hass, Player("Music", PAUSE), resume_after={"seconds": 30})
    await call(cup, "anna")
    await call(cup, "ben")
    await hang_up(cup, "anna")
    await pass_time(freezer, cup, 40)
    assert shown(hass, MUSIC) == "paused"
    # A new call before the resumption delays it.
    await hang_up(cup, "ben")
    await pass_time(freezer, cup, 20)
    await call(cup, "anna")
    await pass_time(freezer, cup, 20)
    assert shown(hass, MUSIC) == "paused"
    await hang_up(cup, "anna")
    await pass_time(freezer, cup, 30)
    assert shown(hass, MUSIC) == "playing"


async def test_an_outage_does_not_end_a_call(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await quiet(hass, Player("Music", PAUSE))
    await call(cup, "anna")
    hass.states.async_set(PHONES[0], "unavailable")
    await pass_time(freezer, cup, 10)
    assert shown(hass, MUSIC) == "paused"
    hass.states.async_set(PHONES[0], "off")
    await settled(cup)
    await pass_time(freezer, cup, 3)
    assert shown(hass, MUSIC) == "playing"


async def test_after_a_very_long_call_nothing_starts_by_itself(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    players = Player("Music", PAUSE), Player("Radio", MUTE)
    await quiet(hass, *players, longest_call={"minutes": 30})
    await call(cup, "anna")
    await pass_time(freezer, cup, 1800)
    assert not is_muted(hass, RADIO)
    await hang_up(cup, "anna")
    await pass_time(freezer, cup, 10)
    assert shown(hass, MUSIC) == "paused"
