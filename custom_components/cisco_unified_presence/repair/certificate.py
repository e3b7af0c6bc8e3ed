"""Repairs trust in a node: shows its certificates, and trusts exactly these when confirmed.

Nothing is sent to the node before that.
"""

from typing import TYPE_CHECKING, Any

from homeassistant.components.repairs import RepairsFlowResult
import voluptuous as vol

from ..error_messages import async_sentence
from ..issues import Issue
from ..pws import PresenceServiceError
from ..runtime import CupConfigEntry
from ..trust import (
    TWO_CERTIFICATES,
    CertificateQuestion,
    async_question_of_change,
    host_and_port,
    trusted_at,
    with_pin,
)
from .flow import EntryRepairFlow

CERTIFICATE_ISSUES = frozenset({Issue.CERTIFICATE_CHANGED, Issue.NODE_NOT_TRUSTED})


class CertificateRepairFlow(EntryRepairFlow):
    """Asks whether to trust another certificate, or the two of a node."""

    def __init__(self, entry: CupConfigEntry, issue: Issue) -> None:
        super().__init__(entry, issue)
        self._question: CertificateQuestion | None = None

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        """Read the certificates that the node presents now."""
        address = self._placeholders["address"]
        trusted = trusted_at(self._entry.data, *host_and_port(address))
        try:
            self._question = await async_question_of_change(address, trusted)
        except PresenceServiceError as error:
            return self.async_abort(
                reason="not_read",
                description_placeholders={"detail": async_sentence(self.hass, error)},
            )
        if self._question.step == TWO_CERTIFICATES:
            return await self.async_step_two_certificates()
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask about the certificate, beside the one that is trusted."""
        return await self._async_step_trust("confirm", user_input)

    async def async_step_two_certificates(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask about both certificates of a node, of which one is trusted."""
        return await self._async_step_trust(TWO_CERTIFICATES, user_input)

    async def _async_step_trust(
        self, step: str, user_input: dict[str, Any] | None
    ) -> RepairsFlowResult:
        question = self._question
        if TYPE_CHECKING:
            assert question is not None
        if user_input is None:
            return self.async_show_form(
                step_id=step,
                data_schema=vol.Schema({}),
                description_placeholders={**self._placeholders, **question.placeholders},
            )
        self.hass.config_entries.async_update_entry(
            self._entry,
            data=with_pin(self._entry.data, question.host, question.port, *question.pins),
        )
        await self._async_reload()
        return self.async_create_entry(data={})
