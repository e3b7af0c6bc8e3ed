"""Checks who may log in. Reference: "Error codes"."""

import hmac

from .configuration import Configuration
from .errors import Code, PresenceServiceError
from .people import People, Person


def check_application(
    configuration: Configuration, people: People, name: str, password: str
) -> None:
    """Refuse a login of an application user. Codes: 111 to 114."""
    if not name:
        raise PresenceServiceError(Code.UNKNOWN_USER)
    if not password:
        raise PresenceServiceError(Code.EMPTY_PASSWORD)
    expected = configuration.application_users.get(name)
    if expected is None:
        known = people.get(name) is not None
        raise PresenceServiceError(Code.BAD_LOGIN_TYPE if known else Code.UNKNOWN_USER)
    if not hmac.compare_digest(expected.password.encode(), password.encode()):
        raise PresenceServiceError(Code.LOGIN_FAILED)


def find_end_user(configuration: Configuration, people: People, user: str) -> Person:
    """Return the end user who is to be logged in. Codes: 112, 113, 114."""
    if not user:
        raise PresenceServiceError(Code.UNKNOWN_USER)
    person = people.get(user)
    if person is None:
        known = user in configuration.application_users
        raise PresenceServiceError(Code.BAD_LOGIN_TYPE if known else Code.LOGIN_FAILED)
    return person
