"""Texts: the status message of each controlled person."""

from typing import override

from homeassistant.components.text import TextEntity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .arbitration import ManualSetting
from .const import DOMAIN
from .entities import ControlledEntity, async_add_controlled
from .error_messages import translated
from .people import Person
from .pws import Presence
from .requested_presence import MAX_NOTE, note_of, request_presence
from .runtime import CupConfigEntry

# The reconciler handles one request of a person at a time, and the client limits its requests.
PARALLEL_UPDATES = 0

STATUS_MESSAGE = "status_message"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    kinds = {STATUS_MESSAGE: StatusMessageText}
    await async_add_controlled(hass, entry, async_add_entities, kinds)


class StatusMessageText(ControlledEntity, TextEntity):
    """The note beside a person's presence.

    A server takes a note only with a presence that overrides. Without a manual setting, the
    presence that is shown is set, and it ends with the note.
    """

    _attr_native_max = MAX_NOTE

    def __init__(self, entry: CupConfigEntry, person: Person) -> None:
        super().__init__(entry, person, STATUS_MESSAGE)

    @property
    @override
    def native_value(self) -> str:
        requested = self._decision.requested
        note = requested.note if requested and requested.note else self._note
        return (note or "")[:MAX_NOTE]

    @override
    async def async_set_value(self, value: str) -> None:
        try:
            note = note_of(value)
        except ValueError as error:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="note_cannot_be_sent"
            ) from error
        if note is None:
            await self._async_clear()
        elif manual := self._manual:
            await self._async_replace_note(manual, note)
        else:
            requested = request_presence(self._shown, override=True, note=note)
            await self._async_set_manual(requested, for_note=True)

    async def _async_clear(self) -> None:
        manual = self._manual
        if manual is None or manual.requested.note is None:
            # A rule's, or what the person has written elsewhere.
            return
        if not manual.for_note:
            await self._async_replace_note(manual, None)
            return
        await self._async_clear_manual()

    async def _async_replace_note(self, manual: ManualSetting, note: str | None) -> None:
        """Set the same presence until the same end with another note."""
        requested = request_presence(manual.requested.presence, override=None, note=note)
        with translated(HomeAssistantError):
            await self._reconciler.async_set_manual(
                self._person,
                requested,
                manual.until,
                ends_by_clock=manual.ends_by_clock,
                set_by=await self._async_caller_name(),
                for_note=manual.for_note,
            )

    @property
    def _shown(self) -> Presence:
        if (requested := self._decision.requested) is not None:
            return requested.presence
        shown = self._presence.presence if self._presence else Presence.UNKNOWN
        return Presence.AVAILABLE if shown is Presence.UNKNOWN else shown
