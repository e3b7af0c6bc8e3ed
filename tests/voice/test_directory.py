"""By which names a person is spoken about."""

from dataclasses import replace
from typing import cast

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import (
    person_device_identifier,
    person_unique_id,
)
from custom_components.cisco_unified_presence.runtime import CupConfigEntry
from custom_components.cisco_unified_presence.voice.directory import SpokenPerson, _names
from tests.common.people import people

LINKED = "person.anna_at_home"


async def test_names_are_those_of_device_entities_and_linked_person(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    (anna,) = people("anna@x").values()
    anna = replace(anna, name="Anna", linked=(("person", LINKED),))
    spoken = SpokenPerson(anna, cast("CupConfigEntry", entry))
    assert _names(hass, spoken) == ["Anna"]

    devices, entities = dr.async_get(hass), er.async_get(hass)
    device = devices.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={person_device_identifier(entry.entry_id, anna.key)},
    )
    assert _names(hass, spoken) == ["Anna"]
    devices.async_update_device(device.id, name_by_user="Annie")
    for platform, aliases in (("sensor", ["The boss"]), ("select", ["Chief"])):
        unique_id = person_unique_id(entry.entry_id, anna.key, "presence")
        made = entities.async_get_or_create(platform, DOMAIN, unique_id, config_entry=entry)
        entities.async_update_entity(made.entity_id, aliases=[er.COMPUTED_NAME, *aliases])
    entities.async_get_or_create("person", "person", "x", suggested_object_id="anna_at_home")
    entities.async_update_entity(LINKED, aliases=["Mum"])
    hass.states.async_set(LINKED, "home", {"friendly_name": "Anna Schmidt"})
    names = ["Anna", "Annie", "The boss", "Chief", "Mum", "Anna Schmidt"]
    assert _names(hass, spoken) == names
