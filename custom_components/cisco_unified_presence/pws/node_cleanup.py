"""Removing from a node what was made there for the users of a home. Reference: rule 18."""

from collections.abc import Awaitable
from functools import partial
import logging

from .errors import CannotConnect, PresenceServiceError
from .homes import Home, Homes
from .node import Node

_LOGGER = logging.getLogger(__name__)


class NodeCleanup:
    """Gives up what nodes hold for a home whose users another node serves.

    Sessions are only abandoned: they may carry what is published until it is published elsewhere.
    """

    def __init__(self, homes: Homes) -> None:
        self._homes = homes

    async def remove_made(self, node: Node, home: Home) -> None:
        """Remove a home's subscriptions and endpoints from a node, as far as it answers."""
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
                return

    def abandon_sessions(self, node: Node, home: Home) -> None:
        """Abandon a home's sessions at a node, and report its users' as lost. Sends nothing."""
        for user in self._users_at(node, home):
            node.sessions.abandon_user(user)
        if not self._homes.serves_others(node.address, home):
            node.sessions.abandon_application()

    def _users_at(self, node: Node, home: Home) -> list[str]:
        return sorted(user for user in node.sessions.users if self._homes.of(user) is home)


async def _reached(removal: Awaitable[None]) -> bool:
    """Await a removal whose refusal matters little; tell whether the node could be reached."""
    try:
        await removal
    except CannotConnect:
        return False
    except PresenceServiceError as error:
        _LOGGER.debug("A removal was refused: %s", error)
    return True
