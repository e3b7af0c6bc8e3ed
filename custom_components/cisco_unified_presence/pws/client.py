"""The Presence Web Service client."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
import random as randomness
import time

import aiohttp

from .dialect import Dialect, Hold, Session, Watch
from .errors import (
    CannotConnect,
    InvalidRequest,
    PresenceRefused,
    PresenceServiceError,
)
from .exchange import Exchange
from .model import (
    MAX_CONTACTS,
    MAX_EXPIRY,
    MIN_EXPIRY,
    SETTABLE,
    ContactPresence,
    Presence,
    Server,
)
from .pidf import write_clear, write_pidf
from .rest import RestDialect
from .sessions import Sessions
from .throttle import Throttle
from .transport import PARALLEL_REQUESTS


class PresenceClient:
    """Watches and sets presence on one node, as one application user.

    Every method may raise any ``PresenceServiceError``; what a method raises beside
    ``CannotConnect``, ``AnswerNotUnderstood``, ``Throttled`` and ``ServerFailed`` is named there.
    A session that turns out to be gone is renewed and the call repeated, once. Users are logged in
    when they are first needed; logging a person in makes that person Available (rule 7).
    Expiries are in seconds, from ``MIN_EXPIRY`` to ``MAX_EXPIRY``.

    Attributes:
        on_session_lost: Called with each end user whose session turned out to be gone, so that
            presence held through it can be set anew. Must not raise.
    """

    def __init__(  # noqa: PLR0913 - the second half is what tests replace
        self,
        server: Server,
        application_user: str,
        password: str,
        session: aiohttp.ClientSession,
        *,
        timeout: float = 10.0,
        patience: float = 60.0,
        on_session_lost: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            server: The node.
            application_user: Name of the account with API rights.
            password: Its password.
            session: As opened by ``open_session`` for the same server. Stays the caller's.
            timeout: Seconds for one request, connecting and reading included.
            patience: Seconds to go on repeating a request while the server is too busy.
            on_session_lost: See the attribute.
            clock: Tells seconds.
            sleep: Waits for seconds.
            random: Tells a number from 0 to 1.
        """
        self.on_session_lost = on_session_lost
        self._dialect: Dialect = RestDialect(Exchange(server, session, timeout))
        throttle = Throttle(
            patience=patience,
            parallel=PARALLEL_REQUESTS,
            clock=clock,
            sleep=sleep,
            random=random,
        )
        self._sessions = Sessions(
            self._dialect, throttle, application_user, password, self._session_lost
        )

    @property
    def logged_in_users(self) -> frozenset[str]:
        """The end users that have a session, as far as is known."""
        return self._sessions.users

    @property
    def application_session(self) -> Session | None:
        """The application user's session, as far as is known.

        Clients with the same account have the same one (rule 9), which any one's logout ends.
        """
        return self._sessions.open_application

    def _session_lost(self, user: str) -> None:
        if self.on_session_lost is not None:
            self.on_session_lost(user)

    async def log_in(self) -> None:
        """Log the application user in, unforced, unless it is.

        Raises:
            InvalidCredentials: The name or the password is wrong.
            LoggedInElsewhere: Somebody else holds its session.
        """
        await self._sessions.application()

    async def log_in_user(self, user: str) -> None:
        """Log an end user in, unforced, unless it is.

        Raises:
            UnknownUser: The server has no such user.
            LoggedInElsewhere: Somebody else holds its session.
            Redirected: The user is homed on another node.
        """
        await self._sessions.of_user(user)

    async def log_out_user(self, user: str) -> None:
        """Log an end user out, if this client logged it in."""
        await self._sessions.end_user(user)

    async def log_out(self, *, keep: Collection[str] = ()) -> None:
        """Log out all end users, then the application user.

        The sessions of the users in ``keep`` stay, and with them the application user's, since
        its logout would end them. One that fails does not save the others from being logged out.

        Raises:
            PresenceServiceError: The first failure, after all were tried; at once when the server
                cannot be reached.
        """
        failure: PresenceServiceError | None = None
        for user in sorted(self.logged_in_users.difference(keep)):
            try:
                await self._sessions.end_user(user)
            except CannotConnect:
                raise
            except PresenceServiceError as error:
                failure = failure or error
        if not self.logged_in_users.intersection(keep):
            await self._sessions.end_application()
        if failure is not None:
            raise failure

    async def register_endpoint(self, url: str, expiry: int) -> int:
        """Register the URL that is to be told of news, and return the endpoint's id.

        Raises:
            EndpointRefused: The server does not accept the URL.
            NoFreeEndpoint: The server's endpoints are used up.
        """
        _require_expiry(expiry)
        return await self._sessions.as_application(
            lambda session: self._dialect.register_endpoint(session, url, expiry)
        )

    async def renew_endpoint(self, endpoint: int, expiry: int) -> None:
        """Count an endpoint's expiry from now.

        Raises:
            NoSuchEndpoint: It is gone; register again.
        """
        _require_expiry(expiry)
        await self._sessions.as_application(
            lambda session: self._dialect.renew_endpoint(session, endpoint, expiry)
        )

    async def unregister_endpoint(self, endpoint: int) -> None:
        """Remove an endpoint.

        Raises:
            NoSuchEndpoint: It was gone already.
        """
        await self._sessions.as_application(
            lambda session: self._dialect.unregister_endpoint(session, endpoint)
        )

    async def subscribe(
        self, watcher: str, contacts: Sequence[str], endpoint: int, expiry: int
    ) -> int:
        """Watch up to ``MAX_CONTACTS`` contacts, and return the subscription's id.

        Raises:
            BadContact: The server does not accept one of the contacts.
            NoSuchEndpoint: The endpoint is gone.
            NoFreeSubscription: The server's subscriptions are used up.
        """
        _require_expiry(expiry)
        watch = _watch(contacts, endpoint, expiry)
        return await self._sessions.as_user(
            watcher, lambda session: self._dialect.subscribe(session, watch)
        )

    async def renew_subscription(
        self,
        watcher: str,
        subscription: int,
        expiry: int,
        *,
        contacts: Sequence[str] = (),
        endpoint: int,
    ) -> None:
        """Count a subscription's expiry from now, and add contacts to it.

        With contacts, ``expiry`` may be 0 and leaves it as it was.

        Raises:
            BadContact: The server does not accept one of the contacts.
            NoSuchSubscription: It is gone; subscribe again.
        """
        if expiry != 0 or not contacts:
            _require_expiry(expiry)
        watch = _watch(contacts, endpoint, expiry)
        await self._sessions.as_user(
            watcher,
            lambda session: self._dialect.renew_subscription(session, subscription, watch),
        )

    async def unsubscribe(self, watcher: str, subscription: int) -> None:
        """Remove a subscription.

        Raises:
            NoSuchSubscription: It was gone already.
        """
        await self._sessions.as_user(
            watcher, lambda session: self._dialect.unsubscribe(session, subscription)
        )

    async def fetch(
        self, watcher: str, subscription: int, *, rich: bool = False
    ) -> list[ContactPresence]:
        """Take what changed since the last fetch; the first one returns every contact.

        The news is consumed (rules 10 to 12): after any failure look at everybody.

        Raises:
            AnswerLost: The connection broke, perhaps after the server had consumed the news.
            NoSuchSubscription: The subscription is gone; subscribe again.
        """
        return await self._sessions.as_user(
            watcher, lambda session: self._dialect.fetch(session, subscription, rich=rich)
        )

    async def look(self, watcher: str, contact: str, *, rich: bool = False) -> ContactPresence:
        """Return a contact's presence now. Consumes nothing and needs no subscription.

        Raises:
            BadContact: The server does not accept the contact.
        """
        return await self._sessions.as_user(
            watcher, lambda session: self._dialect.look(session, contact, rich=rich)
        )

    async def set_presence(
        self, user: str, presence: Presence, *, override: bool, expiry: int
    ) -> None:
        """Set a person's basic presence, over the devices' or as one more of them.

        The server may show another word than was set (rule 3).

        Raises:
            PresenceRefused: The rules forbid it, in which case nothing was sent, or the server
                does.
        """
        _require_settable(user, presence, expiry)
        _require_basic_override(user, presence, override=override)
        hold = Hold(override, expiry)
        await self._sessions.as_user(
            user, lambda session: self._dialect.set_presence(session, presence.value, hold)
        )

    async def set_rich_presence(
        self,
        user: str,
        contact: str,
        presence: Presence,
        *,
        note: str | None,
        override: bool,
        expiry: int,
    ) -> None:
        """Set a person's presence with a note; ``contact`` is that person's own URI.

        Raises:
            PresenceRefused: As for ``set_presence``, or the note holds characters that XML
                cannot carry.
        """
        _require_settable(user, presence, expiry)
        with _writing(user):
            document = write_pidf(contact, presence, note=note, override=override)
        await self._set_rich(user, document, Hold(override, expiry))

    async def clear_presence(
        self, user: str, contact: str | None = None, *, expiry: int = MIN_EXPIRY
    ) -> None:
        """Take back the presence that was set over the devices' own (rule 4).

        ``contact`` is that person's own URI; it names the person in the document that clears.
        Without it, or when the server refuses that document, Available is reported without
        override, which clears too.

        Raises:
            PresenceRefused: The server refuses both forms.
        """
        _require_settable(user, Presence.AVAILABLE, expiry)
        if contact is None or not await self._clear_with_document(user, contact, expiry):
            await self.set_presence(user, Presence.AVAILABLE, override=False, expiry=expiry)

    async def _clear_with_document(self, user: str, contact: str, expiry: int) -> bool:
        """Tell whether the server accepted the document that clears."""
        with _writing(user):
            document = write_clear(contact)
        try:
            await self._set_rich(user, document, Hold(override=False, expiry=expiry))
        except PresenceRefused, InvalidRequest:
            return False
        return True

    async def _set_rich(self, user: str, document: bytes, hold: Hold) -> None:
        await self._sessions.as_user(
            user, lambda session: self._dialect.set_rich_presence(session, document, hold)
        )


