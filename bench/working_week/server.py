"""A model of the server: what is published, what people choose themselves, and what it shows."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from homeassistant.util import dt as dt_util

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.pws import (
    Activity,
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Device,
    Presence,
    RichPresence,
    Throttled,
)

DOMAIN = "example.com"
LATENCY = 0.05
CODE_OF_LIMIT = 212


@dataclass(slots=True)
class Account:
    """What the server knows of a person.

    Attributes:
        published: What the integration has published for the person.
        expires: When that ends, by a clock of the server's own.
        chosen: What the person has chosen in the own client.
        ours_is_later: Whether we wrote after the person chose.
        session: Which session of ours the person has, None for none.
        written: When a presence was set or cleared, by the server's clock.
        history: What was published since when.
    """

    published: RequestedPresence | None = None
    expires: float | None = None
    chosen: Presence | None = None
    ours_is_later: bool = True
    session: int | None = None
    written: list[float] = field(default_factory=list)
    history: list[tuple[datetime, RequestedPresence | None]] = field(default_factory=list)

    @property
    def own(self) -> Presence:
        """Return what the person's own client reports."""
        return self.chosen or Presence.AVAILABLE

    @property
    def shown(self) -> Presence:
        """Return what others see: of two overrides the later one."""
        if (
            self.published
            and self.published.override
            and (self.ours_is_later or self.chosen is None)
        ):
            return self.published.presence
        return self.own

    def publish(self, requested: RequestedPresence | None) -> None:
        """Change what is published."""
        if requested != self.published:
            self.history.append((dt_util.utcnow(), requested))
        self.published = requested


class ModelServer:
    """Stands in for the client, the presence reader and the server behind them.

    Attributes:
        up: Whether it can be reached.
        loses_answers: Whether what it did is not heard of.
        busy: Whether it throttles every second request.
        rich: Whether it shows rich presence documents, which tell the parts apart.
        on_write: Called with the user before a presence that is set or cleared is sent.
    """

    def __init__(self, users: Sequence[str], on_change: Callable[[ContactPresence], None]) -> None:
        """Know these people; ``on_change`` is called with every change that watchers see."""
        self.accounts = {user: Account() for user in users}
        self.up = True
        self.loses_answers = False
        self.busy = False
        self.rich = False
        self._on_change = on_change
        self.on_write: Callable[[str], None] = lambda _user: None
        self._sessions = 0
        self._asked = 0

    @property
    def writes(self) -> int:
        """Return how often a presence was set or cleared."""
        return sum(len(account.written) for account in self.accounts.values())

    def contact(self, user: str) -> str:
        """Return a person's contact URI."""
        return f"{user}@{DOMAIN}"

    def lose(self) -> None:
        """Forget all sessions and what they carried, as a restart of the server does."""
        for user, account in self.accounts.items():
            account.session = None
            account.publish(None)
            self._tell(user)

    def choose(self, user: str, presence: Presence | None) -> None:
        """Let a person choose in the own client, or take the choice back."""
        self.accounts[user].chosen = presence
        self.accounts[user].ours_is_later = False
        self._tell(user)

    def all_contacts(self) -> list[ContactPresence]:
        """Return what watchers see."""
        return [self.seen(user) for user in self.accounts]

    def seen(self, user: str) -> ContactPresence:
        """Return what watchers see of a person."""
        account = self.accounts[user]
        if not self.rich:
            return ContactPresence(self.contact(user), account.shown)
        return _seen(user, account.shown, account.own, account.published)

    # What the reconciler asks of the client

    async def set_presence(
        self, user: str, presence: Presence, *, override: bool, expiry: int
    ) -> None:
        """Publish a presence."""
        self.on_write(user)
        account = await self._begin(user)
        account.written.append(_now())
        account.publish(RequestedPresence(presence, override))
        account.expires = _now() + expiry
        account.ours_is_later = True
        self._tell(user)
        await self._answer()

    async def clear_presence(self, user: str, _contact: str | None = None) -> None:
        """Clear the presence."""
        self.on_write(user)
        account = await self._begin(user)
        account.written.append(_now())
        account.publish(None)
        self._tell(user)
        await self._answer()

    @property
    def logged_in_users(self) -> set[str]:
        """Return who has a session of ours; the client knows it without asking."""
        return {user for user, account in self.accounts.items() if account.session is not None}

    async def session_mark(self, user: str) -> str:
        """Return which session a person has; the client knows it without asking."""
        account = self.accounts[user]
        if account.session is None:
            await self._begin(user)
        return str(account.session)

    async def poll_contact(self, user: str, contact: str) -> ContactPresence:
        """Return what a person sees, as that person."""
        await self._begin(user)
        await self._answer()
        return self.seen(contact.partition("@")[0])

    async def log_out_user(self, user: str) -> None:
        """End a person's session, and with it what it carries."""
        account = await self._begin(user)
        account.session = None
        account.publish(None)
        self._tell(user)
        await self._answer()

    # The presence reader

    async def async_read(self, contact: str) -> ContactPresence:
        """Return what watchers see of a contact."""
        await self._reach()
        await self._answer()
        return self.seen(contact.partition("@")[0])

    async def _begin(self, user: str) -> Account:
        await self._reach()
        account = self.accounts[user]
        self._expire(account)
        if account.session is None:
            self._sessions += 1
            account.session = self._sessions
        return account

    async def _reach(self) -> None:
        await asyncio.sleep(LATENCY)
        if not self.up:
            raise CannotConnect(ConnectFailure.REFUSED)
        self._asked += 1
        if self.busy and self._asked % 2:
            raise Throttled(CODE_OF_LIMIT, "Too many requests")

    async def _answer(self) -> None:
        await asyncio.sleep(LATENCY)
        if self.loses_answers:
            raise CannotConnect(ConnectFailure.DROPPED)

    def expire(self) -> None:
        """End what has expired."""
        for user, account in self.accounts.items():
            if self._expire(account):
                self._tell(user)

    def _expire(self, account: Account) -> bool:
        if account.published is None or account.expires is None:
            return False
        if account.expires > _now():
            return False
        account.publish(None)
        return True

    def _tell(self, user: str) -> None:
        self._on_change(self.seen(user))


# Each poll asks for all people, of whom few have changed.
@lru_cache(maxsize=4096)
def _seen(
    user: str, shown: Presence, own: Presence, published: RequestedPresence | None
) -> ContactPresence:
    contact = f"{user}@{DOMAIN}"
    devices = [_device("client", own)]
    if published:
        tuple_id = "pws-override" if published.override else "cisco-pws"
        devices.append(_device(tuple_id, published.presence))
    activities = frozenset({Activity[shown.name]})
    document = RichPresence(f"sip:{contact}", activities=activities, devices=tuple(devices))
    return ContactPresence(contact, shown, document)


def _device(tuple_id: str, presence: Presence) -> Device:
    return Device(tuple_id, activities=frozenset({Activity[presence.name]}))


def _now() -> float:
    """Return the seconds of the clock that only counts."""
    return asyncio.get_running_loop().time()
