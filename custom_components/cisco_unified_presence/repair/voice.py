"""Repairs the files of voice sentences: replaces what was edited, or writes what could not be."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from ..background import async_detached
from ..const import DOMAIN
from ..voice import VOICE
from .flow import named_in


class EditedSentencesRepairFlow(RepairsFlow):
    """Offers to replace the files that the user has changed."""

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        return self.async_show_menu(
            step_id="init",
            menu_options=["replace", "leave"],
            description_placeholders=named_in(self.data),
        )

    async def async_step_replace(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        if voice := self.hass.data.get(VOICE):
            replace = voice.async_update(replace_edited=True)
            await async_detached(self.hass, replace, "replace sentences")
        return self.async_create_entry(data={})

    async def async_step_leave(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, ignore=True)
        return self.async_abort(reason="issue_ignored")


class UnwrittenSentencesRepairFlow(RepairsFlow):
    """Tries again once the folder can be written to."""

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        if user_input is None:
            return self._ask_to_confirm(named_in(self.data))
        if voice := self.hass.data.get(VOICE):
            outcome = await async_detached(self.hass, voice.async_update(), "write sentences")
            if outcome.failure:
                return self._ask_to_confirm({"details": outcome.failure}, error="still_not_written")
        return self.async_create_entry(data={})

    def _ask_to_confirm(
        self, named: dict[str, str], *, error: str | None = None
    ) -> RepairsFlowResult:
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors={"base": error} if error else {},
            description_placeholders=named,
        )
