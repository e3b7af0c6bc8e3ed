"""Selects: the manual setting of each controlled person's presence, or automatic."""

from typing import Final, override

from homeassistant.components.select import SelectEntity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .arbitration import Source
from .entities import ControlledEntity, async_add_controlled
from .error_messages import translated
from .people import Person
from .requested_presence import request_presence
from .runtime import CupConfigEntry
from .states import PRESENCES, STATES

PARALLEL_UPDATES = 1

PRESENCE = "presence"
AUTOMATIC: Final = "automatic"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    await async_add_controlled(hass, entry, async_add_entities, {PRESENCE: PresenceSelect})


class PresenceSelect(ControlledEntity, SelectEntity):
    """The manual setting, or automatic: then rules decide, and without one the person's devices."""

    _attr_options = [AUTOMATIC, *PRESENCES]

    def __init__(self, entry: CupConfigEntry, person: Person, server_device_id: str) -> None:
        super().__init__(entry, person, server_device_id, PRESENCE)

    @property
    @override
    def current_option(self) -> str:
        decision = self._decision
        if decision.source is Source.MANUAL and decision.requested:
            return STATES[decision.requested.presence]
        return AUTOMATIC

    @override
    async def async_select_option(self, option: str) -> None:
        with translated(HomeAssistantError):
            if option == AUTOMATIC:
                await self._reconciler.async_clear_manual(self._person)
                return
            requested = request_presence(PRESENCES[option], override=None, note=None)
            set_by = await self._async_caller_name()
            await self._reconciler.async_set_manual(
                self._person, requested, until=None, set_by=set_by
            )
