"""Binary sensors of rich presence: on the phone, in a meeting."""

from collections.abc import Iterable
from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import CupConfigEntry, is_rich
from .entity import PersonEntity, async_add_people, async_server_device_id
from .people import Person
from .pws import Activity

PARALLEL_UPDATES = 0

ACTIVITIES = {"on_the_phone": Activity.ON_THE_PHONE, "in_a_meeting": Activity.MEETING}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the activities of the people there are now and later, where they are asked for."""
    if not is_rich(entry):
        return
    server_device_id = async_server_device_id(hass, entry)

    def activities_of(person: Person) -> Iterable[PersonEntity]:
        return [ActivitySensor(entry, person, server_device_id, key) for key in ACTIVITIES]

    async_add_people(entry, async_add_entities, activities_of)


class ActivitySensor(PersonEntity, BinarySensorEntity):
    """Whether a person does something just now."""

    def __init__(
        self, entry: CupConfigEntry, person: Person, server_device_id: str, key: str
    ) -> None:
        """Show one of the activities."""
        super().__init__(entry, person, server_device_id, key)
        self._activity = ACTIVITIES[key]

    @property
    @override
    def is_on(self) -> bool | None:
        return self._activity in self._rich.activities if self._rich else None
