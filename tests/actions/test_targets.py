"""The people whom a target means, among entities that are nobody's."""

from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.actions import targets
from custom_components.cisco_unified_presence.actions.targets import async_targets_of
from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.entry import person
from tests.common.pauses import note_pauses


async def refusal(hass: HomeAssistant, **target: Any) -> tuple[str | None, dict[str, str] | None]:
    call = ServiceCall(hass, DOMAIN, "get_presence", target)
    with pytest.raises(ServiceValidationError) as raised:
        await async_targets_of(call, POLICY_READ, controlled=False)
    return raised.value.translation_key, raised.value.translation_placeholders


async def test_an_entity_of_another_integration_is_no_person_nor_a_group(
    hass: HomeAssistant,
) -> None:
    other = MockConfigEntry(
        domain="other", subentries_data=[person("anna")], state=ConfigEntryState.LOADED
    )
    other.add_to_hass(hass)
    (subentry_id,) = other.subentries
    entity = er.async_get(hass).async_get_or_create(
        "sensor", "other", "1", config_entry=other, config_subentry_id=subentry_id
    )
    refused = await refusal(hass, entity_id=[entity.entity_id])
    assert refused == ("not_a_person", {"entity": entity.entity_id})


async def test_an_entity_of_a_server_that_is_away_is_no_person(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, state=ConfigEntryState.SETUP_RETRY)
    entry.add_to_hass(hass)
    entity = er.async_get(hass).async_get_or_create("sensor", DOMAIN, "1", config_entry=entry)
    refused = await refusal(hass, entity_id=[entity.entity_id])
    assert refused == ("not_a_person", {"entity": entity.entity_id})


async def test_others_have_their_turn_among_many_entities(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = ar.async_get(hass).async_create("Office")
    registry = er.async_get(hass)
    for number in range(5):
        lamp = registry.async_get_or_create("light", "demo", str(number))
        registry.async_update_entity(lamp.entity_id, area_id=area.id)
    monkeypatch.setattr(targets, "ENTITIES_PER_BATCH", 2)
    pauses = note_pauses(monkeypatch)
    assert await refusal(hass, area_id=[area.id]) == ("nobody_meant", {})
    assert pauses == [0, 0]
