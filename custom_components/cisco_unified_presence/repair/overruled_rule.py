"""Repairs a person who keeps overriding a rule: one of the two wins, or both stay as they are."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..error_messages import async_sentence, without_markup
from ..pws import PresenceServiceError
from ..rules import CONF_INSIST
from ..runtime import CupConfigEntry
from .flow import named_in


class OverruledRuleRepairFlow(RepairsFlow):
    """Asks who wins: the rule, once more, or the person."""

    def __init__(self, entry: CupConfigEntry) -> None:
        self._entry = entry

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        # A rule in YAML can be changed there only.
        is_ours = self._rule_id in self._entry.subentries
        return self.async_show_menu(
            step_id="init",
            menu_options=["apply", *(["stop_insisting"] if is_ours else []), "ignore"],
            description_placeholders=named_in(self.data),
        )

    async def async_step_apply(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        """Let the rule set its presence again."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_connected")
        runtime = self._entry.runtime_data
        if person := runtime.coordinator.controlled_person(named_in(self.data)["person"]):
            try:
                await runtime.reconciler.async_clear_manual(person)
            except PresenceServiceError as error:
                detail = without_markup(async_sentence(self.hass, error))
                return self.async_abort(
                    reason="not_applied", description_placeholders={"detail": detail}
                )
        return self.async_create_entry(data={})

    async def async_step_stop_insisting(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        """Let people win over the rule from now on."""
        if subentry := self._entry.subentries.get(self._rule_id):
            data = {key: each for key, each in subentry.data.items() if key != CONF_INSIST}
            self.hass.config_entries.async_update_subentry(self._entry, subentry, data=data)
        return self.async_create_entry(data={})

    async def async_step_ignore(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> RepairsFlowResult:
        """Leave both as they are; the rule rests until its outcome changes."""
        if ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id):
            ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, ignore=True)
        return self.async_abort(reason="issue_ignored")

    @property
    def _rule_id(self) -> str:
        return named_in(self.data)["rule_id"]
