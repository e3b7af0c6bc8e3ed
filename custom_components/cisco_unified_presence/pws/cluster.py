"""The nodes of a deployment: who is homed where, and what serves meanwhile.

Reference: "Words", and rules 18 and 19.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from functools import partial
import logging
from typing import Final

from .dialect import Session
from .errors import (
    CannotConnect,
    ConnectFailure,
    PresenceServiceError,
    Redirected,
    RedirectRefusal,
    RedirectRefused,
)
from .faults import NoSuchEndpoint
from .model import EndpointId, Server
from .node import Node, Settings
from .node_policy import NodePolicy
from .transport import open_further_session

_LOGGER = logging.getLogger(__name__)

# Seconds to wait before each further attempt at a node, until its backup is asked.
_PAUSES: Final = (0.0, 1.0, 2.0)

# Seconds for each of those attempts, during which everybody waits.
_ATTEMPT: Final = 5.0

_MAX_HOPS: Final = 5

# The node is there, but is not who it should be: its backup would not be a way around that.
_MATTERS_OF_TRUST: Final = frozenset(
    {ConnectFailure.TLS_FAILED, ConnectFailure.NOT_TLS, ConnectFailure.TLS_REQUIRED}
)

type Act[T] = Callable[[Node], Awaitable[T]]


class Home:
    """Where some users belong: their primary node, and which node serves them now."""

    def __init__(self, primary: Node) -> None:
        """Begin with the primary node serving."""
        self.primary = primary
        self.serving = primary
        self.moving = asyncio.Lock()
        self.judged_at: float | None = None


class Cluster:
    """Finds for each call the node that serves it.

    A node is logged in at with the account of the application; its keys never go to another node.
    """

    def __init__(
        self,
        first: Node,
        settings: Settings,
        policy: NodePolicy,
        on_node_changed: Callable[[Server, Server], None],
    ) -> None:
        """Take the node that serves the application; its HTTP session stays the caller's.

        ``on_node_changed`` is called with the node left and the node taken in its place.
        """
        self._settings = settings
        self._policy = policy
        self._on_node_changed = on_node_changed
        self._first = Home(first)
        self._first_node = first
        self._nodes = {first.address: first}
        self._homes = {first.address: self._first}
        self._home_of: dict[str, Home] = {}
        self._opening = asyncio.Lock()
        first.sessions.backup = policy.backup

    @property
    def first(self) -> Node:
        """The node that serves the application now."""
        return self._first.serving

    @property
    def backup(self) -> str | None:
        """The backup of the application's primary node, as that node named it."""
        return self._first.primary.sessions.backup

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes that were ever needed."""
        return tuple(self._nodes.values())

    @property
    def is_on_primary(self) -> bool:
        """Whether every user is served by the primary node."""
        return all(home.serving is home.primary for home in self._homes.values())

    def serving(self, user: str) -> Node:
        """Return the node that serves an end user, as far as is known."""
        return self._home(user).serving

    def _home(self, user: str) -> Home:
        return self._home_of.get(user, self._first)

    # Calls

    async def at_first[T](self, act: Act[T]) -> T:
        """Act at the node that serves the application."""
        return await self._at(self._first, act)

    async def at_endpoint[T](self, endpoint: int, act: Act[T]) -> T:
        """Act at the node that has an endpoint.

        Raises:
            NoSuchEndpoint: That node does not serve at the moment.
        """
        if not isinstance(endpoint, EndpointId):
            return await self.at_first(act)
        for home in self._homes.values():
            if home.serving.address == endpoint.node:
                return await self._at(home, act)
        raise NoSuchEndpoint(message=f"it is of {endpoint.node}")

    async def at_home_of[T](self, user: str, act: Act[T]) -> T:
        """Act for an end user at the node that serves it, wherever the nodes send it to.

        Raises:
            RedirectRefused: They send it where it may not go, or in circles.
        """
        passed: list[str] = []
        while True:
            home = self._home(user)
            try:
                return await self._at(home, act)
            except Redirected as redirect:
                # A backup may have answered in the place of the node that was asked first.
                source = home.serving
                passed.append(source.address)
                await self._rehome(user, source, redirect, passed)
            except CannotConnect:
                # The first node may know of another home by now.
                self._home_of.pop(user, None)
                raise

    async def _at[T](self, home: Home, act: Act[T]) -> T:
        node = home.serving
        try:
            return await act(node)
        except CannotConnect as error:
            if not await self._has_moved(home, node, error):
                raise
        return await act(home.serving)

    # Redirections

    async def _rehome(
        self, user: str, source: Node, redirect: Redirected, passed: list[str]
    ) -> None:
        target = self._policy.target_of(redirect, source.server)
        if target.address.lower() in passed:
            self._home_of.pop(user, None)
            raise RedirectRefused(source.server.address, target.address, RedirectRefusal.LOOP)
        if len(passed) > _MAX_HOPS:
            self._home_of.pop(user, None)
            raise RedirectRefused(source.server.address, target.address, RedirectRefusal.TOO_MANY)
        node = await self._open(target)
        node.sessions.backup = redirect.backup or node.sessions.backup
        home = self._homes.setdefault(node.address, Home(node))
        # Who is sent to a node that was given up is told that it is back.
        await self._come_home(home)
        source.sessions.forget_user(user)
        self._home_of[user] = home
        _LOGGER.debug("A user of %s is homed on %s", source.server.address, target.address)

    async def _open(self, server: Server) -> Node:
        key = server.address.lower()
        async with self._opening:
            if key not in self._nodes:
                http = await open_further_session(server)
                self._nodes[key] = Node(server, http, self._settings)
            return self._nodes[key]

    # Failover

    async def _has_moved(self, home: Home, node: Node, error: CannotConnect) -> bool:
        """Tell whether another node serves now in place of one that could not be reached."""
        if error.reason in _MATTERS_OF_TRUST:
            return False
        failed_at = self._settings.clock()
        async with home.moving:
            if home.serving is not node:
                return True
            if home.judged_at is not None and home.judged_at >= failed_at:
                return False
            moved = await self._give_up(home, node)
            home.judged_at = self._settings.clock()
            return moved

    async def _give_up(self, home: Home, node: Node) -> bool:
        """Let another node serve, unless this one answers or the other one does not."""
        other = await self._other(home)
        if other is None or await self._answers(node):
            return False
        try:
            await other.sessions.refresh_application()
        except PresenceServiceError as error:
            _LOGGER.debug("%s cannot serve either: %s", other.address, error)
            return False
        _LOGGER.debug("%s cannot be reached; %s serves meanwhile", node.address, other.address)
        home.serving = other
        self._forget_sessions(home, node)
        self._on_node_changed(node.server, other.server)
        return True

    async def _other(self, home: Home) -> Node | None:
        """Return the node that could serve in place of the one that does, None without one."""
        if home.serving is not home.primary:
            return home.primary
        backup = home.primary.sessions.backup
        if backup is None:
            return None
        try:
            server = self._policy.node_named(backup, home.primary.server)
        except RedirectRefused as refusal:
            _LOGGER.debug("The backup is not used: %s", refusal)
            return None
        return None if server.address.lower() == home.primary.address else await self._open(server)

    async def _answers(self, node: Node) -> bool:
        for pause in _PAUSES:
            await self._settings.sleep(pause)
            try:
                async with asyncio.timeout(_ATTEMPT):
                    await node.sessions.refresh_application()
            except CannotConnect, TimeoutError:
                continue
            except PresenceServiceError:
                return True
            return True
        return False

    def _forget_sessions(self, home: Home, node: Node) -> None:
        for user in self._users_at(node, home):
            node.sessions.abandon_user(user)
        application = node.sessions.open_application
        if application is not None and not self._serves_others(node, home):
            node.sessions.forget_application(application)

    def _serves_others(self, node: Node, home: Home) -> bool:
        return any(h.serving is node for h in self._homes.values() if h is not home)

    def _users_at(self, node: Node, home: Home) -> list[str]:
        return sorted(user for user in node.sessions.users if self._home(user) is home)

    # Going home

    async def fail_back(self) -> bool:
        """Return to every primary node that is back; tell whether all users are home now."""
        for home in tuple(self._homes.values()):
            try:
                await self._come_home(home)
            except PresenceServiceError as error:
                _LOGGER.debug("%s is not back yet: %s", home.primary.address, error)
        return self.is_on_primary

    async def _come_home(self, home: Home) -> None:
        async with home.moving:
            if home.serving is home.primary:
                return
            await home.primary.sessions.refresh_application()
            stand_in, home.serving = home.serving, home.primary
            _LOGGER.debug("%s is back", home.primary.address)
            # It may not have noticed that it was given up.
            if await self._tidy(home.primary, home):
                await _is_there(home.primary.sessions.end_abandoned())
            await self._leave(stand_in, home)
            self._on_node_changed(stand_in.server, home.primary.server)

    async def _leave(self, node: Node, home: Home) -> None:
        """Leave nothing behind at a node that stood in, as far as it answers."""
        if await self._tidy(node, home):
            for user in self._users_at(node, home):
                await _is_there(node.sessions.drop_user(user))
            if not self._serves_others(node, home):
                await _is_there(node.sessions.end_application())
        self._forget_sessions(home, node)

    async def _tidy(self, node: Node, home: Home) -> bool:
        """Take away what was made at a node for a home's users; tell whether the node answers."""
        removals = [
            partial(node.unsubscribe, watcher, subscription)
            for subscription, watcher in node.subscriptions.items()
            if self._home(watcher) is home
        ]
        removals += [
            partial(node.unregister_endpoint, endpoint)
            for endpoint, watcher in node.endpoints.items()
            if (self._first if watcher is None else self._home(watcher)) is home
        ]
        for remove in removals:
            if not await _is_there(remove()):
                return False
        return True

    async def check_sessions(self) -> None:
        """Notice sessions that have ended at further nodes; see ``PresenceClient``."""
        for node in self.nodes:
            if node is self.first or not node.sessions.users:
                continue
            try:
                await node.sessions.refresh_application()
            except PresenceServiceError as error:
                _LOGGER.debug("Whether sessions at %s live is not known: %s", node.address, error)

    # Leaving

    async def log_out_user(self, user: str) -> None:
        """Log an end user out wherever it is logged in."""
        for node in self.nodes:
            await node.sessions.end_user(user)

    async def log_out(self, keep: Collection[str], spare: Collection[Session]) -> None:
        """Log everybody out but those to keep, at every node; see ``PresenceClient.log_out``."""
        failures: list[PresenceServiceError] = []
        for node in self.nodes:
            try:
                failures += await _log_out(node, keep, spare)
            except PresenceServiceError as error:
                failures.append(error)
        if failures:
            raise failures[0]

    async def close(self) -> None:
        """Close the connections to all nodes but the first, which are the caller's."""
        for node in self.nodes:
            if node is not self._first_node:
                await node.http.close()


async def _log_out(
    node: Node, keep: Collection[str], spare: Collection[Session]
) -> list[PresenceServiceError]:
    """Log out at one node, and return what failed. Raises CannotConnect at once."""
    failures: list[PresenceServiceError] = []
    for user in sorted(node.sessions.users.difference(keep)):
        try:
            await node.sessions.end_user(user)
        except CannotConnect:
            raise
        except PresenceServiceError as error:
            failures.append(error)
    kept = node.sessions.users.intersection(keep)
    if not kept and node.sessions.open_application not in spare:
        await node.sessions.end_application()
    return failures


async def _is_there(removal: Awaitable[None]) -> bool:
    """Do a removal that matters little, and tell whether the node could be reached for it."""
    try:
        await removal
    except CannotConnect:
        return False
    except PresenceServiceError as error:
        _LOGGER.debug("Something was left to the node: %s", error)
    return True
