"""Logging in at the nodes of a deployment: the part of the client that is about accounts."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
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
from .traffic import Traffic
from .wsdl import SoapVersion

type Distrust = CertificateChanged | UntrustedCertificate


class AccountClient:
    """Is logged in at the nodes of a deployment, as one application user.

    Attributes:
        on_session_lost: Called with each end user whose session turned out to be gone, so that
            presence held through it can be set anew.
        on_session_taken_over: Called with a user, the application's or an end user, whose session
            keeps ending though it is renewed: somebody else forces logins.
        on_node_changed: Called with the node left and the node that serves in its place: endpoints
            and subscriptions that were made at the first must be made anew.
        on_distrusted: Called with what is wrong with the certificate of a node, each time that it
            was in the way. None of the four may raise.
        traffic: What was asked so far, and how that went.
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
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            server: The node that serves the application.
            application_user: Name of the account with API rights.
            password: Its password.
            session: As opened by ``open_session`` for the same server. Stays the caller's.
            dialect: How to speak to the nodes.
            soap_version: None means 1.1, unless a node offers 1.2 alone.
            nodes: Which other nodes may be used, and how far they are trusted.
            timeout: Seconds for one request, connecting and reading included.
            patience: Seconds to go on repeating a request while the server is too busy.
            on_session_lost: See the attribute.
            on_session_taken_over: See the attribute.
            on_node_changed: See the attribute.
            on_distrusted: See the attribute.
            clock: Tells seconds.
            sleep: Waits for seconds.
            random: Tells a number from 0 to 1.
        """
        self.on_session_lost = on_session_lost
        self.on_session_taken_over = on_session_taken_over
        self.on_node_changed = on_node_changed
        self.on_distrusted = on_distrusted
        self.traffic = Traffic(self._failed, clock=clock)
        settings = Settings(
            account=Account(application_user, password),
            timeout=timeout,
            patience=patience,
            dialect=dialect,
            soap_version=soap_version,
            on_session_lost=self._session_lost,
            on_session_taken_over=self._session_taken_over,
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

    def _node_changed(self, old: Server, new: Server) -> None:
        if self.on_node_changed is not None:
            self.on_node_changed(old, new)

    def _failed(self, error: PresenceServiceError) -> None:
        match error:
            case CertificateChanged() | UntrustedCertificate() if self.on_distrusted is not None:
                self.on_distrusted(error)

    # Nodes

    @property
    def dialect(self) -> DialectMode | None:
        """How the node that serves the application is spoken to; None before the first login."""
        return self._cluster.application_node.negotiator.negotiated

    @property
    def node(self) -> Server:
        """The node that serves the application now."""
        return self._cluster.application_node.server

    @property
    def backup(self) -> str | None:
        """The backup of the configured node, as a login named it; to be kept for ``NodePolicy``."""
        return self._cluster.backup

    @property
    def is_on_primary(self) -> bool:
        """Whether all users are served by the nodes that they are homed on, not by backups."""
        return self._cluster.is_on_primary

    def node_of(self, user: str) -> Server:
        """Return the node that serves an end user, as far as is known."""
        return self._cluster.node_of(user).server

    def can_remove_contacts(self, watcher: str) -> bool:
        """Tell whether the watcher's node takes single contacts out of subscriptions."""
        return self._cluster.node_of(watcher).dialect.can_remove_contacts

    async def fail_back(self) -> bool:
        """Return to the nodes that backups stand in for, if they are back; to be called at times.

        What was made at the backups is taken away, users are logged out there and reported as lost,
        and ``on_node_changed`` is called. Raises nothing.

        Returns:
            Whether all users are served by their own nodes now.
        """
        return await self._cluster.fail_back()

    async def check_sessions(self) -> None:
        """Notice sessions that have ended at nodes other than the first; to be called at times.

        At the first there is always something to ask, which tells. Who is homed elsewhere may be
        logged out unheard, as long as the person's own devices show the very word that was set.
        Users whose sessions have ended are reported as lost. Raises nothing.
        """
        await self._cluster.check_sessions()

    async def close(self) -> None:
        """Close the connections to further nodes. Logs nobody out; the client is of no use then."""
        await self._cluster.nodes.close()

    # Sessions

    @property
    def logged_in_users(self) -> frozenset[str]:
        """The end users that have a session, as far as is known."""
        return frozenset().union(*(node.sessions.users for node in self._cluster.nodes))

    @property
    def application_sessions(self) -> frozenset[Session]:
        """The application user's sessions, one at each node that was needed, as far as is known.

        Clients with the same account have the same ones (rule 9), which any one's logout ends.
        """
        sessions = (node.sessions.open_application for node in self._cluster.nodes)
        return frozenset(session for session in sessions if session is not None)

    async def log_in(self) -> None:
        """Log the application user in, unforced, unless it is.

        Raises:
            InvalidCredentials: The name or the password is wrong.
            LoggedInElsewhere: Somebody else holds its session.
            Redirected: It belongs to another node, which is the one to be configured.
        """
        await self._cluster.call_application_node(lambda node: node.sessions.application())

    async def log_in_user(self, user: str) -> None:
        """Log an end user in, unforced, unless it is.

        Raises:
            UnknownUser: The server has no such user.
            LoggedInElsewhere: Somebody else holds its session.
        """
        await self.session_of(user)

    async def session_of(self, user: str | None) -> Session:
        """Return an end user's session, or with None the application's, logging in without one.

        Raises:
            UnknownUser: The server has no such user.
            LoggedInElsewhere: Somebody else holds its session.
        """
        if user is None:
            return await self._cluster.call_application_node(
                lambda node: node.sessions.application()
            )
        return await self._cluster.call_home_node(user, lambda node: node.sessions.of_user(user))

    async def session_mark(self, user: str) -> str:
        """Return what tells an end user's session from another, and gives nothing of it away.

        To be kept, so that a later run can tell whether what was set is carried by the same session
        still; it is logged in, unforced, unless it is.

        Raises:
            UnknownUser: The server has no such user.
            LoggedInElsewhere: Somebody else holds its session.
        """
        return (await self.session_of(user)).mark

    async def log_out_user(self, user: str) -> None:
        """Log an end user out, if this client logged it in."""
        await self._cluster.nodes.log_out_user(user)

    async def log_out(self, *, keep: Collection[str] = (), spare: Collection[Session] = ()) -> None:
        """Log out all end users, then the application user, at every node.

        The sessions of the users in ``keep`` stay, and with them the application user's, since
        its logout would end them; so do those of the application user's sessions that are in
        ``spare``. One that fails does not save the others from being logged out.

        Raises:
            PresenceServiceError: The first failure, after all were tried; a node that cannot be
                reached is not asked again.
        """
        await self._cluster.nodes.log_out(keep, spare)
