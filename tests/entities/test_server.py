"""The entities of the server: connection, update channel and last notification."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import RELOAD_AFTER_UPDATE_DELAY
from homeassistant.const import STATE_UNKNOWN, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from custom_components.cisco_unified_presence.sensor import NOTIFICATION_PAUSE
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

CONNECTION = "binary_sensor.cup_connection"
LAST_NOTIFICATION = "sensor.cup_last_notification"
CHANNEL = "sensor.cup_update_channel"
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_they_are_diagnostic_and_people_are_not(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entities = er.async_entries_for_config_entry(entity_registry, loaded.entry_id)
    diagnostic = {
        each.entity_id for each in entities if each.entity_category is EntityCategory.DIAGNOSTIC
    }
    assert diagnostic == {CONNECTION, LAST_NOTIFICATION, CHANNEL}
    assert {each.entity_id for each in entities if each.disabled} == {LAST_NOTIFICATION}


async def test_connection_stays_there_to_say_why_the_server_does_not_answer(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    coordinator = loaded.runtime_data.coordinator
    state = hass.states.get(CONNECTION)
    assert state is not None
    assert (state.state, state.attributes["reason"]) == ("on", None)
    assert state.attributes["device_class"] == "connectivity"

    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED, address="cup:8083"))
    state = hass.states.get(CONNECTION)
    assert state is not None
    assert state.state == "off"
    assert state.attributes["reason"].startswith("cup:8083 refused the connection.")

    coordinator.async_set_reachable()
    state = hass.states.get(CONNECTION)
    assert state is not None
    assert (state.state, state.attributes["reason"]) == ("on", None)


@pytest.fixture
async def last_notification(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    """Enable the sensor."""
    entity_registry.async_update_entity(LAST_NOTIFICATION, disabled_by=None)
    # Home Assistant reloads the entry by itself.
    await pass_time(freezer, cup, RELOAD_AFTER_UPDATE_DELAY)
    await hass.async_block_till_done()
    await settled(cup)


async def test_nothing_arrives_by_any_channel_while_the_server_is_away(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert shown(hass, CHANNEL) == "eventing"
    coordinator = loaded.runtime_data.coordinator
    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED, address="cup:8083"))
    assert shown(hass, CHANNEL) == "unavailable"
    coordinator.async_set_reachable()
    assert shown(hass, CHANNEL) == "eventing"


@pytest.mark.usefixtures("last_notification")
async def test_last_notification_is_written_now_and_then(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    coordinator = loaded.runtime_data.coordinator
    await pass_time(freezer, cup, NOTIFICATION_PAUSE)
    written = async_capture_events(hass, "state_changed")

    def times() -> list[Any]:
        return [
            datetime.fromisoformat(each.data["new_state"].state)
            for each in written
            if each.data["entity_id"] == LAST_NOTIFICATION
        ]

    for second in range(30):
        coordinator.async_note_notification(NINE + timedelta(seconds=second))
        await hass.async_block_till_done()
    assert times() == [NINE]

    await pass_time(freezer, cup, NOTIFICATION_PAUSE)
    assert times() == [NINE, NINE + timedelta(seconds=29)]


@pytest.mark.usefixtures("last_notification")
async def test_last_notification_is_the_servers_call(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    coordinator = loaded.runtime_data.coordinator
    assert coordinator.last_notification is not None
    expected = coordinator.last_notification.replace(microsecond=0).isoformat()
    assert shown(hass, LAST_NOTIFICATION) == expected


@pytest.mark.usefixtures("last_notification")
async def test_last_notification_is_unknown_before_the_first(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    coordinator = loaded.runtime_data.coordinator
    coordinator.last_notification = None
    coordinator.async_set_channel(Channel.POLLING)
    assert shown(hass, LAST_NOTIFICATION) == STATE_UNKNOWN
