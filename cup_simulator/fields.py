"""The fields of a request: from text to values, with the error code of each.

Reference: "Error codes" and "Rules that decide whether it works", rules 1, 2 and 6.
"""

from collections.abc import Sequence
import re

from .errors import Code, PresenceServiceError
from .model import Presence

EXPIRY_SECONDS = range(3600, 86400 + 1)

_CONTACT = re.compile(r"[^\s@]+@[^\s@]+")


def presence_word(text: str) -> Presence:
    """Return the word that is to be set.

    Raises:
        PresenceServiceError: 115 when empty, 120 for UNKNOWN and all that is no word.
    """
    if not text:
        raise PresenceServiceError(Code.NO_PRESENCE)
    if text not in Presence or text == Presence.UNKNOWN:
        raise PresenceServiceError(Code.PRESENCE_REFUSED)
    return Presence(text)


def override(text: str | None) -> bool:
    """Return whether to override; not said means no.

    Raises:
        PresenceServiceError: 125 for anything but true and false.
    """
    if text is None:
        return False
    if text not in {"true", "false"}:
        raise PresenceServiceError(Code.BAD_OVERRIDE)
    return text == "true"


def seconds(text: str | None) -> int | None:
    """Return an expiry as a number, None when it is not said.

    Raises:
        PresenceServiceError: 131 when it is not a number.
    """
    if text is None:
        return None
    # Nine digits are more than any expiry, and keep giant numbers from being computed.
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise PresenceServiceError(Code.BAD_EXPIRY)
    return int(text)


def expiry(given: int | None) -> int:
    """Return an expiry that may be used.

    Raises:
        PresenceServiceError: 131 when it is missing or out of 3600..86400 seconds.
    """
    if given is None or given not in EXPIRY_SECONDS:
        raise PresenceServiceError(Code.BAD_EXPIRY)
    return given


def identifier(text: str) -> int:
    """Return the number of an endpoint or a subscription, 0 for what cannot be one."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def callback_url(text: str) -> str:
    """Return the URL of an endpoint.

    Raises:
        PresenceServiceError: 130 when empty, 142 when there is a space in it.
    """
    if not text:
        raise PresenceServiceError(Code.EMPTY_URL)
    if any(character.isspace() for character in text):
        raise PresenceServiceError(Code.URL_WITH_SPACES)
    return text


def contact(text: str) -> str:
    """Return the one contact that is looked at.

    Raises:
        PresenceServiceError: 147 when empty, 148 when it has not the form user@domain.
    """
    if not text:
        raise PresenceServiceError(Code.EMPTY_CONTACT)
    if not _is_contact(text):
        raise PresenceServiceError(Code.BAD_CONTACT)
    return text


def listed_contacts(texts: Sequence[str]) -> Sequence[str]:
    """Return the contacts of a list.

    Raises:
        PresenceServiceError: 124 for an empty one, 143 for one that has not the form
            user@domain.
    """
    for text in texts:
        if not text:
            raise PresenceServiceError(Code.EMPTY_CONTACT_IN_LIST)
        if not _is_contact(text):
            raise PresenceServiceError(Code.BAD_CONTACT_IN_LIST)
    return texts


def _is_contact(text: str) -> bool:
    """Say whether a text has the form user@domain; an answer cannot carry what is unprintable."""
    return text.isprintable() and _CONTACT.fullmatch(text) is not None
