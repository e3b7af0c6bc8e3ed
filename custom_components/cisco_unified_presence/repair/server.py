"""Repairs that take effect on the server first: once that is done, try again at once."""

import asyncio
from typing import Any

from homeassistant.components.repairs import RepairsFlowResult

from ..issues import Issue, async_is_raised
from .flow import EntryRepairFlow

TRY_SECONDS = 15.0

NOTHING_FREE = frozenset({Issue.NO_FREE_ENDPOINT, Issue.NO_FREE_SUBSCRIPTION})


class NothingFreeRepairFlow(EntryRepairFlow):
    """Registers the endpoint and subscribes again; what works goes on."""

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask whether to try again, and try."""
        if user_input is None:
            return self._ask_to_confirm()
        if not self._is_loaded:
            return self._ask_to_confirm("not_connected")
        if not await self._async_is_free():
            return self._ask_to_confirm("nothing_free")
        return self.async_create_entry(data={})

    async def _async_is_free(self) -> bool:
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await self._entry.runtime_data.eventing.async_open_now()
        except TimeoutError:
            return False
        return not async_is_raised(self.hass, self._entry, self._issue)


class TakenOverRepairFlow(EntryRepairFlow):
    """Takes the session back by a reload."""

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask whether the other program has been stopped, and log in again."""
        if user_input is None:
            return self._ask_to_confirm()
        await self._async_reload()
        if not self._is_loaded:
            return self._ask_to_confirm("not_connected")
        return self.async_create_entry(data={})
