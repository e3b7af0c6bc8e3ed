"""Repairs a contact list that cannot be followed: it is read again, and trusted if need be."""

from contextlib import suppress
from typing import Any, override

from homeassistant.components.repairs import RepairsFlowContext, RepairsFlowResult

from ..background import async_detached
from ..flows import ContactListSteps
from ..issues import async_is_raised
from ..pws import PresenceServiceError
from ..runtime import CupConfigEntry
from .flow import EntryRepairFlow


class ContactListRepairFlow(
    ContactListSteps[RepairsFlowContext, RepairsFlowResult, str], EntryRepairFlow
):
    """Reads the list again, and asks about its certificate where that is not trusted."""

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        answer = await self._access.async_read()
        if answer.distrust:
            with suppress(PresenceServiceError):
                return await self._async_ask_to_trust(answer.distrust)
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask whether to try again, and try."""
        if user_input is None:
            return self._ask_to_confirm()
        return await self._async_trusted()

    @property
    @override
    def _contact_list_entry(self) -> CupConfigEntry:
        return self._entry

    @override
    async def _async_trusted(self) -> RepairsFlowResult:
        if not self._is_loaded:
            return self._ask_to_confirm("not_connected")
        reading = self._entry.runtime_data.roster.contact_list.async_read()
        await async_detached(self.hass, reading, "read contact list")
        if async_is_raised(self.hass, self._entry, self._issue):
            return self._ask_to_confirm("not_read")
        return self.async_create_entry(data={})
