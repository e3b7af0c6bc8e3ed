"""Repairs trust in a node: shows its certificate, and trusts exactly this one when confirmed.

Nothing is sent to the node before that.
"""

from typing import TYPE_CHECKING, Any

from homeassistant.components.repairs import RepairsFlowResult

from ..error_messages import async_sentence
from ..issues import Issue
from ..pws import Certificate, PinnedCertificate, PresenceServiceError, read_certificate
from ..runtime import CupConfigEntry
from ..trust import certificate_placeholders, fingerprint_text, host_and_port, security_at, with_pin
from .flow import EntryRepairFlow

READ_SECONDS = 10.0

CERTIFICATE_ISSUES = frozenset({Issue.CERTIFICATE_CHANGED, Issue.NODE_NOT_TRUSTED})


class CertificateRepairFlow(EntryRepairFlow):
    """Asks whether to trust another certificate."""

    def __init__(self, entry: CupConfigEntry, issue: Issue) -> None:
        super().__init__(entry, issue)
        self._certificate: Certificate | None = None

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (names the issue)
    ) -> RepairsFlowResult:
        """Read the certificate that the node presents now."""
        host, port = host_and_port(self._placeholders["address"])
        try:
            self._certificate = await read_certificate(host, port, timeout=READ_SECONDS)
        except PresenceServiceError as error:
            return self.async_abort(
                reason="not_read",
                description_placeholders={"detail": async_sentence(self.hass, error)},
            )
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask about the certificate, beside the one that is trusted."""
        if TYPE_CHECKING:
            assert self._certificate is not None
        if user_input is None:
            return self._ask_to_confirm(
                **certificate_placeholders(self._certificate), trusted=self._trusted
            )
        host, port = host_and_port(self._placeholders["address"])
        self.hass.config_entries.async_update_entry(
            self._entry,
            data=with_pin(self._entry.data, host, port, self._certificate.sha256),
        )
        await self._async_reload()
        return self.async_create_entry(data={})

    @property
    def _trusted(self) -> str:
        security = security_at(self._entry.data, *host_and_port(self._placeholders["address"]))
        return fingerprint_text(security.sha256) if isinstance(security, PinnedCertificate) else "-"
