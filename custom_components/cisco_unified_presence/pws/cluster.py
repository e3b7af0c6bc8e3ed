"""Sending each call to the node that serves it. Reference: "Words", and rules 18 and 19."""

from collections.abc import Awaitable, Callable
import logging

from .errors import CannotConnect, PresenceServiceError, Redirected, RedirectRefused
from .failover import hop_refusal
from .faults import NoSuchEndpoint
from .homes import Home, Homes
from .model import EndpointId, Server
from .node import Node, Settings
from .node_policy import NodePolicy
from .node_pool import NodePool
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
                # The first node may know of another home by now.
                self._homes.forget(user)
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
        source.sessions.forget_user(user)
        self._homes.assign(user, home)
        _LOGGER.debug("A user of %s is homed on %s", source.server.address, target.address)

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
