"""Everything that can go wrong between the client and a presence server.

Each error's text is a sentence for people. No password, no session key and no URL that could
hold one is ever part of it.
"""

from enum import StrEnum
from typing import ClassVar, Final, override

# Characters of what a server says: enough for a sentence, a host name with its port included.
LONGEST_WORDS: Final = 300


def one_line(text: str, longest: int = LONGEST_WORDS) -> str:
    """Return a server's words fit to be logged and shown: one short line, without controls."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest]


class PresenceServiceError(Exception):
    """The root of every error that the client raises on purpose."""


class ConnectFailure(StrEnum):
    """Why no conversation with the server came about."""

    HOST_NOT_FOUND = "host_not_found"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    NOT_TLS = "not_tls"
    TLS_REQUIRED = "tls_required"
    TLS_FAILED = "tls_failed"
    DROPPED = "dropped"


_CONNECT_SENTENCES: Final = {
    ConnectFailure.HOST_NOT_FOUND: "The host of {address} was not found; check its name.",
    ConnectFailure.UNREACHABLE: "The network has no way to {address}.",
    ConnectFailure.REFUSED: "Nothing accepts connections at {address}; check host and port.",
    ConnectFailure.TIMED_OUT: "No answer came from {address} in time.",
    ConnectFailure.NOT_TLS: "There is no TLS at {address}; the HTTPS port is usually 8083, "
    "the plain HTTP port 8082.",
    ConnectFailure.TLS_REQUIRED: "TLS is needed at {address}, which was spoken to in plain HTTP.",
    ConnectFailure.TLS_FAILED: "No secure connection to {address} could be agreed on.",
    ConnectFailure.DROPPED: "The connection to {address} broke before the answer was complete.",
}


class CannotConnect(PresenceServiceError):
    """No connection, or one that broke before the answer was complete.

    Attributes:
        reason: What happened.
        address: ``host:port``.
    """

    def __init__(self, reason: ConnectFailure, address: str = "the server") -> None:
        """Remember what happened where."""
        super().__init__(_CONNECT_SENTENCES[reason].format(address=address))
        self.reason = reason
        self.address = address


class UntrustedCertificate(CannotConnect):
    """The certificate is not vouched for by the trusted authorities, or names another host.

    Attributes:
        why: What the TLS library has against it, in English; may be empty.
    """

    def __init__(self, why: str = "", address: str = "the server") -> None:
        """Remember what is wrong with the certificate."""
        super().__init__(ConnectFailure.TLS_FAILED, address)
        self.why = why

    @override
    def __str__(self) -> str:
        reason = f" ({self.why})" if self.why else ""
        return f"The certificate of {self.address} is not trusted{reason}."


class CertificateChanged(CannotConnect):
    """The server shows another certificate than the pinned one.

    Attributes:
        expected: SHA-256 fingerprint of the pinned certificate, hexadecimal.
        found: The same of the one that was shown.
    """

    def __init__(self, expected: str, found: str, address: str = "the server") -> None:
        """Remember both fingerprints."""
        super().__init__(ConnectFailure.TLS_FAILED, address)
        self.expected = expected
        self.found = found

    @override
    def __str__(self) -> str:
        return (
            f"The certificate of {self.address} has changed: its SHA-256 fingerprint is "
            f"{self.found}, but {self.expected} was trusted."
        )


class AnswerNotUnderstood(PresenceServiceError):
    """What came back is not an answer of the presence service.

    Attributes:
        detail: What it is instead, such as "an HTML page".
        sample: The beginning of what came, empty where it was not kept. It names people.
    """

    def __init__(self, detail: str, sample: str = "") -> None:
        """Remember what came instead."""
        super().__init__(f"The server's answer was not understood: {detail}.")
        self.detail = detail
        self.sample = sample


class AnswerLost(PresenceServiceError):
    """A fetch reached the server, perhaps, but its answer did not reach us.

    The news it carried may be gone. Reference: "Rules that decide whether it works", rule 12.
    """

    def __init__(self, address: str = "the server") -> None:
        """Remember who was asked."""
        super().__init__(f"The answer of {address} was lost on the way, and its news perhaps too.")
        self.address = address


class Redirected(PresenceServiceError):
    """The end user is homed on another node. Reference: "REST", and rule 19.

    Attributes:
        primary: Host of the node that serves the user, None when not told.
        backup: Host of that node's backup, None when not told.
        location: The URL given, None when not told.
    """

    def __init__(self, primary: str | None, backup: str | None, location: str | None) -> None:
        """Remember where the user is homed."""
        named = one_line(primary) if primary else "it was not named"
        super().__init__(f"The user is homed on another node: {named}.")
        self.primary = primary
        self.backup = backup
        self.location = location


class RedirectRefusal(StrEnum):
    """Why a redirection is not followed."""

    NOT_ALLOWED = "not_allowed"
    OTHER_SCHEME = "other_scheme"
    UNREADABLE = "unreadable"
    LOOP = "loop"
    TOO_MANY = "too_many"


_REDIRECT_SENTENCES: Final = {
    RedirectRefusal.NOT_ALLOWED: "{source} sends a user on to {target}, which is not among the "
    "nodes that may be used.",
    RedirectRefusal.OTHER_SCHEME: "{source} sends a user on to {target} with another kind of "
    "connection; use HTTPS, or plain HTTP, for all nodes alike.",
    RedirectRefusal.UNREADABLE: "{source} sends a user on to another node, which it does not name "
    "in a way that can be understood ({target}).",
    RedirectRefusal.LOOP: "{source} sends a user on to {target}, which sent that user here; the "
    "nodes disagree about the user's home.",
    RedirectRefusal.TOO_MANY: "{source} sends a user on to {target}, after too many other nodes.",
}


class RedirectRefused(PresenceServiceError):
    """The end user is homed on another node, but the client does not follow there.

    Attributes:
        source: ``host:port`` of the node that sends the user on.
        target: Where it sends the user, as far as it says so.
        refusal: Why that is not followed.
    """

    def __init__(self, source: str, target: str, refusal: RedirectRefusal) -> None:
        """Remember who sends the user where."""
        target = one_line(target)
        super().__init__(_REDIRECT_SENTENCES[refusal].format(source=source, target=target))
        self.source = source
        self.target = target
        self.refusal = refusal


class CannotRemoveContacts(PresenceServiceError):
    """Single contacts cannot be taken out of a subscription in this dialect: subscribe anew."""

    def __init__(self) -> None:
        """Say what is not offered."""
        super().__init__("The server cannot take single contacts out of a subscription.")


class ServerFault(PresenceServiceError):
    """The server refused or failed. Reference: "Error codes".

    Attributes:
        code: Cisco's code; None when the answer held none.
        message: The server's own words, may be empty.
        fix: What the server advises, may be empty.
        status: The HTTP status; None when nothing was sent, since the rules forbid it.
        user: The user concerned, None when none is.
        contact: The contact concerned, None when none is.
    """

    summary: ClassVar[str] = "The server refused the request"

    def __init__(
        self,
        code: int | None = None,
        message: str = "",
        fix: str = "",
        status: int | None = None,
        *,
        user: str | None = None,
        contact: str | None = None,
    ) -> None:
        """Remember what the server said, and of whom."""
        super().__init__(code, message, fix, status)
        self.code = code
        self.message = message
        self.fix = fix
        self.status = status
        self.user = user
        self.contact = contact

    @override
    def __str__(self) -> str:
        details = ", ".join(detail for detail in self._details() if detail)
        return f"{self.summary} ({details})." if details else f"{self.summary}."

    def _details(self) -> tuple[str, ...]:
        return (
            f"user {self.user}" if self.user else "",
            f"contact {self.contact}" if self.contact else "",
            f"code {self.code}" if self.code is not None else "",
            f"HTTP status {self.status}" if self.code is None and self.status else "",
            self.message.rstrip("."),
        )


class InvalidSession(ServerFault):
    """The session key is missing, or no longer valid: log in again."""

    summary = "The session is not valid any more"


class SessionTakenOver(InvalidSession):
    """The session ended again and again in a short time: somebody else forces logins."""

    summary = (
        "The session keeps ending; another copy of the application, perhaps, "
        "logs in by force with the same account"
    )


class InvalidCredentials(ServerFault):
    """The login was refused."""

    summary = "The server refused the user name or the password"


class UnknownApplicationUser(InvalidCredentials):
    """The server has no such application user."""

    summary = "The server does not know this application user"


class UnknownUser(ServerFault):
    """The server has no such user."""

    summary = "The server does not know this user"


class LoggedInElsewhere(ServerFault):
    """The user has a session that was opened by somebody else."""

    summary = "The user is logged in elsewhere"


class Throttled(ServerFault):
    """The server is too busy, or was asked too often: wait."""

    summary = "The server is too busy at the moment"


class NoFreeEndpoint(ServerFault):
    """The server's number of endpoints is used up."""

    summary = "The server has no free endpoint for notifications"


