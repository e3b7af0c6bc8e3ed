"""The environment of a case: a server, a dialect without the client's checks, and sessions."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Final

import aiohttp

from cup_simulator import Simulator
from cup_simulator.clock import ManualClock
from custom_components.cisco_unified_presence.pws import (
    ContactPresence,
    Session,
    write_clear,
)
from custom_components.cisco_unified_presence.pws.dialect import (
    Dialect,
    PublishOptions,
    SubscriptionSpec,
)
from custom_components.cisco_unified_presence.pws.errors import (
    PresenceServiceError,
)
from custom_components.cisco_unified_presence.pws.exchange import Exchange
from custom_components.cisco_unified_presence.pws.rest import RestDialect
from custom_components.cisco_unified_presence.pws.soap import SoapDialect

from .callback import Callback
from .case import Differs, Skipped, Spoken
from .raw import VERSIONS, RawRequests
from .target import Target

HOUR: Final = 3600
OVERRIDE: Final = PublishOptions(override=True, expiry=HOUR)
DEVICE: Final = PublishOptions(override=False, expiry=HOUR)

_TIMEOUT: Final = 15.0


class Stage:
    """One case's conversation with a server; ``leave`` removes what it created there."""

    def __init__(
        self,
        target: Target,
        spoken: Spoken,
        http: aiohttp.ClientSession,
        callback: Callback,
        simulator: Simulator | None = None,
    ) -> None:
        """``simulator`` is None for a real server."""
        self.target = target
        self.spoken = spoken
        self.http = http
        self.callback = callback
        self.exchange = Exchange(target.server, http, _TIMEOUT)
        self.dialect: Dialect = (
            RestDialect(self.exchange)
            if spoken is Spoken.REST
            else SoapDialect(self.exchange, VERSIONS[spoken])
        )
        self.raw = RawRequests(self.exchange, spoken)
        self._simulator = simulator
        self._sessions: dict[str, Session] = {}
        self._endpoints: list[int] = []
        self._subscriptions: list[tuple[Session, int]] = []
        self._has_set = False

    @property
    def is_rest(self) -> bool:
        return self.spoken is Spoken.REST

    @property
    def is_simulated(self) -> bool:
        return self._simulator is not None

    @property
    def simulator(self) -> Simulator:
        """The simulator; only for cases that declare the need."""
        if self._simulator is None:
            raise RuntimeError("The case does not say that it needs the simulator.")
        return self._simulator

    def pass_time(self, seconds: float) -> None:
        clock = self.simulator.clock
        assert isinstance(clock, ManualClock)
        clock.advance(seconds)

    async def jabber(self, word: str, **more: object) -> None:
        """Act as the person's own client: by hand, or with manual=False as a device."""
        await self.control("PUT", f"people/{self.target.person}/presence", presence=word, **more)

    async def control(self, method: str, path: str, /, **body: object) -> None:
        port = self.simulator.ports.control
        url = f"http://127.0.0.1:{port}/control/{path}"
        async with self.http.request(method, url, json=body or None) as response:
            assert response.ok, await response.text()

    async def application(self) -> Session:
        """Return the application user's session; the first call logs in."""
        name = self.target.application_user
        if name not in self._sessions:
            self._sessions[name] = await self.dialect.log_in(name, self.target.password)
        return self._sessions[name]

    async def user(self, name: str) -> Session:
        """Return an end user's session; the first call logs in."""
        if name not in self._sessions:
            application = await self.application()
            self._sessions[name] = await self.dialect.log_in_end_user(name, application)
        return self._sessions[name]

    async def watcher(self) -> Session:
        return await self.user(self.target.watcher)

    async def person(self) -> Session:
        """Return the session of the person whose presence may be set."""
        return await self.user(self.target.person)

    async def person_to_set(self) -> Session:
        """Return the person's session, and clear in the end what is set with it."""
        self._has_set = True
        return await self.person()

    def forget(self, *names: str) -> None:
        """Log these users, or all, in again at the next use."""
        for name in names or list(self._sessions):
            self._sessions.pop(name, None)

    def remember(self, session: Session) -> None:
        """Log this session out at the end."""
        self._sessions[session.name] = session

    async def endpoint(self, url: str | None = None, expiry: int = HOUR) -> int:
        """Register an endpoint, by default of the stage's own callback."""
        application = await self.application()
        endpoint = await self.dialect.register_endpoint(application, url or self.url, expiry)
        self._endpoints.append(endpoint)
        return endpoint

    @property
    def url(self) -> str:
        """A URL for endpoints whose notifications do not matter."""
        try:
            return self.callback.url
        except Skipped:
            return "http://192.0.2.1/conformance"

    async def subscription(
        self,
        contacts: Sequence[str] | None = None,
        *,
        endpoint: int | None = None,
        expiry: int = HOUR,
        session: Session | None = None,
    ) -> int:
        """Subscribe, by default the watcher to the person and to the watcher."""
        session = session or await self.watcher()
        spec = SubscriptionSpec(
            self.contacts if contacts is None else contacts,
            await self.endpoint() if endpoint is None else endpoint,
            expiry,
        )
        subscription = await self.dialect.subscribe(session, spec)
        self._subscriptions.append((session, subscription))
        return subscription

    @property
    def contact(self) -> str:
        return self.target.contact(self.target.person)

    @property
    def contacts(self) -> list[str]:
        return [self.contact, self.target.contact(self.target.watcher)]

    async def fetch(self, subscription: int, *, rich: bool = False) -> list[ContactPresence]:
        return await self.dialect.fetch(await self.watcher(), subscription, rich=rich)

    async def poll(self, *, rich: bool = False) -> ContactPresence:
        """Poll the person."""
        found = await self.dialect.poll(await self.watcher(), [self.contact], rich=rich)
        if len(found) != 1:
            raise Differs(f"{len(found)} contacts instead of the one that was asked for")
        return found[0]

    async def set(self, word: str, options: PublishOptions) -> None:
        """Set the person's basic presence, unchecked."""
        await self.dialect.set_presence(await self.person_to_set(), word, options)

    async def set_rich(self, document: bytes, options: PublishOptions) -> None:
        """Set the person's rich presence, unchecked."""
        await self.dialect.set_rich_presence(await self.person_to_set(), document, options)

    async def shows(self, *words: str) -> None:
        """Require that the watcher sees one of these words; real servers get some seconds."""
        for _ in range(1 if self._simulator else 10):
            seen = (await self.poll()).presence
            if seen in words:
                return
            if self._simulator is None:
                await asyncio.sleep(0.5)
        raise Differs(f"the person is {seen}, not {' or '.join(words)}")

    async def settle(self) -> None:
        """Wait until pending notifications have arrived."""
        if self._simulator is None:
            await asyncio.sleep(self.target.patience)
        else:
            await self._simulator.notifier.deliver_all()

    async def leave(self) -> None:
        """Remove everything created at the server; missing things are ignored."""
        person = self._sessions.get(self.target.person)
        if self._has_set and person is not None:
            clear = write_clear(self.contact)
            await _gone(self.dialect.set_rich_presence(person, clear, DEVICE))
        for session, subscription in self._subscriptions:
            await _gone(self.dialect.unsubscribe(session, subscription))
        application = self._sessions.pop(self.target.application_user, None)
        if application is not None:
            for endpoint in self._endpoints:
                await _gone(self.dialect.unregister_endpoint(application, endpoint))
        for session in self._sessions.values():
            await _gone(self.dialect.log_out(session))
        if application is not None:
            await _gone(self.dialect.log_out(application))


async def _gone(removing: Awaitable[None]) -> None:
    with suppress(PresenceServiceError):
        await removing
