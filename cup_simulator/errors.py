"""The error codes of the service, with status, message and fix.

Reference: "Error codes". In docstrings of this package, "Codes: 101" means that
PresenceServiceError is raised with this code.
"""

from dataclasses import dataclass
from enum import IntEnum
from http import HTTPStatus


class Code(IntEnum):
    """The error codes that this server answers with."""

    NO_SESSION_KEY = 100
    INVALID_SESSION_KEY = 101
    UNREADABLE_XML = 102
    WRONG_ROOT = 103
    BAD_PRESENCE_TYPE = 110
    EMPTY_PASSWORD = 111
    BAD_LOGIN_TYPE = 112
    UNKNOWN_USER = 113
    LOGIN_FAILED = 114
    NO_PRESENCE = 115
    PRESENCE_REFUSED = 120
    AVAILABLE_WITH_OVERRIDE = 121
    DND_WITHOUT_OVERRIDE = 122
    URL_WHEN_RENEWING = 123
    EMPTY_CONTACT_IN_LIST = 124
    BAD_OVERRIDE = 125
    EMPTY_URL = 130
    BAD_EXPIRY = 131
    NO_SUCH_ENDPOINT = 132
    NO_SUCH_SUBSCRIPTION = 133
    BAD_SUBSCRIPTION_TYPE = 134
    TOO_MANY_CONTACTS = 135
    FOREIGN_ENDPOINT = 136
    FOREIGN_SUBSCRIPTION = 137
    NO_FREE_ENDPOINT = 138
    NO_FREE_SUBSCRIPTION = 139
    NEEDS_END_USER = 140
    NEEDS_APPLICATION_USER = 141
    URL_WITH_SPACES = 142
    BAD_CONTACT_IN_LIST = 143
    CONTACT_NOT_SUBSCRIBED = 144
    NEITHER_EXPIRY_NOR_CONTACTS = 145
    NO_CONTACTS = 146
    EMPTY_CONTACT = 147
    BAD_CONTACT = 148
    UNREADABLE_BODY = 150
    ALREADY_LOGGED_IN = 160
    BAD_OVERRIDE_TUPLE = 161
    BAD_SOURCE = 162
    CPU_LIMIT = 210
    NO_FREE_SIP_SUBSCRIPTION = 211
    RATE_LIMIT = 212


SERVER_FAILURES = range(200, 210)
"""Internal failures, which only a fault on request produces."""


@dataclass(frozen=True, slots=True)
class Description:
    """How the server describes a code."""

    status: HTTPStatus
    message: str
    fix: str


_BAD = HTTPStatus.BAD_REQUEST
_SERVER_FAILURE = Description(
    HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error", "Try again later"
)

