"""Reads the watcher's contact list for forms, and has trusted who holds it."""

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
from homeassistant.exceptions import HomeAssistantError
import voluptuous as vol

from ..const import CONF_WATCHER, DOMAIN
from ..error_messages import async_sentence
from ..pws import (
    CertificateChanged,
    ConfigurationUnavailable,
    ContactGroup,
    ContactList,
    Distrust,
    PresenceServiceError,
    UntrustedCertificate,
)
from ..roster import async_contact_list
from ..runtime import CupConfigEntry
from ..trust import (
    CERTIFICATE,
    TWO_CERTIFICATES,
    CertificateQuestion,
    async_question,
    contact_service_pins,
    host_and_port,
    with_contact_service_pin,
)


@dataclass(frozen=True, slots=True)
class ContactListAnswer:
    """The contact list, or why it was not read."""

    listed: ContactList = field(default_factory=ContactList)
    failure: PresenceServiceError | None = None
    is_connected: bool = True

    @property
    def groups(self) -> tuple[ContactGroup, ...]:
        return self.listed.groups

    @property
    def distrust(self) -> Distrust | None:
        failure = self.failure
        return failure if isinstance(failure, UntrustedCertificate | CertificateChanged) else None

    @property
    def is_empty(self) -> bool:
        return not any(group.contacts for group in self.groups)

    def what_was_read(self, hass: HomeAssistant) -> str:
        """Return the sentence that says what the list holds, or why it cannot be read."""
        return f"{async_sentence(hass, self._outcome(hass))}."

    def _outcome(self, hass: HomeAssistant) -> HomeAssistantError:
        if not self.is_connected:
            return HomeAssistantError(
                translation_domain=DOMAIN, translation_key="contact_list_not_connected"
            )
        if self.failure:
            return HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="contact_list_not_read",
                translation_placeholders={"detail": async_sentence(hass, self.failure)},
            )
        contacts = {contact for group in self.groups for contact in group.contacts}
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="contact_list_read",
            translation_placeholders={"contacts": str(len(contacts))},
        )

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
        if self.is_empty:
            return HomeAssistantError(
                translation_domain=DOMAIN, translation_key="contact_list_empty"
            )
        return HomeAssistantError(translation_domain=DOMAIN, translation_key="contact_list_added")


class ContactListAccess:
    """The contact list as one flow knows it, and the question whether to trust who holds it.

    Attributes:
        answer: The last answer, None before the list was read.
        question: What the user is asked, None if nothing.
    """

    def __init__(self, hass: HomeAssistant, entry: CupConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self.answer: ContactListAnswer | None = None
        self.question: CertificateQuestion | None = None

    @property
    def distrust(self) -> Distrust | None:
        return self.answer.distrust if self.answer else None

    async def async_read(self) -> ContactListAnswer:
        """Read the list of a running entry, unless it was read before."""
        if self.answer is None:
            self.answer = await self._async_answer()
        return self.answer

    async def _async_answer(self) -> ContactListAnswer:
        entry = self._entry
        if entry.state is not ConfigEntryState.LOADED:
            return ContactListAnswer(is_connected=False)
        client, watcher = entry.runtime_data.client, entry.data[CONF_WATCHER]
        try:
            listed = await async_contact_list(self._hass, client, watcher, entry.data)
        except PresenceServiceError as error:
            return ContactListAnswer(failure=error)
        return ContactListAnswer(listed)

    async def async_ask(self, distrust: Distrust) -> CertificateQuestion:
        """Read the certificates of the contact service. Raises: ConfigurationUnavailable."""
        pins = contact_service_pins(self._entry.data, *host_and_port(distrust.address))
        try:
            self.question = await async_question(distrust, pins)
        except PresenceServiceError as error:
            raise ConfigurationUnavailable from error
        return self.question

    def trust(self) -> None:
        """Trust what the user was asked about, and forget the answer."""
        if question := self.question:
            data = with_contact_service_pin(
                self._entry.data, question.host, question.port, *question.pins
            )
            self._hass.config_entries.async_update_entry(self._entry, data=data)
        self.answer = self.question = None


class ContactListSteps[ContextT: FlowContext, ResultT: FlowResult[Any, Any], HandlerT](
    FlowHandler[ContextT, ResultT, HandlerT]
):
    """The steps of a flow that have the certificates of the contact service trusted."""

    _contact_list: ContactListAccess | None = None

    @property
    def _access(self) -> ContactListAccess:
        if self._contact_list is None:
            self._contact_list = ContactListAccess(self.hass, self._contact_list_entry)
        return self._contact_list

    async def _async_ask_to_trust(self, distrust: Distrust) -> ResultT:
        """Show the certificates of the contact service. Raises: ConfigurationUnavailable."""
        question = await self._access.async_ask(distrust)
        if question.step == TWO_CERTIFICATES:
            return await self.async_step_two_certificates()
        return await self.async_step_certificate()

    async def async_step_certificate(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask about the certificate that is not trusted."""
        return await self._async_step_trust(CERTIFICATE, user_input)

    async def async_step_two_certificates(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Ask about both certificates of the contact service, of which one is trusted."""
        return await self._async_step_trust(TWO_CERTIFICATES, user_input)

    async def _async_step_trust(self, step: str, user_input: dict[str, Any] | None) -> ResultT:
        question = self._access.question
        if TYPE_CHECKING:
            assert question is not None
        if user_input is None:
            return self.async_show_form(
                step_id=step,
                data_schema=vol.Schema({}),
                description_placeholders=question.placeholders,
            )
        self._access.trust()
        return await self._async_trusted()

    @property
    @abstractmethod
    def _contact_list_entry(self) -> CupConfigEntry:
        """The entry whose watcher's list it is."""

    @abstractmethod
    async def _async_trusted(self) -> ResultT:
        """Go on after the certificate was trusted."""
