"""The operations that every dialect of the service has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
import hashlib
from typing import ClassVar, Protocol

from .model import ContactPresence
from .traffic import Traffic


@dataclass(frozen=True, slots=True)
class Session:
    """A login. ``backup`` is the node's backup as the login named it, None when it named none."""

    name: str
    key: str = field(repr=False)
    backup: str | None = field(default=None, compare=False)

    @property
    def mark(self) -> str:
        """An identifier of the session from which its key cannot be found."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SubscriptionSpec:
    """The content of a subscription. ``expiry`` is in seconds; 0 leaves it as it was."""

    contacts: Sequence[str]
    endpoint: int
    expiry: int


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """How a presence is set. ``expiry`` is in seconds."""

    override: bool
    expiry: int


class Dialect(Protocol):
    """One request for each call, without repetition, with the key of ``session``."""

    contacts_per_poll: ClassVar[int]
    can_remove_contacts: ClassVar[bool]
    traffic: Traffic

    async def log_in(self, application_user: str, password: str) -> Session: ...

    async def log_in_end_user(self, user: str, application: Session) -> Session: ...

    async def log_out(self, session: Session) -> None: ...

    async def register_endpoint(self, application: Session, url: str, expiry: int) -> int: ...

    async def renew_endpoint(self, application: Session, endpoint: int, expiry: int) -> None: ...

    async def unregister_endpoint(self, application: Session, endpoint: int) -> None: ...

    async def subscribe(self, session: Session, spec: SubscriptionSpec) -> int: ...

    async def renew_subscription(
        self, session: Session, subscription: int, spec: SubscriptionSpec
    ) -> None:
        """Count a subscription's expiry from now, and add contacts to it."""

    async def unsubscribe(self, session: Session, subscription: int) -> None: ...

    async def remove_contacts(
        self, session: Session, subscription: int, contacts: Sequence[str]
    ) -> None:
        """Raise CannotRemoveContacts where that is impossible."""

    async def fetch(
        self, session: Session, subscription: int, *, rich: bool
    ) -> list[ContactPresence]:
        """Return what changed since the last fetch."""

    async def poll(
        self, session: Session, contacts: Sequence[str], *, rich: bool
    ) -> list[ContactPresence]:
        """Return the presence of those contacts that the server lists."""

    async def set_presence(self, session: Session, word: str, options: PublishOptions) -> None: ...

    async def set_rich_presence(
        self, session: Session, document: bytes, options: PublishOptions
    ) -> None:
        """Set rich presence from a PIDF document."""