class NoFreeSubscription(ServerFault):
    """The server's number of subscriptions is used up."""

    summary = "The server has no free subscription"


class NoSuchEndpoint(ServerFault):
    """The endpoint is gone, or of another session: register again."""

    summary = "The server does not know the endpoint any more"


class NoSuchSubscription(ServerFault):
    """The subscription is gone, or of another session: subscribe again."""

    summary = "The server does not know the subscription any more"


class BadContact(ServerFault):
    """A contact URI that the server does not accept."""

    summary = "The server does not accept the contact"


class PresenceRefused(ServerFault):
    """A presence that cannot be set, or not like this."""

    summary = "The presence cannot be set"


class EndpointRefused(ServerFault):
    """A callback URL that the server does not accept."""

    summary = "The server does not accept the callback address"


class ServerFailed(ServerFault):
    """Something broke inside the server: try again later."""

    summary = "The server failed"


class InvalidRequest(ServerFault):
    """A request that should not have been sent: a mistake in this software."""

    summary = "The server did not understand the request"


_BY_CODE: Final[dict[int, type[ServerFault]]] = {
    100: InvalidSession,
    101: InvalidSession,
    111: InvalidCredentials,
    113: UnknownUser,
    114: InvalidCredentials,
    115: PresenceRefused,
    120: PresenceRefused,
    121: PresenceRefused,
    122: PresenceRefused,
    124: BadContact,
    125: PresenceRefused,
    130: EndpointRefused,
    132: NoSuchEndpoint,
    133: NoSuchSubscription,
    136: NoSuchEndpoint,
    137: NoSuchSubscription,
    138: NoFreeEndpoint,
    139: NoFreeSubscription,
    142: EndpointRefused,
    143: BadContact,
    147: BadContact,
    148: BadContact,
    160: LoggedInElsewhere,
    161: PresenceRefused,
    162: PresenceRefused,
    **dict.fromkeys(range(200, 210), ServerFailed),
    210: Throttled,
    211: NoFreeSubscription,
    212: Throttled,
}

_UNAUTHORIZED: Final = 401
_CONFLICT: Final = 409
_FIRST_SERVER_ERROR: Final = 500


def fault_class(code: int | None, status: int) -> type[ServerFault]:
    """Return the class of a fault, by its code or else by its HTTP status."""
    if code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    if status >= _FIRST_SERVER_ERROR:
        return ServerFailed
    if code is None and status == _UNAUTHORIZED:
        return InvalidSession
    if code is None and status == _CONFLICT:
        return LoggedInElsewhere
    return InvalidRequest
