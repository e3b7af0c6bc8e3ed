"""Removing from a node what was made there for the users of a home. Reference: rule 18."""

from collections.abc import Awaitable
from functools import partial
import logging

from .errors import CannotConnect, PresenceServiceError
from .homes import Home, Homes
from .node import Node

_LOGGER = logging.getLogger(__name__)


class NodeCleanup:
    """Removes what nodes hold for a home whose users another node serves."""

    def __init__(self, homes: Homes) -> None:
        self._homes = homes

    async def clean_primary(self, node: Node, home: Home) -> None:
        """Remove what the primary node still has from before its failure, if it noticed none."""
        if await self._remove(node, home):
            await _reached(node.sessions.end_abandoned())

    async def clean_backup(self, node: Node, home: Home) -> None:
        """Remove everything from a backup that served, as far as it answers."""
        if await self._remove(node, home):
            for user in self._users_at(node, home):
                await _reached(node.sessions.drop_user(user))
            if not self._homes.serves_others(node.address, home):
                await _reached(node.sessions.end_application())
        self.forget_sessions(node, home)

    def forget_sessions(self, node: Node, home: Home) -> None:
        """Forget a home's sessions at a node, and report its users' as lost. Sends nothing."""
        for user in self._users_at(node, home):
            node.sessions.abandon_user(user)
        application = node.sessions.open_application
        if application is not None and not self._homes.serves_others(node.address, home):
            node.sessions.forget_application(application)

    def _users_at(self, node: Node, home: Home) -> list[str]:
        return sorted(user for user in node.sessions.users if self._homes.of(user) is home)

    async def _remove(self, node: Node, home: Home) -> bool:
        """Remove a home's subscriptions and endpoints; tell whether the node answers."""
        removals = [
            partial(node.unsubscribe, watcher, subscription)
            for subscription, watcher in node.subscriptions.items()
            if self._homes.of(watcher) is home
        ]
        removals += [
            partial(node.unregister_endpoint, endpoint)
            for endpoint, watcher in node.endpoints.items()
            if self._homes.of(watcher) is home
        ]
        for remove in removals:
            if not await _reached(remove()):
                return False
        return True


async def _reached(removal: Awaitable[None]) -> bool:
    """Await a removal whose refusal matters little; tell whether the node could be reached."""
    try:
        await removal
    except CannotConnect:
        return False
    except PresenceServiceError as error:
        _LOGGER.debug("A removal was refused: %s", error)
    return True
