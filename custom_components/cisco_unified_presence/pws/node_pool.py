"""The nodes of a deployment that were needed so far, each with connections of its own."""

import asyncio
from collections.abc import Awaitable, Collection, Iterator

from .dialect import Session
from .errors import CannotConnect, PresenceServiceError
from .model import Server
from .node import Node, Settings
from .transport import open_further_session


class NodePool:
    """Nodes by their addresses. The HTTP session of the first node stays the caller's."""

    def __init__(self, first: Node, settings: Settings) -> None:
        self._settings = settings
        self._first = first
        self._nodes = {first.address: first}
        self._opening = asyncio.Lock()

    def __iter__(self) -> Iterator[Node]:
        return iter(tuple(self._nodes.values()))

    def __len__(self) -> int:
        return len(self._nodes)

    def __getitem__(self, address: str) -> Node:
        return self._nodes[address]

    async def open(self, server: Server) -> Node:
        """Return the node of a server, opening connections to it when it is new."""
        address = server.address.lower()
        async with self._opening:
            if address not in self._nodes:
                http = await open_further_session(server)
                self._nodes[address] = Node(server, http, self._settings)
            return self._nodes[address]

    async def close(self) -> None:
        for node in self:
            if node is not self._first:
                await node.http.close()

    async def log_out_user(self, user: str) -> None:
        for node in self:
            await node.sessions.end_user(user)

    async def log_out(self, keep: Collection[str], spare: Collection[Session]) -> None:
        """Log out at every node; see ``PresenceClient.log_out``."""
        failures: list[PresenceServiceError] = []
        for node in self:
            try:
                failures += await _log_out(node, keep, spare)
            except PresenceServiceError as error:
                failures.append(error)
        if failures:
            raise failures[0]


async def _log_out(
    node: Node, keep: Collection[str], spare: Collection[Session]
) -> list[PresenceServiceError]:
    """Log out at one node, and return what failed. Raises CannotConnect at once."""
    sessions = node.sessions
    failures: list[PresenceServiceError] = []
    if sessions.users.isdisjoint(keep) and sessions.open_application not in spare:
        # Rule 8: its end users are logged out with it, however many there are.
        failures += await _failure_of(sessions.end_application())
    for user in sorted(sessions.users.difference(keep)):
        failures += await _failure_of(sessions.end_user(user))
    return failures


async def _failure_of(logout: Awaitable[None]) -> list[PresenceServiceError]:
    try:
        await logout
    except CannotConnect:
        raise
    except PresenceServiceError as error:
        return [error]
    return []
