"""Faults: what the server refuses, or fails to do. Reference: "Error codes"."""

from typing import ClassVar, override

from .errors import PresenceServiceError


class ServerFault(PresenceServiceError):
    """The server refused or failed.

    ``code`` is Cisco's, None when the answer holds none; ``message`` and ``fix`` are the server's
    texts, may be empty; ``status`` is the HTTP status, None when nothing was sent because the rules
    forbid it; ``user`` and ``contact`` are those concerned, None when none is.
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
    """The session ended several times in a short time: another client forces logins."""

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
    """Another client holds the user's session."""

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
