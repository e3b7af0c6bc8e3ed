"""The sensors of people: states, attributes, devices, and when they are written."""

from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, EntityCategory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN, TargetFeature
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
)
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled, until

ANNA = "sensor.anna_presence"
CHANNEL = "sensor.cup_update_channel"


def device_of(
    hass: HomeAssistant, entry: MockConfigEntry, identifier: str
) -> dr.DeviceEntry | None:
    registry = dr.async_get(hass)
    return registry.async_get_device_by_identifier((DOMAIN, identifier), entry.entry_id)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("AVAILABLE", "available"),
        ("BUSY", "busy"),
        ("DND", "do_not_disturb"),
        ("AWAY", "away"),
        ("VACATION", "vacation"),
        ("UNAVAILABLE", "offline"),
    ],
)
async def test_every_presence_has_its_state(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, word: str, state: str
) -> None:
    await settled(cup)
    await cup.choose("clara", "AVAILABLE" if word != "AVAILABLE" else "BUSY")
    await settled(cup)
    await cup.choose("clara", word)
    await until(lambda: shown(hass, "sensor.clara_presence") == state)


async def test_unknown_presence_is_home_assistants_unknown(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    news = [ContactPresence("anna@example.com", Presence.UNKNOWN)]
    loaded.runtime_data.coordinator.async_merge_fetch(news)
    assert shown(hass, ANNA) == STATE_UNKNOWN


async def test_presence_sensor_describes_itself(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    state = hass.states.get(ANNA)
    assert state is not None
    assert dict(state.attributes) == {
        "contact": "anna@example.com",
        "device_class": "enum",
        "friendly_name": "Anna Presence",
        "options": ["available", "busy", "do_not_disturb", "away", "vacation", "offline"],
        "since": loaded.runtime_data.coordinator.since_of("anna@example.com"),
        "supported_features": TargetFeature.PRESENCE,
    }


async def test_person_is_a_device_behind_the_servers(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    server = device_of(hass, loaded, loaded.entry_id)
    anna = device_of(hass, loaded, f"{loaded.entry_id}_anna@example.com")
    assert server is not None
    assert anna is not None
    assert (server.name, anna.name) == ("CUP", "Anna")
    assert anna.via_device_id == server.id
    entity = er.async_get(hass).async_get(ANNA)
    assert entity is not None
    assert entity.unique_id == f"{loaded.entry_id}_anna@example.com_presence"
    subentry = loaded.subentries[entity.config_subentry_id]
    assert subentry.title == "Anna"
    channel = er.async_get(hass).async_get(CHANNEL)
    assert channel is not None
    assert channel.entity_category is EntityCategory.DIAGNOSTIC
    assert channel.device_id == server.id


async def test_one_change_is_one_state_written_of_each_entity_that_shows_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    changes: list[str] = []

    def note(event: Event[EventStateChangedData]) -> None:
        changes.append(event.data["entity_id"])

    stop = async_track_state_change_event(hass, hass.states.async_entity_ids(), note)
    await cup.choose("anna", "DND")
    await settled(cup)
    await hass.async_block_till_done()
    stop()

    # The other one has the person's own presence as an attribute.
    assert sorted(changes) == [ANNA, "sensor.anna_presence_source", "sensor.anna_reason"]


async def test_outage_makes_people_and_the_update_channel_unavailable(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    coordinator = loaded.runtime_data.coordinator
    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    assert shown(hass, ANNA) == STATE_UNAVAILABLE
    assert shown(hass, CHANNEL) == STATE_UNAVAILABLE
    coordinator.async_set_reachable()
    assert shown(hass, ANNA) == "available"
    assert shown(hass, CHANNEL) == "eventing"


async def test_renamed_person_renames_the_device_and_keeps_the_entity(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    anna = next(each for each in loaded.subentries.values() if each.title == "Anna")
    hass.config_entries.async_update_subentry(loaded, anna, title="Anna Example")
    await hass.async_block_till_done()

    device = device_of(hass, loaded, f"{loaded.entry_id}_anna@example.com")
    assert device is not None
    assert device.name == "Anna Example"
    assert shown(hass, ANNA) == "available"


async def test_removed_entity_is_not_updated(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    er.async_get(hass).async_remove(ANNA)
    await hass.async_block_till_done()
    news = [ContactPresence("anna@example.com", Presence.DND)]
    loaded.runtime_data.coordinator.async_merge_fetch(news)
    await hass.async_block_till_done()
    assert hass.states.get(ANNA) is None


ONE, TWO = datetime(2026, 11, 20, 13, tzinfo=UTC), datetime(2026, 11, 20, 14, tzinfo=UTC)


async def test_until_when_the_server_is_waited_for(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconciler = type(loaded.runtime_data.reconciler)
    source: Any = hass.data[DATA_INSTANCES]["sensor"].get_entity("sensor.anna_presence_source")
    for refused, waiting, told in ((None, None, None), (ONE, None, ONE), (None, TWO, TWO)):
        monkeypatch.setattr(reconciler, "refused_until", lambda *_, until=refused: until)
        monkeypatch.setattr(reconciler, "waiting_until", lambda *_, until=waiting: until)
        assert source.extra_state_attributes["waiting_until"] == told
