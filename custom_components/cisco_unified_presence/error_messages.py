"""The client's errors as keys of translations, for forms, actions and set-up alike."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
import re
from typing import Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)

from .const import DOMAIN
from .pws import (
    AnswerNotUnderstood,
    BadContact,
    CannotConnect,
    CertificateChanged,
    ConfigurationUnavailable,
    InvalidCredentials,
    LoggedInElsewhere,
    PresenceRefused,
    PresenceServiceError,
    RedirectRefused,
    ServerFault,
    SessionTakenOver,
    Throttled,
    UnknownApplicationUser,
    UnknownUser,
    UntrustedCertificate,
)
from .trust import fingerprint_text

EXCEPTIONS: Final = "exceptions"

# What is said otherwise about the service that has the contact lists, at a port of its own.
_OF_CONTACT_SERVICE: Final[Mapping[str, str]] = {
    "answer_not_understood": "contact_service_not_understood",
    "cannot_connect_not_tls": "contact_service_not_tls",
    "cannot_connect_refused": "contact_service_refused",
}

# Begins markup anywhere in a line; a colon, a dot or an @ is enough for a link.
_MARKUP = re.compile(r"[\\`*_~|<>\[\]!#&:.@]")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A translation key and its placeholders."""

    key: str
    placeholders: dict[str, str] = field(default_factory=dict)


def explain(error: PresenceServiceError) -> Explanation:
    """Return the key for an error; config.error and exceptions have the same ones."""
    match error:
        case ConfigurationUnavailable(__cause__=PresenceServiceError() as cause):
            explained = explain(cause)
            key = _OF_CONTACT_SERVICE.get(explained.key, explained.key)
            return Explanation(key, explained.placeholders)
        case CertificateChanged(expected=expected, found=found):
            return Explanation(
                "certificate_changed",
                {"expected": fingerprint_text(expected), "found": fingerprint_text(found)},
            )
        case UntrustedCertificate(why=why):
            return Explanation("untrusted_certificate", {"why": why})
        case CannotConnect(reason=reason, address=address):
            return Explanation(f"cannot_connect_{reason}", {"address": address})
        case AnswerNotUnderstood(detail=detail):
            return Explanation("answer_not_understood", {"detail": detail})
        case RedirectRefused():
            return Explanation("redirect_refused", {"detail": str(error)})
        case SessionTakenOver():
            return Explanation("session_taken_over")
        case UnknownApplicationUser(user=user) | UnknownUser(user=user):
            return Explanation("unknown_user", {"user": user or ""})
        case InvalidCredentials(user=user):
            return Explanation("invalid_credentials", {"user": user or ""})
        case LoggedInElsewhere(user=user):
            return Explanation("logged_in_elsewhere", {"user": user or ""})
        case Throttled():
            return Explanation("throttled")
        case BadContact(contact=contact):
            return Explanation("bad_contact", {"contact": contact or ""})
        case PresenceRefused():
            return Explanation("presence_refused", {"detail": str(error)})
        case ServerFault():
            return Explanation("server_refused", {"detail": str(error)})
        case _:
            return Explanation("failed", {"detail": str(error)})


class ErrorTexts:
    """The texts of errors in one language.

    Attributes:
        language: The language.
    """

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        """Initialize with texts by the keys that Home Assistant gives them."""
        self.language = language
        self._texts = texts

    @classmethod
    async def async_load(cls, hass: HomeAssistant, language: str) -> Self:
        return cls(language, await async_get_translations(hass, language, EXCEPTIONS, [DOMAIN]))

    def sentence(self, error: PresenceServiceError | HomeAssistantError) -> str:
        """Return the text of an error, in English where the language has none."""
        if isinstance(error, PresenceServiceError):
            error = _raised_as(HomeAssistantError, error)
        return self.of(error.translation_key, error.translation_placeholders) or str(error)

    def of(self, key: str | None, placeholders: Mapping[str, str] | None) -> str | None:
        """Return the text of a translation key, None without one."""
        text = self._texts.get(f"component.{DOMAIN}.{EXCEPTIONS}.{key}.message")
        try:
            return text.format(**placeholders or {}) if text else None
        except KeyError, ValueError:
            # Of another integration, which has a text of the same key.
            return None


def sentence(error: PresenceServiceError) -> str:
    """Return the English text for the log."""
    return str(_raised_as(HomeAssistantError, error))


@callback
def async_sentence(hass: HomeAssistant, error: PresenceServiceError | HomeAssistantError) -> str:
    """Return the text in Home Assistant's language, to be a placeholder in another text.

    Home Assistant translates a text, but not the values of its placeholders.
    """
    if isinstance(error, PresenceServiceError):
        error = _raised_as(HomeAssistantError, error)
    language = hass.config.language
    texts = async_get_cached_translations(hass, language, EXCEPTIONS, DOMAIN)
    found = ErrorTexts(language, texts).of(error.translation_key, error.translation_placeholders)
    return str(error) if found is None else found.rstrip(".")


def without_markup(sentence_of_server: str) -> str:
    """Escape the Markdown in a text that contains words of the server, for an issue.

    The administrator's browser would load a picture, and offer a link.
    """
    return _MARKUP.sub(r"\\\g<0>", sentence_of_server)


@contextmanager
def translated[ErrorT: HomeAssistantError](raised: type[ErrorT]) -> Generator[None]:
    """Raise the client's errors as this class of Home Assistant, with translation key."""
    try:
        yield
    except PresenceServiceError as error:
        raise _raised_as(raised, error) from error


def _raised_as[ErrorT: HomeAssistantError](
    raised: type[ErrorT], error: PresenceServiceError
) -> ErrorT:
    explanation = explain(error)
    return raised(
        translation_domain=DOMAIN,
        translation_key=explanation.key,
        translation_placeholders=explanation.placeholders,
    )
