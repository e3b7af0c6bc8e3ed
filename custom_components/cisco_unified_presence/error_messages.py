"""The client's errors as sentences of Home Assistant's translations.

This is the one border where they are translated: forms, actions and set-up all come here.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
import re

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .pws import (
    AnswerNotUnderstood,
    BadContact,
    CannotConnect,
    CertificateChanged,
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

# What begins markup somewhere in a line; for a link a colon, a dot or an @ is enough.
_MARKUP = re.compile(r"[\\`*_~|<>\[\]!#&:.@]")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence of the translations and what it names."""

    key: str
    placeholders: dict[str, str] = field(default_factory=dict)


def explain(error: PresenceServiceError) -> Explanation:
    """Return the sentence for an error; it stands under config.error and exceptions alike."""
    match error:
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


def sentence(error: PresenceServiceError) -> str:
    """Return the sentence for an error in English, for the log."""
    return str(_raised_as(HomeAssistantError, error))


@callback
def async_sentence(hass: HomeAssistant, error: PresenceServiceError | HomeAssistantError) -> str:
    """Return the sentence for an error in Home Assistant's language, for texts that name it.

    Home Assistant translates what it shows, but not what stands in it.
    """
    if isinstance(error, PresenceServiceError):
        error = _raised_as(HomeAssistantError, error)
    texts = async_get_cached_translations(hass, hass.config.language, "exceptions", DOMAIN)
    text = texts.get(f"component.{DOMAIN}.exceptions.{error.translation_key}.message")
    if text is None:
        return str(error)
    return text.format(**error.translation_placeholders or {}).rstrip(".")


def without_markup(sentence_of_server: str) -> str:
    """Return a sentence with a server's words in it as an issue can show it: it reads Markdown.

    A link or a picture would be followed from the administrator's browser.
    """
    return _MARKUP.sub(r"\\\g<0>", sentence_of_server)


@contextmanager
def translated[ErrorT: HomeAssistantError](raised: type[ErrorT]) -> Generator[None]:
    """Raise this class of Home Assistant, with its sentence, for whatever the client raises."""
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
