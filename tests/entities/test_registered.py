"""All that is registered for one entry: its entities, one snapshot per platform, and its devices.

The entry has a person who is controlled, one who is only watched, rich presence, a rule and a
group. What differs between runs and between versions of Home Assistant is left out.
"""

from datetime import UTC, datetime
import json
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.json import json_dumps
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.cisco_unified_presence import PLATFORMS
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from tests.common.entry import group, person
from tests.common.rules import DESK, subentry
from tests.common.server import Cup
from tests.common.waiting import settled

ENTITY_FIELDS: Final = (
    "unique_id",
    "translation_key",
    "original_name",
    "has_entity_name",
    "original_device_class",
    "entity_category",
    "disabled_by",
    "capabilities",
)
DEVICE_FIELDS: Final = ("entry_type", "manufacturer", "model")


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [
        person("anna", controlled=True),
        person("ben"),
        subentry(),
        group("Team", "anna", "ben"),
    ]


@pytest.fixture
async def running(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    cup: Cup,
    web_server: str,
    entry: MockConfigEntry,
) -> MockConfigEntry:
    """Set the entry up at nine; Anna's rule holds, and Ben has written a note."""
    freezer.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC))
    hass.states.async_set(DESK, "on")
    await cup.choose("ben", "DND", note="Deep work", activities=["meeting"])
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await settled(cup)
    await hass.async_block_till_done()
    return entry


def names_of(entry: MockConfigEntry) -> dict[str, str]:
    """Return names for the random ids of an entry and its subentries."""
    subentries = {each.subentry_id: f"<{each.title}>" for each in entry.subentries.values()}
    return {entry.entry_id: "<entry>", **subentries}


def named(text: str, entry: MockConfigEntry) -> str:
    for random_id, name in names_of(entry).items():
        text = text.replace(random_id, name)
    return text


def described(
    hass: HomeAssistant, registered: er.RegistryEntry, entry: MockConfigEntry
) -> dict[str, Any]:
    """Return what is registered of an entity, and the state that it shows, as plain JSON."""
    state = hass.states.get(registered.entity_id)
    subentry_id = registered.config_subentry_id
    capabilities = registered.capabilities or {}
    fields = {field: getattr(registered, field) for field in ENTITY_FIELDS}
    return as_json(
        fields
        | {
            "unique_id": named(registered.unique_id, entry),
            "subentry": named(subentry_id, entry) if subentry_id else None,
            "state": state.state if state else None,
            "unrecorded": sorted(unrecorded_of(state) - capabilities.keys()) if state else [],
            "attributes": {
                key: value
                for key, value in (state.attributes if state else {}).items()
                if key not in capabilities
            },
        }
    )


def unrecorded_of(state: State) -> set[str]:
    """Return which of the attributes that are shown the recorder leaves out."""
    assert state.state_info is not None
    return state.attributes.keys() & state.state_info["unrecorded_attributes"]


def as_json(value: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json_dumps(value))
    return plain


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_entities(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    running: MockConfigEntry,
    platform: Platform,
    snapshot: SnapshotAssertion,
) -> None:
    registered = er.async_entries_for_config_entry(entity_registry, running.entry_id)
    assert {
        each.entity_id: described(hass, each, running)
        for each in registered
        if each.domain == platform
    } == snapshot


async def test_no_entity_is_polled(hass: HomeAssistant, running: MockConfigEntry) -> None:
    entities = [
        entity for platform in PLATFORMS for entity in hass.data[DATA_INSTANCES][platform].entities
    ]
    assert entities
    assert [each.entity_id for each in entities if each.should_poll] == []


async def test_devices(
    device_registry: dr.DeviceRegistry, running: MockConfigEntry, snapshot: SnapshotAssertion
) -> None:
    registered = dr.async_entries_for_config_entry(device_registry, running.entry_id)
    names = {device.id: device.name for device in registered}
    assert {
        device.name: as_json({field: getattr(device, field) for field in DEVICE_FIELDS})
        | {
            "identifiers": sorted(named(part, running) for _, part in device.identifiers),
            "via": names.get(device.via_device_id or ""),
        }
        for device in registered
    } == snapshot
