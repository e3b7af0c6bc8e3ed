"""The steps that read the watcher's contact list, and ask whether to trust who holds it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import CONF_WATCHER, DOMAIN
from ..error_messages import async_sentence
from ..pws import (
    Certificate,
    CertificateChanged,
    ContactGroup,
    PresenceServiceError,
    UntrustedCertificate,
    read_certificate,
)
from ..roster import async_contact_list
from ..runtime import CupConfigEntry
from ..trust import (
    certificate_placeholders,
    fingerprint_text,
    host_and_port,
    with_contact_service_pin,
)

READ_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ContactListAnswer:
    """The groups of the contact list, or why there are none."""

    groups: tuple[ContactGroup, ...] = ()
    failure: PresenceServiceError | None = None

    @property
    def distrust(self) -> UntrustedCertificate | CertificateChanged | None:
        failure = self.failure
        return failure if isinstance(failure, UntrustedCertificate | CertificateChanged) else None

    def why_no_picks(self, hass: HomeAssistant) -> str:
        """Return the sentence that says why nobody can be picked."""
        return f"{async_sentence(hass, self._explanation(hass))}."

    def _explanation(self, hass: HomeAssistant) -> HomeAssistantError:
        if self.failure:
            return HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="contact_list_unavailable",
                translation_placeholders={"detail": async_sentence(hass, self.failure)},
            )
        if self.groups:
            return HomeAssistantError(
                translation_domain=DOMAIN, translation_key="contact_list_added"
            )
        return HomeAssistantError(translation_domain=DOMAIN, translation_key="contact_list_empty")


async def async_read_contact_list(hass: HomeAssistant, entry: CupConfigEntry) -> ContactListAnswer:
    try:
        groups = await async_contact_list(
            hass, entry.runtime_data.client, entry.data[CONF_WATCHER], entry.data
        )
    except PresenceServiceError as error:
        return ContactListAnswer(failure=error)
    return ContactListAnswer(groups)


class ContactListSteps(ConfigSubentryFlow):
    """Shows the certificate of the contact service, and has exactly this one trusted."""

    _contact_list: ContactListAnswer | None = None
    _certificate: Certificate | None = None

    @property
    def _distrust(self) -> UntrustedCertificate | CertificateChanged | None:
        return self._contact_list.distrust if self._contact_list else None

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask about the certificate that is not trusted, and read the list when it is."""
        if TYPE_CHECKING:
            assert self._distrust is not None
            assert self._certificate is not None
        distrust = self._distrust
        if user_input is None:
            expected = distrust.expected if isinstance(distrust, CertificateChanged) else None
            return self.async_show_form(
                step_id="certificate",
                description_placeholders={
                    **certificate_placeholders(self._certificate),
                    "address": distrust.address,
                    "trusted": fingerprint_text(expected) if expected else "-",
                },
            )
        entry = self._get_entry()
        host, port = host_and_port(distrust.address)
        self.hass.config_entries.async_update_entry(
            entry,
            data=with_contact_service_pin(entry.data, host, port, self._certificate.sha256),
        )
        self._contact_list = None
        return await self.async_step_user()

    async def _async_show_certificate(
        self, distrust: UntrustedCertificate | CertificateChanged
    ) -> SubentryFlowResult:
        """Show the certificate of the contact service. Raises: PresenceServiceError."""
        host, port = host_and_port(distrust.address)
        self._certificate = await read_certificate(host, port, timeout=READ_SECONDS)
        return await self.async_step_certificate()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for people."""
        raise NotImplementedError
