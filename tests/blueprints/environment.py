"""The environment of blueprints: their files, lamps and media players."""

from pathlib import Path
import shutil
from typing import Any, override

from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.components.media_player import (
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component

from tests.common.automations import set_up

REPOSITORY = Path(__file__).parents[2]
FOLDER = "cisco_unified_presence"
BLUEPRINTS = REPOSITORY / "blueprints" / "automation" / FOLDER
NAMES = sorted(path.stem for path in BLUEPRINTS.glob("*.yaml"))


async def use(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Set up an automation from a blueprint."""
    await bring(hass, name)
    blueprint = {"path": f"{FOLDER}/{name}.yaml", "input": inputs}
    await set_up(hass, {"id": "1", "alias": "Desk", "use_blueprint": blueprint})


async def bring(hass: HomeAssistant, name: str) -> None:
    """Copy a blueprint into the configuration folder."""
    folder = Path(hass.config.path("blueprints", "automation", FOLDER))
    await hass.async_add_executor_job(_copy, name, folder)


def _copy(name: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(BLUEPRINTS / f"{name}.yaml", folder)


class Lamp(LightEntity):
    """A lamp with one color mode."""

    _attr_should_poll = False

    def __init__(self, name: str, mode: ColorMode) -> None:
        self._attr_name = name
        self._attr_supported_color_modes = {mode}
        self._attr_color_mode = mode
        self._attr_is_on = False
        self._attr_brightness = 255

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._attr_is_on = True
        self._attr_brightness = kwargs.get("brightness", self._attr_brightness)
        for name in ("rgb_color", "hs_color", "xy_color", "color_temp_kelvin"):
            if name in kwargs:
                setattr(self, f"_attr_{name}", kwargs[name])
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._attr_is_on = False
        self.async_write_ha_state()

    def power(self, *, on: bool) -> None:
        """Make the lamp available or unavailable."""
        self._attr_available = on
        self.async_write_ha_state()


class Player(MediaPlayerEntity):
    """A media player that is playing."""

    _attr_should_poll = False
    _attr_state = MediaPlayerState.PLAYING
    _attr_is_volume_muted = False

    def __init__(self, name: str, features: MediaPlayerEntityFeature) -> None:
        self._attr_name = name
        self._attr_supported_features = features

    @override
    async def async_media_pause(self) -> None:
        self.be(MediaPlayerState.PAUSED)

    @override
    async def async_media_play(self) -> None:
        self.be(MediaPlayerState.PLAYING)

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        self._attr_is_volume_muted = mute
        self.async_write_ha_state()

    def be(self, state: MediaPlayerState) -> None:
        """Change the state at the player itself."""
        self._attr_state = state
        self.async_write_ha_state()


async def place(hass: HomeAssistant, domain: str, *entities: Lamp | Player) -> None:
    """Add lamps or media players."""
    assert await async_setup_component(hass, "scene", {})
    assert await async_setup_component(hass, domain, {})
    await hass.data[DATA_INSTANCES][domain].async_add_entities(entities)
