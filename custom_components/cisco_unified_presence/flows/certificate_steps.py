"""The steps of a config flow that ask whether to trust a node's certificate."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from ..pws import (
    Certificate,
    CertificateChanged,
    Distrust,
    PresenceServiceError,
    read_certificate,
)
from ..trust import certificate_placeholders, fingerprint_text, host_and_port

READ_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Question:
    """A certificate that the user is asked to trust, and what the step names beside it."""

    host: str
    port: int
    certificate: Certificate
    placeholders: dict[str, str]


class CertificateSteps(ConfigFlow):
    """Shows a certificate, and has exactly this one trusted when the user agrees."""

    _question: _Question | None = None

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask about a certificate that the system does not trust."""
        return await self._async_step_trust("certificate", user_input)

    async def async_step_certificate_changed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask about a certificate that is not the one trusted earlier."""
        return await self._async_step_trust("certificate_changed", user_input)

    async def _async_ask_about(self, distrust: Distrust) -> ConfigFlowResult:
        """Show the certificate of the node in question: the configured one, or the watcher's."""
        host, port = host_and_port(distrust.address)
        try:
            certificate = await read_certificate(host, port, timeout=READ_SECONDS)
        except PresenceServiceError as error:
            return self._async_certificate_unreadable(error)
        if isinstance(distrust, CertificateChanged):
            trusted = {"trusted": fingerprint_text(distrust.expected)}
            self._question = _Question(host, port, certificate, trusted)
            return await self.async_step_certificate_changed()
        self._question = _Question(host, port, certificate, {"why": distrust.why})
        return await self.async_step_certificate()

    async def _async_step_trust(
        self, step: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        question = self._question
        if TYPE_CHECKING:
            assert question is not None
        if user_input is None:
            shown = certificate_placeholders(question.certificate) | question.placeholders
            return self.async_show_form(step_id=step, description_placeholders=shown)
        return await self._async_trust(question.host, question.port, question.certificate.sha256)

    async def _async_trust(self, host: str, port: int, sha256: str) -> ConfigFlowResult:
        """Go on with this certificate trusted at a node."""
        raise NotImplementedError

    def _async_certificate_unreadable(self, error: PresenceServiceError) -> ConfigFlowResult:
        """Go on although the node's certificate could not be read."""
        raise NotImplementedError
