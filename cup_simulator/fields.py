"""Parsers of request fields of both dialects. Reference: "Error codes", rules 1, 2 and 6."""

from collections.abc import Sequence
import re

from .errors import Code, PresenceServiceError
from .model import Presence

EXPIRY_SECONDS = range(3600, 86400 + 1)

_CONTACT = re.compile(r"[^\s@]+@[^\s@]+")


def presence_word(text: str) -> Presence:
    """Parse a basic presence that can be set. Codes: 115, 120."""
    if not text:
        raise PresenceServiceError(Code.NO_PRESENCE)
    if text not in Presence or text == Presence.UNKNOWN:
        raise PresenceServiceError(Code.PRESENCE_REFUSED)
    return Presence(text)


def override(text: str | None) -> bool:
    """Parse an override flag; absent is False. Codes: 125."""
    if text is None:
        return False
    if text not in {"true", "false"}:
        raise PresenceServiceError(Code.BAD_OVERRIDE)
    return text == "true"


def seconds(text: str | None) -> int | None:
    """Parse an expiry of any size; absent is None. Codes: 131."""
    if text is None:
        return None
    # Nine digits are more than any expiry, and keep giant numbers from being computed.
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise PresenceServiceError(Code.BAD_EXPIRY)
    return int(text)


def expiry(given: int | None) -> int:
    """Return an expiry of 3600 to 86400 seconds. Codes: 131."""
    if given is None or given not in EXPIRY_SECONDS:
        raise PresenceServiceError(Code.BAD_EXPIRY)
    return given


def identifier(text: str) -> int:
    """Parse the number of an endpoint or subscription; 0 if it cannot be one."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def callback_url(text: str) -> str:
    """Return the URL of an endpoint. Codes: 130, 142."""
    if not text:
        raise PresenceServiceError(Code.EMPTY_URL)
    if any(character.isspace() for character in text):
        raise PresenceServiceError(Code.URL_WITH_SPACES)
    return text


def contact(text: str) -> str:
    """Return the one contact that a request polls. Codes: 147, 148."""
    if not text:
        raise PresenceServiceError(Code.EMPTY_CONTACT)
    if not _is_contact(text):
        raise PresenceServiceError(Code.BAD_CONTACT)
    return text


def listed_contacts(texts: Sequence[str]) -> Sequence[str]:
    """Return the contacts of a list. Codes: 124, 143."""
    for text in texts:
        if not text:
            raise PresenceServiceError(Code.EMPTY_CONTACT_IN_LIST)
        if not _is_contact(text):
            raise PresenceServiceError(Code.BAD_CONTACT_IN_LIST)
    return texts


def _is_contact(text: str) -> bool:
    """Return whether a text is user@domain and can be repeated in XML."""
    return text.isprintable() and _CONTACT.fullmatch(text) is not None
