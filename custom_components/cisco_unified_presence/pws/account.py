"""The part of the client that logs in at the nodes of a deployment."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
import random as randomness
import time

import aiohttp

from .cluster import Cluster
from .dialect import Session
from .errors import CertificateChanged, PresenceServiceError, UntrustedCertificate
from .model import Server
from .negotiation import DialectMode
from .node import Node, Settings
from .node_policy import NodePolicy
from .sessions import Account
from .stored_session import OpenSession
from .traffic import Traffic
from .wsdl import SoapVersion

type Distrust = CertificateChanged | UntrustedCertificate


class AccountClient:
    """Logs in at the nodes of a deployment, as one application user.

    Attributes:
        on_session_lost: Called with each end user whose session, and presence, has ended.
        on_session_taken_over: Called with a user whose session keeps ending: another client logs
            in.
        on_node_changed: Called with the old and the new node: endpoints must be made anew.
        on_distrusted: Called with each error of a node's certificate.
        on_trusted: Called with the address of a node that was distrusted and answers again.
        on_sessions_changed: Called when sessions_elsewhere may have changed. None of the six may
            raise.
        traffic: Counts the requests and their results.
    """

    def __init__(  # noqa: PLR0913 - the second half is what tests replace
        self,
        server: Server,
        application_user: str,
        password: str,
        session: aiohttp.ClientSession,
        *,
        dialect: DialectMode = DialectMode.AUTOMATIC,
        soap_version: SoapVersion | None = None,
        nodes: NodePolicy | None = None,
        timeout: float = 10.0,
        patience: float = 60.0,
        on_session_lost: Callable[[str], None] | None = None,
        on_session_taken_over: Callable[[str], None] | None = None,
        on_node_changed: Callable[[Server, Server], None] | None = None,
        on_distrusted: Callable[[Distrust], None] | None = None,
        on_trusted: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        """Send nothing yet.

        ``session`` is opened by ``open_session`` for the same server and stays the caller's.
        ``soap_version`` None means 1.1, unless a node offers 1.2 alone. ``timeout`` is in seconds
        for one request, ``patience`` for repeating it while the server is too busy; ``random``
        returns numbers from 0 to 1.
        """
        self.on_session_lost = on_session_lost
        self.on_session_taken_over = on_session_taken_over
        self.on_node_changed = on_node_changed
        self.on_distrusted = on_distrusted
        self.on_trusted = on_trusted
        self.on_sessions_changed: Callable[[], None] | None = None
        self.traffic = Traffic(self._failed, self._trusted, clock=clock)
        settings = Settings(
            account=Account(application_user, password),
            timeout=timeout,
            patience=patience,
            dialect=dialect,
            soap_version=soap_version,
            on_session_lost=self._session_lost,
            on_session_taken_over=self._session_taken_over,
            on_sessions_changed=self._sessions_changed,
            clock=clock,
            sleep=sleep,
            random=random,
            traffic=self.traffic,
        )
        self._cluster = Cluster(
            Node(server, session, settings), settings, nodes or NodePolicy(), self._node_changed
        )

    def _session_lost(self, user: str) -> None:
        if self.on_session_lost is not None:
            self.on_session_lost(user)

    def _session_taken_over(self, user: str) -> None:
        if self.on_session_taken_over is not None:
            self.on_session_taken_over(user)

    def _sessions_changed(self) -> None:
        if self.on_sessions_changed is not None:
            self.on_sessions_changed()

    def _node_changed(self, old: Server, new: Server) -> None:
        if self.on_node_changed is not None:
            self.on_node_changed(old, new)

    def _failed(self, error: PresenceServiceError) -> None:
        match error:
            case CertificateChanged() | UntrustedCertificate() if self.on_distrusted is not None:
                self.on_distrusted(error)

    def _trusted(self, address: str) -> None:
        if self.on_trusted is not None:
            self.on_trusted(address)

    # Nodes

    @property
    def dialect(self) -> DialectMode | None:
        """The dialect of the node that serves the application; None before the first login."""
        return self._cluster.application_node.negotiator.negotiated

    @property
    def node(self) -> Server:
        return self._cluster.application_node.server

    @property
    def backup(self) -> str | None:
        """The backup of the configured node as a login named it, for a later ``NodePolicy``."""
        return self._cluster.backup

    @property
    def is_on_primary(self) -> bool:
        """Whether primary nodes serve all users, not backups."""
        return self._cluster.is_on_primary

    def node_of(self, user: str) -> Server:
        return self._cluster.node_of(user).server

    def can_remove_contacts(self, watcher: str) -> bool:
        return self._cluster.node_of(watcher).dialect.can_remove_contacts

    def contacts_per_poll(self, watcher: str) -> int:
        """Return how many contacts one request polls."""
        return self._cluster.node_of(watcher).dialect.contacts_per_poll

    async def fail_back(self) -> bool:
        """Return from backups to the primary nodes that are back; to be called at intervals.

        Endpoints and subscriptions at the backups are removed, and the sessions there, which are
        abandoned, reported as lost. Returns whether primary nodes serve all users now. Raises
        nothing.
        """
        return await self._cluster.fail_back()

    @property
    def sessions_elsewhere(self) -> frozenset[OpenSession]:
        """The sessions that a later client, which begins at the first node, might not find.

        At backups, where logins are redirected once the primary is back, and at nodes of which the
        first one does not tell before a user of theirs is needed. Where there is no second node
        this is empty.
        """
        return self._cluster.sessions_elsewhere()

    async def abandon(self, sessions: Iterable[OpenSession]) -> None:
        """Have end_abandoned end these sessions of an earlier client, unless they are used."""
        await self._cluster.abandon(sessions)

    @property
    def has_abandoned(self) -> bool:
        """Whether end_abandoned has anything to do."""
        return self._cluster.has_abandoned

    async def end_abandoned(self) -> bool:
        """End the sessions that are not used any more; to be called once all is published again.

        Returns whether none is left, but at nodes that are down. Raises nothing.
        """
        return await self._cluster.end_abandoned()

    async def check_sessions(self) -> None:
        """Report sessions that have ended at nodes other than the first; to be called at intervals.

        There, a logout stays unnoticed while the person's devices show what was set. Raises
        nothing.
        """
        await self._cluster.check_sessions()

    async def close(self) -> None:
        """Close the connections to further nodes. Logs no user out."""
        await self._cluster.nodes.close()

    # Sessions

    @property
    def logged_in_users(self) -> frozenset[str]:
        return frozenset().union(*(node.sessions.users for node in self._cluster.nodes))

    @property
    def application_sessions(self) -> frozenset[Session]:
        """The application user's sessions, shared with all clients of the account (rule 9)."""
        sessions = (node.sessions.open_application for node in self._cluster.nodes)
        return frozenset(session for session in sessions if session is not None)

    async def log_in(self) -> None:
        """Raises InvalidCredentials or LoggedInElsewhere, or Redirected to the right node."""
        await self._cluster.call_application_node(lambda node: node.sessions.application())

    async def log_in_user(self, user: str) -> None:
        await self.session_of(user)

    async def session_of(self, user: str | None) -> Session:
        """Return the session of an end user, or with None the application's, logging in if needed.

        Raises UnknownUser or LoggedInElsewhere.
        """
        if user is None:
            return await self._cluster.call_application_node(
                lambda node: node.sessions.application()
            )
        return await self._cluster.call_home_node(user, lambda node: node.sessions.of_user(user))

    async def session_mark(self, user: str) -> str:
        """Return an identifier of an end user's session from which its key cannot be found."""
        return (await self.session_of(user)).mark

    async def log_out_user(self, user: str) -> None:
        await self._cluster.nodes.log_out_user(user)

    async def log_out(self, *, keep: Collection[str] = (), spare: Collection[Session] = ()) -> None:
        """Log out the application user, and with it all end users, at every node.

        The users in ``keep`` stay, and with them the application user, whose logout would end their
        sessions; so do the application user's sessions in ``spare``. Raises the first failure,
        after all logouts were tried.
        """
        await self._cluster.log_out(keep, spare)
