"""The steps of a config flow that ask whether to trust a node's certificate."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from ..pws import Distrust, PresenceServiceError
from ..trust import (
    CERTIFICATE,
    CERTIFICATE_CHANGED,
    TWO_CERTIFICATES,
    CertificateQuestion,
    async_question,
    host_and_port,
)


class CertificateSteps(ConfigFlow):
    """Shows certificates, and has exactly these trusted when the user agrees."""

    _question: CertificateQuestion | None = None

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask about a certificate that the system does not trust."""
        return await self._async_step_trust(CERTIFICATE, user_input)

    async def async_step_certificate_changed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask about a certificate that is not the one trusted earlier."""
        return await self._async_step_trust(CERTIFICATE_CHANGED, user_input)

    async def async_step_two_certificates(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask about both certificates of a node, of which one was trusted earlier."""
        return await self._async_step_trust(TWO_CERTIFICATES, user_input)

    async def _async_ask_about(self, distrust: Distrust) -> ConfigFlowResult:
        """Show the certificate of the node in question: the configured one, or the watcher's."""
        trusted = self._trusted_at(*host_and_port(distrust.address))
        try:
            self._question = await async_question(distrust, trusted)
        except PresenceServiceError as error:
            return self._async_certificate_unreadable(error)
        steps = {
            CERTIFICATE: self.async_step_certificate,
            CERTIFICATE_CHANGED: self.async_step_certificate_changed,
            TWO_CERTIFICATES: self.async_step_two_certificates,
        }
        return await steps[self._question.step]()

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

    @abstractmethod
    async def _async_trust(self, host: str, port: int, *sha256: str) -> ConfigFlowResult:
        """Go on with these certificates trusted at a node."""

    @abstractmethod
    def _trusted_at(self, host: str, port: int) -> tuple[str, ...]:
        """Return the fingerprints that are trusted at a node so far."""

    @abstractmethod
    def _async_certificate_unreadable(self, error: PresenceServiceError) -> ConfigFlowResult:
        """Go on although the node's certificate could not be read."""
