"""Repairs a callback that the server does not reach: other options are chosen and tried at once.

Options that fail are replaced by the former ones before the form is shown again, so that closing
the dialog loses nothing.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.core import callback

from ..const import CONF_CALLBACK, CallbackMode, Channel
from ..coordinator import PresenceCoordinator
from ..flows import CALLBACK_SCHEMA, errors_in_callback, read_callback, with_callback
from ..issues import Issue, async_is_raised, without_secret
from ..runtime import CupConfigEntry
from .flow import EntryRepairFlow

# The server calls right after the subscription is made.
TEST_SECONDS = 15.0

NOT_OPENED = (Issue.CALLBACK_NO_URL, Issue.CALLBACK_NEEDS_HTTP, Issue.CALLBACK_PORT_CLOSED)
REFUSED = (Issue.ENDPOINT_REFUSED, Issue.NO_FREE_ENDPOINT, Issue.NO_FREE_SUBSCRIPTION)

CALLBACK_ISSUES = frozenset({*NOT_OPENED, Issue.ENDPOINT_REFUSED, Issue.CALLBACK_UNREACHABLE})


class CallbackRepairFlow(EntryRepairFlow):
    """Asks where the server is to call, and waits for its call."""

    def __init__(self, entry: CupConfigEntry, issue: Issue) -> None:
        super().__init__(entry, issue)
        self._tried = ""

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        return await self.async_step_callback()

    async def async_step_callback(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask where the server is to call, and try it."""
        if user_input is None:
            return self._form(self._entry.options)
        chosen = read_callback(user_input)
        if errors := errors_in_callback(chosen):
            return self._form(user_input, errors)
        failure = await self._async_try(with_callback(self._entry.options, chosen))
        if failure is not None:
            return self._form(user_input, {"base": failure})
        return self.async_create_entry(data={})

    def _form(
        self, suggested: Mapping[str, Any], errors: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        return self.async_show_form(
            step_id="callback",
            data_schema=self.add_suggested_values_to_schema(CALLBACK_SCHEMA, suggested),
            errors=errors,
            description_placeholders={**self._placeholders, "tried": self._tried},
        )

    async def _async_try(self, options: Mapping[str, Any]) -> str | None:
        """Use other options, and the former ones again unless this returns None."""
        before = self._entry.options
        works = False
        try:
            await self._async_use(options)
            failure = await self._async_failure()
            works = failure is None
        finally:
            if not works:
                await self._async_use(before)
        return failure

    async def _async_use(self, options: Mapping[str, Any]) -> None:
        self.hass.config_entries.async_update_entry(self._entry, options=options)
        await self._async_reload()

    async def _async_failure(self) -> str | None:
        """Return the key of the error that says why the server has not called, None when it has."""
        if not self._is_loaded:
            return "not_connected"
        if self._is_raised(NOT_OPENED):
            return "not_opened"
        if self._entry.options.get(CONF_CALLBACK) == CallbackMode.NONE:
            # There is nothing to wait for: the server was told not to call.
            return None
        self._tried = without_secret(self._entry, self._entry.runtime_data.callback_url or "")
        if self._is_raised(REFUSED):
            return "refused"
        heard = await async_has_called(self._entry.runtime_data.coordinator, within=TEST_SECONDS)
        return None if heard else "not_called"

    def _is_raised(self, issues: tuple[Issue, ...]) -> bool:
        return any(async_is_raised(self.hass, self._entry, issue) for issue in issues)


async def async_has_called(coordinator: PresenceCoordinator, *, within: float) -> bool:
    """Return whether the server has called, or calls within so many seconds."""
    called = asyncio.Event()

    @callback
    def note() -> None:
        if coordinator.channel is Channel.EVENTING:
            called.set()

    stop = coordinator.async_subscribe_server(note)
    note()
    try:
        async with asyncio.timeout(within):
            await called.wait()
    except TimeoutError:
        return False
    finally:
        stop()
    return True
