"""Who is logged in, and logging in again. Reference: rules 7, 8 and 9."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

from .dialect import Dialect, Session
from .errors import InvalidSession
from .throttle import Throttle


class Sessions:
    """The keys of the application user and of the end users it logged in.

    However many calls need a login at the same time, there is one.
    """

    def __init__(
        self,
        dialect: Dialect,
        throttle: Throttle,
        application_user: str,
        password: str,
        on_lost: Callable[[str], None],
    ) -> None:
        """``on_lost`` is called with every end user whose session turned out to be gone."""
        self._dialect = dialect
        self._throttle = throttle
        self._application_user = application_user
        self._password = password
        self._on_lost = on_lost
        self._application: Session | None = None
        self._application_lock = asyncio.Lock()
        self._end_users: dict[str, Session] = {}
        self._user_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def users(self) -> frozenset[str]:
        """The end users that are logged in, as far as is known."""
        return frozenset(self._end_users)

    @property
    def open_application(self) -> Session | None:
        """The application user's session, as far as is known."""
        return self._application

    async def application(self) -> Session:
        """Return the application user's session, logging in when there is none."""
        async with self._application_lock:
            if self._application is None:
                self._application = await self._throttle.run(
                    lambda: self._dialect.log_in(self._application_user, self._password)
                )
            return self._application

    async def of_user(self, user: str) -> Session:
        """Return an end user's session, logging in when there is none."""
        async with self._user_locks[user]:
            if user not in self._end_users:
                self._end_users[user] = await self.as_application(
                    lambda application: self._dialect.log_in_end_user(user, application)
                )
            return self._end_users[user]

    async def as_application[T](self, call: Callable[[Session], Awaitable[T]]) -> T:
        """Make a call with the application user's session, twice when it turns out to be gone."""
        session = await self.application()
        try:
            return await self._throttle.run(lambda: call(session))
        except InvalidSession:
            self._forget_application(session)
        session = await self.application()
        return await self._throttle.run(lambda: call(session))

    async def as_user[T](self, user: str, call: Callable[[Session], Awaitable[T]]) -> T:
        """Make a call with an end user's session, twice when it turns out to be gone."""
        session = await self.of_user(user)
        try:
            return await self._throttle.run(lambda: call(session))
        except InvalidSession:
            self._forget_user(session)
        session = await self.of_user(user)
        return await self._throttle.run(lambda: call(session))

    def _forget_application(self, dead: Session) -> None:
        """Forget a session, unless somebody has replaced it meanwhile."""
        if self._application != dead:
            return
        self._application = None
        # Rule 8: the end users were logged out with it.
        for session in list(self._end_users.values()):
            self._forget_user(session)

    def _forget_user(self, dead: Session) -> None:
        if self._end_users.get(dead.name) == dead:
            del self._end_users[dead.name]
            self._on_lost(dead.name)

    async def end_user(self, user: str) -> None:
        """Log an end user out; nothing happens when it is not logged in."""
        async with self._user_locks[user]:
            session = self._end_users.get(user)
            if session is None:
                return
            await self._end(session)
            self._end_users.pop(user, None)

    async def end_application(self) -> None:
        """Log the application user out, and with it every end user; nothing when it is not in."""
        async with self._application_lock:
            if self._application is None:
                return
            await self._end(self._application)
            self._application = None
            self._end_users.clear()

    async def _end(self, session: Session) -> None:
        try:
            await self._throttle.run(lambda: self._dialect.log_out(session))
        except InvalidSession:
            # It was gone already, which is what was wanted.
            return
