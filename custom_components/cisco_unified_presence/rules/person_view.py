"""The variable `person` of a rule's templates."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from ..arbitration import NOT_KNOWN, OwnPresence
from ..people import Person, Placement, async_presence_sensor

type OwnProvider = Callable[[str], OwnPresence]


def nothing_known(_key: str) -> OwnPresence:
    return NOT_KNOWN


@callback
def async_person_view(
    hass: HomeAssistant, entry_id: str, person: Person, own: OwnPresence
) -> Mapping[str, Any]:
    """Return what templates may know of a person; what has been set is not part of it."""
    entity_id = async_presence_sensor(hass, entry_id, person.key)
    entity = er.async_get(hass).async_get(entity_id) if entity_id else None
    device = dr.async_get(hass).async_get(entity.device_id) if entity and entity.device_id else None
    placement = Placement.of(entity, device)
    area_id = placement.area_id
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return {
        "user": person.user,
        "name": person.name,
        "contact": person.contact,
        "entity_id": entity_id,
        "area": area.name if area else None,
        "area_id": area_id,
        "labels": sorted(placement.labels),
        "links": {**person.links},
        "own": own.presence,
        "own_activities": sorted(own.activities),
    }
