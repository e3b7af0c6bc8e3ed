"""Sending each call to the node that serves it. Reference: "Words", and rules 18 and 19."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from functools import partial
import logging

from .dialect import Session
from .errors import CannotConnect, PresenceServiceError, Redirected, RedirectRefused
from .failover import hop_refusal
from .faults import NoSuchEndpoint
from .homes import Home, Homes
from .model import EndpointId, Server
from .node import Node, Settings
from .node_policy import NodePolicy
from .node_pool import NodePool
from .stored_session import OpenSession
from .switchover import Switchover

_LOGGER = logging.getLogger(__name__)

type NodeCall[T] = Callable[[Node], Awaitable[T]]


class Cluster:
    """Finds for each call the node that serves it.

    The application logs in at every node; session keys of one node never go to another.
    """

    def __init__(
        self,
        first: Node,
        settings: Settings,
        policy: NodePolicy,
        on_node_changed: Callable[[Server, Server], None],
    ) -> None:
        self._policy = policy
        self._homes = Homes(first.address)
        self.nodes = NodePool(first, settings)
        self._switchover = Switchover(self._homes, self.nodes, settings, policy, on_node_changed)
        first.sessions.backup = policy.backup

    @property
    def application_node(self) -> Node:
        return self.nodes[self._homes.application.serving]

    @property
    def backup(self) -> str | None:
        return self.nodes[self._homes.application.primary].sessions.backup

    @property
    def is_on_primary(self) -> bool:
        return self._homes.are_on_primaries

    def node_of(self, user: str) -> Node:
        return self.nodes[self._homes.of(user).serving]

    async def call_application_node[T](self, call: NodeCall[T]) -> T:
        return await self._call(self._homes.application, call)

    async def call_endpoint_node[T](self, endpoint: int, call: NodeCall[T]) -> T:
        """Make a call at the node of an endpoint. Raises NoSuchEndpoint if it does not serve."""
        if not isinstance(endpoint, EndpointId):
            return await self.call_application_node(call)
        home = self._homes.served_by(endpoint.node)
        if home is None:
            raise NoSuchEndpoint(message=f"it is of {endpoint.node}")
        return await self._call(home, call)

    async def call_home_node[T](self, user: str, call: NodeCall[T]) -> T:
        """Make a call for an end user at the node that serves it, following redirections.

        Raises RedirectRefused when one leads where it may not be followed, or in circles.
        """
        passed: list[str] = []
        while True:
            home = self._homes.of(user)
            try:
                return await self._call(home, call)
            except Redirected as redirect:
                # A backup may have answered in the place of the node that was asked first.
                source = self.nodes[home.serving]
                passed.append(source.address)
                await self._rehome(user, source, redirect, passed)
            except CannotConnect:
                self._forget_home(user)
                raise

    async def _call[T](self, home: Home, call: NodeCall[T]) -> T:
        node = self.nodes[home.serving]
        try:
            return await call(node)
        except CannotConnect as error:
            if not await self._switchover.fail_over(home, node, error):
                raise
        return await call(self.nodes[home.serving])

    async def _rehome(
        self, user: str, source: Node, redirect: Redirected, passed: list[str]
    ) -> None:
        target = self._policy.target_of(redirect, source.server)
        refusal = hop_refusal(target.address.lower(), passed)
        if refusal is not None:
            self._homes.forget(user)
            raise RedirectRefused(source.server.address, target.address, refusal)
        node = await self.nodes.open(target)
        node.sessions.backup = redirect.backup or node.sessions.backup
        home = self._homes.with_primary(node.address)
        # A redirection to a node that was given up says that the node is back.
        await self._switchover.fail_back(home)
        source.sessions.abandon_user(user)
        self._homes.assign(user, home)
        _LOGGER.debug("A user of %s is homed on %s", source.server.address, target.address)

    def _forget_home(self, user: str) -> None:
        """Let the first node be asked, which may know of another home by now."""
        home = self._homes.of(user)
        if home is not self._homes.application and not home.is_on_primary:
            self.nodes[home.serving].sessions.abandon_user(user)
        self._homes.forget(user)

    async def fail_back(self) -> bool:
        """Return to every primary node that is back; tell whether primaries serve all users."""
        await self._switchover.fail_back_all()
        return self.is_on_primary

    async def check_sessions(self) -> None:
        for node in self.nodes:
            if node is self.application_node or not node.sessions.users:
                continue
            try:
                await node.sessions.refresh_application()
            except PresenceServiceError as error:
                _LOGGER.debug("Whether sessions at %s live is not known: %s", node.address, error)

    # Sessions that are not used any more

    def sessions_elsewhere(self) -> frozenset[OpenSession]:
        """Return the sessions that a client would not find that begins at the first node."""
        return frozenset(
            OpenSession.of(node.address, session)
            for node in self.nodes
            for session in self._to_be_found(node)
        )

    def _to_be_found(self, node: Node) -> Iterator[Session]:
        yield from node.sessions.abandoned
        application = node.sessions.open_application
        if application is not None and node.address != self._homes.application.primary:
            yield application
        if self._may_redirect:
            yield from node.sessions.end_users

    @property
    def _may_redirect(self) -> bool:
        """Whether a login may be redirected later that a node has accepted as another's backup."""
        return self.backup is not None or len(self.nodes) > 1

    async def abandon(self, sessions: Iterable[OpenSession]) -> None:
        """Note sessions of an earlier client, which end_abandoned is to end."""
        first = self.nodes[self._homes.application.primary].server
        for each in sessions:
            try:
                node = await self.nodes.open(self._policy.node_named(each.node, first))
            except RedirectRefused as refusal:
                _LOGGER.debug("Sessions at %s are left to expire: %s", each.node, refusal)
                continue
            node.sessions.abandon(each.session)

    @property
    def has_abandoned(self) -> bool:
        return any(True for _ in self._with_abandoned())

    async def log_out(self, keep: Collection[str], spare: Collection[Session]) -> None:
        """Log out at every node, where no user stays at those with abandoned sessions too."""
        try:
            await self.nodes.log_out(keep, spare)
        finally:
            if not keep and not spare:
                await self.end_abandoned(leaving=True)

    async def end_abandoned(self, *, leaving: bool = False) -> bool:
        for node in self._with_abandoned():
            is_in_use = partial(self._is_in_use, node)
            try:
                await node.sessions.end_abandoned(
                    is_in_use=(lambda: False) if leaving else is_in_use
                )
            except PresenceServiceError as error:
                _LOGGER.debug("Sessions at %s are ended later: %s", node.address, error)
        return not self.has_abandoned

    def _with_abandoned(self) -> Iterator[Node]:
        """Yield the nodes with sessions to end; those that are down only once they serve again."""
        return (node for node in self.nodes if node.sessions.abandoned and not self._is_down(node))

    def _is_down(self, node: Node) -> bool:
        return any(home.primary == node.address and not home.is_on_primary for home in self._homes)

    def _is_in_use(self, node: Node) -> bool:
        return node is self.application_node or bool(node.sessions.users)
