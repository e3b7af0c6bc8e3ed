"""Sessions at one node, and their renewal. Reference: rules 7, 8 and 9."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from .dialect import Session
from .errors import CannotConnect
from .faults import InvalidSession, SessionTakenOver
from .negotiation import DialectNegotiator
from .session_takeover import SessionTakeoverDetector
from .throttle import Throttle


@dataclass(frozen=True, slots=True)
class Account:
    """The application user's account, the same at every node."""

    user: str
    password: str = field(repr=False)


class Sessions:
    """The sessions at one node. Calls that need the same login at the same time share it."""

    def __init__(
        self,
        negotiator: DialectNegotiator,
        throttle: Throttle,
        account: Account,
        takeovers: SessionTakeoverDetector,
        on_lost: Callable[[str], None],
        on_changed: Callable[[], None],
    ) -> None:
        """Initialize.

        ``on_lost`` is called with every end user whose session has ended, ``on_changed`` after
        sessions were opened, abandoned or ended.
        """
        self._negotiator = negotiator
        self._throttle = throttle
        self._account = account
        self._takeovers = takeovers
        self._on_lost = on_lost
        self._on_changed = on_changed
        self._application: Session | None = None
        self._application_lock = asyncio.Lock()
        # Whether a login was not answered, and may have opened a session all the same.
        self._login_in_doubt = False
        self._end_users: dict[str, Session] = {}
        # By their keys.
        self._abandoned: dict[str, Session] = {}
        self._user_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.backup: str | None = None

    @property
    def users(self) -> frozenset[str]:
        return frozenset(self._end_users)

    @property
    def open_application(self) -> Session | None:
        return self._application

    @property
    def end_users(self) -> tuple[Session, ...]:
        return tuple(self._end_users.values())

    @property
    def abandoned(self) -> tuple[Session, ...]:
        """Sessions that are not used any more, and may live on at the node."""
        return tuple(self._abandoned.values())

    async def application(self) -> Session:
        async with self._application_lock:
            if self._application is None:
                self._application = await self._throttle.run(self._log_in)
                self._on_changed()
            return self._application

    async def refresh_application(self) -> Session:
        """Log the application user in at once, unforced: a live session comes back unchanged.

        A new session means that the old one has ended, and that its end users are logged out.
        """
        async with self._application_lock:
            session = await self._log_in()
            if self._application is not None and session != self._application:
                self.forget_application(self._application)
            self._application = session
            self._on_changed()
            return session

    async def _log_in(self) -> Session:
        try:
            session = await self._negotiator.log_in(self._account.user, self._account.password)
        except CannotConnect, asyncio.CancelledError:
            self._login_in_doubt = True
            raise
        self._login_in_doubt = False
        self.backup = session.backup or self.backup
        return session

    async def of_user(self, user: str) -> Session:
        lock = self._user_locks[user]
        if not lock.locked() and (session := self._end_users.get(user)) is not None:
            return session
        async with lock:
            if user not in self._end_users:
                session = await self.as_application(
                    lambda application: self._negotiator.dialect.log_in_end_user(user, application)
                )
                self.backup = session.backup or self.backup
                self._end_users[user] = session
                self._on_changed()
            return self._end_users[user]

    async def as_application[T](self, call: Callable[[Session], Awaitable[T]]) -> T:
        """Make a call with the application user's session, once more when that has ended."""
        return await self._with(self.application, call, self.forget_application)

    async def as_user[T](
        self, user: str, call: Callable[[Session], Awaitable[T]], *, urgent: bool = False
    ) -> T:
        return await self._with(
            partial(self.of_user, user), call, self._forget_session, urgent=urgent
        )

    async def with_open(self, user: str, call: Callable[[Session], Awaitable[object]]) -> None:
        """Make a call with the session of an end user if there is one, and open none."""
        session = self._end_users.get(user)
        if session is None:
            return
        try:
            await self._throttle.run(partial(call, session))
        except InvalidSession as fault:
            self._ended(session, self._forget_session, fault)

    async def _with[T](
        self,
        open_session: Callable[[], Awaitable[Session]],
        call: Callable[[Session], Awaitable[T]],
        forget: Callable[[Session], bool],
        *,
        urgent: bool = False,
    ) -> T:
        session = await open_session()
        try:
            return await self._throttle.run(partial(call, session), urgent=urgent)
        except InvalidSession as fault:
            self._ended(session, forget, fault)
        session = await open_session()
        try:
            return await self._throttle.run(partial(call, session), urgent=urgent)
        except InvalidSession as fault:
            self._ended(session, forget, fault)
            raise

    def _ended(
        self, session: Session, forget: Callable[[Session], bool], fault: InvalidSession
    ) -> None:
        """Forget an ended session, counting its end once however many calls meet it.

        Raises SessionTakenOver when it has ended too often of late.
        """
        if forget(session) and self._takeovers.keeps_ending(session.name):
            raise SessionTakenOver(
                fault.code, fault.message, fault.fix, fault.status, user=session.name
            ) from fault

    def forget_application(self, dead: Session) -> bool:
        """Forget a session unless a new one has replaced it; tell whether it was forgotten."""
        if self._application != dead:
            return False
        self._application = None
        # Rule 8: the end users were logged out with it.
        for user in self.users:
            self.forget_user(user)
        return True

    def forget_user(self, user: str) -> None:
        if self._end_users.pop(user, None) is not None:
            self._on_lost(user)

    def abandon_user(self, user: str) -> None:
        """Forget the session of an end user, which may live on at the node."""
        if (session := self._end_users.get(user)) is not None:
            self.abandon(session)
        self.forget_user(user)

    def abandon_application(self) -> None:
        """Forget all sessions, which may live on at the node."""
        for user in self.users:
            self.abandon_user(user)
        if (session := self._application) is not None:
            self.abandon(session)
            self.forget_application(session)

    def abandon(self, *sessions: Session) -> None:
        """Note sessions, of an earlier run perhaps, that end_abandoned is to end."""
        self._abandoned.update((session.key, session) for session in sessions)
        self._on_changed()

    async def end_abandoned(self, *, is_in_use: Callable[[], bool]) -> None:
        """Log out abandoned sessions that live on: their users would stay Available.

        Where the node is not in use any more, the application user is logged out there, and with
        it all its end users.
        """
        await self.application()
        if not is_in_use():
            await self.end_application()
        for session in self.abandoned:
            if session not in {self._application, *self._end_users.values()}:
                await self._end(session)
            # Otherwise a login has handed it back.
            self._abandoned.pop(session.key, None)
        self._on_changed()

    def _forget_session(self, dead: Session) -> bool:
        if self._end_users.get(dead.name) != dead:
            return False
        self.forget_user(dead.name)
        return True

    async def end_user(self, user: str) -> None:
        async with self._user_locks[user]:
            session = self._end_users.get(user)
            if session is None:
                return
            await self._end(session)
            self._end_users.pop(user, None)
            self._on_changed()

    async def end_application(self) -> None:
        """Log the application user out, and with it every end user."""
        async with self._application_lock:
            if self._application is None:
                return
            if self._login_in_doubt:
                # It may have opened a session in place of one that had ended.
                self._application = await self._log_in()
            await self._end(self._application)
            self._application = None
            self._end_users.clear()
            self._abandoned.clear()
            self._on_changed()

    async def _end(self, session: Session) -> None:
        # It may be gone already.
        with suppress(InvalidSession):
            await self._throttle.run(lambda: self._negotiator.dialect.log_out(session))
        self._abandoned.pop(session.key, None)
