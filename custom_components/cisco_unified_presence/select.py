"""Selects: each controlled person's manual setting, and how long what is set lasts."""

from typing import Final, override

from homeassistant.components.select import SelectEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoreEntity

from .arbitration import Source
from .const import ManualDuration
from .entities import ControlledEntity, async_add_controlled
from .people import Person
from .requested_presence import request_presence
from .runtime import CupConfigEntry
from .states import PRESENCES, STATES

PARALLEL_UPDATES = 1

PRESENCE = "presence"
PRESENCE_DURATION = "presence_duration"
AUTOMATIC: Final = "automatic"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    kinds = {PRESENCE: PresenceSelect, PRESENCE_DURATION: PresenceDurationSelect}
    await async_add_controlled(hass, entry, async_add_entities, kinds)


class PresenceSelect(ControlledEntity, SelectEntity):
    """The manual setting, or automatic: then rules decide, and without one the person's devices."""

    _attr_options = [AUTOMATIC, *PRESENCES]

    def __init__(self, entry: CupConfigEntry, person: Person) -> None:
        super().__init__(entry, person, PRESENCE)

    @property
    @override
    def current_option(self) -> str:
        decision = self._decision
        if decision.source is Source.MANUAL and decision.requested:
            return STATES[decision.requested.presence]
        return AUTOMATIC

    @override
    async def async_select_option(self, option: str) -> None:
        if option != AUTOMATIC:
            requested = request_presence(PRESENCES[option], override=None, note=None)
            await self._async_set_manual(requested)
            return
        await self._async_clear_manual()


class PresenceDurationSelect(ControlledEntity, SelectEntity, RestoreEntity):
    """How long what is set with the person's other entities lasts.

    A choice counts for what is set at the moment too, from now on.
    """

    _attr_entity_category = EntityCategory.CONFIG
    _attr_options = list(ManualDuration)

    def __init__(self, entry: CupConfigEntry, person: Person) -> None:
        super().__init__(entry, person, PRESENCE_DURATION)

    @property
    @override
    def available(self) -> bool:
        # The server has no part in it.
        return True

    @property
    @override
    def current_option(self) -> str:
        return self._duration

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        last = await self.async_get_last_state()
        if last is not None and last.state in self.options:
            self._durations.setdefault(self._person.key, ManualDuration(last.state))

    @override
    async def async_select_option(self, option: str) -> None:
        self._durations[self._person.key] = ManualDuration(option)
        self.async_write_ha_state()
        if manual := self._manual:
            await self._async_set_manual(manual.requested, for_note=manual.for_note)
