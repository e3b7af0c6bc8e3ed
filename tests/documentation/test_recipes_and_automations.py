"""The recipes that need an automation, an action or a card: they are played with the simulator."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.template import Template
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from tests.common.automations import choose, set_up
from tests.common.calendars import meeting, serve_calendars
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

from .environment import reload_rules
from .kinds import Kind, kind_of, read
from .pages import page

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = 60
ROOM = "binary_sensor.meeting_room_occupancy"


@pytest.fixture(autouse=True)
async def _noon(prepared_hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOON)
    await prepared_hass.config.async_set_time_zone("UTC")


async def play(hass: HomeAssistant, cup: Cup, heading: str) -> Iterator[Any]:
    """Load the rules and automations of a section, and return its actions and cards."""
    blocks = page("docs/rules-by-subject.md").blocks_below(heading)
    for block in blocks:
        if kind_of(block) is Kind.RULES:
            await reload_rules(hass, read(block))
        if kind_of(block) is Kind.AUTOMATION:
            await set_up(hass, read(block))
    await settled(cup)
    return (read(each) for each in blocks if kind_of(each) in (Kind.ACTION, Kind.CARD))


async def put(hass: HomeAssistant, cup: Cup, entity_id: str, state: str) -> None:
    hass.states.async_set(entity_id, state)
    await settled(cup)


async def test_the_door_shows_until_when(prepared_hass: HomeAssistant, cup: Cup) -> None:
    hass = prepared_hass
    serve_calendars(hass).put("calendar.meeting_room", [meeting("Review", 11, 12 + 8 / 60)])
    (card,) = await play(hass, cup, "The door shows until when I am Busy")
    assert await cup.presence_of("anna") == "BUSY"
    text = Template(card["content"], hass).async_render()
    assert " ".join(str(text).split()) == "Busy, in the meeting room until 12:08"


async def test_both_services_show_the_same(prepared_hass: HomeAssistant, cup: Cup) -> None:
    hass, there = prepared_hass, "select.anna_mode"

    async def select(call: ServiceCall) -> None:
        assert call.data["entity_id"] == [there]
        hass.states.async_set(there, call.data["option"])

    hass.services.async_register("select", "select_option", select)
    hass.states.async_set(there, "available")
    await play(hass, cup, "Both services show the same")
    await put(hass, cup, there, "busy")
    assert await cup.presence_of("anna") == "BUSY"
    await put(hass, cup, there, "available")
    assert await cup.presence_of("anna") == "AVAILABLE"
    await choose(cup, "anna", "AWAY")
    assert shown(hass, there) == "away"
    await choose(cup, "anna", "AVAILABLE")
    assert shown(hass, there) == "available"
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_a_light_at_each_desk(prepared_hass: HomeAssistant, cup: Cup) -> None:
    calls = async_mock_service(prepared_hass, "light", "turn_on")
    await play(prepared_hass, cup, "A light at each desk")
    await choose(cup, "anna", "DND")
    await choose(cup, "ben", "AVAILABLE")
    await choose(cup, "clara", "AVAILABLE")
    await choose(cup, "anna", "AVAILABLE")
    assert [(*each.data["entity_id"], each.data["color_name"]) for each in calls] == [
        ("light.anna_desk", "red"),
        ("light.ben_desk", "green"),
        ("light.anna_desk", "green"),
    ]


async def test_a_meeting_may_last_longer_but_not_shorter(
    prepared_hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    hass = prepared_hass
    (action,) = await play(hass, cup, "A meeting may last longer, but not shorter")
    domain, name = action["action"].split(".")
    data = {**action["data"], **action["target"]}
    await hass.services.async_call(domain, name, data, blocking=True)
    await put(hass, cup, ROOM, "on")
    await put(hass, cup, ROOM, "off")
    assert await cup.presence_of("anna") == "BUSY"
    await put(hass, cup, ROOM, "on")
    await pass_time(freezer, cup, 31 * MINUTE)
    assert await cup.presence_of("anna") == "BUSY"
    await put(hass, cup, ROOM, "off")
    assert await cup.presence_of("anna") == "AVAILABLE"


@pytest.mark.parametrize("answers", [True, False])
async def test_ask_me_first(
    prepared_hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup, *, answers: bool
) -> None:
    hass = prepared_hass
    asked = async_mock_service(hass, "notify", "mobile_app_anna")
    await play(hass, cup, "Ask me first")
    for each in range(2):
        await put(hass, cup, ROOM, "on")
        assert len(asked) == each + 1
        await pass_time(freezer, cup, 2 * MINUTE)
        assert await cup.presence_of("anna") == "AVAILABLE"
        if answers:
            (button,) = asked[-1].data["data"]["actions"]
            answer = {"action": button["action"]}
            hass.bus.async_fire("mobile_app_notification_action", answer)
            await settled(cup)
        assert await cup.presence_of("anna") == ("BUSY" if answers else "AVAILABLE")
        await put(hass, cup, ROOM, "off")
        assert await cup.presence_of("anna") == "AVAILABLE"
