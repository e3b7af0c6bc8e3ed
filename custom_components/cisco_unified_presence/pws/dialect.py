"""What a dialect of the service can do, whatever the requests look like."""

from collections.abc import Sequence
from dataclasses import dataclass, field
import hashlib
from typing import ClassVar, Protocol

from .model import ContactPresence
from .traffic import Traffic


@dataclass(frozen=True, slots=True)
class Session:
    """A login: the user's name, and the key that the server gave for it.

    ``backup`` is the node's backup as the login named it, None when it named none.
    """

    name: str
    key: str = field(repr=False)
    backup: str | None = field(default=None, compare=False)

    @property
    def mark(self) -> str:
        """What tells this session from another; the key cannot be found from it."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SubscriptionSpec:
    """What a subscription is asked for. ``expiry`` is in seconds; 0 leaves it as it was."""

    contacts: Sequence[str]
    endpoint: int
    expiry: int


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """How a presence is set. ``expiry`` is in seconds."""

    override: bool
    expiry: int


class Dialect(Protocol):
    """One request for each call, without repetition; ``session`` is whose key goes with it.

    Every method raises ``PresenceServiceError``.

    Attributes:
        contacts_per_poll: How many contacts one request of ``poll`` asks about.
        can_remove_contacts: Whether single contacts can be taken out of a subscription.
        traffic: Where calls are counted.
    """

    contacts_per_poll: ClassVar[int]
    can_remove_contacts: ClassVar[bool]
    traffic: Traffic

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

    async def subscribe(self, session: Session, spec: SubscriptionSpec) -> int:
        """Return the id of a new subscription."""

    async def renew_subscription(
        self, session: Session, subscription: int, spec: SubscriptionSpec
    ) -> None:
        """Count a subscription's expiry from now, and add contacts to it."""

    async def unsubscribe(self, session: Session, subscription: int) -> None:
        """Remove a subscription."""

    async def remove_contacts(
        self, session: Session, subscription: int, contacts: Sequence[str]
    ) -> None:
        """Take contacts out of a subscription. Raises CannotRemoveContacts where none can be."""

    async def fetch(
        self, session: Session, subscription: int, *, rich: bool
    ) -> list[ContactPresence]:
        """Take what changed since the last fetch."""

    async def poll(
        self, session: Session, contacts: Sequence[str], *, rich: bool
    ) -> list[ContactPresence]:
        """Read the presence of contacts now; of those that the server tells of."""

    async def set_presence(self, session: Session, word: str, options: PublishOptions) -> None:
        """Set basic presence."""

    async def set_rich_presence(
        self, session: Session, document: bytes, options: PublishOptions
    ) -> None:
        """Set rich presence from a PIDF document."""
