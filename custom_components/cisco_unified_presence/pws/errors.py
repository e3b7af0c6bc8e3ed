"""The errors that the client raises, except for the server's faults.

Each error's text is a sentence for people. Passwords, session keys and URLs are never part of it.
"""

from asyncio import CancelledError
from enum import StrEnum
from typing import Final, override

# Characters of what a server says: enough for a sentence, a host name with its port included.
LONGEST_WORDS: Final = 300


def one_line(text: str, longest: int = LONGEST_WORDS) -> str:
    """Return a server's text on one short line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest]


class PresenceServiceError(Exception):
    """The base of every error that the client raises on purpose."""


class ConnectFailure(StrEnum):
    """Why there is no connection to the server."""

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
    """No connection, or one that broke before the answer was complete."""

    def __init__(self, reason: ConnectFailure, address: str = "the server") -> None:
        super().__init__(_CONNECT_SENTENCES[reason].format(address=address))
        self.reason = reason
        self.address = address


class UntrustedCertificate(CannotConnect):
    """No trusted authority vouches for the certificate, or it names another host."""

    def __init__(self, why: str = "", address: str = "the server") -> None:
        super().__init__(ConnectFailure.TLS_FAILED, address)
        self.why = why

    @override
    def __str__(self) -> str:
        reason = f" ({self.why})" if self.why else ""
        return f"The certificate of {self.address} is not trusted{reason}."


class CertificateChanged(CannotConnect):
    """The server shows another certificate than the pinned one, by SHA-256 fingerprints."""

    def __init__(self, expected: str, found: str, address: str = "the server") -> None:
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
    """The answer is not the service's. ``sample`` is its beginning, which may name people."""

    def __init__(self, detail: str, sample: str = "") -> None:
        super().__init__(f"The server's answer was not understood: {detail}.")
        self.detail = detail
        self.sample = sample


class AnswerLost(PresenceServiceError):
    """The connection broke when a fetch may have consumed changes (rule 12)."""

    def __init__(self, address: str = "the server") -> None:
        super().__init__(f"The answer of {address} was lost on the way, and its news perhaps too.")
        self.address = address


class Redirected(PresenceServiceError):
    """The end user is homed on another node (rule 19). Attributes are None when not told."""

    def __init__(self, primary: str | None, backup: str | None, location: str | None) -> None:
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
    """The end user is homed on another node, ``target``, that the client does not use."""

    def __init__(self, source: str, target: str, refusal: RedirectRefusal) -> None:
        target = one_line(target)
        super().__init__(_REDIRECT_SENTENCES[refusal].format(source=source, target=target))
        self.source = source
        self.target = target
        self.refusal = refusal


class CannotRemoveContacts(PresenceServiceError):
    """This dialect cannot remove single contacts from a subscription: subscribe anew."""

    def __init__(self) -> None:
        super().__init__("The server cannot take single contacts out of a subscription.")


def may_have_been_done(error: BaseException) -> bool:
    """Tell whether the server may have done what it was asked, and only its answer was lost.

    A call is cancelled when the caller stops.
    """
    if isinstance(error, CannotConnect):
        return error.reason in {ConnectFailure.DROPPED, ConnectFailure.TIMED_OUT}
    return isinstance(error, (AnswerLost, AnswerNotUnderstood, CancelledError))
