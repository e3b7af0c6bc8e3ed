"""Everything that can go wrong between the client and a presence server.

Each error's text is a sentence for people. No password, no session key and no URL that could
hold one is ever part of it.
"""

from enum import StrEnum
from typing import Final, override

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
