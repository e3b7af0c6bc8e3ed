"""What a dialect of the service can do, whatever the requests look like."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .model import ContactPresence


@dataclass(frozen=True, slots=True)
class Session:
    """A login: the user's name, and the key that the server gave for it."""

    name: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Watch:
    """What a subscription is asked for. ``expiry`` is in seconds; 0 leaves it as it was."""

    contacts: Sequence[str]
    endpoint: int
    expiry: int


@dataclass(frozen=True, slots=True)
class Hold:
    """How a presence is set. ``expiry`` is in seconds."""

    override: bool
    expiry: int


class Dialect(Protocol):
    """One request for each call, without repetition; ``session`` is whose key goes with it.

    Every method raises ``PresenceServiceError``.
    """

    async def log_in(self, application_user: str, password: str) -> Session:
        """Log the application user in, unforced."""

    async def log_in_end_user(self, user: str, application: Session) -> Session:
        """Log an end user in, unforced."""

    async def log_out(self, session: Session) -> None:
        """End a session."""

    async def register_endpoint(self, application: Session, url: str, expiry: int) -> int:
        """Return the id of a new endpoint."""

    async def renew_endpoint(self, application: Session, endpoint: int, expiry: int) -> None:
        """Count an endpoint's expiry from now."""

    async def unregister_endpoint(self, application: Session, endpoint: int) -> None:
        """Remove an endpoint."""

    async def subscribe(self, session: Session, watch: Watch) -> int:
        """Return the id of a new subscription."""

    async def renew_subscription(self, session: Session, subscription: int, watch: Watch) -> None:
        """Count a subscription's expiry from now, and add contacts to it."""

    async def unsubscribe(self, session: Session, subscription: int) -> None:
        """Remove a subscription."""

    async def fetch(
        self, session: Session, subscription: int, *, rich: bool
    ) -> list[ContactPresence]:
        """Take what changed since the last fetch."""

    async def look(self, session: Session, contact: str, *, rich: bool) -> ContactPresence:
        """Read one contact's presence."""

    async def set_presence(self, session: Session, word: str, hold: Hold) -> None:
        """Set basic presence."""

    async def set_rich_presence(self, session: Session, document: bytes, hold: Hold) -> None:
        """Set rich presence from a PIDF document."""
