"""The blueprint presence_light: the colors of each kind of lamp, and its state afterwards."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.light import ColorMode
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, STATE_OFF, STATE_ON
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common.automations import ANNA, choose
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time

from .environment import Lamp, place, use

LAMP = "light.lamp"
WHITE = {"rgb_color": (255, 200, 120), "brightness": 80}
GREEN, RED, PURPLE = (0, 255, 0), (255, 0, 0), (160, 0, 255)


async def light(hass: HomeAssistant, **inputs: Any) -> None:
    await use(hass, "presence_light", person=ANNA, light=LAMP, **inputs)


async def lit(hass: HomeAssistant, **settings: Any) -> None:
    """Turn the lamp on by hand."""
    await hass.services.async_call(
        "light", "turn_on", {"entity_id": LAMP, **settings}, blocking=True
    )


def shown_color(hass: HomeAssistant) -> tuple[int, ...] | str:
    """Return the color of the lamp, or "off"."""
    state = hass.states.get(LAMP)
    assert state
    return state.attributes["rgb_color"] if state.state == STATE_ON else state.state


def brightness(hass: HomeAssistant) -> int | None:
    state = hass.states.get(LAMP)
    assert state
    found: int | None = state.attributes["brightness"]
    return found


@pytest.mark.parametrize("mode", [ColorMode.RGB, ColorMode.HS, ColorMode.XY])
@pytest.mark.parametrize(
    ("word", "color"),
    [
        ("AVAILABLE", GREEN),
        ("BUSY", RED),
        ("DND", PURPLE),
        ("AWAY", (255, 160, 0)),
    ],
)
async def test_colors_say_the_presence(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    mode: ColorMode,
    word: str,
    color: tuple[int, int, int],
) -> None:
    await choose(cup, "anna", "UNAVAILABLE")
    await place(hass, "light", Lamp("Lamp", mode))
    await light(hass)
    await choose(cup, "anna", word)
    assert shown_color(hass) == pytest.approx(color, abs=2)
    assert brightness(hass) == 255


async def test_every_color_and_the_brightness_can_be_chosen(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    words = {"AVAILABLE": 1, "BUSY": 2, "DND": 3, "AWAY": 4, "VACATION": 5}
    names = ("available", "busy", "do_not_disturb", "away", "vacation")
    colors = {f"{name}_color": [number, 0, 9] for number, name in enumerate(names, 1)}
    await place(hass, "light", Lamp("Lamp", ColorMode.RGB))
    await light(hass, let_go=[], brightness=40, **colors)
    for word, number in reversed(words.items()):
        await choose(cup, "anna", word)
        assert shown_color(hass) == (number, 0, 9)
    assert brightness(hass) == 102


@pytest.mark.parametrize("mode", [ColorMode.BRIGHTNESS, ColorMode.ONOFF, ColorMode.COLOR_TEMP])
async def test_without_colors_it_is_lit_while_one_should_be_left_alone(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, mode: ColorMode
) -> None:
    await place(hass, "light", Lamp("Lamp", mode))
    await light(hass, brightness=20)
    for word, state in (("BUSY", STATE_ON), ("AWAY", STATE_OFF), ("DND", STATE_ON)):
        await choose(cup, "anna", word)
        assert shown(hass, LAMP) == state
    lamp = hass.states.get(LAMP)
    assert lamp
    assert lamp.attributes.get("brightness") == (None if mode == ColorMode.ONOFF else 51)


async def test_what_lights_a_lamp_without_colors_can_be_chosen(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await place(hass, "light", Lamp("Lamp", ColorMode.ONOFF))
    await light(hass, lit_when=["away"])
    await choose(cup, "anna", "AWAY")
    assert shown(hass, LAMP) == STATE_ON
    await choose(cup, "anna", "BUSY")
    assert shown(hass, LAMP) == STATE_OFF


@pytest.mark.parametrize("ends", ["UNAVAILABLE", "VACATION"])
async def test_the_lamp_becomes_what_it_was(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, ends: str
) -> None:
    await choose(cup, "anna", ends)
    await place(hass, "light", Lamp("Lamp", ColorMode.RGB))
    await light(hass)
    await lit(hass, **WHITE)
    for _ in range(2):
        await choose(cup, "anna", "BUSY")
        await choose(cup, "anna", "DND")
        assert shown_color(hass) == PURPLE
        await choose(cup, "anna", ends)
        assert (shown_color(hass), brightness(hass)) == ((255, 200, 120), 80)
        assert not hass.states.async_entity_ids("scene")

    await hass.services.async_call("light", "turn_off", {"entity_id": LAMP}, blocking=True)
    await choose(cup, "anna", "BUSY")
    await choose(cup, "anna", ends)
    assert shown_color(hass) == STATE_OFF


async def test_a_lamp_that_only_switches_becomes_what_it_was(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await choose(cup, "anna", "UNAVAILABLE")
    await place(hass, "light", Lamp("Lamp", ColorMode.ONOFF))
    await light(hass)
    await lit(hass)
    await choose(cup, "anna", "AVAILABLE")
    assert shown(hass, LAMP) == STATE_OFF
    await choose(cup, "anna", "UNAVAILABLE")
    assert shown(hass, LAMP) == STATE_ON


async def test_between_presences_without_anything_to_show_the_lamp_is_left_alone(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await choose(cup, "anna", "UNAVAILABLE")
    await place(hass, "light", Lamp("Lamp", ColorMode.RGB))
    await light(hass, let_go=["away", "vacation"])
    await lit(hass, **WHITE)
    for word in ("AWAY", "VACATION", "UNAVAILABLE"):
        await choose(cup, "anna", word)
        assert shown_color(hass) == (255, 200, 120)


@pytest.mark.parametrize("lost", ["unavailable", "unknown"])
async def test_a_short_outage_changes_nothing_and_a_long_one_lets_go(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    lost: str,
) -> None:
    await choose(cup, "anna", "UNAVAILABLE")
    await place(hass, "light", Lamp("Lamp", ColorMode.RGB))
    await light(hass)
    await lit(hass, **WHITE)
    await choose(cup, "anna", "BUSY")
    for seconds, color in ((50, RED), (50, RED), (61, (255, 200, 120))):
        hass.states.async_set(ANNA, lost)
        await pass_time(freezer, cup, seconds)
        assert shown_color(hass) == color
        hass.states.async_set(ANNA, "busy")
        await hass.async_block_till_done()
        assert shown_color(hass) == RED


async def test_a_lamp_without_power_shows_the_presence_when_it_has_it_again(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    lamp = Lamp("Lamp", ColorMode.RGB)
    await choose(cup, "anna", "UNAVAILABLE")
    await place(hass, "light", lamp)
    await light(hass)
    lamp.power(on=False)
    await choose(cup, "anna", "DND")
    lamp.power(on=True)
    await hass.async_block_till_done()
    assert shown_color(hass) == PURPLE
    lamp.power(on=False)
    await choose(cup, "anna", "UNAVAILABLE")
    lamp.power(on=True)
    await hass.async_block_till_done()
    assert shown_color(hass) == STATE_OFF


async def restarted(hass: HomeAssistant) -> None:
    """Set up the automation in a starting Home Assistant."""
    hass.set_state(CoreState.starting)
    await light(hass)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        # The lamp still shows the presence of before; its own state is lost.
        (ColorMode.RGB, {"rgb_color": PURPLE}, STATE_OFF),
        (ColorMode.ONOFF, {}, STATE_OFF),
        # The lamp shows a state of its own.
        (ColorMode.RGB, WHITE, (255, 200, 120)),
        (ColorMode.RGB, None, STATE_OFF),
    ],
)
async def test_after_a_restart_it_shows_and_lets_go_what_it_can(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    mode: ColorMode,
    before: dict[str, Any] | None,
    after: object,
) -> None:
    await choose(cup, "anna", "BUSY")
    await place(hass, "light", Lamp("Lamp", mode))
    if before is not None:
        await lit(hass, **before)
    await restarted(hass)
    assert shown(hass, LAMP) == STATE_ON
    if mode is ColorMode.RGB:
        assert shown_color(hass) == RED
    await choose(cup, "anna", "UNAVAILABLE")
    assert shown_color(hass) == after


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        (ColorMode.RGB, {"rgb_color": PURPLE}, STATE_OFF),
        (ColorMode.RGB, WHITE, (255, 200, 120)),
        (ColorMode.BRIGHTNESS, {}, STATE_ON),
    ],
)
async def test_a_restart_with_nothing_to_show_ends_only_what_was_left_behind(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    mode: ColorMode,
    before: dict[str, Any],
    after: object,
) -> None:
    await choose(cup, "anna", "UNAVAILABLE")
    await place(hass, "light", Lamp("Lamp", mode))
    await lit(hass, **before)
    await restarted(hass)
    assert (shown_color(hass) if mode is ColorMode.RGB else shown(hass, LAMP)) == after


async def test_a_new_automation_begins_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await choose(cup, "anna", "BUSY")
    await place(hass, "light", Lamp("Lamp", ColorMode.RGB))
    await light(hass)
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert shown_color(hass) == RED
