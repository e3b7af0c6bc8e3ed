"""Repairs trust in a node: shows its certificates, and trusts exactly these when confirmed.

Nothing is sent to the node before that.
"""

from typing import TYPE_CHECKING, Any

from homeassistant.components.repairs import RepairsFlowResult
import voluptuous as vol

from ..error_messages import async_sentence
from ..issues import Issue
from ..pws import PresenceServiceError, ShownCertificates, read_certificates
from ..runtime import CupConfigEntry
from ..trust import (
    certificate_placeholders,
    fingerprints_text,
    has_known,
    host_and_port,
    pins_to_trust,
    trusted_at,
    two_certificates_placeholders,
    with_pin,
)
from .flow import EntryRepairFlow

READ_SECONDS = 10.0

CERTIFICATE_ISSUES = frozenset({Issue.CERTIFICATE_CHANGED, Issue.NODE_NOT_TRUSTED})


class CertificateRepairFlow(EntryRepairFlow):
    """Asks whether to trust another certificate, or the two of a node."""

    def __init__(self, entry: CupConfigEntry, issue: Issue) -> None:
        super().__init__(entry, issue)
        self._shown: ShownCertificates | None = None

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        """Read the certificates that the node presents now."""
        try:
            self._shown = await read_certificates(*self._node, timeout=READ_SECONDS)
        except PresenceServiceError as error:
            return self.async_abort(
                reason="not_read",
                description_placeholders={"detail": async_sentence(self.hass, error)},
            )
        if len(self._shown.certificates) > 1 and has_known(self._shown, self._trusted):
            return await self.async_step_two_certificates()
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask about the certificate, beside the one that is trusted."""
        if TYPE_CHECKING:
            assert self._shown is not None
        if user_input is None:
            return self._ask_to_confirm(
                **certificate_placeholders(self._shown.certificates[0]),
                trusted=fingerprints_text(self._trusted),
            )
        return await self._async_trust(self._shown)

    async def async_step_two_certificates(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask about both certificates of a node, of which one is trusted."""
        if TYPE_CHECKING:
            assert self._shown is not None
        if user_input is None:
            return self.async_show_form(
                step_id="two_certificates",
                data_schema=vol.Schema({}),
                description_placeholders={
                    **self._placeholders,
                    **two_certificates_placeholders(self._shown),
                    "trusted": fingerprints_text(self._trusted),
                },
            )
        return await self._async_trust(self._shown)

    async def _async_trust(self, shown: ShownCertificates) -> RepairsFlowResult:
        pins = pins_to_trust(shown, self._trusted)
        self.hass.config_entries.async_update_entry(
            self._entry, data=with_pin(self._entry.data, *self._node, *pins)
        )
        await self._async_reload()
        return self.async_create_entry(data={})

    @property
    def _node(self) -> tuple[str, int]:
        return host_and_port(self._placeholders["address"])

    @property
    def _trusted(self) -> tuple[str, ...]:
        return trusted_at(self._entry.data, *self._node)
