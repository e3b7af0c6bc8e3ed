"""The logbook has a line whenever the winner changes, and none when it does not."""

from collections.abc import Callable

from homeassistant.core import Event, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.decision_report import EVENT_WINNER_CHANGED
from custom_components.cisco_unified_presence.logbook import async_describe_events

from .conftest import Cup
from .test_keeper import ANNA, clear_presence, set_presence
from .waiting import settled

type Describe = Callable[[Event], dict[str, str]]


async def test_winner_is_described(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup) -> None:
    described: list[tuple[str, str, Describe]] = []
    async_describe_events(hass, lambda *each: described.append(each))
    fired = async_capture_events(hass, EVENT_WINNER_CHANGED)

    await set_presence(hass, "busy")
    await clear_presence(hass)

    ((domain, event_type, describe),) = described
    assert (domain, event_type) == (DOMAIN, EVENT_WINNER_CHANGED)
    first, second = map(describe, fired)
    assert first["name"] == second["name"] == "Anna"
    assert first["entity_id"] == ANNA
    assert first["message"] == "Busy, because what was set through Home Assistant wants it"
    assert second["message"] == "nothing is wanted, the person's own devices speak"


async def test_same_winner_is_told_once(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fired = async_capture_events(hass, EVENT_WINNER_CHANGED)
    await set_presence(hass, "busy")

    await loaded.runtime_data.async_leave(keep_held=True)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)

    assert len(fired) == 1
    assert fired[0].data["source"] == "manual"
    assert fired[0].data["presence"] == "busy"
    assert caplog.text.count("Anna: Busy") == 1
