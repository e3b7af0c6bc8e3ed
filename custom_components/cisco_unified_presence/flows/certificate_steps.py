"""The steps of a config flow that ask whether to trust a node's certificate."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from ..pws import (
    CertificateChanged,
    Distrust,
    PresenceServiceError,
    read_certificate,
    read_certificates,
)
from ..trust import (
    certificate_placeholders,
    fingerprints_text,
    has_known,
    host_and_port,
    pins_to_trust,
    two_certificates_placeholders,
)

READ_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Question:
    """Fingerprints that the user is asked to trust at a node, and what the step names."""

    host: str
    port: int
    pins: tuple[str, ...]
    placeholders: dict[str, str]


class CertificateSteps(ConfigFlow):
    """Shows certificates, and has exactly these trusted when the user agrees."""

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

    async def async_step_two_certificates(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask about both certificates of a node, of which one was trusted earlier."""
        return await self._async_step_trust("two_certificates", user_input)

    async def _async_ask_about(self, distrust: Distrust) -> ConfigFlowResult:
        """Show the certificate of the node in question: the configured one, or the watcher's."""
        host, port = host_and_port(distrust.address)
        try:
            if isinstance(distrust, CertificateChanged):
                return await self._async_ask_about_change(host, port)
            certificate = await read_certificate(host, port, timeout=READ_SECONDS)
        except PresenceServiceError as error:
            return self._async_certificate_unreadable(error)
        named = {**certificate_placeholders(certificate), "why": distrust.why}
        self._question = _Question(host, port, (certificate.sha256,), named)
        return await self.async_step_certificate()

    async def _async_ask_about_change(self, host: str, port: int) -> ConfigFlowResult:
        """Raises PresenceServiceError when the node's certificates cannot be read."""
        shown = await read_certificates(host, port, timeout=READ_SECONDS)
        trusted = self._trusted_at(host, port)
        pins = pins_to_trust(shown, trusted)
        named = {"trusted": fingerprints_text(trusted)}
        if len(shown.certificates) > 1 and has_known(shown, trusted):
            named |= two_certificates_placeholders(shown)
            self._question = _Question(host, port, pins, named)
            return await self.async_step_two_certificates()
        named |= certificate_placeholders(shown.certificates[0])
        self._question = _Question(host, port, pins, named)
        return await self.async_step_certificate_changed()

    async def _async_step_trust(
        self, step: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        question = self._question
        if TYPE_CHECKING:
            assert question is not None
        if user_input is None:
            return self.async_show_form(
                step_id=step, description_placeholders=question.placeholders
            )
        return await self._async_trust(question.host, question.port, *question.pins)

    async def _async_trust(self, host: str, port: int, *sha256: str) -> ConfigFlowResult:
        """Go on with these certificates trusted at a node."""
        raise NotImplementedError

    def _trusted_at(self, host: str, port: int) -> tuple[str, ...]:
        """Return the fingerprints that are trusted at a node so far."""
        raise NotImplementedError

    def _async_certificate_unreadable(self, error: PresenceServiceError) -> ConfigFlowResult:
        """Go on although the node's certificate could not be read."""
        raise NotImplementedError