DESCRIPTIONS: dict[int, Description] = {
    **dict.fromkeys(SERVER_FAILURES, _SERVER_FAILURE),
    Code.NO_SESSION_KEY: Description(
        HTTPStatus.UNAUTHORIZED, "No session key", "Log in and send the session key"
    ),
    Code.INVALID_SESSION_KEY: Description(
        HTTPStatus.UNAUTHORIZED, "Invalid session key", "Log in again"
    ),
    Code.UNREADABLE_XML: Description(_BAD, "XML cannot be parsed", "Send well-formed XML"),
    Code.WRONG_ROOT: Description(
        _BAD, "Wrong root element", "Send the root element this request needs"
    ),
    Code.BAD_PRESENCE_TYPE: Description(_BAD, "Invalid presence type", "Use basic or rich"),
    Code.EMPTY_PASSWORD: Description(_BAD, "Empty password", "Send a password"),
    Code.BAD_LOGIN_TYPE: Description(
        _BAD,
        "Invalid login type",
        "Log in an application user with its password,"
        " an end user with the key of an application user",
    ),
    Code.UNKNOWN_USER: Description(
        HTTPStatus.NOT_FOUND, "Empty or unknown user name", "Send the name of an existing user"
    ),
    Code.LOGIN_FAILED: Description(_BAD, "Login failed", "Check the user name and the password"),
    Code.NO_PRESENCE: Description(_BAD, "Empty presence", "Send a presence word"),
    Code.PRESENCE_REFUSED: Description(
        _BAD, "Invalid presence data", "Send a presence that can be set"
    ),
    Code.AVAILABLE_WITH_OVERRIDE: Description(
        _BAD, "AVAILABLE cannot be set with override", "Set Presence-Override to false"
    ),
    Code.DND_WITHOUT_OVERRIDE: Description(
        _BAD, "DND cannot be set without override", "Set Presence-Override to true"
    ),
    Code.URL_WHEN_RENEWING: Description(
        _BAD, "URL given when renewing an endpoint", "Leave out the URL"
    ),
    Code.EMPTY_CONTACT_IN_LIST: Description(
        _BAD, "Empty contact URI in the list of contacts", "Send a contact URI for every contact"
    ),
    Code.BAD_OVERRIDE: Description(
        _BAD, "Invalid override value", "Set Presence-Override to true or false"
    ),
    Code.EMPTY_URL: Description(_BAD, "Empty endpoint URL", "Send the URL of the endpoint"),
    Code.BAD_EXPIRY: Description(
        _BAD, "Invalid expiry", "Set Presence-Expiry to a value from 3600 to 86400"
    ),
    Code.NO_SUCH_ENDPOINT: Description(_BAD, "Unknown endpoint ID", "Register the endpoint"),
    Code.NO_SUCH_SUBSCRIPTION: Description(_BAD, "Unknown subscription ID", "Subscribe"),
    Code.BAD_SUBSCRIPTION_TYPE: Description(
        _BAD, "Invalid subscription type", "Use PRESENCE_NOTIFICATION"
    ),
    Code.TOO_MANY_CONTACTS: Description(
        _BAD, "Invalid number of contacts", "Send at most 5000 contacts for a subscription"
    ),
    Code.FOREIGN_ENDPOINT: Description(
        _BAD, "Endpoint belongs to another session", "Use an endpoint of this application user"
    ),
    Code.FOREIGN_SUBSCRIPTION: Description(
        _BAD, "Subscription belongs to another session", "Use a subscription of this end user"
    ),
    Code.NO_FREE_ENDPOINT: Description(
        _BAD, "No free endpoint", "Unregister an endpoint that is no longer needed"
    ),
    Code.NO_FREE_SUBSCRIPTION: Description(
        _BAD, "No free subscription", "Remove a subscription that is no longer needed"
    ),
    Code.NEEDS_END_USER: Description(
        _BAD, "Session key of an end user needed", "Send the session key of the end user"
    ),
    Code.NEEDS_APPLICATION_USER: Description(
        _BAD,
        "Session key of an application user needed",
        "Send the session key of the application user",
    ),
    Code.URL_WITH_SPACES: Description(
        _BAD, "Endpoint URL with spaces", "Send a URL without spaces"
    ),
    Code.BAD_CONTACT_IN_LIST: Description(
        _BAD, "Invalid contact URI in the list of contacts", "Use the form user@domain"
    ),
    Code.CONTACT_NOT_SUBSCRIBED: Description(
        _BAD, "Contact is not in the subscription", "Send only contacts of the subscription"
    ),
    Code.NEITHER_EXPIRY_NOR_CONTACTS: Description(
        _BAD, "Neither expiry nor contacts", "Send a new expiry, new contacts or both"
    ),
    Code.NO_CONTACTS: Description(_BAD, "No contacts", "Send at least one contact"),
    Code.EMPTY_CONTACT: Description(_BAD, "Empty contact URI", "Send a contact URI"),
    Code.BAD_CONTACT: Description(_BAD, "Invalid contact URI", "Use the form user@domain"),
    Code.UNREADABLE_BODY: Description(
        _BAD, "Request body cannot be read", "Send a body with Content-Length, of at most 4 MiB"
    ),
    Code.ALREADY_LOGGED_IN: Description(
        HTTPStatus.CONFLICT, "User is already logged in", "Log the user out, or force the login"
    ),
    Code.BAD_OVERRIDE_TUPLE: Description(
        _BAD, "Invalid tuple id for an override", "Use pws-override or pws-persistent"
    ),
    Code.BAD_SOURCE: Description(
        _BAD, "Missing or invalid source element", "Set source to Presence Web Service"
    ),
    Code.CPU_LIMIT: Description(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Max cpu utilization reached",
        "Wait before sending another request",
    ),
    Code.NO_FREE_SIP_SUBSCRIPTION: Description(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "No free SIP subscriptions",
        "Wait before sending another request",
    ),
    Code.RATE_LIMIT: Description(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Max request rate reached",
        "Wait before sending another request",
    ),
}


class PresenceServiceError(Exception):
    """A request is answered with an error code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{int(code)} {DESCRIPTIONS[code].message}")
        self.code = code

    @property
    def description(self) -> Description:
        return DESCRIPTIONS[self.code]
