"""One node: its connections and sessions, its endpoints and subscriptions. Reference: rule 18."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp

from .dialect import Dialect, Session, SubscriptionSpec
from .exchange import Exchange
from .faults import NoSuchEndpoint, NoSuchSubscription
from .model import ContactPresence, EndpointId, Server, SubscriptionId
from .negotiation import DialectMode, DialectNegotiator
from .session_takeover import SessionTakeoverDetector
from .sessions import Account, Sessions
from .throttle import Throttle
from .traffic import Traffic
from .transport import PARALLEL_REQUESTS
from .wsdl import SoapVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every node of a client shares; see ``PresenceClient``."""

    account: Account
    timeout: float
    patience: float
    dialect: DialectMode
    soap_version: SoapVersion | None
    on_session_lost: Callable[[str], None]
    on_session_taken_over: Callable[[str], None]
    on_sessions_changed: Callable[[], None]
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    random: Callable[[], float]
    traffic: Traffic


class Node:
    """Sends requests to one node, and records the endpoints and subscriptions made there.

    Ids of another node are refused without a request: this node may have one with the same number.
    """

    def __init__(self, server: Server, http: aiohttp.ClientSession, settings: Settings) -> None:
        """``http`` is opened by ``open_session`` for the same server."""
        self.server = server
        # ``host:port``, the same however it is spelled.
        self.address = server.address.lower()
        self.http = http
        self.negotiator = DialectNegotiator(
            Exchange(server, http, settings.timeout, traffic=settings.traffic),
            settings.dialect,
            settings.soap_version,
        )
        throttle = Throttle(
            patience=settings.patience,
            parallel=PARALLEL_REQUESTS,
            clock=settings.clock,
            sleep=settings.sleep,
            random=settings.random,
        )
        takeovers = SessionTakeoverDetector(settings.clock, settings.on_session_taken_over)
        self.sessions = Sessions(
            self.negotiator,
            throttle,
            settings.account,
            takeovers,
            settings.on_session_lost,
            settings.on_sessions_changed,
        )
        # By their ids: the watcher for whom an endpoint was registered, and who subscribed.
        self.endpoints: dict[int, str | None] = {}
        self.subscriptions: dict[int, str] = {}

    @property
    def dialect(self) -> Dialect:
        return self.negotiator.dialect

    async def register_endpoint(self, url: str, expiry: int, watcher: str | None) -> EndpointId:
        if watcher is not None:
            await self.sessions.of_user(watcher)
        number = await self.sessions.as_application(
            lambda session: self.dialect.register_endpoint(session, url, expiry)
        )
        self.endpoints[number] = watcher
        return EndpointId(number, self.address)

    async def renew_endpoint(self, endpoint: int, expiry: int) -> None:
        self._require_endpoint(endpoint)
        await self.sessions.as_application(
            lambda session: self.dialect.renew_endpoint(session, endpoint, expiry)
        )

    async def unregister_endpoint(self, endpoint: int) -> None:
        self._require_endpoint(endpoint)
        self.endpoints.pop(endpoint, None)
        await self.sessions.as_application(
            lambda session: self.dialect.unregister_endpoint(session, endpoint)
        )

    async def subscribe(self, watcher: str, spec: SubscriptionSpec) -> SubscriptionId:
        self._require_endpoint(spec.endpoint)
        number = await self.sessions.as_user(
            watcher, lambda session: self.dialect.subscribe(session, spec)
        )
        self.subscriptions[number] = watcher
        return SubscriptionId(number, self.address)

    async def renew_subscription(
        self, watcher: str, subscription: int, spec: SubscriptionSpec
    ) -> None:
        self._require_endpoint(spec.endpoint)
        await self._with_subscription(
            watcher,
            subscription,
            lambda session: self.dialect.renew_subscription(session, subscription, spec),
        )

    async def unsubscribe(self, watcher: str, subscription: int) -> None:
        await self._with_subscription(
            watcher, subscription, lambda session: self.dialect.unsubscribe(session, subscription)
        )
        self.subscriptions.pop(subscription, None)

    async def remove_contacts(
        self, watcher: str, subscription: int, contacts: Sequence[str]
    ) -> None:
        await self._with_subscription(
            watcher,
            subscription,
            lambda session: self.dialect.remove_contacts(session, subscription, contacts),
        )

    async def fetch(self, watcher: str, subscription: int, *, rich: bool) -> list[ContactPresence]:
        return await self._with_subscription(
            watcher,
            subscription,
            lambda session: self.dialect.fetch(session, subscription, rich=rich),
            # What has changed is seen at once, however many people are being set.
            urgent=True,
        )

    async def _with_subscription[T](
        self,
        watcher: str,
        subscription: int,
        call: Callable[[Session], Awaitable[T]],
        *,
        urgent: bool = False,
    ) -> T:
        if isinstance(subscription, SubscriptionId) and subscription.node != self.address:
            raise NoSuchSubscription(message=f"it is of {subscription.node}", user=watcher)
        try:
            return await self.sessions.as_user(watcher, call, urgent=urgent)
        except NoSuchSubscription:
            self.subscriptions.pop(subscription, None)
            raise

    def _require_endpoint(self, endpoint: int) -> None:
        if isinstance(endpoint, EndpointId) and endpoint.node != self.address:
            raise NoSuchEndpoint(message=f"it is of {endpoint.node}")