@contextmanager
def _writing(user: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        message = "The note or the contact holds characters that cannot be sent"
        raise PresenceRefused(message=message, user=user) from error


def _watch(contacts: Sequence[str], endpoint: int, expiry: int) -> Watch:
    if len(contacts) > MAX_CONTACTS:
        raise InvalidRequest(135, f"A subscription holds at most {MAX_CONTACTS} contacts")
    return Watch(tuple(contacts), endpoint, expiry)


def _require_expiry(expiry: int) -> None:
    if not MIN_EXPIRY <= expiry <= MAX_EXPIRY:
        raise InvalidRequest(131, _expiry_limits(expiry))


def _require_settable(user: str, presence: Presence, expiry: int) -> None:
    if presence not in SETTABLE:
        raise PresenceRefused(message=f"{presence} cannot be set", user=user)
    if not MIN_EXPIRY <= expiry <= MAX_EXPIRY:
        raise PresenceRefused(131, _expiry_limits(expiry), user=user)


def _expiry_limits(expiry: int) -> str:
    return f"An expiry lies between {MIN_EXPIRY} and {MAX_EXPIRY} seconds, {expiry} does not"


def _require_basic_override(user: str, presence: Presence, *, override: bool) -> None:
    if presence is Presence.AVAILABLE and override:
        raise PresenceRefused(121, "Available can only be set without override", user=user)
    if presence is Presence.DND and not override:
        raise PresenceRefused(122, "Do Not Disturb can only be set with override", user=user)
